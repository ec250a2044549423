"""What can be done to runs: ending them, and starting them again as new ones."""

from collections.abc import Mapping, Sequence
from typing import Any

from runs_tui.demo.dagster import refusals
from runs_tui.demo.dagster.ledger import Ledger
from runs_tui.demo.dagster.naming import StepKeys
from runs_tui.demo.dagster.refusals import Node
from runs_tui.demo.dagster.shapes import LOCATION, REPOSITORY, TERMINABLE
from runs_tui.demo.world import Mode, WorldRun
from runs_tui.model.state import State

Told = Mapping[str, Any]

_MARK = "MARK_AS_CANCELED_IMMEDIATELY"
_FORBIDDEN = "You do not have permission to terminate this run"


class Acts:
    """Changes what a ledger tells."""

    def __init__(self, ledger: Ledger) -> None:
        """Change it."""
        self._ledger = ledger

    def terminate(self, run_id: str, policy: str | None) -> Node:
        """End a run, or mark it; the run is told as it was before."""
        run = self._ledger.find(run_id)
        if run is None:
            return refusals.missing(run_id)
        before = self._ledger.node(run)
        objection = self._objection(run, marks=policy == _MARK)
        if objection is not None:
            return {"__typename": "TerminateRunFailure", "run": before, "message": objection}
        self._ledger.world.cancel(run.id, self._ledger.clock.now())
        return {"__typename": "TerminateRunSuccess", "run": before}

    def repeat(self, params: Told) -> Node:
        """Start all of a run again, or what of it failed."""
        if not self._ledger.permits:
            return refusals.forbidden()
        run = self._ledger.find(params["parentRunId"])
        if run is None:
            return refusals.no_parent(params["parentRunId"])
        if params["strategy"] == "ALL_STEPS":
            return self._again(run, "full")
        if run.state not in {State.FAILED, State.CANCELLED}:
            return refusals.not_failed()
        return self._again(run, "failed")

    def execute(self, params: Told) -> Node:
        """Start some steps of a run again."""
        if not self._ledger.permits:
            return refusals.forbidden()
        metadata, selector = params.get("executionMetadata") or {}, params["selector"]
        run = self._ledger.find(metadata.get("parentRunId") or "")
        job = selector.get("jobName") or selector.get("pipelineName") or ""
        place = selector["repositoryLocationName"], selector["repositoryName"]
        if place != (LOCATION, REPOSITORY) or run is None or job != run.workflow.name:
            return refusals.no_job(job)
        keys = StepKeys(run.workflow.steps)
        wanted: list[str] = []
        for key in params.get("stepKeys") or ():
            found = keys.world(key)
            if not found:
                return refusals.no_step(key)
            wanted += found
        first = _first(keys, wanted)
        return self._again(run, "step", first) if first else self._again(run, "full")

    def _objection(self, run: WorldRun, *, marks: bool) -> str | None:
        status = self._ledger.status(run)
        if not self._ledger.permits:
            return _FORBIDDEN
        if not run.state.active or not (marks or status in TERMINABLE):
            return f"Run {run.id} could not be terminated due to having status {status}."
        if self._ledger.extra.get("stubborn") and not marks:
            return f"Unable to terminate run {run.id}"
        return None

    def _again(self, run: WorldRun, mode: Mode, step: str | None = None) -> Node:
        now = self._ledger.clock.now()
        try:
            made = self._ledger.world.retry(run.id, now, mode=mode, step=step, as_new=True)
        except ValueError as error:
            return refusals.invariant(str(error))
        return {"__typename": "LaunchRunSuccess", "run": self._ledger.node(made)}


def _first(keys: StepKeys, wanted: Sequence[str]) -> str | None:
    """Give the step that all others come after; the world starts a run again from one."""
    for step in keys.steps:
        if step.key in wanted and not set(step.parents) & (set(wanted) - {step.key}):
            return step.key
    return wanted[0] if wanted else None
