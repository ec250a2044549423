"""What an Airflow server knows: the world's runs in its words, and what was asked of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.exceptions import HTTPException

from runs_tui.demo.airflow.names import RUN_TYPES, dag_id_of, run_id_of, stamp
from runs_tui.demo.world import World, WorldRun
from runs_tui.model.state import State

_STATES = {
    State.QUEUED: "queued",
    State.RUNNING: "running",
    State.WAITING: "running",
    State.SUCCEEDED: "success",
    State.FAILED: "failed",
    State.CANCELLED: "failed",
}


@dataclass(frozen=True, slots=True)
class Stopped:
    """When somebody let a run fail, and since when it had been queued."""

    at: datetime
    queued: datetime


class Ledger:
    """The world in Airflow's terms."""

    def __init__(self, world: World, *, hourly: bool = False) -> None:
        """Translate a world; `hourly` lets many runs be due at one instant."""
        self.world = world
        self._hourly = hourly
        self.dags = {dag_id_of(workflow): workflow for workflow in world.workflows}
        self.notes: dict[str, str | None] = {}
        """What was noted at runs, by their ids in the world."""
        self.forced: dict[str, str] = {}
        """The states that finished runs were put in."""
        self.stopped: dict[str, Stopped] = {}
        """The runs that were made to fail while they went on."""
        self.paused: set[str] = set()
        """The Dags that are said to be paused; their runs go on all the same."""
        self._ids: dict[tuple[str, str], str] = {}

    def run(self, dag: str, run_id: str, now: datetime) -> WorldRun:
        """Give one run; raise the answer that there is none."""
        name = dag, run_id
        if name not in self._ids:
            runs = self.world.runs(now)
            self._ids |= {(dag_id_of(run.workflow), run_id_of(run)): run.id for run in runs}
        found = self.world.run(self._ids.get(name, ""), now)
        if found is None:
            told = f"The DagRun with dag_id: `{dag}` and run_id: `{run_id}` was not found"
            raise HTTPException(404, told)
        return found

    def due(self, run: WorldRun) -> datetime:
        """Give when it was due, by which lists are ordered."""
        return (
            run.created.replace(minute=0, second=0, microsecond=0) if self._hourly else run.created
        )

    def queued_at(self, run: WorldRun, now: datetime) -> datetime:
        """Give when it was queued, the last time."""
        if run.attempt == 1:
            return run.created
        lines = self.world.lines(run.id, now)
        queued = (line.at for line in lines if line.state is State.QUEUED and line.step is None)
        return max(queued, default=run.created)

    def stop_of(self, run: WorldRun, now: datetime) -> Stopped | None:
        """Give when it was made to fail, unless it was cleared since."""
        found = self.stopped.get(run.id)
        return found if found and found.queued == self.queued_at(run, now) else None

    def state(self, run: WorldRun, now: datetime) -> str:
        """Give the state of a run."""
        if run.word is not None:
            return run.word
        if self.stop_of(run, now) is not None:
            return "failed"
        return self.forced.get(run.id) or _STATES[run.state]

    def json(self, run: WorldRun, now: datetime) -> dict[str, Any]:
        """Write a run."""
        stop = self.stop_of(run, now)
        queued = self.queued_at(run, now)
        end = stop.at if stop else run.finished
        kind = RUN_TYPES[run.trigger]
        scheduled = stamp(run.created) if kind == "scheduled" else None
        return {
            "dag_run_id": run_id_of(run),
            "dag_id": dag_id_of(run.workflow),
            "logical_date": scheduled,
            "queued_at": stamp(queued),
            "start_date": stamp(run.started),
            "end_date": stamp(end),
            "duration": (end - run.started).total_seconds() if end and run.started else None,
            "data_interval_start": scheduled,
            "data_interval_end": scheduled,
            "run_after": stamp(self.due(run)),
            "last_scheduling_decision": stamp(run.updated),
            "run_type": kind,
            "state": self.state(run, now),
            "triggered_by": "timetable" if scheduled else "rest_api",
            "triggering_user_name": None if scheduled else "admin",
            "conf": dict(run.parameters),
            "note": self.notes.get(run.id, self._note(run, queued)),
            "dag_versions": [_version(run)],
            "bundle_version": None,
            "dag_display_name": run.workflow.name,
            "partition_key": None,
        }

    @staticmethod
    def _note(run: WorldRun, queued: datetime) -> str | None:
        """Give the note of a run that somebody has cancelled with this program before."""
        if run.state is not State.CANCELLED:
            return None
        return f"cancelled by runs-tui (queued at {queued.isoformat()})"


def _version(run: WorldRun) -> dict[str, Any]:
    return {
        "id": run.workflow.id,
        "version_number": run.workflow.version,
        "dag_id": dag_id_of(run.workflow),
        "bundle_name": "dags-folder",
        "bundle_version": None,
        "dag_display_name": run.workflow.name,
        "bundle_url": None,
    }
