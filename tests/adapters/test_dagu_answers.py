from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import pytest

from runs_tui.adapters.dagu.instants import born
from runs_tui.adapters.dagu.lines import Entry, entry_of
from runs_tui.adapters.dagu.order import Part, parts_of
from runs_tui.adapters.dagu.place import Place, page_of, place_of, run_id_in
from runs_tui.adapters.dagu.runs import Translator, reason_of
from runs_tui.adapters.dagu.steps import steps_of
from runs_tui.adapters.dagu.wire import DETAILS, LOG_PART, RUN_LIST, SUB_RUNS, SubRun, WholeRun
from runs_tui.model.run import Run, Step
from runs_tui.model.state import State
from tests.adapters.dagu_world import captured

WEB = "https://dagu.example.org"
UUID = "01a219ac-c053-765b-94a4-b9303dd3f7ae"


def told(name: str) -> WholeRun:
    return DETAILS.validate_python(captured(f"run_{name}")).run


def run(name: str) -> Run:
    return Translator("d", WEB).run(told(name))


def steps(name: str) -> dict[str, Step]:
    return {step.key: step for step in steps_of(told(name))}


def entries() -> list[Entry]:
    found: list[Entry] = []
    for number, line in enumerate(LOG_PART.validate_python(captured("scheduler_log")).lines, 1):
        found.append(entry_of(number, line, found[-1] if found else None))
    return found


def test_a_failed_run() -> None:
    failed = run("failed")
    assert (failed.workflow_name, failed.workflow_id) == ("fails", "fails")
    assert (failed.state, failed.status) == (State.FAILED, "failed")
    assert failed.error == "boom: exit status 3: about to fail [red]x[/red]"
    assert failed.url == f"{WEB}/dag-runs/fails/{failed.id}"
    assert failed.derived == {"created_at", "error"}
    assert failed.trigger is None
    assert "nodes" not in failed.details


def test_a_run_came_to_be_when_its_log_file_says() -> None:
    aborted = run("aborted")
    assert aborted.created_at == datetime(2026, 11, 26, 21, 4, 41, 594_000, UTC)
    assert aborted.started_at == datetime(2026, 11, 26, 21, 4, 41, tzinfo=UTC)
    assert aborted.instant == aborted.created_at
    assert born(aborted.id) == int(aborted.created_at.timestamp())


@pytest.mark.parametrize(
    ("log", "second", "thousandths"),
    [
        ("/logs/a/dag-run_20261126_212702Z_x/dag-run_20261127.062702.094.x.log", 2, 94),
        ("/logs/dag-run_20200101_000000Z_/dag-run_20261126_212759Z_x/dag-run.log", 59, 0),
        ("/logs/a/dag-run_20261326_212702Z_x/dag-run.log", None, 0),
        ("", None, 0),
        (None, None, 0),
    ],
)
def test_the_folder_of_a_log_tells_utc_whatever_the_zone_of_the_server(
    log: str | None, second: int | None, thousandths: int
) -> None:
    raw = captured("run_aborted")["dagRunDetails"] | {"log": log}
    found = Translator("d", WEB).run(DETAILS.validate_python({"dagRunDetails": raw}).run)
    wanted = second and datetime(2026, 11, 26, 21, 27, second, thousandths * 1000, UTC)
    assert found.created_at == wanted
    assert found.instant == (wanted or found.started_at)
    assert ("created_at" in found.derived) == (second is not None)


def test_a_queued_run_has_neither_begun_nor_ended() -> None:
    queued = run("queued")
    assert (queued.state, queued.status) == (State.QUEUED, "queued")
    assert (queued.started_at, queued.finished_at) == (None, None)
    assert {step.state for step in steps("queued").values()} == {State.QUEUED}
    assert all(step.started_at is None for step in steps("queued").values())


