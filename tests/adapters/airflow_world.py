"""The demo's Airflow server for tests: its world under the ids that its runs have there."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from runs_tui.adapters.airflow.pace import Pace
from runs_tui.demo.airflow.names import dag_id_of, run_id_of
from runs_tui.demo.world import Line, World, WorldRun, WorldStep
from tests.contract_parts.stage import Stage

QUICK = Pace(poll=0.02, settle=0.2, hold=0.3)


class Named:
    """A world whose runs are called `DAG/RUN`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._ids: dict[str, str] = {}

    @property
    def workflows(self) -> object:
        return self._world.workflows

    def runs(self, now: datetime) -> Sequence[WorldRun]:
        runs = self._world.runs(now)
        names = {run.id: f"{dag_id_of(run.workflow)}/{run_id_of(run)}" for run in runs}
        self._ids |= {name: run_id for run_id, name in names.items()}
        return [
            replace(run, id=names[run.id], retry_of=names.get(run.retry_of or "")) for run in runs
        ]

    def run(self, run_id: str, now: datetime) -> WorldRun | None:
        return next((run for run in self.runs(now) if run.id == run_id), None)

    def steps(self, run_id: str, now: datetime) -> tuple[WorldStep, ...]:
        return self._world.steps(self._id(run_id, now), now)

    def lines(self, run_id: str, now: datetime) -> Sequence[Line]:
        return self._world.lines(self._id(run_id, now), now)

    def _id(self, run_id: str, now: datetime) -> str:
        if run_id not in self._ids:
            self.runs(now)
        return self._ids[run_id]


class AirflowStage(Stage):
    @property
    def world(self) -> World:
        return Named(super().world)  # type: ignore[return-value]
