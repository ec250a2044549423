"""The commands over sources that say what a test tells them to, without a network."""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from click.testing import CliRunner, Result

from runs_tui import adapters
from runs_tui.adapters.base import Page, Source
from runs_tui.cli.commands import program
from runs_tui.model.errors import (
    NotFound,
    SourceError,
)
from runs_tui.model.query import Query
from runs_tui.model.run import Event, Gap, RetryMode, Run, Step
from runs_tui.model.state import State

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def run_of(source: str, number: int, state: State = State.FAILED, **more: Any) -> Run:
    at = NOON - timedelta(minutes=number)
    told: dict[str, Any] = {
        "source": source,
        "id": f"r{number}",
        "workflow_id": "w1",
        "workflow_name": "etl",
        "state": state,
        "status": state.value,
        "created_at": at,
        "started_at": at,
        "finished_at": None if state.active else at + timedelta(seconds=131),
        "attempt": 1,
    }
    return Run(**told | more)


class Scripted(Source):
    """Tells the runs of `kept` by source; `troubles` names the sources that fail."""

    api: ClassVar[str] = "scripted"
    options: ClassVar[Mapping[str, str]] = {"project": "Which project."}
    kept: ClassVar[dict[str, list[Run]]] = {}
    troubles: ClassVar[dict[str, SourceError]] = {}
    steps_told: ClassVar[Sequence[Step] | SourceError] = ()
    asked: ClassVar[list[tuple[str, str]]] = []
    largest: ClassVar[int] = 1000
    pushing: ClassVar[bool] = False

    def _check(self, what: str, about: str) -> None:
        self.asked.append((what, f"{self.name}/{about}"))
        if self.name in self.troubles:
            raise self.troubles[self.name]

    async def runs(self, query: Query, cursor: str | None = None) -> Page[Run]:
        self._check("runs", cursor or "")
        matches = query.predicate(self.clock.now())
        start = int(cursor or 0)
        end = start + min(query.limit, self.largest)
        kept = self.kept[self.name]
        following = str(end) if end < len(kept) else None
        pushed = frozenset(query.terms) if self.pushing else frozenset()
        return Page([run for run in kept[start:end] if matches(run)], following, len(kept), pushed)

    async def run(self, run_id: str) -> Run:
        self._check("run", run_id)
        found = [run for run in self.kept[self.name] if run.id == run_id]
        if not found:
            raise NotFound(f"no run {run_id}")
        return found[0]

    async def steps(self, run_id: str) -> Sequence[Step]:
        if isinstance(self.steps_told, SourceError):
            raise self.steps_told
        return self.steps_told

    def run_id_of(self, address: str) -> str | None:
        before, _, run_id = address.partition("/runs/")
        return run_id if before == self.connection.url else None

    async def close(self) -> None:
        self.asked.append(("close", self.name))


class Writing(Scripted):
    """Also cancels and retries; `answers` gives what a write of a run raises."""

    answers: ClassVar[dict[str, SourceError]] = {}
    modes: ClassVar[frozenset[RetryMode]] = frozenset(RetryMode)

    async def cancel(self, run_id: str) -> Run:
        self.asked.append(("cancel", f"{self.name}/{run_id}"))
        if run_id in self.answers:
            raise self.answers[run_id]
        return replace(run_of(self.name, 0, State.CANCELLED), id=run_id)

    async def retry(self, run_id: str, mode: RetryMode, step: str | None = None) -> Run:
        self.asked.append((f"retry {mode} {step}", f"{self.name}/{run_id}"))
        if run_id in self.answers:
            raise self.answers[run_id]
        return replace(run_of(self.name, 0, State.QUEUED), id=f"{run_id}-again", retry_of=run_id)


class Talking(Scripted):
    """Also tells events, and then ends or stays silent for ever."""

    told: ClassVar[Sequence[Event | Gap | SourceError]] = ()

    async def tail(self, run_id: str, after: str | None = None) -> AsyncIterator[Event | Gap]:
        for event in self.told:
            if isinstance(event, SourceError):
                raise event
            yield event


@dataclass
class World:
    """The sources of a test and its configuration."""

    kind: type[Scripted]
    path: Path

    def configure(self, *names: str, more: str = "") -> None:
        tables = [
            f'[sources.{name}]\napi = "{self.kind.api}"\nurl = "http://{name}.test"\n'
            for name in names
        ]
        self.path.write_text("".join(tables) + more, "utf-8")
        for name in names:
            self.kind.kept.setdefault(name, [])

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [(what, about) for what, about in self.kind.asked if what[:5] in ("cance", "retry")]


Make = Callable[[type[Scripted]], World]


def maker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Make:
    def make(base: type[Scripted]) -> World:
        fresh = {"api": "scripted", "kept": {}, "troubles": {}, "asked": [], "answers": {}}
        kind = type("Kind", (base,), fresh)

        def source_type(api: str) -> type[Source]:
            assert api == "scripted"
            return kind

        monkeypatch.setattr(adapters, "source_type", source_type)
        monkeypatch.setattr(adapters, "api_names", lambda: ("scripted",))
        monkeypatch.setenv("RUNS_TUI_CONFIG", str(tmp_path / "config.toml"))
        return World(kind, tmp_path / "config.toml")

    return make


def call(*args: str) -> Result:
    return CliRunner().invoke(program, args)


