"""Runs and their nodes as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runs_tui.demo.dagu.subs import calls, subs_of
from runs_tui.demo.dagu.words import file_time, folder, of_node, of_run, second
from runs_tui.demo.dice import digest
from runs_tui.model.state import State

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from runs_tui.demo.world import WorldRun, WorldStep

_HANDLERS = {"onSuccess": State.SUCCEEDED, "onFailure": State.FAILED, "onCancel": State.CANCELLED}


def listed(run: WorldRun) -> dict[str, Any]:
    """Show a run as lists do."""
    number, label = of_run(run)
    queued = run.state is State.QUEUED and not run.word
    shown = {
        "dagRunId": run.id,
        "finishedAt": second(run.finished),
        "log": f"{folder(run)}/dag-run_{file_time(run.created)}.{run.id[:8]}.log",
        "name": run.workflow.name,
        "params": " ".join(f"{name}={value}" for name, value in run.parameters.items()),
        "rootDAGRunId": run.id,
        "rootDAGRunName": run.workflow.name,
        "startedAt": "" if queued else second(run.started),
        "status": number,
        "statusLabel": label,
    }
    if not shown["params"]:
        del shown["params"]
    return shown | ({"queuedAt": second(run.created)} if queued else {"workerId": "local"})


def whole(run: WorldRun, steps: Sequence[WorldStep]) -> dict[str, Any]:
    """Show a run with its nodes and its handlers; when it was queued is told by lists alone."""
    handlers = {name: handler(run, name) for name in handler_names(run)}
    nodes = [node(run, step) for step in steps]
    told = {**listed(run), "preconditions": [], "nodes": nodes, **handlers}
    told.pop("queuedAt", None)
    return {"dagRunDetails": told}


def node(run: WorldRun, step: WorldStep) -> dict[str, Any]:
    """Show a step."""
    number, label, error = of_node(step)
    begun = step.started is not None
    absent = "-" if run.state is State.QUEUED else ""
    over = step.state.terminal and begun
    shown: dict[str, Any] = {
        "doneCount": int(over),
        "finishedAt": second(step.finished) if over else absent,
        "retryCount": 0,
        "startedAt": second(step.started) if begun else absent,
        "status": number,
        "statusLabel": label,
        "stderr": stream_path(run, step.key, step.id, step.started, "err"),
        "stdout": stream_path(run, step.key, step.id, step.started, "out"),
        "step": _declared(step),
    }
    if error is not None:
        shown["error"] = error
    subs = subs_of(run, step)
    if subs:
        shown["subRuns"] = [{"dagRunId": sub.id, "params": sub.params} for sub in subs]
    return shown


def handler_names(run: WorldRun) -> list[str]:
    """Name the handlers that a run's DAG has; every third has some."""
    return [*_HANDLERS, "onExit"] if digest(run.workflow.id, "handlers")[0] % 3 == 0 else []


def handler(run: WorldRun, name: str) -> dict[str, Any]:
    """Show a handler, which runs at the end where it is its case."""
    ran = handler_ran(run, name)
    at = run.finished if ran else None
    return {
        "doneCount": 0,
        "finishedAt": second(at),
        "retryCount": 0,
        "startedAt": second(at),
        "status": 4 if ran else 0,
        "statusLabel": "succeeded" if ran else "not_started",
        "stderr": stream_path(run, name, run.id, at, "err"),
        "stdout": stream_path(run, name, run.id, at, "out"),
        "step": {"commands": [{"args": [name], "command": "echo"}], "name": name},
    }


def handler_ran(run: WorldRun, name: str) -> bool:
    """Tell whether it was a handler's case."""
    return run.finished is not None and _HANDLERS.get(name, run.state) is run.state


def stream_path(run: WorldRun, name: str, mark: str, at: datetime | None, end: str) -> str:
    """Give the file of what a step writes, once it has begun."""
    if at is None:
        return ""
    return f"{folder(run)}/run_{mark[:6]}/{name}.{file_time(at)}.{run.id[:8]}.{end}"


def _declared(step: WorldStep) -> dict[str, Any]:
    shown: dict[str, Any] = {"name": step.key}
    if step.parents:
        shown["depends"] = list(step.parents)
    if calls(step):
        shown["call"] = f"{step.kind}-job"
        shown["executorConfig"] = {"type": "dag"}
    else:
        shown["commands"] = [{"args": [step.kind], "command": "run"}]
    return shown
