"""The suite's part about starting the workflow of a run again with other inputs."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from runs_tui.adapters.base import TakesInputs
from runs_tui.adapters.starts import start_with
from runs_tui.demo.world import WorldRun
from runs_tui.model.errors import Refused, SourceError, Unsupported
from runs_tui.model.inputs import JsonValue, same
from runs_tui.model.run import Run
from runs_tui.model.state import State
from tests.contract_parts.stage import Kit, Stage
from tests.contract_parts.writes import lost

SETTLED = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED})


def over(run: WorldRun) -> bool:
    return run.state is State.FAILED and run.word is None and bool(run.parameters)


class Starts(Kit):
    start_path: ClassVar[str] = "/run"
    """What the path of a request that starts a run holds."""

    tells_inputs: ClassVar[bool] = True
    """Whether this server tells what its runs were started with."""

    def taking(self, stage: Stage) -> TakesInputs:
        if not isinstance(stage.source, TakesInputs) or not self.tells_inputs:
            pytest.skip("this API takes no other inputs")
        return stage.source

    def given(self, run: WorldRun) -> Mapping[str, JsonValue]:
        """Give what a run of the world was started with, as the API tells it."""
        return run.parameters

    def other(self, stage: Stage, run: WorldRun) -> Mapping[str, JsonValue]:
        """Give what a run may be started with instead: what another one was."""
        now, known = stage.clock.now(), self.given(run)
        for other in stage.world.runs(now):
            values = self.given(other)
            alike = other.workflow.id == run.workflow.id and values.keys() == known.keys()
            if alike and not same(values, known):
                return values
        raise AssertionError("every run was started alike")

    def starts(self, stage: Stage) -> int:
        return len([r for r in stage.asked(self.start_path) if r.method == "POST"])

    def startable(self, stage: Stage) -> WorldRun:
        """Give a run of a deployment that is over, and that others are unlike."""
        runs = [run for run in stage.world.runs(stage.clock.now()) if over(run)]
        unlike = {run.workflow.id for run in stage.world.runs(stage.clock.now())
                  if any(o.workflow.id == run.workflow.id and o.parameters != run.parameters
                         for o in runs)}  # fmt: skip
        return next(run for run in runs if run.workflow.id in unlike and run.trigger != "manual")

    async def test_inputs_are_what_a_run_was_started_with(self, stage: Stage) -> None:
        source = self.taking(stage)
        runs = [run for run in stage.world.runs(stage.clock.now()) if run.state in SETTLED]
        for run in [run for run in runs if run.trigger != "manual"][:60:6]:
            inputs = await source.inputs(run.id)
            assert same(inputs.values, dict(self.given(run)))
            names = [field.name for field in inputs.fields]
            assert len(names) == len(set(names))

    async def test_inputs_of_strangers_are_told_as_they_are(self, strangers: Stage) -> None:
        """They are sent back, so whoever draws them cleans them."""
        source = self.taking(strangers)
        run = strangers.one(
            lambda run: over(run) and "\x1b" in run.workflow.name and run.trigger != "manual"
        )
        inputs = await source.inputs(run.id)
        assert same(inputs.values, dict(self.given(run)))
        again = await source.run_with(run.id, inputs.values)
        assert same((await source.inputs(again.id)).values, dict(self.given(run)))

    async def test_it_starts_exactly_one_run_with_these_inputs_and_gives_it(
        self, stage: Stage
    ) -> None:
        source = self.taking(stage)
        run = self.startable(stage)
        values = self.other(stage, run)
        before = {each.id for each in stage.world.runs(stage.clock.now())}
        again = await source.run_with(run.id, values)
        (new,) = [r for r in stage.world.runs(stage.clock.now()) if r.id not in before]
        assert (again.id, again.source) == (new.id, stage.source.name)
        assert same(dict(self.given(new)), values)
        assert self.starts(stage) == 1
        assert again.active
        assert again.workflow_id == (await stage.source.run(run.id)).workflow_id
        assert (again.retry_of, "retry_of" in again.derived) == (run.id, True)
        assert (await stage.source.run(again.id)).retry_of == run.id
        assert same((await source.inputs(again.id)).values, values)

    @lost
    async def test_a_start_is_sent_once_and_what_is_true_is_told(
        self, stage: Stage, fault: dict[str, Any], kind: type[SourceError]
    ) -> None:
        self.taking(stage)
        run = self.startable(stage)
        old = await stage.source.run(run.id)
        values = self.other(stage, run)
        before = {each.id for each in stage.world.runs(stage.clock.now())}
        self.hasten(stage, fault)
        stage.break_down(path=self.start_path, method="POST", **fault)
        outcome = await start_with(stage.source, old, values)
        assert self.starts(stage) == 1
        new = [r for r in stage.world.runs(stage.clock.now()) if r.id not in before]
        assert len(new) == (bool(fault.get("swallow")) or fault.get("drop_after") == 10)
        assert outcome.ok == bool(new)
        if new:
            assert isinstance(outcome.run, Run)
            assert (outcome.run.id, outcome.run.retry_of) == (new[0].id, run.id)
            assert (await stage.source.run(new[0].id)).retry_of == run.id
        else:
            assert isinstance(outcome.error, kind | Refused)
            assert self.secret not in outcome.error.sentence
            unanswered = not isinstance(outcome.error, Refused) and "status" not in fault
            assert ("may have been started" in outcome.error.detail) >= unanswered

    async def test_what_the_server_refuses_is_told_in_its_words(self, stage: Stage) -> None:
        self.taking(stage)
        run = self.startable(stage)
        old = await stage.source.run(run.id)
        for sent, status in enumerate((400, 409, 422), 1):
            stage.faults.clear()
            body = b'{"detail": "limit must be below 5"}'
            stage.break_down(path=self.start_path, method="POST", status=status, body=body)
            outcome = await start_with(stage.source, old, self.other(stage, run))
            assert not outcome.ok
            assert outcome.error is not None
            assert outcome.error.detail == "limit must be below 5"
            assert self.starts(stage) == sent

    async def test_a_source_that_only_reads_starts_nothing(self, stage: Stage) -> None:
        self.taking(stage)
        run = self.startable(stage)
        old = await stage.source.run(run.id)
        stage.source.connection = replace(stage.source.connection, read_only=True)
        outcome = await start_with(stage.source, old, self.other(stage, run))
        assert isinstance(outcome.error, Unsupported)
        assert "read_only" in outcome.error.sentence
        assert self.starts(stage) == 0

    async def test_a_run_that_goes_on_is_not_started_again(self, stage: Stage) -> None:
        self.taking(stage)
        running = stage.one(lambda run: run.state is State.RUNNING)
        outcome = await start_with(stage.source, await stage.source.run(running.id), {})
        assert not outcome.ok
        assert self.starts(stage) == 0
