"""Dag runs, translated."""

from collections.abc import Mapping
from typing import Any

from runs_tui.adapters.airflow.address import RunName, page_of
from runs_tui.adapters.airflow.note import was_cancelled
from runs_tui.adapters.airflow.states import run_state_of
from runs_tui.adapters.airflow.wire import DagRun
from runs_tui.model.run import Run
from runs_tui.model.state import State
from runs_tui.model.text import clean, clean_value

_TOLD_ELSEWHERE = frozenset({"dag_display_name", "last_scheduling_decision"})


def run_of(told: DagRun, source: str, web: str | None) -> Run:
    """Translate a run."""
    name = RunName(clean(told.dag_id), clean(told.dag_run_id))
    cancelled = was_cancelled(told)
    state = State.CANCELLED if cancelled else run_state_of(told.state)
    version = told.dag_versions[-1].version_number if told.dag_versions else None
    return Run(
        source=source,
        id=str(name),
        workflow_id=name.dag,
        workflow_name=clean(told.dag_display_name or "") or name.dag,
        version=None if version is None else str(version),
        state=state,
        status=clean(told.state or ""),
        reason="stopped by somebody who used this program" if cancelled else None,
        created_at=told.run_after or told.queued_at,
        started_at=told.start_date,
        finished_at=told.end_date,
        took=told.duration if state.terminal else None,
        trigger=clean(told.run_type) if told.run_type else None,
        url=page_of(web, RunName(told.dag_id, told.dag_run_id)),
        details=_details(told),
        derived=frozenset({"state"}) if cancelled else frozenset(),
    )


def filled(fields: Mapping[str, object]) -> dict[str, Any]:
    """Give the fields that hold something, cleaned."""
    return {
        clean(name): clean_value(value)
        for name, value in fields.items()
        if value not in (None, "", [], {}) and name not in _TOLD_ELSEWHERE
    }


def _details(told: DagRun) -> dict[str, Any]:
    queued = told.queued_at.isoformat() if told.queued_at else None
    named = {"note": told.note, "conf": told.conf, "queued_at": queued}
    return filled(named) | filled(told.model_extra or {})
