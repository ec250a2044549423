"""Prefect's state types in our words, and the other way."""

from collections.abc import Iterable

from runs_tui.model.state import State

STATES = {
    "SCHEDULED": State.QUEUED,
    "PENDING": State.QUEUED,
    "RUNNING": State.RUNNING,
    "CANCELLING": State.RUNNING,
    "PAUSED": State.WAITING,
    "COMPLETED": State.SUCCEEDED,
    "FAILED": State.FAILED,
    "CRASHED": State.FAILED,
    "CANCELLED": State.CANCELLED,
}
"""Every state type there is; a type that is not here is unknown."""

NOT_READY = "NotReady"
"""The name of the state of a task run whose upstream did not succeed."""


def state_of(state_type: str | None) -> State:
    """Translate a state type."""
    return STATES.get(state_type or "", State.UNKNOWN)


def is_final(state_type: str | None) -> bool:
    """Tell whether nothing happens by itself after a state of this type."""
    return state_of(state_type).terminal


def types_of(states: Iterable[State]) -> list[str]:
    """Give the state types that stand for some of our states."""
    wanted = frozenset(states)
    return [state_type for state_type, state in STATES.items() if state in wanted]
