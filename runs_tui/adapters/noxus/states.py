"""The status words of Noxus, in our words."""

from runs_tui.model.state import State
from runs_tui.model.text import clean

WAITING = "awaiting_human_feedback"
_RUNS = {
    "queued": State.QUEUED,
    "running": State.RUNNING,
    "completed": State.SUCCEEDED,
    "failed": State.FAILED,
    "stopped": State.CANCELLED,
    WAITING: State.WAITING,
}
_NODES = _RUNS | {"pending": State.QUEUED, "skipped": State.SKIPPED}


def state_of(word: str) -> State:
    """Translate the status of a run; a word that nobody knows is `unknown`."""
    return _RUNS.get(_folded(word), State.UNKNOWN)


def state_of_node(word: str) -> State:
    """Translate the status that an event gives a node."""
    return _NODES.get(_folded(word), State.UNKNOWN)


def _folded(word: str) -> str:
    return clean(word).lower().replace(" ", "_").replace("-", "_")