def as_json(result: Result) -> Any:
    return json.loads(result.stdout)


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Make:
    return maker(monkeypatch, tmp_path)


@pytest.mark.parametrize(
    "args",
    [("--source", "b", "list", "--json"), ("list", "--source", "b", "--json")],
)
def test_source_options_stand_before_or_after(make: Make, args: tuple[str, ...]) -> None:
    make(Scripted).configure("a", "b")
    assert [source["name"] for source in as_json(call(*args))["sources"]] == ["b"]


def test_an_ad_hoc_source_needs_no_configuration(make: Make) -> None:
    world = make(Scripted)
    world.kind.kept["scripted"] = [run_of("scripted", 1)]
    world.path.write_text("this is broken")
    ad_hoc = ("--api", "scripted", "--url", "http://x.test", "--option", "project=7")
    result = call(*ad_hoc[:2], "show", "r1", *ad_hoc[2:], "--json")
    assert result.exit_code == 0, result.stderr
    assert as_json(result)["run"]["source"] == "scripted"


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["--source", "stag"], "there is no source 'stag': did you mean 'stage'?"),
        (["--api", "scriptd", "--url", "http://x"], "there is no API 'scriptd': did you mean"),
        (["--api", "scripted"], "--api needs --url"),
        (["--url", "http://x"], "go with --api"),
        (["--api", "scripted", "--url", "x"], "--url: the address must be http://"),
        (["--api", "scripted", "--url", "http://u:planted@x"], "the address holds a user"),
        (["--api", "scripted", "--url", "http://x", "--token-env", "plan-ted"], "not the name of"),
        (["--api", "scripted", "--url", "http://x", "--token-env", ""], "not the name of"),
        (["--api", "", "--url", "http://x"], "there is no API ''"),
        (["--api", "scripted", "--url", "http://x", "--option", "a"], "write it as KEY=VALUE"),
        (
            ["--api", "scripted", "--url", "http://x", "--option", "projct=planted"],
            "no option 'projct': did you mean 'project'?",
        ),
        (["--api", "scripted", "--url", "http://x", "--source", "prod"], "does not go with --api"),
    ],
)
def test_sources_that_cannot_be_meant(make: Make, args: list[str], sentence: str) -> None:
    make(Scripted).configure("prod", "stage")
    for command in (["list"], ["show", "x"], ["tail", "x"], ["cancel", "x", "--yes"], ["sources"]):
        result = call(*command, *args)
        assert result.exit_code == 2, result.stderr
        assert sentence in result.stderr
        assert "planted" not in result.output


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("r1", "say which source 'r1' is of: prod, stage"),
        ("prd/r1", "there is no source 'prd': did you mean 'prod'?"),
        ("prod/", "the id of a run is missing in 'prod/'"),
        ("http://other.test/runs/1?token=planted", "http://other.test/runs/1 is not the address"),
    ],
)
def test_runs_that_cannot_be_meant(make: Make, text: str, sentence: str) -> None:
    make(Scripted).configure("prod", "stage")
    result = call("show", text)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert "planted" not in result.output


@pytest.mark.parametrize("text", ["stage/a/b", "http://stage.test/runs/a/b"])
def test_a_run_by_its_names(make: Make, text: str) -> None:
    world = make(Scripted)
    world.configure("prod", "stage")
    world.kind.kept["stage"] = [run_of("stage", 1, id="a/b")]
    assert as_json(call("show", text, "--json"))["run"]["id"] == "a/b"
    assert {about.partition("/")[0] for _, about in world.kind.asked} == {"stage"}


def test_a_bare_id_of_the_only_source_may_have_a_slash(make: Make) -> None:
    world = make(Scripted)
    world.configure("prod", "stage")
    world.kind.kept["stage"] = [run_of("stage", 1, id="etl/1")]
    assert call("show", "etl/1", "--source", "stage").exit_code == 0
    assert call("show", "stge/1", "--source", "stage").exit_code == 2


def test_no_source_at_all(make: Make) -> None:
    make(Scripted).configure()
    result = call("list")
    assert result.exit_code == 2
    assert "--api and --url" in result.stderr
    assert "runs-tui demo" in result.stderr
    assert as_json(call("sources", "--json")) == {"sources": []}


def test_every_problem_of_a_configuration_is_told(make: Make) -> None:
    world = make(Scripted)
    world.configure("a", more='read_onyl = 1\n[views.x]\nfilter = "state:faild"\n')
    result = call("list")
    assert result.exit_code == 2
    first, second = result.stderr.splitlines()
    assert first.startswith(f"runs-tui: {world.path}:4: there is no setting 'read_onyl'")
    assert second.startswith(f"runs-tui: {world.path}:6: views.x.filter, character 7")


def test_a_missing_variable_is_5_and_another_source_goes_on(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("B_TOKEN", "")
    world = make(Writing)
    world.configure("a", "b", more='token_env = "B_TOKEN"\n')
    both = call("list", "--json")
    assert both.exit_code == 0
    assert "the variable B_TOKEN is empty" in both.stderr
    for command in (["list"], ["show", "x"], ["tail", "x"], ["cancel", "x", "--yes"], ["sources"]):
        result = call(*command, "--source", "b")
        assert result.exit_code == 5, command
        assert "the variable B_TOKEN is empty" in result.stderr
    assert as_json(call("sources", "--json"))["sources"][1]["can"] == ["cancel", "retry", "steps"]
