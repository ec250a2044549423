"""Runs, steps and events as JSON documents: every key is always present."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from runs_tui.model.run import Event, Gap, Run, Step
from runs_tui.model.text import clean, clean_log

Document = dict[str, Any]


def time(instant: datetime | None) -> str | None:
    """Write an instant as ISO 8601 in UTC with `Z`."""
    if instant is None:
        return None
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def of_run(run: Run, now: datetime) -> Document:
    """Write a run; the duration of a running one is until `now`."""
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
        "duration_seconds": _seconds(run.duration(now)),
        "trigger": run.trigger,
        "attempt": run.attempt,
        "retry_of": run.retry_of,
        "progress": _number(run.progress),
        "error": run.error,
        "url": run.url,
        "details": _details(run),
    }


def of_step(step: Step, now: datetime) -> Document:
    """Write a step; the duration of a running one is until `now`."""
    return {
        "key": step.key,
        "name": step.name,
        "state": step.state.value,
        "status": step.status,
        "depends_on": list(step.depends_on),
        "started_at": time(step.started_at),
        "finished_at": time(step.finished_at),
        "duration_seconds": _seconds(step.duration(now)),
        "attempt": step.attempt,
        "error": step.error,
        "details": _details(step),
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
        "details": plain(event.details),
    }


def of_run_and_steps(run: Run, steps: Sequence[Step], now: datetime) -> Document:
    """Write a run with its steps."""
    return {"run": of_run(run, now), "steps": [of_step(step, now) for step in steps]}


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
            return time(value)
        case Mapping():
            return {clean(str(key)): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
        case _:
            return clean_log(str(value))


def _details(told: Run | Step) -> Document:
    """Write the rest; `derived` names the fields above that the API did not tell itself."""
    details: Document = plain(told.details)
    return {**details, "derived": sorted(told.derived)} if told.derived else details


def _number(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None


def _seconds(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
