"""Runs and steps of the world in Dagster's words."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from runs_tui.demo.dagster.naming import StepKeys
from runs_tui.demo.values import WorldRun, WorldStep
from runs_tui.model.state import State

LOCATION, REPOSITORY = "demo", "__repository__"
_STATUSES = {
    State.QUEUED: "QUEUED",
    State.RUNNING: "STARTED",
    State.WAITING: "SUSPENDED",
    State.SUCCEEDED: "SUCCESS",
    State.FAILED: "FAILURE",
    State.CANCELLED: "CANCELED",
}
_STEP_STATUSES = {
    State.RUNNING: "IN_PROGRESS",
    State.WAITING: "IN_PROGRESS",
    State.SUCCEEDED: "SUCCESS",
    State.FAILED: "FAILURE",
    State.CANCELLED: "FAILURE",
}
TERMINABLE = ("QUEUED", "STARTED")


def status_of(run: WorldRun, *, suspends: bool = True) -> str:
    """Give the status of a run."""
    if run.word is not None:
        return run.word.upper()
    if run.cancelling and run.state.active:
        return "CANCELING"
    status = _STATUSES[run.state]
    return "STARTED" if status == "SUSPENDED" and not suspends else status


def tags_of(run: WorldRun, root: str | None, *, resumes: bool) -> list[tuple[str, str]]:
    """Give the tags of a run, in order: those of Dagster and those of people."""
    tags = dict.fromkeys(run.workflow.tags, "")
    tags["dagster/code_location"] = LOCATION
    match run.trigger:
        case "schedule":
            tags["dagster/schedule_name"] = f"{run.workflow.name}_schedule"
        case "event":
            tags["dagster/sensor_name"] = f"{run.workflow.name}_sensor"
        case "webhook":
            tags["made_by"] = "webhook"
    if run.retry_of is not None:
        tags["dagster/parent_run_id"] = run.retry_of
        tags["dagster/root_run_id"] = root or run.retry_of
    if resumes:
        tags["dagster/is_resume_retry"] = "true"
    if run.state is State.FAILED:
        tags["dagster/failure_reason"] = "STEP_FAILURE"
    return sorted(tags.items())


def executed(run: WorldRun, steps: Sequence[WorldStep]) -> dict[str, WorldStep]:
    """Give the steps that a run executes itself, and not the run that it repeats."""
    return {step.key: step for step in steps if step.started is None or step.started >= run.created}


def stats_of(run: WorldRun, steps: Mapping[str, WorldStep]) -> list[dict[str, Any]]:
    """Tell how the steps stand that have begun."""
    keys = StepKeys(run.workflow.steps)
    return [_stats(run, step, keys) for step in steps.values() if step.started is not None]


def _stats(run: WorldRun, step: WorldStep, keys: StepKeys) -> dict[str, Any]:
    status = step.word.upper() if step.word else _STEP_STATUSES[step.state]
    marker = {"startTime": seconds(step.started), "endTime": seconds(step.finished)}
    tried = step.attempt if step.finished else step.attempt - 1
    return {
        "runId": run.id,
        "stepKey": keys.of(step.key),
        "status": status,
        **marker,
        "attempts": [marker] * tried,
    }


def config_of(run: WorldRun) -> dict[str, Any]:
    """Give the configuration that a run was started with."""
    first = run.workflow.steps[0].key
    return {"ops": {first: {"config": dict(run.parameters)}}} if run.parameters else {}


def snapshot_of(run: WorldRun) -> str:
    """Give the id of the snapshot of a job, which stays as long as the job does."""
    made_of = json.dumps([run.workflow.name, run.workflow.version])
    return hashlib.sha1(made_of.encode(), usedforsecurity=False).hexdigest()


def seconds(instant: datetime | None) -> float | None:
    """Write an instant as Dagster does."""
    return None if instant is None else instant.timestamp()
