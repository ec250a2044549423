"""Runs, translated."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from runs_tui.adapters.noxus.states import WAITING, state_of
from runs_tui.adapters.noxus.wire import WireRun
from runs_tui.model.run import Run, seconds_between
from runs_tui.model.state import State
from runs_tui.model.text import clean, clean_value, one_line


def run_of(
    told: WireRun, source: str, name: str | None, *, origin: str | None, why: str | None
) -> Run:
    """Translate a run of a workflow with a name; `origin` and `why` are what else is known.

    No run tells when it began to work, so its duration is the time since it was queued.
    """
    status = clean(told.status)
    state = state_of(status)
    took = seconds_between(told.created_at, told.finished_at)
    error = one_line(why) or None if why and state is State.FAILED else None
    concluded = {"took": took, "retry_of": origin, "error": error}
    return Run(
        source=source,
        id=clean(told.id),
        workflow_id=cleaned(told.workflow_id),
        workflow_name=name,
        version=cleaned(told.workflow_version_id),
        state=state,
        status=status,
        reason=WAITING if state is State.WAITING else None,
        created_at=told.created_at,
        finished_at=told.finished_at,
        took=took,
        trigger=cleaned(told.source),
        retry_of=origin,
        progress=_share(told.progress),
        error=error,
        details=_details(told),
        derived=frozenset(field for field, value in concluded.items() if value is not None),
    )


def is_active(told: WireRun) -> bool:
    """Tell whether something may still happen to a run."""
    state = state_of(told.status)
    return state.active or (state is State.UNKNOWN and told.finished_at is None)


def newest_first(runs: Sequence[Run]) -> list[Run]:
    """Order runs by their creation; those without one come last."""
    oldest = datetime.min.replace(tzinfo=UTC)
    return sorted(runs, key=lambda run: run.created_at or oldest, reverse=True)


def cleaned(text: str | None) -> str | None:
    """Clean a foreign text; None where there is none."""
    return (clean(text) or None) if text else None


def filled(fields: Mapping[str, object]) -> dict[str, Any]:
    """Give the fields that hold something, cleaned."""
    return {
        clean(name): clean_value(value)
        for name, value in fields.items()
        if value not in (None, "", [], {})
    }


def _details(told: WireRun) -> dict[str, Any]:
    workflow = told.workflow
    named = {
        "input": told.input,
        "output": told.output,
        "node_ids": told.node_ids,
        "single_node_id": told.single_node_id,
        "workflow": filled(workflow.model_extra or {}) if workflow else None,
    }
    return filled(named) | filled(told.model_extra or {})


def _share(percent: float | None) -> float | None:
    if percent is None or not isfinite(percent):
        return None
    return min(max(percent / 100, 0.0), 1.0)
