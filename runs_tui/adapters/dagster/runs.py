"""Dagster's runs, translated to runs."""

from collections.abc import Mapping
from typing import Any

from runs_tui.adapters.dagster.states import state_of
from runs_tui.adapters.dagster.wire import WholeRun, WireRun
from runs_tui.model.run import Run
from runs_tui.model.text import clean, clean_value

_REASON = "dagster/failure_reason"
_RETRY_NUMBER = "dagster/retry_number"
_STARTERS = {
    "dagster/schedule_name": "schedule",
    "dagster/sensor_name": "sensor",
    "dagster/backfill": "backfill",
    "dagster/auto_materialize": "automation",
    "dagster/auto_observe": "automation",
    "dagster/from_automation_condition": "automation",
}
"""What started a run, by the tag that tells of it."""
_SHORT = 8
"""How many characters of a snapshot's id Dagster itself shows as the version of a job."""


def run_of(told: WireRun, source: str, web: str | None, error: str | None = None) -> Run:
    """Translate a run; `error` is what its log says of its failure."""
    tags = told.tagged
    state = state_of(told.status)
    reason = tags.get(_REASON)
    return Run(
        source=source,
        id=clean(told.id),
        workflow_id=clean(told.job),
        workflow_name=clean(told.job),
        version=clean(told.snapshot)[:_SHORT] if told.snapshot else None,
        state=state,
        status=clean(told.status),
        reason=clean(reason) if reason else None,
        created_at=told.created,
        started_at=told.started,
        finished_at=told.ended,
        updated_at=told.updated,
        trigger=_trigger(told, tags),
        attempt=_attempt(tags),
        retry_of=clean(told.parent) if told.parent else None,
        error=error,
        url=f"{web}/runs/{clean(told.id)}" if web else None,
        details=_details(told, tags),
    )


def _trigger(told: WireRun, tags: Mapping[str, str]) -> str:
    if told.parent:
        return "re-execution"
    return next((word for tag, word in _STARTERS.items() if tag in tags), "manual")


def _attempt(tags: Mapping[str, str]) -> int | None:
    """Give which attempt a run is that the server started by itself after one that failed."""
    number = tags.get(_RETRY_NUMBER, "")
    return int(number) + 1 if number.isascii() and number.isdecimal() and len(number) < 6 else None


def _details(told: WireRun, tags: Mapping[str, str]) -> dict[str, Any]:
    origin = told.origin
    fields: dict[str, object] = {
        "tags": tags,
        "rootRunId": told.root,
        "parentRunId": told.parent,
        "pipelineSnapshotId": told.snapshot,
        "repositoryLocationName": origin.location if origin else None,
        "repositoryName": origin.repository if origin else None,
        "stepKeysToExecute": told.step_keys,
        "canTerminate": told.can_terminate,
        "hasTerminatePermission": told.may_terminate,
        "hasReExecutePermission": told.may_repeat,
    }
    if isinstance(told, WholeRun):
        assets = ["/".join(asset.path) for asset in told.assets or ()]
        fields |= {"mode": told.mode, "runConfig": told.config}
        fields |= {"solidSelection": told.ops, "assetSelection": assets}
    filled = {name: value for name, value in fields.items() if value not in (None, "", [], {})}
    return {name: clean_value(value) for name, value in filled.items()}
