"""Runs, translated."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runs_tui.adapters.lightning.address import page_of
from runs_tui.adapters.lightning.states import TELLING, state_of
from runs_tui.adapters.lightning.wire import WireRun, Workflow
from runs_tui.model.run import Run
from runs_tui.model.state import State
from runs_tui.model.text import clean, clean_value, one_line


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the work order of a run tells of it."""

    order_id: str
    """The work order."""
    number: int
    """Which of its runs this one is, from 1."""
    earlier: str | None = None
    """The run before it."""
    created_at: datetime | None = None
    """When the work order came in, and with it its first run."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a run belongs to, which it does not tell itself."""

    source: str
    """The name of the source."""
    url: str
    """The address of the server."""
    project_id: str | None = None
    """The only project, where the source is of one."""


def run_of(
    row: WireRun,
    origin: Origin,
    listed_at: datetime,
    workflow_id: str | None = None,
    workflow: Workflow | None = None,
    attempt: Attempt | None = None,
) -> Run:
    """Translate a run, with what was found out about it."""
    word = clean(row.state or "")
    project_id = (workflow.project_id if workflow else None) or origin.project_id
    run_id = clean(row.id)
    found: dict[str, Any] = {
        "listed_at": None if listed_at == row.started_at and attempt is None else listed_at,
        "workflow_id": workflow_id and clean(workflow_id),
        "workflow_name": clean(workflow.name or workflow.id) if workflow else None,
        "created_at": attempt and attempt.created_at,
        "attempt": attempt and attempt.number,
        "retry_of": attempt and attempt.earlier and clean(attempt.earlier),
        "url": page_of(origin.url, clean(project_id), run_id) if project_id else None,
    }
    derived = {name for name, value in found.items() if value is not None}
    if row.state is None:
        derived.add("state")
    error = one_line(row.error_type) if row.error_type else None
    return Run(
        source=origin.source,
        id=run_id,
        state=run_state(row),
        status=word,
        reason=(error or word) if word.lower() in TELLING else None,
        started_at=row.started_at,
        finished_at=row.finished_at,
        error=error or None,
        details=_details(row, project_id, attempt),
        derived=frozenset(derived),
        **found,
    )


def run_state(row: WireRun) -> State:
    """Give where a run stands; old servers tell only when it started and ended."""
    if row.state is not None:
        return state_of(row.state)
    if row.finished_at is not None:
        return State.UNKNOWN
    return State.RUNNING if row.started_at else State.QUEUED


def is_over(row: WireRun) -> bool:
    """Tell whether nothing more happens to a run."""
    state = run_state(row)
    return state.terminal or (state is State.UNKNOWN and row.finished_at is not None)


def _details(row: WireRun, project_id: str | None, attempt: Attempt | None) -> Mapping[str, Any]:
    told = {
        "priority": row.priority,
        "error_type": row.error_type,
        "project_id": project_id,
        "work_order_id": attempt and attempt.order_id,
        **(row.model_extra or {}),
    }
    return {
        clean(name): clean_value(value)
        for name, value in told.items()
        if value not in (None, "", [], {})
    }
