"""The states of a Lightning server, in our words."""

from runs_tui.model.state import State

_STATES = {
    "available": State.QUEUED,
    "claimed": State.QUEUED,
    "started": State.RUNNING,
    "success": State.SUCCEEDED,
    "failed": State.FAILED,
    "crashed": State.FAILED,
    "exception": State.FAILED,
    "killed": State.FAILED,
    "lost": State.FAILED,
    "cancelled": State.CANCELLED,
}
TELLING = frozenset({"crashed", "exception", "killed", "lost"})
"""The words that say more than that a run has failed."""


def state_of(word: str) -> State:
    """Translate the state of a run; a word that nobody knows is `unknown`."""
    return _STATES.get(word.strip().lower(), State.UNKNOWN)
