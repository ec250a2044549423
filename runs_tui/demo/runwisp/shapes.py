"""The JSON shapes of RunWisp's API, in the casing of each generation."""

from datetime import datetime
from typing import Any

from runs_tui.demo.runwisp.daemon import Daemon
from runs_tui.demo.runwisp.parameters import parameters_taken
from runs_tui.demo.runwisp.words import Generation, exit_code_of, phase_of, reason_of
from runs_tui.demo.world import Workflow, WorldRun
from runs_tui.model.state import State

_RENAMED = {
    "G1": {"instance_index": "replica_index", "max_concurrent": "parallelism"},
    "G2": {},
    "G3": {
        "start_at": "startedAt",
        "end_at": "endedAt",
        "external_execution_id": "executionId",
        "api_trigger": "manualTrigger",
    },
}


def cased(shape: dict[str, Any], generation: Generation) -> dict[str, Any]:
    """Write an object as a generation does: without what is absent, and in its casing."""
    renamed = _RENAMED[generation]
    told = {name: value for name, value in shape.items() if value is not None}
    if generation != "G3":
        return {renamed.get(name, name): value for name, value in told.items()}
    return {renamed.get(name) or camel(name): value for name, value in told.items()}


def camel(name: str) -> str:
    """Write a name in camel case."""
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def moment(instant: datetime | None) -> str | None:
    """Write an instant as Go does: with up to nine digits, and no zeros at their end."""
    if instant is None:
        return None
    nanoseconds = f"{instant.microsecond:06d}{instant.microsecond % 1000:03d}".rstrip("0")
    return f"{instant:%Y-%m-%dT%H:%M:%S}{'.' if nanoseconds else ''}{nanoseconds}Z"


def run_of(run: WorldRun, daemon: Daemon, generation: Generation) -> dict[str, Any]:
    """Show a run."""
    reason = reason_of(run, generation)
    trigger = run.trigger
    if generation == "G1" and trigger in {"hook", "service"}:
        trigger = "api"
    shape: dict[str, Any] = {
        "id": run.id,
        "task_name": run.workflow.name,
        "status": phase_of(run),
        "end_reason": reason,
        "exit_code": exit_code_of(run, reason),
        "start_at": moment(run.started),
        "end_at": moment(run.finished),
        "triggered_by": trigger,
        "created_at": moment(run.created),
        "retry_attempt": run.attempt - 1,
        "retry_of_run_id": run.retry_of,
        "instance_index": daemon.instance(run),
        "external_execution_id": f"exec-{run.id[-6:]}" if trigger == "cloud" else None,
    }
    told = cased(shape, generation)
    if generation == "G3":
        told["params"] = parameters_of(run)
        told["isFailure"] = run.state is State.FAILED
    return told


def parameters_of(run: WorldRun) -> dict[str, str]:
    """Give the parameters that a run has resolved."""
    return {name.upper(): str(value) for name, value in run.parameters.items()}


def task_of(
    workflow: Workflow, daemon: Daemon, generation: Generation, now: datetime, *, manual: bool
) -> dict[str, Any]:
    """Show a task or a service; its environment holds what is not for everyone."""
    service = daemon.is_service(workflow.name)
    shape: dict[str, Any] = {
        "name": workflow.name,
        "kind": "service" if service else None,
        "group": workflow.tags[0].title() if workflow.tags else None,
        "description": workflow.description,
        "api_trigger": manual,
        "autostart": service,
        "on_overlap": "queue",
        "max_concurrent": 1,
        "retry_attempts": None if service else 3,
        "retry_delay": None if service else 30_000_000_000,
        "retry_backoff": None if service else "exponential",
        "restart": "always" if service else None,
        "instances": daemon.instances(workflow.name, now) if service else None,
        "parameters": parameters_taken(workflow) if generation == "G3" else None,
        "env": {"WAREHOUSE_PASSWORD": "t0p-s3cret-environment"},
    }
    return cased(shape, generation)
