"""Dagu's words for where runs and steps stand in ours, and the other way."""

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
_NUMBERS = dict(enumerate(_LABELS))
_SKIPPED = "skipped"
_MOST_ASKED = 4


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


def numbers_of(states: Set[State]) -> list[int] | None:
    """Give the numbers by which a list is asked for runs in these states, one at a time.

    None where a list had to be asked too often, or where no numbers name all such runs.
    """
    if State.UNKNOWN in states:
        return None
    found = [number for number, label in _NUMBERS.items() if _LABELS[label] in states]
    return found if len(found) <= _MOST_ASKED else None
