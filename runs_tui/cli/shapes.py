"""Runs, steps and events as JSON: every key always present."""

from collections.abc import Mapping
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from runs_tui.model.run import Event, Gap, Run, Step
from runs_tui.model.text import clean, clean_log

Shape = dict[str, Any]


def run_shape(run: Run, now: datetime) -> Shape:
    """Give a run."""
    return {
        "source": run.source,
        "id": run.id,
        "workflow": {"id": run.workflow_id, "name": run.workflow_name},
        "state": run.state.value,
        "status": run.status,
        "reason": run.reason,
        "created_at": time_shape(run.created_at),
        "started_at": time_shape(run.started_at),
        "finished_at": time_shape(run.finished_at),
        "updated_at": time_shape(run.updated_at),
        "duration_seconds": _number(run.duration(now)),
        "trigger": run.trigger,
        "attempt": run.attempt,
        "retry_of": run.retry_of,
        "progress": _number(run.progress),
        "error": run.error,
        "url": run.url,
        "details": plain(run.details),
    }


def step_shape(step: Step, now: datetime) -> Shape:
    """Give a step."""
    return {
        "key": step.key,
        "name": step.name,
        "state": step.state.value,
        "status": step.status,
        "depends_on": list(step.depends_on),
        "started_at": time_shape(step.started_at),
        "finished_at": time_shape(step.finished_at),
        "duration_seconds": _number(step.duration(now)),
        "attempt": step.attempt,
        "error": step.error,
        "details": plain(step.details),
    }


def event_shape(event: Event) -> Shape:
    """Give an event."""
    return {
        "id": event.id,
        "at": time_shape(event.at),
        "step": event.step,
        "level": event.level,
        "kind": event.kind,
        "message": event.message,
        "details": plain(event.details),
    }


def gap_shape(gap: Gap) -> Shape:
    """Give a break in a stream."""
    return {"gap": {"since": time_shape(gap.since), "until": time_shape(gap.until)}}


def time_shape(at: datetime | None) -> str | None:
    """Give an instant as ISO 8601 in UTC with `Z`."""
    return None if at is None else at.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def plain(value: object) -> Any:  # noqa: ANN401
    """Give any value as JSON can hold it, every text in it cleaned."""
    match value:
        case None | bool() | int():
            return value
        case float():
            return _number(value)
        case str():
            return clean_log(value)
        case datetime():
            return time_shape(value)
        case Mapping():
            return {clean(str(key)): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
        case _:
            return clean_log(str(value))


def _number(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None
