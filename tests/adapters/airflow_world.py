"""The demo's Airflow server for tests: its world under the ids that its runs have there."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from runs_tui.adapters.airflow import Airflow
from runs_tui.adapters.airflow.pace import Pace
from runs_tui.adapters.base import Connection, Credential
from runs_tui.demo.airflow.names import dag_id_of, run_id_of
from runs_tui.demo.server import DemoServer, Settings
from runs_tui.demo.world import Line, World, WorldRun, WorldStep
from runs_tui.model.state import State
from tests.contract_parts import stage as parts
from tests.contract_parts.stage import NOON, Stage, Watch

QUICK = Pace(poll=0.02, settle=0.2, killed=0.2, hold=0.3)


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


ANSWERS = Path(__file__).parent / "airflow_answers"


def captured(name: str) -> Any:
    """Give an answer of a real server."""
    return json.loads((ANSWERS / f"{name}.json").read_text())


@dataclass
class Demo(AirflowStage):
    """A source over the demo's server."""

    source: Airflow

    def sent(self, path: str) -> list[Any]:
        """Give what was posted to a path, or patched there."""
        return [json.loads(r.body) for r in self.asked(path) if r.method in ("POST", "PATCH")]

    async def run_in(self, state: State) -> WorldRun:
        return self.one(lambda run: run.state is state and run.word is None)


def airflow(url: str, secret: str | None, clock: Watch | None = None, **options: str) -> Airflow:
    credential = Credential(secret, "AIRFLOW_TOKEN" if secret else None)
    source = Airflow(Connection(name="a", url=url, credential=credential, options=options), clock)
    source.pace = QUICK
    source.patience = parts.QUICK
    return source


@asynccontextmanager
async def demo(secret: str | None = None, *, runs: int = 300, **extra: Any) -> AsyncIterator[Demo]:
    """Serve a world; `secret` is wanted and shown."""
    clock = Watch(NOON)
    settings = {"airflow": Settings(secret, extra)}
    async with DemoServer(["airflow"], runs=runs, clock=clock, settings=settings) as server:
        source = airflow(server.urls["airflow"], secret, clock)
        try:
            yield Demo(source, server, clock, "airflow")
        finally:
            await source.close()
