"""The JSON shapes of the `automation_runs` API."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from runs_tui.demo.dice import digest, uuid
from runs_tui.demo.framing import instant
from runs_tui.demo.world import Line, Workflow, WorldRun, WorldStep
from runs_tui.model.state import State

TENANT = uuid(digest("tenant"))

WORDS = {
    State.QUEUED: "pending",
    State.RUNNING: "running",
    State.WAITING: "awaiting_approval",
    State.SUCCEEDED: "completed",
    State.FAILED: "failed",
    State.CANCELLED: "cancelled",
    State.SKIPPED: "skipped",
}
VERBS = {
    State.QUEUED: "created",
    State.RUNNING: "started",
    State.WAITING: "awaiting_approval",
    State.SUCCEEDED: "completed",
    State.FAILED: "failed",
    State.CANCELLED: "cancelled",
    State.SKIPPED: "skipped",
}

_SOURCES = {"schedule": "schedule", "manual": "user", "webhook": "webhook", "event": "automation"}
_KINDS = {
    "extract": "dlt_extract", "transform": "duckdb_transform", "load": "file_sync",
    "sync": "file_sync", "query": "generate_query", "http": "http_request",
    "approval": "approval_gate", "evaluate": "call_agent", "report": "create_flashboard",
}  # fmt: skip


def word_of(seen: WorldRun | WorldStep) -> str:
    """Give the status word of a run or a step."""
    return seen.word or WORDS[seen.state]


def run_of(run: WorldRun) -> dict[str, Any]:
    """Show a run."""
    workflow = run.workflow
    return {
        "id": run.id,
        "automationId": workflow.id,
        "automationVersionId": uuid(digest(workflow.id, workflow.version)),
        "versionNumber": workflow.version,
        "tenantId": TENANT,
        "status": word_of(run),
        "triggerType": run.trigger,
        "triggerSourceType": _SOURCES[run.trigger],
        "triggerSourceId": uuid(digest(workflow.id, run.trigger)),
        "orchestratorType": "dag" if len(workflow.steps) > 1 else "local",
        "externalJobId": None,
        "concurrencyKey": workflow.name if run.trigger == "schedule" else None,
        "createdAt": instant(run.created),
        "updatedAt": instant(run.updated),
        "startedAt": instant(run.started),
        "completedAt": instant(run.finished),
        "durationSeconds": _duration(run.started, run.finished),
        "error": _error(run.error),
    }


def steps_of(run: WorldRun, steps: Sequence[WorldStep]) -> dict[str, Any]:
    """Show the steps of a run with their counters."""
    words = Counter(word_of(step) for step in steps)
    return {
        "automationRunId": run.id,
        "completedCount": words["completed"],
        "failedCount": words["failed"],
        "pendingCount": words["pending"],
        "runningCount": words["running"],
        "steps": [_step(step) for step in steps],
    }


def _step(step: WorldStep) -> dict[str, Any]:
    decided = step.kind == "approval" and step.started is not None
    return {
        "key": step.key,
        "name": step.name,
        "dependsOn": list(step.parents),
        "status": word_of(step),
        "actionRunId": step.id if step.started else None,
        "decisionId": uuid(digest(step.id, "decision")) if decided else None,
        "startedAt": instant(step.started),
        "completedAt": instant(step.finished),
        "durationSeconds": _duration(step.started, step.finished),
        "error": _error(step.error),
        "result": step.result,
        "resultTruncated": False,
    }


def automation_of(workflow: Workflow) -> dict[str, Any]:
    """Show an automation."""
    kinds = [_KINDS.get(step.kind, "http_request") for step in workflow.steps]
    return {
        "id": workflow.id,
        "name": workflow.name,
        "description": workflow.description,
        "status": "active",
        "triggerType": "manual",
        "orchestratorType": "dag" if len(kinds) > 1 else "local",
        "config": {"kinds": kinds, "tags": list(workflow.tags)},
        "tenantId": TENANT,
        "versionsSummary": {"count": workflow.version, "activeCount": 1, "hasDraft": False},
    }


def event_name(line: Line) -> str:
    """Name an event: `automation` for the run, `action` for a step, then what happened."""
    subject = "automation" if line.step is None else "action"
    return f"{subject}.{'log' if line.state is None else VERBS[line.state]}"


def audit_event(run_id: str, line: Line) -> dict[str, Any]:
    """Show a line as the audit log does."""
    resource = ("automation_run", run_id) if line.step is None else ("action_run", line.step_id)
    payload = {"message": line.message, "level": line.level}
    if line.step is not None:
        payload["stepKey"] = line.step
    if line.state is not None:
        payload["status"] = WORDS[line.state]
    return {
        "id": line.id,
        "eventType": event_name(line),
        "occurredAt": instant(line.at),
        "actorId": None,
        "actorType": "system",
        "causationId": None,
        "correlationId": run_id,
        "payload": payload,
        "resourceId": resource[1],
        "resourceType": resource[0],
        "tenantId": TENANT,
    }


def _duration(started: datetime | None, finished: datetime | None) -> float | None:
    if started is None or finished is None:
        return None
    return round((finished - started).total_seconds(), 3)


def _error(message: str | None) -> dict[str, Any] | None:
    if message is None:
        return None
    found = next((word for word in message.split() if word.isdecimal() and len(word) == 3), None)
    code = f"HTTP_{found}" if found and f"HTTP {found}" in message else "STEP_FAILED"
    return {"code": code, "message": message}
