"""What a Dagu server calls the states, and how it writes times and paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runs_tui.model.state import State

if TYPE_CHECKING:
    from datetime import datetime

    from runs_tui.demo.world import WorldRun, WorldStep

UPSTREAM = "upstream failed"
HOME = "/data/dagu/logs"

_OF_RUN = {
    State.RUNNING: (1, "running"),
    State.FAILED: (2, "failed"),
    State.CANCELLED: (3, "aborted"),
    State.SUCCEEDED: (4, "succeeded"),
    State.QUEUED: (5, "queued"),
    State.WAITING: (7, "waiting"),
}
_OF_NODE = {
    State.QUEUED: (0, "not_started"),
    State.RUNNING: (1, "running"),
    State.FAILED: (2, "failed"),
    State.CANCELLED: (3, "aborted"),
    State.SUCCEEDED: (4, "succeeded"),
    State.WAITING: (7, "waiting"),
}
_FOREIGN = 99


def of_run(run: WorldRun) -> tuple[int, str]:
    """Give the number and the word of where a run stands."""
    return (_FOREIGN, run.word) if run.word else _OF_RUN[run.state]


def of_node(step: WorldStep) -> tuple[int, str, str | None]:
    """Give the number and the word of where a node stands, and its error."""
    if step.word:
        return _FOREIGN, step.word, step.error
    if step.state is State.SKIPPED:
        return 3, "aborted", UPSTREAM
    if step.state is State.CANCELLED:
        begun = step.started is not None
        return (3, "aborted", "signal: terminated") if begun else (0, "not_started", None)
    number, label = _OF_NODE[step.state]
    return number, label, _error(step)


def second(at: datetime | None) -> str:
    """Write a time, which has whole seconds; one that has not come is an empty text."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


def folder(run: WorldRun) -> str:
    """Give where the logs of a run are."""
    stamp = run.created.strftime("%Y%m%d_%H%M%SZ")
    return f"{HOME}/{run.workflow.name}/dag-run_{stamp}_{run.id}"


def file_time(at: datetime) -> str:
    """Write a time as the names of files have it."""
    return f"{at:%Y%m%d.%H%M%S}.{at.microsecond // 1000:03d}"


def _error(step: WorldStep) -> str | None:
    if step.error is None:
        return None
    head = f'failed to execute step "{step.key}": exit status 1'
    return f"{head}\nrecent stderr (tail):\n{step.error}\n"
