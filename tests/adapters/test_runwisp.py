import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, ClassVar
from unittest.mock import ANY

import pytest

from runs_tui.adapters.runwisp.sentences import QUEUED, SERVICE
from runs_tui.demo.runwisp.daemon import Daemon
from runs_tui.demo.runwisp.dialect import SERVICES
from runs_tui.demo.runwisp.log import log_of
from runs_tui.demo.runwisp.shapes import parameters_of
from runs_tui.demo.world import WorldRun
from runs_tui.model.errors import Conflict, Refused, Unsupported
from runs_tui.model.inputs import JsonValue
from runs_tui.model.run import Event, Gap, RetryMode
from runs_tui.model.state import State
from runs_tui.model.text import clean_log
from tests.adapters.runwisp_world import QUICK, RunWispStage
from tests.contract import AdapterContract, Stage
from tests.contract_parts.single import check_clean, check_times
from tests.contract_parts.stage import DEADLINE
from tests.contract_parts.tails import ids


class TestRunWisp(AdapterContract):
    api: ClassVar[str] = "runwisp"
    cancel_path: ClassVar[str] = "/stop"
    cancel_says_nothing: ClassVar[bool] = True
    retry_path: ClassVar[str] = "/rerun"
    start_path: ClassVar[str] = "/api/tasks/"
    stream_path: ClassVar[str | None] = "/log/stream"
    extra: ClassVar = {"services": ()}

    def quicken(self, source: Any) -> None:
        super().quicken(source)
        source.pace = QUICK

    def given(self, run: WorldRun) -> Mapping[str, JsonValue]:
        return dict(parameters_of(run))

    @asynccontextmanager
    async def staged(self, *, hostile: bool = False, **more: Any) -> AsyncIterator[Stage]:
        async with super().staged(hostile=hostile, **more) as stage:
            extra = {**self.extra, **more}
            daemon = Daemon(
                stage.server.worlds[self.api],
                extra["services"],
                names_first=extra.get("retries_name") == "first",
            )
            yield RunWispStage(stage.source, stage.server, stage.clock, self.api, daemon)

    def messages(self, stage: Stage, run_id: str) -> list[str] | None:
        now = stage.clock.now()
        run = stage.world.run(run_id, now)
        assert run is not None
        log = [clean_log(line.text) for line in log_of(stage.world.lines(run_id, now))]
        return [*log, ANY]

    def check_told(self, stage: Stage, run_id: str, told: list[Event | Gap]) -> None:
        """Lines that were there before tell no time, wherever they come."""
        timed = [each for each in told if not isinstance(each, Event) or each.at]
        events = [each for each in told if isinstance(each, Event)]
        times = [event.at for event in timed if isinstance(event, Event) and event.at]
        assert times == sorted(times)
        for event in events:
            check_times(event)
            check_clean(event)
        assert len(ids(told)) == len(set(ids(told)))
        assert [event.message for event in events] == self.messages(stage, run_id)
        assert [event.state for event in events if event.kind == "state"] == [ANY]

    @pytest.mark.parametrize("state", [State.RUNNING])
    async def test_a_cancelled_run_comes_to_be_cancelled(self, stage: Stage, state: State) -> None:
        """RunWisp waits for nobody, and stops no run that is queued."""
        await super().test_a_cancelled_run_comes_to_be_cancelled(stage, state)

    async def test_a_queued_run_cannot_be_stopped(self, stage: Stage) -> None:
        queued = stage.one(lambda run: run.state is State.QUEUED)
        run = await stage.source.run(queued.id)
        assert stage.source.objection("cancel", run) == QUEUED
        with pytest.raises(Conflict, match="cannot stop a queued run"):
            await stage.source.cancel(queued.id)
        assert self.real(stage, queued) == queued

    async def test_a_stream_that_is_closed_again_and_again_loses_nothing(self) -> None:
        async with self.staged(close_after=0.2) as stage:
            seen, seconds = stage.ending_soon()
            stage.clock.go(seconds / 2)
            async with asyncio.timeout(DEADLINE):
                told = await stage.told(seen.id)
            assert len(stage.asked("/log/stream")) > 2
            assert not any(isinstance(each, Gap) for each in told)
            self.check_told(stage, seen.id, told)

    async def test_a_daemon_without_logs_says_so(self) -> None:
        async with self.staged(logs=False) as stage:
            seen = stage.one(lambda run: run.state is State.SUCCEEDED)
            with pytest.raises(Unsupported, match="shows no logs"):
                await stage.told(seen.id)

    async def test_instances_of_a_service_are_the_steps_of_its_runs(self) -> None:
        async with self.staged(services=SERVICES) as stage:
            active = stage.one(lambda run: run.trigger == "service" and run.state.active)
            steps = await stage.source.steps(active.id)
            assert active.id in {step.child_run for step in steps}
            assert len(steps) > 1
            assert all(step.name.startswith("instance ") for step in steps)
            over = stage.one(lambda run: run.trigger == "service" and run.state.terminal)
            run = await stage.source.run(over.id)
            assert stage.source.objection("retry", run) == SERVICE
            with pytest.raises(Refused, match=SERVICE):
                await stage.source.retry(over.id, RetryMode.FULL)


class TestOlderRunWisp(TestRunWisp):
    """A daemon that wants the name of the task in the path, and takes one word for a status."""

    extra: ClassVar = {"services": (), "generation": "G2", "retries_name": "first"}
    cancel_says_nothing: ClassVar[bool] = False
    filters_all: ClassVar[bool] = False
    tells_inputs: ClassVar[bool] = False

    async def test_it_has_no_inputs(self, stage: Stage) -> None:
        over = stage.one(lambda run: run.state is State.FAILED)
        assert (await stage.source.inputs(over.id)).fields == ()

    @pytest.fixture
    def strangers(self) -> None:
        pytest.skip("a path holds the names of its tasks, which have letters and digits only")
