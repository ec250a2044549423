from pathlib import Path

import pytest

from runs_tui.model.errors import (
    BadAnswer,
    NotFound,
    RateLimited,
    Refused,
    SourceError,
    Unauthorized,
    Unreachable,
    Unsupported,
)
from runs_tui.model.run import Run
from runs_tui.model.state import State
from tests.test_cli_scripted import NOON, Make, Scripted, as_json, call, maker, run_of


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Make:
    return maker(monkeypatch, tmp_path)


def test_runs_of_all_sources_are_merged_newest_first(make: Make) -> None:
    world = make(Scripted)
    world.configure("a", "b")
    world.kind.kept |= {
        "a": [run_of("a", 1), run_of("a", 4)],
        "b": [run_of("b", 2), run_of("b", 3), run_of("b", 5)],
    }
    result = call("list", "--json")
    assert result.exit_code == 0
    told = as_json(result)
    assert [f"{run['source']}/{run['id']}" for run in told["runs"]] == [
        "a/r1",
        "b/r2",
        "b/r3",
        "a/r4",
        "b/r5",
    ]
    assert told["more"] is False
    assert told["sources"] == [
        {"name": "a", "ok": True, "error": None, "total": 2},
        {"name": "b", "ok": True, "error": None, "total": 3},
    ]
    assert result.stderr == ""


def test_a_run_without_an_instant_keeps_its_place(make: Make) -> None:
    world = make(Scripted)
    world.configure("a", "b")
    waiting = {"created_at": None, "started_at": None, "finished_at": None}
    world.kind.kept |= {
        "a": [
            run_of("a", 9, State.QUEUED, id="first", **waiting),
            run_of("a", 1),
            run_of("a", 9, State.QUEUED, id="between", **waiting),
            run_of("a", 4),
        ],
        "b": [run_of("b", 2)],
    }
    told = as_json(call("list", "--json"))
    assert [run["id"] for run in told["runs"]] == ["first", "r1", "between", "r2", "r4"]


def test_every_key_of_a_run_is_there(make: Make) -> None:
    world = make(Scripted)
    world.configure("a")
    strange = {"at": NOON, "set": {1}, "bad": float("nan"), "text": "a\x1b[31mb\u202e", 5: None}
    world.kind.kept["a"] = [
        run_of("a", 1, error="it broke", reason="timeout", details=strange),
        Run(source="a", id="bare", state=State.UNKNOWN),
    ]
    full, bare = as_json(call("list", "--json"))["runs"]
    assert full == {
        "source": "a",
        "id": "r1",
        "workflow": {"id": "w1", "name": "etl"},
        "state": "failed",
        "status": "failed",
        "reason": "timeout",
        "created_at": "2026-11-02T11:59:00Z",
        "started_at": "2026-11-02T11:59:00Z",
        "finished_at": "2026-11-02T12:01:11Z",
        "updated_at": None,
        "duration_seconds": 131.0,
        "trigger": None,
        "attempt": 1,
        "retry_of": None,
        "progress": None,
        "error": "it broke",
        "url": None,
        "details": {"at": "2026-11-02T12:00:00Z", "set": [1], "bad": None, "text": "ab", "5": None},
    }
    assert bare.keys() == full.keys()
    assert bare["workflow"] == {"id": None, "name": None}


def test_pages_are_read_until_the_limit_is_filled(make: Make) -> None:
    world = make(Scripted)
    world.kind.largest = 10
    world.configure("a")
    world.kind.kept["a"] = [run_of("a", number) for number in range(35)]
    result = call("list", "--limit", "25", "--json")
    told = as_json(result)
    assert len(told["runs"]) == 25
    assert told["more"] is True
    assert told["sources"][0]["total"] == 35
    assert [what for what, _ in world.kind.asked].count("runs") == 3
    assert result.stderr == "25 runs shown, more exist: --limit 50 shows more\n"


def test_a_search_without_end_stops_and_says_so(make: Make) -> None:
    world = make(Scripted)
    world.kind.largest = 1
    world.configure("a")
    world.kind.kept["a"] = [run_of("a", number) for number in range(80)]
    result = call("list", "id:nowhere", "--json")
    told = as_json(result)
    assert told == {
        "runs": [],
        "more": True,
        "sources": [{"name": "a", "ok": True, "error": None, "total": None}],
    }
    assert "a: 50 pages without a match were read, and more exist" in result.stderr
    assert result.exit_code == 0


