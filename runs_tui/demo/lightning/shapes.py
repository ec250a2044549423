"""Runs, work orders and projects as resources of a Lightning server."""

from datetime import datetime
from typing import Any

from runs_tui.demo.lightning.names import named, project_id
from runs_tui.demo.values import WorldRun
from runs_tui.model.state import State

HOST = "https://lightning.example.invalid"
"""The server's configured address, which is not the one that it is reached by."""

_ERRORS = {
    "HTTP": "AdaptorError",
    "Timed out": "TimeoutError",
    "memory": "OOMError",
    "No such file": "JobError",
    "Credential": "CredentialLoadError",
}
_KILLED = frozenset({"TimeoutError", "OOMError"})
_FAILED = ("failed", "failed", "failed", "crashed", "exception", "lost")


def resource(kind: str, resource_id: str, attributes: dict[str, Any]) -> dict[str, Any]:
    """Show a resource with a link to itself, which nobody should follow."""
    return {
        "type": kind,
        "id": resource_id,
        "relationships": {},
        "links": {"self": f"{HOST}/api/{kind}/{resource_id}"},
        "attributes": attributes,
    }


def run_json(run: WorldRun, started: datetime | None) -> dict[str, Any]:
    """Show a run: five attributes and no relation of any kind."""
    attributes = {
        "state": word_of(run),
        "started_at": stamp(started),
        "finished_at": stamp(run.finished),
        "priority": "immediate" if run.trigger == "manual" else "normal",
        "error_type": error_type(run),
    }
    return resource("runs", run.id, attributes)


def order_json(order_id: str, chain: list[WorldRun]) -> dict[str, Any]:
    """Show a work order; its runs are given in their order, and it does not tell which."""
    last = chain[-1]
    attributes = {
        "state": {"available": "pending", "claimed": "pending", "started": "running"}.get(
            word_of(last), word_of(last)
        ),
        "last_activity": stamp(max(run.updated for run in chain)),
        "inserted_at": stamp(chain[0].created),
        "updated_at": stamp(max(run.updated for run in chain)),
    }
    return resource("work_orders", order_id, attributes)


def project_json(name: str) -> dict[str, Any]:
    """Show a project."""
    return resource("projects", project_id(name), {"name": name, "description": None})


def word_of(run: WorldRun) -> str:
    """Give the state of a run in the server's word."""
    if run.word:
        return run.word
    match run.state:
        case State.QUEUED if run.attempt == 1:
            return "claimed" if int(run.id[-1], 16) % 2 else "available"
        case State.QUEUED | State.RUNNING | State.WAITING:
            return "started"
        case State.SUCCEEDED:
            return "success"
        case State.FAILED if error_type(run) in _KILLED:
            return "killed"
        case State.FAILED:
            return _FAILED[int(run.id[-2:], 16) % len(_FAILED)]
        case _:
            return "cancelled"


def error_type(run: WorldRun) -> str | None:
    """Name what went wrong; strangers have their own names for it."""
    if run.error is None or "hostile" in run.workflow.tags:
        return run.error
    return next((name for words, name in _ERRORS.items() if words in run.error), "RuntimeError")


def order_id(root: str) -> str:
    """Give the id of the work order whose first run has an id."""
    return named("work order", root)


def stamp(instant: datetime | None) -> str | None:
    """Write an instant with microseconds and a `Z`."""
    if instant is None:
        return None
    return instant.isoformat(timespec="microseconds").replace("+00:00", "Z")
