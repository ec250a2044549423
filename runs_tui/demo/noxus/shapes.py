"""The JSON shapes of the Noxus API."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from runs_tui.demo.dice import digest, uuid
from runs_tui.demo.framing import instant
from runs_tui.demo.noxus.definitions import (
    ALERT,
    definition_of,
    has_alert,
    is_second,
    node_id,
    version_id,
)
from runs_tui.demo.world import Workflow, WorldRun, WorldStep
from runs_tui.model.state import State

GROUP = uuid(digest("workspace"))

WORDS = {
    State.QUEUED: "queued",
    State.RUNNING: "running",
    State.WAITING: "awaiting_human_feedback",
    State.SUCCEEDED: "completed",
    State.FAILED: "failed",
    State.CANCELLED: "stopped",
    State.SKIPPED: "skipped",
}
_OVER = (State.SUCCEEDED, State.FAILED, State.CANCELLED)


class Shapes:
    """Writes runs as one server does."""

    def __init__(self, extra: Mapping[str, Any]) -> None:
        """Take the switches of the dialect."""
        self._naive = bool(extra.get("naive_times"))
        self._null_input = bool(extra.get("null_input"))
        self._nameless = bool(extra.get("no_workflow"))
        self._snapshot = extra.get("snapshot") != "missing"

    def listed(self, run: WorldRun, steps: tuple[WorldStep, ...]) -> dict[str, Any]:
        """Show a run as the list of the workspace does."""
        told = self._common(run, steps)
        told["input"] = None if self._null_input else told["input"]
        return told | {
            "definitions": None,
            "workflow": None if self._nameless else self.workflow(run.workflow, {}),
            "source": run.trigger,
        }

    def whole(self, run: WorldRun, steps: tuple[WorldStep, ...]) -> dict[str, Any]:
        """Show a run as a workflow does."""
        done = run.state is State.SUCCEEDED
        return self._common(run, steps) | {
            "output": {"result": f"{run.workflow.name} is done"} if done else {},
            "single_node_id": None,
            "workflow_definition": definition_of(run.workflow) if self._snapshot else None,
            "progress_details": details_of(
                run.workflow, {step.key: step.state for step in _as_they_ended(steps)}, run.state
            ),
        }

    def workflow(self, workflow: Workflow, definition: dict[str, Any]) -> dict[str, Any]:
        """Show a workflow."""
        return {
            "id": workflow.id,
            "group_id": GROUP,
            "name": workflow.name,
            "type": "flow",
            "definition": definition,
            "flow_version": "v2" if is_second(workflow) else "v1",
            "last_updated_at": None,
            "last_run_at": None,
            "created_at": None,
            "deleted_at": None,
            "author_name": "Rita Moreira",
            "description": workflow.description,
            "saved": True,
            "error_handler": None,
        }

    def version(self, workflow: Workflow) -> dict[str, Any]:
        """Show the saved version of a workflow."""
        return {
            "id": version_id(workflow),
            "name": f"Version {workflow.version}",
            "description": None,
            "created_at": None,
            "created_by": None,
            "definition": definition_of(workflow),
        }

    def _common(self, run: WorldRun, steps: tuple[WorldStep, ...]) -> dict[str, Any]:
        return {
            "id": run.id,
            "group_id": GROUP,
            "workflow_id": run.workflow.id,
            "workflow_version_id": version_id(run.workflow),
            "input": dict(run.parameters),
            "node_ids": None,
            "status": run.word or WORDS[run.state],
            "progress": _percent(run, steps),
            "created_at": self._time(run.created),
            "finished_at": self._time(run.finished),
        }

    def _time(self, moment: datetime | None) -> str | None:
        told = instant(moment)
        return told.removesuffix("Z") if told and self._naive else told


def details_of(workflow: Workflow, states: Mapping[str, State], run_state: State) -> dict[str, Any]:
    """Show where the nodes stand; the one that failed is entered last."""
    ended = [key for key, state in states.items() if state is State.SUCCEEDED]
    failed = [key for key, state in states.items() if state is State.FAILED]
    running = [key for key, state in states.items() if state in (State.RUNNING, State.WAITING)]
    skipped = [node_id(key) for key, state in states.items() if state is State.SKIPPED]
    begun = {*ended, *failed, *running}
    executed = [node_id(key) for key in [*ended, *failed]]
    remaining = [
        node_id(step.key)
        for step in workflow.steps
        if step.key not in begun and node_id(step.key) not in skipped
    ]
    handlers: list[str] = []
    if has_alert(workflow):
        alarmed = run_state is State.FAILED and workflow.steps[-1].key in failed
        handlers = [ALERT] if alarmed else []
        told = executed if alarmed else skipped if run_state in _OVER else remaining
        told.append(ALERT)
    return {
        "executed_nodes": executed,
        "running_nodes": [node_id(key) for key in running],
        "remaining_nodes": remaining,
        "skipped_nodes": skipped,
        "error_handler_nodes": handlers,
        "per_node_progress": {node_id(key): 50 for key in running},
        "per_edge_progress": {},
        "subflow_executions": {},
        "run_logs": {},
    }


def _as_they_ended(steps: tuple[WorldStep, ...]) -> list[WorldStep]:
    return sorted(steps, key=lambda step: step.finished.timestamp() if step.finished else 0.0)


def _percent(run: WorldRun, steps: tuple[WorldStep, ...]) -> int:
    if run.state is State.SUCCEEDED:
        return 100
    done = sum(step.state in (State.SUCCEEDED, State.SKIPPED) for step in steps)
    return 100 * done // max(len(steps), 1)
