"""Flow runs, translated."""

import re
from collections.abc import Mapping
from typing import Any

from runs_tui.adapters.prefect.states import state_of
from runs_tui.adapters.prefect.wire import FlowRun, WireRun
from runs_tui.model.run import Run
from runs_tui.model.state import State
from runs_tui.model.text import clean, clean_value, one_line

_PREAMBLE = re.compile(r"^(?:Flow|Task) run encountered an exception[:.]?\s*")
_TOLD_ELSEWHERE = frozenset({"state_id", "work_queue_id", "work_pool_id"})
_OWN_POLICY = frozenset({"empirical_policy", "estimated_run_time", "estimated_start_time_delta"})
_LEFT_OUT = _TOLD_ELSEWHERE | _OWN_POLICY | {"labels", "context"}


def run_of(
    told: FlowRun, source: str, flow: str | None, deployment: str | None, web: str | None
) -> Run:
    """Translate a flow run whose flow and deployment have these names."""
    state = state_of(told.state_type)
    message = told.state.message if told.state else None
    return Run(
        source=source,
        id=clean(told.id),
        workflow_id=cleaned(told.flow_id),
        workflow_name=cleaned(flow),
        name=cleaned(told.name),
        version=cleaned(told.flow_version),
        state=state,
        status=clean(told.state_name or told.state_type or ""),
        reason=clean(message) if message else None,
        created_at=told.created,
        started_at=told.start_time,
        finished_at=told.end_time,
        updated_at=told.updated,
        listed_at=told.expected_start_time,
        took=seconds_of(told, state),
        trigger=_trigger(told),
        attempt=told.run_count or None,
        error=error_of(told, state),
        url=f"{web}/runs/flow-run/{clean(told.id)}" if web else None,
        details=_details(told, deployment),
    )


def error_of(told: WireRun, state: State) -> str | None:
    """Give in one line what went wrong, where something did."""
    message = told.state.message if told.state else None
    return cause_of(message) if state is State.FAILED else None


def cause_of(message: str | None) -> str | None:
    """Give in one line why something failed, without the words that stand before every cause."""
    if not message:
        return None
    return one_line(_PREAMBLE.sub("", message)) or one_line(message) or None


def seconds_of(told: WireRun, state: State) -> float | None:
    """Give the seconds that were worked, which are told only at the end."""
    return (told.total_run_time or None) if state.terminal else None


def cleaned(text: str | None) -> str | None:
    """Clean a foreign text; None where there is none."""
    return clean(text) if text is not None else None


def left_over(told: WireRun) -> dict[str, Any]:
    """Give, cleaned, what is told besides the fields that are read; nothing that is empty."""
    extra = told.model_extra or {}
    kept = {name: value for name, value in extra.items() if name not in _LEFT_OUT}
    return filled(kept)


def filled(fields: Mapping[str, object]) -> dict[str, Any]:
    """Give the fields that hold something, cleaned."""
    return {
        clean(name): clean_value(value)
        for name, value in fields.items()
        if value not in (None, "", [], {})
    }


def _details(told: FlowRun, deployment: str | None) -> dict[str, Any]:
    named = {
        "state_type": told.state_type,
        "deployment_id": told.deployment_id,
        "deployment_name": deployment,
        "parent_task_run_id": told.parent_task_run_id,
        "auto_scheduled": told.auto_scheduled,
        "created_by": told.created_by,
    }
    return filled(named) | left_over(told)


def _trigger(told: FlowRun) -> str:
    creator = (told.created_by or {}).get("type")
    if isinstance(creator, str) and creator:
        return clean(creator).lower()
    if told.auto_scheduled:
        return "schedule"
    return "subflow" if told.parent_task_run_id else "manual"
