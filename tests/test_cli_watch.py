"""`runs-tui watch`: what it waits for, what it tells, and the exit status that says how it went."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from click.testing import Result

from runs_tui.adapters.base import Page
from runs_tui.cli import watching
from runs_tui.cli.watcher import Pace
from runs_tui.model.errors import (
    BadAnswer,
    NotFound,
    RateLimited,
    SourceError,
    Unauthorized,
    Unreachable,
)
from runs_tui.model.query import Query
from runs_tui.model.run import Run, Step
from runs_tui.model.state import State
from tests.test_cli_scripted import Make, World, Writing, call, maker, run_of

Told = State | SourceError | None


class Going(Writing):
    """Tells of each run what `script` has for it, reading after reading, the last for ever."""

    script: ClassVar[dict[str, list[Told]]] = {}
    read: ClassVar[dict[str, int]] = {}

    def _now(self, run_id: str) -> Told:
        told = self.script[f"{self.name}/{run_id}"]
        place = self.read.get(f"{self.name}/{run_id}", 0)
        return told[min(place, len(told) - 1)]

    async def run(self, run_id: str) -> Run:
        if f"{self.name}/{run_id}" not in self.script:
            raise NotFound(f"no run {run_id}")
        told = self._now(run_id)
        self.read[f"{self.name}/{run_id}"] = self.read.get(f"{self.name}/{run_id}", 0) + 1
        if isinstance(told, SourceError):
            raise told
        if told is None:
            raise NotFound(f"no run {run_id}")
        number = int(run_id[1:])
        address = f"http://{self.name}.test/runs/{run_id}"
        return run_of(self.name, number, told, url=address)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> World:
    monkeypatch.setattr(watching, "PACE", Pace(soonest=0.001, each=0, longest=0.01))
    make: Make = maker(monkeypatch, tmp_path)
    world = make(Going)
    world.kind.script = {}  # type: ignore[attr-defined]
    world.kind.read = {}  # type: ignore[attr-defined]
    world.configure("a", "b")
    return world


def script(world: World, told: Mapping[str, Sequence[Told]]) -> None:
    world.kind.script = {key: list(states) for key, states in told.items()}  # type: ignore[attr-defined]


def watch(*args: str) -> Result:
    return call("watch", *args)


def lines(result: Result) -> list[Any]:
    return [json.loads(line) for line in result.stdout.splitlines()]


GOES = State.RUNNING
ENDS = {
    State.SUCCEEDED: 0,
    State.FAILED: 1,
    State.CANCELLED: 3,
    State.SKIPPED: 3,
}


@pytest.mark.parametrize(("end", "status"), ENDS.items())
def test_the_status_tells_how_a_run_ended(world: World, end: State, status: int) -> None:
    script(world, {"a/r1": [State.QUEUED, GOES, GOES, end]})
    result = watch("a/r1", "--json")
    assert result.exit_code == status, result.stderr
    assert [line["run"]["state"] for line in lines(result)] == ["queued", "running", end]
    assert all(line["at"].endswith("Z") for line in lines(result))


def test_a_word_that_nobody_knows_is_no_success(world: World) -> None:
    script(world, {"a/r1": [State.UNKNOWN]})
    assert watch("a/r1").exit_code == 1


@pytest.mark.parametrize(
    ("ends", "status"),
    [
        ([State.SUCCEEDED, State.SUCCEEDED], 0),
        ([State.SUCCEEDED, State.FAILED], 1),
        ([State.CANCELLED, State.FAILED], 1),
        ([State.CANCELLED, State.SUCCEEDED], 3),
        ([State.SUCCEEDED, None], 4),
        ([State.FAILED, None], 1),
        ([State.SUCCEEDED, Unauthorized("token expired")], 5),
        ([State.SUCCEEDED, Unreachable("refused")], 6),
    ],
)
def test_of_several_the_worst_counts(world: World, ends: list[Told], status: int) -> None:
    script(world, {"a/r1": [GOES, ends[0]], "b/r2": [ends[1]]})
    result = watch("a/r1", "b/r2")
    assert result.exit_code == status, result.stderr


def test_nothing_that_was_never_seen_is_a_success(world: World) -> None:
    script(world, {})
    for args in (["a/r1"], ["a/r1", "--any"], ["workflow:etl"], ["workflow:etl", "--any"]):
        result = watch(*args)
        assert result.exit_code == 4, args
        assert result.stdout == ""


@pytest.mark.parametrize("error", [Unreachable("cut"), BadAnswer("a page"), RateLimited("slow")])
def test_a_lost_connection_is_survived(world: World, error: SourceError) -> None:
    script(world, {"a/r1": [GOES, error, error, error, GOES, State.SUCCEEDED]})
    result = watch("a/r1", "--json")
    assert result.exit_code == 0
    states = [line["run"]["state"] for line in lines(result)]
    assert states == ["running", "running", "succeeded"]
    assert result.stderr.count("trying again") == 1


def test_a_credential_that_is_refused_on_the_way_ends_it(world: World) -> None:
    script(world, {"a/r1": [GOES, Unauthorized("the token has expired")]})
    result = watch("a/r1")
    assert result.exit_code == 5
    assert "the token has expired" in result.stderr


def test_any_ends_with_the_first(world: World) -> None:
    script(world, {"a/r1": [GOES], "b/r2": [GOES, GOES, State.SUCCEEDED]})
    assert watch("a/r1", "b/r2", "--any").exit_code == 0
    script(world, {"a/r1": [GOES], "b/r2": [GOES, State.CANCELLED]})
    world.kind.read = {}  # type: ignore[attr-defined]
    result = watch("a/r1", "b/r2", "--any")
    assert result.exit_code == 3
    assert "a/r1: running, and goes on" in result.stderr


def test_fail_fast_ends_with_the_first_that_fails(world: World) -> None:
    script(world, {"a/r1": [GOES], "a/r3": [State.CANCELLED], "b/r2": [GOES, State.FAILED]})
    result = watch("a/r1", "a/r3", "b/r2", "--fail-fast")
    assert result.exit_code == 1


def test_time_runs_out(world: World) -> None:
    script(world, {"a/r1": [GOES]})
    result = watch("a/r1", "--timeout", "0.05")
    assert result.exit_code == 8
    assert "after 0.05 seconds it has not ended" in result.stderr
    assert watch("a/r1", "--timeout", "0").exit_code == 2


def test_a_run_that_is_not_there_yet_is_waited_for(world: World) -> None:
    script(world, {"a/r1": [None, None, Unreachable("starting"), GOES, State.SUCCEEDED]})
    result = watch("a/r1", "--wait-for-start", "--json")
    assert result.exit_code == 0, result.stderr
    assert [line["run"]["state"] for line in lines(result)] == ["running", "succeeded"]
    script(world, {"a/r2": [None]})
    assert watch("a/r2", "--wait-for-start", "--timeout", "0.05").exit_code == 8


def test_a_filter_means_its_runs_that_go_on(world: World) -> None:
    script(world, {"a/r1": [GOES, State.SUCCEEDED], "b/r2": [State.QUEUED, State.SUCCEEDED]})
    world.kind.kept["a"] = [run_of("a", 1, GOES), run_of("a", 5, State.FAILED)]
    world.kind.kept["b"] = [run_of("b", 2, State.QUEUED), run_of("b", 6, State.CANCELLED)]
    result = watch("workflow:etl", "--json")
    assert result.exit_code == 0, result.stderr
    assert {(line["run"]["source"], line["run"]["id"]) for line in lines(result)} == {
        ("a", "r1"),
        ("b", "r2"),
    }


def test_a_filter_waits_for_a_run_to_start(world: World) -> None:
    async def later(self: Going, query: Query, cursor: str | None = None) -> Page[Run]:
        if sum(what == "runs" for what, _ in self.asked) > 6:
            self.kept[self.name] = [run_of(self.name, 1, GOES)]
        return await Writing.runs(self, query, cursor)

    world.kind.runs = later  # type: ignore[method-assign, assignment]
    script(world, {"a/r1": [GOES, State.SUCCEEDED]})
    result = watch("workflow:etl source:a", "--wait-for-start")
    assert result.exit_code == 0, result.stderr
    assert "waiting for one to start" in result.stderr


def test_a_source_that_a_filter_could_not_ask_is_no_success(world: World) -> None:
    script(world, {"a/r1": [GOES, State.SUCCEEDED]})
    world.kind.kept["a"] = [run_of("a", 1, GOES)]
    world.kind.troubles["b"] = Unauthorized("no token")
    result = watch("workflow:etl")
    assert result.exit_code == 5
    assert "b: not allowed: no token" in result.stderr
    assert "a/r1" in result.stdout


def test_it_ends_with_address_failing_step_and_next_command(world: World) -> None:
    script(world, {"a/r1": [GOES, State.FAILED]})
    world.kind.steps_told = (
        Step(key="x", name="extract", state=State.SUCCEEDED),
        Step(key="l", name="load", state=State.FAILED, error="upstream answered 502"),
    )
    result = watch("a/r1")
    assert result.exit_code == 1
    told = result.stderr
    assert "http://a.test/runs/r1" in told
    assert "failed in load: upstream answered 502" in told
    assert "next: runs-tui show a/r1" in told
    assert "next: runs-tui retry a/r1" in told


def test_the_next_command_of_an_ad_hoc_source_can_be_pasted(world: World) -> None:
    script(world, {"scripted/r1": [State.FAILED]})
    ad_hoc = ("--api", "scripted", "--url", "http://x.test", "--option", "project=a b")
    result = watch("r1", *ad_hoc)
    assert result.exit_code == 1
    line = next(line for line in result.stderr.splitlines() if "next: runs-tui show" in line)
    words = "runs-tui show scripted/r1 --api scripted --url http://x.test --option 'project=a b'"
    assert line.strip() == f"next: {words}"


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["r1"], "say which source 'r1' is of: a, b"),
        ([""], "an empty filter would watch everything"),
        (["state:faild"], "there is no state"),
        (["source:c"], "there is no source 'c'"),
        (["http://other.test/runs/1"], "is not the address of a run"),
        (["aa/r1"], "did you mean 'a'"),
    ],
)
def test_what_cannot_be_meant_is_2(world: World, args: list[str], sentence: str) -> None:
    result = watch(*args)
    assert result.exit_code == 2
    assert sentence in result.stderr


def test_an_address_is_a_run(world: World) -> None:
    script(world, {"a/r1": [State.SUCCEEDED]})
    result = watch("http://a.test/runs/r1", "a/r1", "--json")
    assert result.exit_code == 0
    assert len(lines(result)) == 1


def test_the_same_state_is_told_once_and_a_new_attempt_again(world: World) -> None:
    script(world, {"a/r1": [GOES, GOES, GOES, State.SUCCEEDED]})
    result = watch("a/r1")
    assert [line.split("  ")[3] for line in result.stdout.splitlines()] == [
        "● running",
        "✓ succeeded",
    ]
    assert "\x1b" not in result.stdout


def test_strangers_cannot_write_on_the_terminal(world: World) -> None:
    async def hostile(self: Going, run_id: str) -> Run:
        run = await Going.run(self, run_id)
        return replace(run, workflow_name="[bold]etl[/x]", error="[/] no")

    world.kind.run = hostile  # type: ignore[method-assign, assignment]
    script(world, {"a/r1": [State.FAILED]})
    result = watch("a/r1")
    assert result.exit_code == 1
    assert "[bold]etl[/x]" in result.stdout
