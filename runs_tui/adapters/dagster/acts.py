"""Ending runs and starting them again."""

from typing import Any

from runs_tui.adapters.dagster import queries
from runs_tui.adapters.dagster.client import Client
from runs_tui.adapters.dagster.states import marked, state_of
from runs_tui.adapters.dagster.steps import after
from runs_tui.adapters.dagster.wire import Origin, WholeRun, WireRun
from runs_tui.model.errors import Conflict, Refused
from runs_tui.model.latest import Latest
from runs_tui.model.run import RetryMode
from runs_tui.model.state import State
from runs_tui.model.text import clean

_STUBBORN = "unable to terminate"
_AGAIN = "cancel it again to mark it as canceled, whatever its process does"
_OF_ONE_RUN = frozenset(
    f"dagster/{name}"
    for name in (
        "failure_reason", "retry_number", "will_retry", "auto_retry_run_id", "is_resume_retry",
        "is_asset_resume_retry", "step_selection", "run_metrics", "backfill", "parent_backfill",
        "root_backfill",
    )
)  # fmt: skip
"""The tags that say something of one run alone, which Dagster itself gives to no other."""
_FROM_FAILURE = frozenset({State.FAILED, State.CANCELLED})


class Acts:
    """Sends each wish once, with what the run was just before."""

    def __init__(self, client: Client) -> None:
        """Begin with nothing tried."""
        self._client = client
        self._stubborn: Latest[str, None] = Latest(200)

    async def cancel(self, run_id: str) -> None:
        """Ask for a run to end; one whose process cannot be reached is marked instead."""
        run = await self._client.run(run_id)
        state = state_of(run.status)
        if state.terminal:
            raise Conflict(f"it is already {state}")
        marks = marked(run.status) or run_id in self._stubborn
        policy = "MARK_AS_CANCELED_IMMEDIATELY" if marks else "SAFE_TERMINATE"
        try:
            await self._client.terminate(run_id, policy)
        except Conflict as error:
            if _STUBBORN not in error.detail.casefold():
                raise
            self._stubborn[run_id] = None
            raise Conflict(error.detail, _AGAIN) from None

    async def retry(self, run_id: str, mode: RetryMode, step: str | None) -> WireRun:
        """Start a run again, whole or from where it failed or from a step; give the new run."""
        run = await self._client.run(run_id)
        state = state_of(run.status)
        if state.active:
            raise Conflict(f"it is still {state}")
        if mode is RetryMode.STEP:
            return await self._from_step(run, step)
        if mode is RetryMode.FAILED and state not in _FROM_FAILURE:
            raise Conflict(f"nothing of it failed: it is {state}")
        strategy = "FROM_FAILURE" if mode is RetryMode.FAILED else "ALL_STEPS"
        params = {"parentRunId": run.id, "strategy": strategy}
        return await self._client.reexecute("Reexecute", queries.REEXECUTE, params)

    async def _from_step(self, run: WholeRun, step: str | None) -> WireRun:
        key = next((key for key in _keys(run) if clean(key) == step), None) if step else None
        if key is None:
            raise Refused(f"the run has no step {step}" if step else "a step must be named")
        if run.origin is None:
            raise Refused("the server does not tell where the job of this run is defined")
        params = _params(run, run.origin, after(run, key))
        return await self._client.reexecute("ReexecuteSteps", queries.REEXECUTE_STEPS, params)


def _keys(run: WholeRun) -> list[str]:
    planned = [step.key for step in run.plan.steps] if run.plan else []
    return [*(each.key for each in run.stats), *planned]


def _params(run: WholeRun, origin: Origin, keys: list[str]) -> dict[str, Any]:
    """Describe a new run of some steps of a run, with all else as it was."""
    root = run.root or run.id
    kept = {key: value for key, value in run.tagged.items() if key not in _OF_ONE_RUN}
    tags = {**kept, "dagster/parent_run_id": run.id, "dagster/root_run_id": root}
    told = [{"key": key, "value": value} for key, value in tags.items()]
    return {
        "selector": _selector(run, origin),
        "runConfigData": run.config if run.config is not None else {},
        "mode": run.mode,
        "stepKeys": keys,
        "executionMetadata": {"parentRunId": run.id, "rootRunId": root, "tags": told},
    }


def _selector(run: WholeRun, origin: Origin) -> dict[str, Any]:
    """Name the job of a run, or the part of it that the run was of."""
    selector: dict[str, Any] = {
        "repositoryLocationName": origin.location,
        "repositoryName": origin.repository,
        "jobName": run.job,
    }
    if run.ops:
        selector["solidSelection"] = run.ops
    if run.assets:
        selector["assetSelection"] = [{"path": asset.path} for asset in run.assets]
    return selector
