"""A flow run: one run of the world in Prefect's fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runs_tui.demo.prefect.marks import derived, digest, stamp, stamp_or_none
from runs_tui.demo.prefect.stages import LATE, Stage, kind_of, stage_json
from runs_tui.demo.values import Workflow, WorldRun
from runs_tui.model.state import State

NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class FlowRun:
    """A flow run as it stands at one instant."""

    id: str
    name: str
    flow: Workflow
    deployment_id: str | None
    stage: Stage
    attempt: int
    created: datetime
    expected: datetime
    start: datetime | None
    end: datetime | None
    updated: datetime
    parameters: Mapping[str, Any]
    tags: tuple[str, ...]
    auto_scheduled: bool

    @property
    def run_count(self) -> int:
        """How many attempts have begun."""
        return self.attempt if self.start is not None else max(self.attempt - 1, 0)

    @property
    def over(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self.end is not None

    @property
    def next_start(self) -> datetime | None:
        """When it is to begin, while it is scheduled."""
        return self.expected if self.stage.type == "SCHEDULED" else None

    @property
    def began(self) -> datetime:
        """When it began, or else is to begin."""
        return self.start or self.expected


def deployment_of(flow: Workflow) -> str:
    """Give the id of a flow's deployment."""
    return derived(flow.id, "deployment")


def from_script(run: WorldRun) -> bool:
    """Tell whether a run was started from somebody's script, as half of those by hand are."""
    return run.trigger == "manual" and run.retry_of is None and run.id[0] < "8"


def flow_run_of(run: WorldRun, now: datetime) -> FlowRun:
    """Translate a run of the world."""
    stage = _stage(run, now)
    return FlowRun(
        id=run.id,
        name=run.name,
        flow=run.workflow,
        deployment_id=None if from_script(run) else deployment_of(run.workflow),
        stage=stage,
        attempt=run.attempt,
        created=run.created,
        expected=run.created,
        start=run.started,
        end=run.finished,
        updated=run.updated,
        parameters=run.parameters,
        tags=run.workflow.tags,
        auto_scheduled=run.trigger == "schedule",
    )


def _stage(run: WorldRun, now: datetime) -> Stage:
    if run.cancelling:
        return Stage("CANCELLING", "Cancelling", run.updated)
    if run.state is State.QUEUED and run.word is None:
        return _queued(run, now)
    kind, name = kind_of(run.state, run.error, run.word)
    entered = run.finished or (run.started if run.state is State.RUNNING else run.updated)
    return Stage(kind, name, entered or run.updated, _message(kind, name, run.error))


def _queued(run: WorldRun, now: datetime) -> Stage:
    if run.attempt > 1:
        return Stage("SCHEDULED", "AwaitingRetry", run.updated, scheduled=run.updated)
    if now - run.created < LATE:
        return Stage("SCHEDULED", "Scheduled", run.created, scheduled=run.created)
    return Stage("SCHEDULED", "Late", run.created + LATE, scheduled=run.created)


def _message(kind: str, name: str, error: str | None) -> str | None:
    if kind == "CANCELLED" and name == "Cancelled":
        return error or "Flow run was cancelled successfully."
    if kind == "FAILED":
        return f"Flow run encountered an exception: {error}"
    return error


def flow_run_json(run: FlowRun, now: datetime, earlier: float = 0.0) -> dict[str, Any]:
    """Give a flow run as the server sends it; `earlier` is what its former attempts took."""
    labels = {"prefect.flow.id": run.flow.id}
    if run.deployment_id is not None:
        labels["prefect.deployment.id"] = run.deployment_id
    version = digest(run.flow.id, run.flow.version)
    total = earlier + _seconds(run.start, run.end)
    return {
        "id": run.id,
        "created": stamp(run.created),
        "updated": stamp(run.updated),
        "name": run.name,
        "flow_id": run.flow.id,
        "state_id": run.stage.id(run.id),
        "deployment_id": run.deployment_id,
        "deployment_version": version if run.deployment_id is not None else None,
        "work_queue_id": None,
        "work_queue_name": None,
        "flow_version": version if run.run_count else None,
        "parameters": dict(run.parameters),
        "idempotency_key": None,
        "context": {},
        "empirical_policy": {
            "max_retries": 0,
            "retry_delay_seconds": 0.0,
            "retries": 0,
            "retry_delay": 0,
            "pause_keys": [],
            "resuming": False,
            "retry_type": None,
        },
        "tags": list(run.tags),
        "labels": labels,
        "parent_task_run_id": None,
        "state_type": run.stage.type,
        "state_name": run.stage.name,
        "run_count": run.run_count,
        "expected_start_time": stamp(run.expected),
        "next_scheduled_start_time": stamp_or_none(run.next_start),
        "start_time": stamp_or_none(run.start),
        "end_time": stamp_or_none(run.end),
        "total_run_time": total,
        "estimated_run_time": earlier + run_time(run, now),
        "estimated_start_time_delta": lateness(run, now),
        "auto_scheduled": run.auto_scheduled,
        "infrastructure_document_id": None,
        "infrastructure_pid": None,
        "created_by": None,
        "work_pool_id": None,
        "work_pool_name": None,
        "state": stage_json(run.stage, run.id),
        "job_variables": {},
    }


def run_time(run: FlowRun, now: datetime) -> float:
    """Give the seconds for which the newest attempt has run so far."""
    return _seconds(run.start, run.end or now)


def lateness(run: FlowRun, now: datetime) -> float:
    """Give the seconds by which a run began after its time."""
    return _seconds(run.expected, run.start or run.end or now)


def _seconds(start: datetime | None, end: datetime | None) -> float:
    if start is None or end is None:
        return 0.0
    return max((end - start).total_seconds(), 0.0)
