"""Dagu's words for where runs and steps stand, in ours."""

from collections.abc import Set

from runs_tui.model.state import State

_LABELS = {
    "not_started": State.QUEUED,
    "running": State.RUNNING,
    "failed": State.FAILED,
    "aborted": State.CANCELLED,
    "succeeded": State.SUCCEEDED,
    "queued": State.QUEUED,
    "partially_succeeded": State.SUCCEEDED,
    "waiting": State.WAITING,
    "rejected": State.FAILED,
}
_SKIPPED = "skipped"
_NOT_STARTED = "not_started"


def state_of(label: str) -> State:
    """Translate the word for a run; its number means something else for a step."""
    return _LABELS.get(label, State.UNKNOWN)


def state_of_node(label: str, *, begun: bool, over: bool) -> State:
    """Translate the word for a step that has begun or not, of a run that is over or not.

    What never began was skipped, also where it is told as aborted, or as not started to the end.
    """
    if label == _SKIPPED or (
        not begun and (label == "aborted" or (over and label == _NOT_STARTED))
    ):
        return State.SKIPPED
    return state_of(label)


def never(states: Set[State]) -> bool:
    """Tell whether no run is ever in one of these states."""
    return states.isdisjoint({*_LABELS.values(), State.UNKNOWN})