def test_the_steps_of_a_run_that_failed_in_the_middle() -> None:
    found = steps("failed")
    assert {key: (step.state, step.status) for key, step in found.items()} == {
        "extract": (State.SUCCEEDED, "succeeded"),
        "boom": (State.FAILED, "failed"),
        "load": (State.SKIPPED, "aborted"),
        "onFailure": (State.SUCCEEDED, "succeeded"),
        "onExit": (State.SUCCEEDED, "succeeded"),
    }
    assert found["boom"].error == "exit status 3: about to fail [red]x[/red]"
    assert found["load"].depends_on == ("boom",)
    assert found["load"].error is None
    assert found["load"].details["reason"] == "upstream failed"
    assert found["extract"].started_at is not None


def test_the_steps_of_a_run_that_was_stopped() -> None:
    found = steps("aborted")
    assert (found["tick"].state, found["after"].state) == (State.CANCELLED, State.SKIPPED)
    assert found["tick"].error is None
    assert found["tick"].details["reason"] == "signal: terminated"


def test_runs_that_a_step_started_are_steps_behind_it() -> None:
    parent = told("parent")
    found = {step.name: step for step in steps_of(parent)}
    wide = [step for step in found.values() if step.depends_on == ("children",)]
    assert len({step.key for step in wide}) == 3
    assert {step.name for step in wide} == {"children[1]", "children[2]", "children[3]"}
    assert all(
        (step.state, step.derived) == (State.SUCCEEDED, frozenset({"state"})) for step in wide
    )
    assert all((step.child_run or "").startswith(f"{parent.id}/") for step in wide)
    assert (found["single"].child_run or "").startswith(f"{parent.id}/")
    assert found["last"].depends_on == ("children", "single")


def test_how_runs_stand_that_a_step_started_is_told_where_it_was_asked() -> None:
    started = SUB_RUNS.validate_python(captured("sub_runs")).runs
    wide = [s for s in steps_of(told("parent"), started) if s.name.startswith("children[")]
    assert [(step.status, step.derived) for step in wide] == [("succeeded", frozenset())] * 3
    assert all(step.started_at and step.finished_at for step in wide)


@pytest.mark.parametrize(
    ("label", "state"),
    [
        ("succeeded", State.SUCCEEDED),
        ("failed", State.UNKNOWN),
        ("running", State.QUEUED),
        ("aborted", State.SKIPPED),
    ],
)
def test_a_run_that_is_not_told_stands_as_its_step_lets_it(label: str, state: State) -> None:
    raw = captured("run_parent")
    raw["dagRunDetails"]["nodes"][0]["statusLabel"] = label
    parent = DETAILS.validate_python(raw).run
    asked: list[SubRun] | None = None if state is State.UNKNOWN else []
    wide = [s for s in steps_of(parent, asked) if s.name.startswith("children[")]
    assert {step.state for step in wide} == {state}


@pytest.mark.parametrize(
    ("label", "state"),
    [
        ("not_started", State.QUEUED),
        ("queued", State.QUEUED),
        ("running", State.RUNNING),
        ("waiting", State.WAITING),
        ("succeeded", State.SUCCEEDED),
        ("partially_succeeded", State.SUCCEEDED),
        ("failed", State.FAILED),
        ("rejected", State.FAILED),
        ("aborted", State.CANCELLED),
        ("odd\x1b[31m word", State.UNKNOWN),
    ],
)
def test_words_of_runs(label: str, state: State) -> None:
    """The same number means another thing for a step, so that numbers are not read."""
    raw = captured("run_aborted")["dagRunDetails"] | {"statusLabel": label, "status": 5}
    found = Translator("d", WEB).run(DETAILS.validate_python({"dagRunDetails": raw}).run)
    assert (found.state, found.status) == (state, label.replace("\x1b[31m", ""))
    assert (found.reason is not None) == (label == "partially_succeeded")


@pytest.mark.parametrize("nothing", ["", "-", None, "0001-01-01T00:00:00Z"])
def test_times_that_have_not_come(nothing: object) -> None:
    raw = captured("run_aborted")["dagRunDetails"] | {"finishedAt": nothing, "startedAt": nothing}
    found = DETAILS.validate_python({"dagRunDetails": raw}).run
    assert (found.started_at, found.finished_at) == (None, None)


