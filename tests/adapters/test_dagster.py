from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from runs_tui.demo.dagster.naming import StepKeys
from runs_tui.demo.world import WorldStep
from runs_tui.model.errors import BadAnswer, Unreachable
from runs_tui.model.state import State
from runs_tui.model.text import clean
from tests.contract import AdapterContract, Stage
from tests.transport.script import reply, serving


def keys_of(stage: Stage, run_id: str) -> StepKeys:
    run = stage.world.run(run_id, stage.clock.now())
    assert run is not None
    return StepKeys(run.workflow.steps)


def expected(step: WorldStep, *, over: bool) -> State:
    """Give the state of a step: cut off it has failed, never begun it is skipped."""
    if step.started is None:
        return State.SKIPPED if over else State.QUEUED
    return {State.CANCELLED: State.FAILED, State.WAITING: State.RUNNING}.get(step.state, step.state)


class TestDagster(AdapterContract):
    api: ClassVar[str] = "dagster"
    cancel_path: ClassVar[str] = "op=Terminate"
    retry_path: ClassVar[str] = "op=Reexecute"
    unknown_word: ClassVar[str] = "FROBNICATING"
    tells_errors: ClassVar[bool] = False

    def quicken(self, source: Any) -> None:
        super().quicken(source)
        source.pace = replace(source.pace, poll=0.02, idle=0.3, settle=0.1)

    async def test_a_redirect_elsewhere_is_not_followed(self, stage: Stage) -> None:
        """All is read by POST here: a 301 or 302, which would make it a GET, is an answer."""
        async with serving(reply(200, "{}")) as other:
            for status in (301, 302, 307, 308):
                stage.faults.clear()
                stage.break_down(status=status, headers={"location": f"{other.url}/api"})
                for _, read in await self.reads(stage):
                    with pytest.raises((Unreachable, BadAnswer)) as caught:
                        await read()
                    if status > 302:
                        assert other.url.removeprefix("http://") in caught.value.sentence
            assert other.asked == []

    async def test_steps_are_told_as_they_are(self, stage: Stage) -> None:
        """A step is called by its key here, and only one that failed by itself says why."""
        for seen in list(stage.world.runs(stage.clock.now()))[:60:4]:
            keys = keys_of(stage, seen.id)
            told = {step.key: step for step in await stage.source.steps(seen.id)}
            for real in stage.world.steps(seen.id, stage.clock.now()):
                step = told.get(keys.of(real.key))
                if step is None:
                    assert real.started is None
                    continue
                assert step.name == step.key
                assert step.state is expected(real, over=seen.state.terminal)
                assert (step.error is not None) == (real.error is not None)

    async def test_parents_are_named_by_key_also_in_a_circle(self, strangers: Stage) -> None:
        """Mapped steps are known once they begin, and until then by what they will be."""
        circular = strangers.one(lambda run: run.workflow.name == "circular")
        for seen in (circular, strangers.one(lambda run: len(run.workflow.steps) > 1)):
            keys = keys_of(strangers, seen.id)
            told = {step.key: step for step in await strangers.source.steps(seen.id)}
            real = strangers.world.steps(seen.id, strangers.clock.now())
            for step in real:
                found = told.get(clean(keys.of(step.key)))
                if found is not None:
                    parents = {name for key in step.parents for name in named(keys, told, key)}
                    assert set(found.depends_on) == parents


def named(keys: StepKeys, told: Mapping[str, object], parent: str) -> set[str]:
    """Give the keys that a parent may have among the steps that were told."""
    own, planned = clean(keys.of(parent)), clean(keys.planned(parent))
    return {own} if own == planned else {own, planned} & set(told)
