from dataclasses import replace
from pathlib import Path

import pytest

from runs_tui.model.errors import (
    Conflict,
    NotFound,
    RateLimited,
    Refused,
    SourceError,
    Unauthorized,
    Unsupported,
)
from runs_tui.model.run import RetryMode, Run
from runs_tui.model.state import State
from tests.test_cli_scripted import Make, Scripted, Writing, as_json, call, maker, run_of


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Make:
    return maker(monkeypatch, tmp_path)


def test_writing_without_a_terminal_needs_yes(make: Make) -> None:
    world = make(Writing)
    world.configure("a")
    for action in ("cancel", "retry"):
        result = call(action, "r1")
        assert result.exit_code == 2
        assert f"{action} needs --yes" in result.stderr
    assert world.kind.asked == []


def test_a_protected_source_needs_a_terminal_even_with_yes(make: Make) -> None:
    world = make(Writing)
    world.configure("a", more="protected = true\n")
    result = call("cancel", "r1", "--yes")
    assert result.exit_code == 2
    assert "a: protected, so the name must be typed" in result.stderr
    assert world.kind.asked == []


def test_a_read_only_source_is_7(make: Make) -> None:
    world = make(Writing)
    world.configure("a", more="read_only = true\nprotected = true\n")
    world.kind.kept["a"] = [run_of("a", 1)]
    result = call("cancel", "r1", "--yes")
    assert result.exit_code == 7
    assert "read_only" in result.stderr
    assert world.writes == []
    assert as_json(call("sources", "--json"))["sources"][0]["can"] == ["steps"]


def test_an_api_that_cannot_write_is_7(make: Make) -> None:
    make(Scripted).configure("a")
    assert call("cancel", "r1", "--yes").exit_code == 7
    assert call("retry", "r1", "--yes").exit_code == 7


def test_a_run_named_twice_is_one_request(make: Make) -> None:
    world = make(Writing)
    world.configure("a", "b")
    names = ("a/r1", "b/r1", "a/r1", "http://a.test/runs/r1")
    result = call("cancel", *names, "--yes", "--json")
    assert result.exit_code == 0
    assert world.writes == [("cancel", "a/r1"), ("cancel", "b/r1")]
    told = as_json(result)["results"]
    assert [(one["source"], one["id"], one["ok"], one["error"]) for one in told] == [
        ("a", "r1", True, None),
        ("b", "r1", True, None),
    ]
    assert told[0]["run"]["state"] == "cancelled"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.CANCELLED, "a/r1: cancelled"),
        (State.RUNNING, "a/r1: asked to stop, still running"),
        (State.QUEUED, "a/r1: asked to stop, still queued"),
        (State.SUCCEEDED, "a/r1: succeeded"),
    ],
)
def test_a_run_that_goes_on_is_told_as_asked_to_stop(make: Make, state: State, words: str) -> None:
    class Slow(Writing):
        async def cancel(self, run_id: str) -> Run:
            return replace(await super().cancel(run_id), state=state)

    make(Slow).configure("a")
    result = call("cancel", "r1", "--yes")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [words]


@pytest.mark.parametrize(
    ("args", "sent"),
    [
        ((), "retry failed None"),
        (("--mode", "full"), "retry full None"),
        (("--mode", "step", "--step", "load"), "retry step load"),
        (("--step", "load"), "retry step load"),
    ],
)
def test_modes_of_a_retry(make: Make, args: tuple[str, ...], sent: str) -> None:
    world = make(Writing)
    world.configure("a")
    world.kind.kept["a"] = [run_of("a", 1)]
    result = call("retry", "r1", "--yes", *args)
    assert result.exit_code == 0
    assert world.writes == [(sent, "a/r1")]
    assert result.stdout == "a/r1: retried as a/r1-again, now queued, attempt 1\n"


def test_a_mode_that_the_api_has_not(make: Make) -> None:
    world = make(Writing)
    world.kind.modes = frozenset({RetryMode.FULL})  # type: ignore[attr-defined]
    world.configure("a")
    world.kind.kept["a"] = [run_of("a", 1)]
    assert call("retry", "r1", "--yes", "--mode", "failed").exit_code == 7
    assert world.writes == []
    assert call("retry", "r1", "--yes").exit_code == 0
    assert world.writes == [("retry full None", "a/r1")]


@pytest.mark.parametrize(
    "args", [("--mode", "step"), ("--mode", "full", "--step", "x"), ("--mode", "fulll")]
)
def test_a_retry_that_cannot_be_meant(make: Make, args: tuple[str, ...]) -> None:
    make(Writing).configure("a")
    assert call("retry", "r1", "--yes", *args).exit_code == 2


@pytest.mark.parametrize(
    ("errors", "status"),
    [
        ([None, None], 0),
        ([NotFound("x"), NotFound("y")], 4),
        ([Unauthorized("x"), Unauthorized("y")], 5),
        ([RateLimited("x"), RateLimited("y")], 6),
        ([Unsupported("x"), Unsupported("y")], 7),
        ([Conflict("x"), Conflict("y")], 1),
        ([Conflict("x"), Refused("y")], 1),
        ([NotFound("x"), None], 1),
        ([NotFound("x"), Unauthorized("y")], 1),
        ([NotFound("x"), Conflict("y")], 1),
    ],
)
def test_the_status_of_several_wishes(
    make: Make, errors: list[SourceError | None], status: int
) -> None:
    """All failed alike: that reason's status; anything else that failed: 1; nothing failed: 0."""
    world = make(Writing)
    world.configure("a")
    told = {f"r{number}": error for number, error in enumerate(errors) if error}
    world.kind.answers |= told  # type: ignore[attr-defined]
    names = [f"r{number}" for number in range(len(errors))]
    result = call("cancel", *names, "--yes", "--json")
    assert result.exit_code == status
    assert [one["ok"] for one in as_json(result)["results"]] == [not error for error in errors]
    for name, error in told.items():
        assert f"runs-tui: a/{name}: {error.sentence}" in result.stderr