def test_a_list_has_rows_or_is_null() -> None:
    rows = RUN_LIST.validate_python(captured("list")).runs
    assert rows is not None
    assert rows[0].label == "queued"
    assert RUN_LIST.validate_python({"dagRuns": None}).runs is None


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("step_log", ["about to fail [red]x[/red]"]),
        ("step_log_empty", []),
        ("step_log_past_end", []),
    ],
)
def test_logs(name: str, lines: list[str]) -> None:
    assert LOG_PART.validate_python(captured(name)).lines == lines


@pytest.mark.parametrize(
    ("answer", "lines"),
    [
        ({"content": "", "lineCount": 1, "totalLines": 1}, [""]),
        ({"content": "", "totalLines": 174}, []),
        ({"content": "a\n\nb", "lineCount": 3, "totalLines": 3}, ["a", "", "b"]),
    ],
)
def test_a_blank_line_is_a_line(answer: dict[str, Any], lines: list[str]) -> None:
    assert LOG_PART.validate_python(answer).lines == lines


def test_the_log_of_the_scheduler() -> None:
    found = entries()
    assert [entry.number for entry in found] == list(range(1, len(found) + 1))
    assert [entry.step for entry in found if entry.starts] == ["extract", "boom"]
    assert found[0].opens
    assert found[-1].level == "error"
    assert all("run-id" not in entry.message for entry in found)
    assert 'failed to execute step "boom": exit status 3\nrecent' in found[-1].message


def name_of(part: Part) -> str:
    if part.entry is not None:
        return part.entry.message.partition(" params")[0]
    assert part.node is not None
    return f"{part.node.step.name} {part.stream}"


def test_what_is_told_of_a_run_in_order() -> None:
    names = [name_of(part) for part in parts_of(told("failed"), entries())]
    assert names[:9] == [
        "DAG run started",
        "Step started",
        "extract stdout",
        "extract stderr",
        "extract None",
        "Step started",
        "boom stdout",
        "boom stderr",
        "boom None",
    ]


def test_a_line_of_the_scheduler_that_is_none() -> None:
    first = entry_of(1, "time=2026-11-26T20:22:31.565Z level=WARN msg=odd a=b", None)
    assert (first.level, first.message) == ("warning", "odd a=b")
    second = entry_of(2, "panic: \x1b[31mno\x1b[0m", first)
    assert (second.at, second.level, second.message) == (first.at, "warning", "panic: no")


def test_a_long_word_in_the_log_of_the_scheduler_is_read_at_once() -> None:
    line = "QUJD" * 100_000
    begun = perf_counter()
    assert entry_of(1, line, None).message == line
    assert perf_counter() - begun < 2


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("upstream failed", "upstream failed"),
        ('failed to execute step "a": exit status 1', "exit status 1"),
        ('failed to execute step "a": x\nrecent stderr (tail):\n\none\ntwo\n', "x: two"),
        ("\x1b[31mred\x1b[0m\nmore", "red more"),
    ],
)
def test_reasons(error: str, reason: str) -> None:
    assert reason_of(error) == reason


@pytest.mark.parametrize(
    "place",
    [
        Place(UUID, "etl"),
        Place("by-hand", "etl"),
        Place(UUID, "etl", "GyTtTQHfD28d"),
        Place("by-hand", "etl", "GyTtTQHfD28d"),
    ],
)
def test_an_id_says_where_a_run_is(place: Place) -> None:
    found = place_of(place.run_id)
    assert (found.root, found.sub) == (place.root, place.sub)
    assert found.name == (None if place.root == UUID else place.name)


def test_a_page_shows_a_run() -> None:
    assert run_id_in(page_of(WEB, Place(UUID, "etl")), WEB) == UUID
    assert run_id_in(f"{WEB}/dag-runs/etl/by%20hand?step=x#y", WEB) == "etl/by hand"
    assert run_id_in(f"{WEB}/dags/etl", WEB) is None
