"""Runs, steps and events as JSON documents: every key is always present."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from runs_tui.model.run import Event, Gap, Run, Step

Document = dict[str, Any]


def time(instant: datetime | None) -> str | None:
    """Write an instant as ISO 8601 in UTC with `Z`."""
    if instant is None:
        return None
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def of_run(run: Run, now: datetime) -> Document:
    """Write a run; the duration of a running one is until `now`."""
    seconds = run.duration(now)
    return {
        "source": run.source,
        "id": run.id,
        "workflow": {"id": run.workflow_id, "name": run.workflow_name},
        "state": run.state.value,
        "status": run.status,
        "reason": run.reason,
        "created_at": time(run.created_at),
        "started_at": time(run.started_at),
        "finished_at": time(run.finished_at),
        "updated_at": time(run.updated_at),
        "duration_seconds": None if seconds is None else round(seconds, 3),
        "trigger": run.trigger,
        "attempt": run.attempt,
        "retry_of": run.retry_of,
        "progress": run.progress,
        "error": run.error,
        "url": run.url,
        "details": dict(run.details),
    }


def of_step(step: Step, now: datetime) -> Document:
    """Write a step; the duration of a running one is until `now`."""
    seconds = step.duration(now)
    return {
        "key": step.key,
        "name": step.name,
        "state": step.state.value,
        "status": step.status,
        "depends_on": list(step.depends_on),
        "started_at": time(step.started_at),
        "finished_at": time(step.finished_at),
        "duration_seconds": None if seconds is None else round(seconds, 3),
        "attempt": step.attempt,
        "error": step.error,
        "details": dict(step.details),
    }


def of_event(event: Event | Gap) -> Document:
    """Write an event, or a break in a stream."""
    if isinstance(event, Gap):
        return {"gap": {"since": time(event.since), "until": time(event.until)}}
    return {
        "id": event.id,
        "at": time(event.at),
        "step": event.step,
        "level": event.level,
        "kind": event.kind,
        "message": event.message,
        "details": dict(event.details),
    }


def of_run_and_steps(run: Run, steps: Sequence[Step], now: datetime) -> Document:
    """Write a run with its steps."""
    return {"run": of_run(run, now), "steps": [of_step(step, now) for step in steps]}
