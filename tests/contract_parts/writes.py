"""The suite's part about cancelling and retrying."""

from typing import Any

import pytest

from runs_tui.adapters.base import Cancels, Retries
from runs_tui.demo.world import WorldRun
from runs_tui.model.errors import (
    Conflict,
    RateLimited,
    Refused,
    SourceError,
    Unauthorized,
    Unreachable,
)
from runs_tui.model.run import RetryMode, Run
from runs_tui.model.state import State
from tests.contract_parts.stage import LATE, Kit, Stage, until

LOST: list[tuple[dict[str, Any], type[SourceError]]] = [
    ({"delay": LATE}, Unreachable),
    ({"drop_after": 0}, Unreachable),
    ({"drop_after": 10}, Unreachable),
    ({"swallow": True}, Unreachable),
    ({"status": 500}, Unreachable),
    ({"status": 502}, Unreachable),
    ({"status": 503, "headers": {"retry-after": "0"}}, Unreachable),
    ({"status": 429, "headers": {"retry-after": "0"}}, RateLimited),
    ({"status": 401}, Unauthorized),
    ({"status": 403}, Unauthorized),
    ({"status": 409}, Conflict),
]
NAMES = ["late", "dropped", "torn", "swallowed", "500", "502", "503", "429", "401", "403", "409"]
lost = pytest.mark.parametrize(("fault", "kind"), LOST, ids=NAMES)


def failed(run: WorldRun) -> bool:
    return run.state is State.FAILED and run.word is None


def cancellable(stage: Stage) -> Cancels:
    if not isinstance(stage.source, Cancels):
        pytest.skip("this API cannot cancel")
    return stage.source


def retryable(stage: Stage) -> Retries:
    if not isinstance(stage.source, Retries):
        pytest.skip("this API cannot retry")
    return stage.source


class Writes(Kit):
    def writes(self, stage: Stage, path: str) -> int:
        """Count the requests that changed something, or should have."""
        return len([r for r in stage.asked(path) if r.method != "GET"])

    @pytest.mark.parametrize("state", [State.SUCCEEDED, State.FAILED, State.CANCELLED])
    async def test_cancelling_a_finished_run_is_a_conflict(
        self, stage: Stage, state: State
    ) -> None:
        source = cancellable(stage)
        run = stage.one(lambda run: run.state is state)
        with pytest.raises(Conflict):
            await source.cancel(run.id)
        assert stage.world.run(run.id, stage.clock.now()) == run

    @pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING, State.WAITING])
    async def test_a_cancelled_run_comes_to_be_cancelled(self, stage: Stage, state: State) -> None:
        source = cancellable(stage)
        wanted = stage.one(lambda run: run.state is state)
        run = await source.cancel(wanted.id)
        assert isinstance(run, Run)
        assert run.id == wanted.id
        assert run.state in {State.CANCELLED, State.RUNNING, state}
        stage.clock.go(600)
        await until(lambda: self.real(stage, wanted).state.terminal)
        assert (await stage.source.run(wanted.id)).state is State.CANCELLED
        assert self.writes(stage, self.cancel_path) == 1

    @lost
    async def test_a_cancel_is_sent_once(
        self, stage: Stage, fault: dict[str, Any], kind: type[SourceError]
    ) -> None:
        source = cancellable(stage)
        if self.cancel_says_nothing and fault.get("drop_after"):
            pytest.skip("there is no answer that could be torn")
        run = stage.one(lambda run: run.state is State.RUNNING)
        self.hasten(stage, fault)
        stage.break_down(path=self.cancel_path, method=self.cancel_method, **fault)
        with pytest.raises(kind) as caught:
            await source.cancel(run.id)
        assert self.writes(stage, self.cancel_path) == 1
        assert self.secret not in caught.value.sentence
        asked = self.real(stage, run).cancelling or self.real(stage, run).state is State.CANCELLED
        assert asked == (bool(fault.get("swallow")) or fault.get("drop_after") == 10)

    @pytest.mark.parametrize("mode", list(RetryMode))
    async def test_each_way_to_retry_that_is_offered_works(
        self, stage: Stage, mode: RetryMode
    ) -> None:
        source = retryable(stage)
        run = stage.one(failed)
        steps = await stage.source.steps(run.id)
        step = next((step.key for step in steps if step.state is State.FAILED), None)
        if mode not in source.modes:
            with pytest.raises(Refused):
                await source.retry(run.id, mode, step)
            assert self.writes(stage, self.retry_path) == 0
            return
        again = await source.retry(run.id, mode, step if mode is RetryMode.STEP else None)
        assert self.writes(stage, self.retry_path) == 1
        assert again.active
        assert again.id == run.id or again.retry_of in {None, run.id}
        assert (await stage.source.run(again.id)).active

    @lost
    async def test_a_retry_is_sent_once(
        self, stage: Stage, fault: dict[str, Any], kind: type[SourceError]
    ) -> None:
        source = retryable(stage)
        run = stage.one(failed)
        mode = RetryMode.FAILED if RetryMode.FAILED in source.modes else RetryMode.FULL
        self.hasten(stage, fault)
        stage.break_down(path=self.retry_path, **fault)
        with pytest.raises(kind):
            await source.retry(run.id, mode)
        assert self.writes(stage, self.retry_path) == 1

    async def test_retrying_a_run_that_goes_on_is_refused(self, stage: Stage) -> None:
        source = retryable(stage)
        now = stage.clock.now()
        for run in [run for run in stage.world.runs(now) if run.state.active][:4]:
            for mode in source.modes - {RetryMode.STEP}:
                with pytest.raises((Conflict, Refused)):
                    await source.retry(run.id, mode)

    async def test_a_retry_from_a_step_needs_one_that_is_there(self, stage: Stage) -> None:
        source = retryable(stage)
        if RetryMode.STEP not in source.modes:
            pytest.skip("this API cannot retry from a step")
        run = stage.one(failed)
        for step in (None, "", "no such step"):
            with pytest.raises((Refused, Conflict)):
                await source.retry(run.id, RetryMode.STEP, step)
        assert self.real(stage, run) == run

    async def test_a_step_with_an_odd_key_can_be_retried(self, strangers: Stage) -> None:
        source = retryable(strangers)
        if RetryMode.STEP not in source.modes:
            pytest.skip("this API cannot retry from a step")
        run = strangers.one(lambda run: failed(run) and "\x1b" in run.workflow.name)
        steps = await strangers.source.steps(run.id)
        again = await source.retry(run.id, RetryMode.STEP, steps[1].key)
        assert again.active

    @staticmethod
    def real(stage: Stage, run: WorldRun) -> WorldRun:
        found = stage.world.run(run.id, stage.clock.now())
        assert found is not None
        return found
