import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from runs_tui.model.errors import (
    Unreachable,
    Unsupported,
)
from runs_tui.model.run import Event, Gap, Step
from runs_tui.model.state import State
from tests.test_cli_scripted import (
    NOON,
    Make,
    Scripted,
    Talking,
    as_json,
    call,
    maker,
    run_of,
)


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Make:
    return maker(monkeypatch, tmp_path)


def test_a_run_with_its_steps(make: Make) -> None:
    world = make(Scripted)
    world.configure("a")
    world.kind.kept["a"] = [run_of("a", 1, error="load: it broke", trigger="cron")]
    at = {"started_at": NOON, "finished_at": NOON + timedelta(seconds=5)}
    world.kind.steps_told = (
        Step(key="x", name="extract", state=State.SUCCEEDED, status="done", **at),  # type: ignore[arg-type]
        Step(key="l", name="load", state=State.FAILED, depends_on=("x", "lost"), error="it\nbroke"),
        Step(key="c", name="clean", state=State.SKIPPED, depends_on=("x",)),
        Step(key="m", name="mail", state=State.SKIPPED, depends_on=("l",)),
    )
    told = as_json(call("show", "r1", "--json"))
    assert told["steps"][0] == {
        "key": "x",
        "name": "extract",
        "state": "succeeded",
        "status": "done",
        "depends_on": [],
        "started_at": "2026-11-02T12:00:00Z",
        "finished_at": "2026-11-02T12:00:05Z",
        "duration_seconds": 5.0,
        "attempt": None,
        "error": None,
        "details": {},
    }
    assert told["steps"][1]["depends_on"] == ["x", "lost"]
    lines = call("show", "r1").stdout.splitlines()
    assert lines[0] == "etl  ✗ failed"
    assert "  run       a/r1" in lines
    assert "  trigger   cron" in lines
    assert lines[-9:] == [
        "  ✓ extract  succeeded  5s",
        "  ├ ✗ load  failed  it broke  after lost, not told",
        "  │ └ – mail  skipped",
        "  └ – clean  skipped",
        "",
        "Why it failed",
        "  failed    load",
        "  error     it broke",
        "  blocked   1 step: mail",
    ]


def test_a_run_of_which_nothing_failed_needs_no_answer(make: Make) -> None:
    world = make(Scripted)
    world.configure("a")
    world.kind.kept["a"] = [run_of("a", 1, state=State.SUCCEEDED)]
    world.kind.steps_told = (Step(key="x", name="extract", state=State.SUCCEEDED),)
    assert "Why it failed" not in call("show", "r1").stdout


def test_a_failure_in_several_places_names_the_first_and_where_to_look(make: Make) -> None:
    world = make(Scripted)
    world.configure("a")
    world.kind.kept["a"] = [run_of("a", 1, error="child failed")]
    world.kind.steps_told = (
        Step(key="y", name="late", state=State.FAILED, finished_at=NOON + timedelta(seconds=9)),
        Step(key="x", name="early", state=State.FAILED, finished_at=NOON, took=7, child_run="r2"),
    )
    lines = call("show", "r1").stdout.splitlines()
    told = lines[lines.index("Why it failed") + 1 :]
    assert told[0].startswith("  failed    early ")
    assert told[0].endswith(", after 7s")
    assert told[1:] == [
        "  error     child failed",
        "  child run a/r2",
        "  as well   1 step: late",
    ]


def test_a_run_that_is_not_there(make: Make) -> None:
    make(Scripted).configure("a")
    result = call("show", "nope")
    assert result.exit_code == 4
    assert result.stderr == "runs-tui: a/nope: not found: no run nope\n"
    assert result.stdout == ""


def test_steps_that_cannot_be_read(make: Make) -> None:
    world = make(Scripted)
    world.configure("a")
    world.kind.kept["a"] = [run_of("a", 1)]
    world.kind.steps_told = Unreachable("gone")
    assert call("show", "r1", "--json").exit_code == 6
    assert "etl  ✗ failed" in call("show", "r1").stdout
    world.kind.steps_told = Unsupported("no steps")
    assert as_json(call("show", "r1", "--json"))["steps"] == []


def test_events_line_by_line(make: Make) -> None:
    world = make(Talking)
    world.configure("a")
    world.kind.told = (  # type: ignore[attr-defined]
        Event(id="1", at=NOON, step="load", level="error", message="one\ntwo\n\tthree"),
        Gap(since=NOON, until=NOON + timedelta(seconds=2)),
        Event(kind="state", state=State.FAILED, details={"x": "\x07"}),
        Gap(since=NOON),
    )
    assert call("tail", "r1").stdout.splitlines() == [
        "12:00:00 load ERROR one",
        "         two",
        "         \tthree",
        "12:00:00 --- events may be missing from here until 12:00:02 ---",
        "--:--:-- STATE is failed",
        "12:00:00 --- events may be missing from here ---",
    ]
    told = [json.loads(line) for line in call("tail", "r1", "--json").stdout.splitlines()]
    assert told == [
        {
            "id": "1",
            "at": "2026-11-02T12:00:00Z",
            "step": "load",
            "level": "error",
            "kind": "log",
            "message": "one\ntwo\n\tthree",
            "details": {},
        },
        {"gap": {"since": "2026-11-02T12:00:00Z", "until": "2026-11-02T12:00:02Z"}},
        {
            "id": None,
            "at": None,
            "step": None,
            "level": None,
            "kind": "state",
            "message": "",
            "details": {"x": ""},
        },
        {"gap": {"since": "2026-11-02T12:00:00Z", "until": None}},
    ]


def test_a_tail_that_breaks_keeps_what_was_told(make: Make) -> None:
    world = make(Talking)
    world.configure("a")
    world.kind.told = (Event(message="one"), Unreachable("gone"))  # type: ignore[attr-defined]
    result = call("tail", "r1")
    assert result.exit_code == 6
    assert result.stdout == "--:--:-- one\n"
    assert result.stderr == "runs-tui: a/r1: not reachable: gone\n"


def test_a_tail_that_the_api_has_not(make: Make) -> None:
    make(Scripted).configure("a")
    assert call("tail", "r1").exit_code == 7


def test_no_follow_of_an_unknown_run(make: Make) -> None:
    make(Talking).configure("a")
    assert call("tail", "r1", "--no-follow").exit_code == 4


def test_sources_as_a_table(make: Make) -> None:
    world = make(Talking)
    world.configure("a", "b")
    world.kind.troubles["b"] = Unreachable("refused")
    result = call("sources")
    assert result.exit_code == 0
    head, first, second = result.stdout.splitlines()
    assert head.split() == ["SOURCE", "API", "URL", "ANSWERS", "CAN"]
    assert re.fullmatch(r"a +scripted +http://a\.test +in \S+ m?s +steps tail", first)
    assert first.index("steps tail") == second.index("steps tail") == head.index("CAN")
    assert "not reachable" in second
    told = as_json(call("sources", "--json"))["sources"]
    assert told[1] == {
        "name": "b",
        "api": "scripted",
        "url": "http://b.test",
        "ok": False,
        "error": "not reachable: refused",
        "latency_ms": None,
        "can": ["steps", "tail"],
    }
    assert told[0]["ok"] is True
    assert told[0]["latency_ms"] >= 0
