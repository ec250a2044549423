from dataclasses import replace
from typing import Any, ClassVar

import pytest

from runs_tui.demo.world import WorldStep
from runs_tui.model.errors import BadAnswer, Unreachable
from runs_tui.model.run import Step
from runs_tui.model.state import State
from runs_tui.model.text import clean
from tests.adapters.prefect_world import QUICK
from tests.contract import AdapterContract, Stage
from tests.contract_parts import stage as parts
from tests.transport.script import reply, serving


async def paired(stage: Stage, run_id: str) -> list[tuple[WorldStep, Step]]:
    """Give the steps of the world that were submitted, each with the one that was told of it."""
    real = stage.world.steps(run_id, stage.clock.now())
    told = {step.key: step for step in await stage.source.steps(run_id)}
    return [(step, told[step.id]) for step in real if step.id in told]


class TestPrefect(AdapterContract):
    api: ClassVar[str] = "prefect"
    secret: ClassVar[str] = "someone:c0ntract-s3cret"
    cancel_path: ClassVar[str] = "/set_state"
    retry_path: ClassVar[str] = "/set_state"
    start_path: ClassVar[str] = "/create_flow_run"
    links_attempts: ClassVar[bool] = False

    def quicken(self, source: Any) -> None:
        source.patience = parts.QUICK
        source.pace = replace(QUICK, settle=0.2)

    def hurry(self, source: Any) -> None:
        source.patience = parts.HASTY

    async def test_a_redirect_elsewhere_is_not_followed(self, stage: Stage) -> None:
        """Lists are read by POST here: a 301 or 302, which would make it a GET, is an answer."""
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
        """A key is the id of a task run here, and a task that was stopped has crashed."""
        for seen in list(stage.world.runs(stage.clock.now()))[:60:4]:
            pairs = await paired(stage, seen.id)
            real = stage.world.steps(seen.id, stage.clock.now())
            assert len(pairs) >= len([step for step in real if step.started])
            for step, told in pairs:
                assert told.name.rpartition("-")[0] == clean(step.key)
                stopped = step.state is State.CANCELLED and step.started is not None
                assert told.state is (State.FAILED if stopped else step.state)
                assert (told.error is not None) == (told.state is State.FAILED)

    async def test_parents_are_named_by_key_also_in_a_circle(self, strangers: Stage) -> None:
        """Only parents that were submitted are known: Prefect has no plan of what is to come."""
        circular = strangers.one(lambda run: run.workflow.name == "circular")
        for seen in (circular, strangers.one(lambda run: len(run.workflow.steps) > 1)):
            pairs = await paired(strangers, seen.id)
            ids = {step.key: step.id for step, _ in pairs}
            assert pairs
            for step, told in pairs:
                assert set(told.depends_on) == {ids[key] for key in step.parents if key in ids}