def test_a_total_is_told_where_the_server_filtered(make: Make) -> None:
    world = make(Scripted)
    world.kind.pushing = True
    world.configure("a")
    world.kind.kept["a"] = [run_of("a", 1)]
    assert as_json(call("list", "state:failed", "--json"))["sources"][0]["total"] == 1


def test_runs_are_listed_by_their_error(make: Make) -> None:
    world = make(Scripted)
    world.configure("a")
    world.kind.kept["a"] = [
        run_of("a", 1, error="timed out after 5 s"),
        run_of("a", 2, error="disk full"),
        run_of("a", 3, error="timed out after 2m 10s"),
    ]
    told = as_json(call("list", 'error:"Timed out after *"', "--json"))
    assert [run["id"] for run in told["runs"]] == ["r1", "r3"]
    assert [run["id"] for run in as_json(call("list", "error:~full", "--json"))["runs"]] == ["r2"]


def test_a_source_term_chooses_who_is_asked(make: Make) -> None:
    world = make(Scripted)
    world.configure("prod", "stage")
    told = as_json(call("list", "--json", "source:prod"))
    assert [source["name"] for source in told["sources"]] == ["prod"]
    assert told["sources"][0]["total"] == 0
    assert {about for _, about in world.kind.asked} == {"prod/", "prod"}


def test_a_misspelt_source_in_a_filter(make: Make) -> None:
    make(Scripted).configure("prod", "stage")
    result = call("list", "source:prd")
    assert result.exit_code == 2
    assert "there is no source 'prd': did you mean 'prod'?" in result.stderr


def test_one_source_that_answers_is_enough(make: Make) -> None:
    world = make(Scripted)
    world.configure("a", "b")
    world.kind.kept["b"] = [run_of("b", 1)]
    world.kind.troubles["a"] = Unauthorized("token expired", "check A_TOKEN")
    result = call("list", "--json")
    assert result.exit_code == 0
    told = as_json(result)
    assert [run["id"] for run in told["runs"]] == ["r1"]
    error = "not allowed: token expired (check A_TOKEN)"
    assert told["sources"][0] == {"name": "a", "ok": False, "error": error, "total": None}
    assert result.stderr == f"runs-tui: a: {error}\n"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("x"), 4),
        (Unauthorized("x"), 5),
        (Unreachable("x"), 6),
        (BadAnswer("x"), 6),
        (RateLimited("x"), 6),
        (Unsupported("x"), 7),
        (Refused("x"), 1),
    ],
)
def test_where_all_fail_the_first_tells_the_status(
    make: Make, error: SourceError, status: int
) -> None:
    world = make(Scripted)
    world.configure("a", "b")
    world.kind.troubles |= {"a": error, "b": Unreachable("gone")}
    result = call("list", "--json")
    assert result.exit_code == status
    assert [source["ok"] for source in as_json(result)["sources"]] == [False, False]
    assert call("sources").exit_code == status


def test_a_table_for_a_pipe(make: Make) -> None:
    world = make(Scripted)
    world.configure("a", "b")
    long = "x" * 300
    world.kind.kept |= {
        "a": [run_of("a", 1, workflow_name="数据 [/x]")],
        "b": [run_of("b", 2, id=long)],
    }
    head, first, second = call("list").stdout.splitlines()
    assert head.split() == ["STATE", "WORKFLOW", "ID", "SOURCE", "STARTED", "TOOK"]
    assert first.startswith("✗ failed  数据 [/x]  a/r1 ")
    assert first.endswith("2m 11s")
    assert second.startswith(f"✗ failed  etl        b/{long}  b ")


def test_an_empty_list_says_so_only_to_people(make: Make) -> None:
    make(Scripted).configure("a")
    result = call("list")
    assert (result.stdout, result.stderr) == ("", "no run matches\n")


def test_an_empty_list_names_who_has_answered_where_others_have_not(make: Make) -> None:
    world = make(Scripted)
    world.configure("a", "b")
    world.kind.troubles["a"] = Unreachable("nothing answers there")
    assert call("list").stderr.splitlines()[-1] == "no run matches in b"
