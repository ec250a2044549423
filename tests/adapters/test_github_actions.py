import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import pytest

from runs_tui.demo.world import WorldStep
from runs_tui.model.errors import SourceError
from runs_tui.model.run import Event, Gap, Run
from runs_tui.model.state import State
from runs_tui.model.text import clean
from tests.adapters.github_world import QUICK, GitHubStage, Numbered, key_of
from tests.contract import AdapterContract, Stage
from tests.contract_parts.single import check_clean, check_times
from tests.contract_parts.tails import ids
from tests.contract_parts.writes import lost


class TestGitHubActions(AdapterContract):
    api: ClassVar[str] = "github_actions"
    cancel_says_nothing: ClassVar[bool] = True
    retry_path: ClassVar[str] = "/rerun"
    tells_errors: ClassVar[bool] = False
    links_attempts: ClassVar[bool] = False

    def quicken(self, source: Any) -> None:
        super().quicken(source)
        source.pace = QUICK

    @asynccontextmanager
    async def staged(self, *, hostile: bool = False, **more: Any) -> AsyncIterator[Stage]:
        async with super().staged(hostile=hostile, **more) as stage:
            world = Numbered(stage.server.worlds[self.api])
            yield GitHubStage(stage.source, stage.server, stage.clock, self.api, world)

    def step_key(self, step: WorldStep) -> str:
        return clean(key_of(step))

    def shows(self, body: str, run: Run) -> bool:
        return re.search(rf'"id": ?{run.id}\b', body) is not None

    def check_told(self, stage: Stage, run_id: str, told: list[Event | Gap]) -> None:
        """The log of a job comes as one piece where the job ends, with its own older times."""
        events = [each for each in told if isinstance(each, Event)]
        states = [event.at for event in events if event.kind == "state" and event.at]
        assert states == sorted(states)
        assert len(ids(told)) == len(events) == len(set(ids(told)))
        for event in events:
            check_times(event)
            check_clean(event)
        lines: dict[str | None, list[Event]] = {}
        for event in events:
            if event.kind == "log":
                lines.setdefault(event.step, []).append(event)
        for key, log in lines.items():
            times = [event.at for event in log if event.at]
            assert times == sorted(times)
            place = events.index(log[0])
            assert events[place : place + len(log)] == log
            assert events[place + len(log)].id == f"{key}.end"

    @lost
    async def test_a_retry_is_sent_once(
        self, stage: Stage, fault: dict[str, Any], kind: type[SourceError]
    ) -> None:
        if fault.get("drop_after"):
            pytest.skip("the answer is two characters long: there is nothing that could be torn")
        await super().test_a_retry_is_sent_once(stage, fault, kind)

    async def test_all_that_jobs_have_logged_is_told(self, stage: Stage) -> None:
        seen = stage.one(lambda run: run.state is State.FAILED)
        told = [each for each in await stage.told(seen.id) if isinstance(each, Event)]
        said = {(event.step, event.message) for event in told}
        steps = {step.id: step for step in stage.world.steps(seen.id, stage.clock.now())}
        lines = stage.world.lines(seen.id, stage.clock.now())
        logged = [line for line in lines if line.kind == "log" and line.step_id in steps]
        assert logged
        for line in logged:
            key = key_of(steps[line.step_id or ""])
            assert all((key, part) in said for part in line.message.split("\n"))
        assert {event.level for event in told if event.kind == "log"} >= {None, "error"}
