"""Dagu's words for where runs and steps stand, in ours."""

from collections.abc import Set

from runs_tui.model.state import State

UPSTREAM = "upstream failed"
"""What a step that is aborted before it began has as its error."""
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


def state_of(label: str) -> State:
    """Translate the word for a run; its number means something else for a step."""
    return _LABELS.get(label, State.UNKNOWN)


def state_of_node(label: str, error: str | None, *, over: bool) -> State:
    """Translate the word for a step of a run that is over or not."""
    if label == _SKIPPED or (label == "aborted" and (error or "").strip() == UPSTREAM):
        return State.SKIPPED
    if over and label == "not_started":
        return State.SKIPPED
    return state_of(label)


def never(states: Set[State]) -> bool:
    """Tell whether no run is ever in one of these states."""
    return states.isdisjoint({*_LABELS.values(), State.UNKNOWN})
