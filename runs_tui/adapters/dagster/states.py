"""Dagster's words for where runs and steps stand, in ours, and the other way."""

from collections.abc import Iterable

from runs_tui.model.state import State

STATES = {
    "QUEUED": State.QUEUED,
    "NOT_STARTED": State.QUEUED,
    "MANAGED": State.QUEUED,
    "STARTING": State.RUNNING,
    "STARTED": State.RUNNING,
    "CANCELING": State.RUNNING,
    "SUSPENDED": State.WAITING,
    "SUCCESS": State.SUCCEEDED,
    "FAILURE": State.FAILED,
    "CANCELED": State.CANCELLED,
}
"""Every status of a run there is; one that is not here is unknown."""

_STOPPABLE = frozenset({"QUEUED", "STARTED"})

LATE = "SUSPENDED"
"""The status that servers of 1.12 and before do not know."""

_STEPS = {
    "IN_PROGRESS": State.RUNNING,
    "SUCCESS": State.SUCCEEDED,
    "FAILURE": State.FAILED,
    "SKIPPED": State.SKIPPED,
}

_ENTERED = {
    "RUN_ENQUEUED": State.QUEUED,
    "RUN_STARTING": State.RUNNING,
    "RUN_START": State.RUNNING,
    "RUN_RESUMED": State.RUNNING,
    "RUN_SUSPENDED": State.WAITING,
    "RUN_SUCCESS": State.SUCCEEDED,
    "RUN_FAILURE": State.FAILED,
    "RUN_CANCELING": State.RUNNING,
    "RUN_CANCELED": State.CANCELLED,
    "STEP_START": State.RUNNING,
    "STEP_RESTARTED": State.RUNNING,
    "STEP_UP_FOR_RETRY": State.WAITING,
    "STEP_SUCCESS": State.SUCCEEDED,
    "STEP_FAILURE": State.FAILED,
    "STEP_SKIPPED": State.SKIPPED,
}


def state_of(status: str) -> State:
    """Translate the status of a run."""
    return STATES.get(status, State.UNKNOWN)


def marked(status: str) -> bool:
    """Tell whether the server could not end a run of this status, but only mark it as canceled."""
    return state_of(status).active and status not in _STOPPABLE


def step_state_of(status: str | None, *, over: bool) -> State:
    """Translate the status of a step; None where it has not begun, in a run that may be over."""
    if status is None:
        return State.SKIPPED if over else State.QUEUED
    return _STEPS.get(status, State.UNKNOWN)


def entered(event_type: str | None) -> State | None:
    """Give the state that an event of a type tells of; None where it tells of none."""
    return _ENTERED.get(event_type or "")


def statuses_of(states: Iterable[State]) -> list[str]:
    """Give the statuses that stand for some of our states."""
    wanted = frozenset(states)
    return [status for status, state in STATES.items() if state in wanted]
