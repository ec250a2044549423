from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, ClassVar

from runs_tui.demo.airflow.names import display_of, task_of
from runs_tui.demo.world import WorldRun, WorldStep
from runs_tui.model.state import State
from runs_tui.model.text import clean
from tests.adapters.airflow_world import QUICK, AirflowStage
from tests.contract import AdapterContract, Stage
from tests.contract_parts import stage as parts


class TestAirflow(AdapterContract):
    api: ClassVar[str] = "airflow"
    cancel_path: ClassVar[str] = "/dagRuns/"
    cancel_method: ClassVar[str | None] = "PATCH"
    retry_path: ClassVar[str] = "/clear"
    start_path: ClassVar[str] = "/dagRuns"
    filters_all: ClassVar[bool] = False
    links_attempts: ClassVar[bool] = False
    tells_errors: ClassVar[bool] = False

    def quicken(self, source: Any) -> None:
        source.patience = parts.QUICK
        source.pace = QUICK

    def hurry(self, source: Any) -> None:
        source.patience = parts.HASTY

    @asynccontextmanager
    async def staged(self, *, hostile: bool = False, **more: Any) -> AsyncIterator[Stage]:
        async with super().staged(hostile=hostile, **more) as stage:
            yield AirflowStage(stage.source, stage.server, stage.clock, stage.api)

    def run_state(self, seen: WorldRun) -> State:
        """Whether a run waits for a person is told by its tasks alone."""
        return State.RUNNING if seen.state is State.WAITING else seen.state

    def shows(self, body: str, run: Any) -> bool:
        return f'"{run.id.partition("/")[2]}"' in body

    def step_key(self, step: WorldStep) -> str:
        task, index = task_of(step)
        return task if index < 0 else f"{task}[{index}]"

    def step_name(self, step: WorldStep) -> str:
        name = clean(display_of(step))
        return f"{name} [{clean(step.name)}]" if task_of(step)[1] >= 0 else name

    def parents(self, step: WorldStep, keys: Mapping[str, str]) -> tuple[str, ...]:
        """Edges lead to tasks that there are, in the order of their keys."""
        return tuple(sorted(keys[parent] for parent in step.parents if parent in keys))

    async def test_steps_are_told_as_they_are(self, stage: Stage) -> None:
        """A step that was stopped has failed here, one that never began is skipped then."""
        for seen in list(stage.world.runs(stage.clock.now()))[:60:4]:
            steps = {step.key: step for step in await stage.source.steps(seen.id)}
            real = stage.world.steps(seen.id, stage.clock.now())
            assert {self.step_key(step) for step in real} == set(steps)
            for each in real:
                step = steps[self.step_key(each)]
                stopped = State.FAILED if each.started else State.SKIPPED
                assert step.name == self.step_name(each)
                assert step.state is (stopped if each.state is State.CANCELLED else each.state)
                assert step.error is None
