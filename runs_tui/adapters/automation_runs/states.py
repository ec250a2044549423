"""The status words of the automation-runs API, in our words."""

from runs_tui.model.state import State
from runs_tui.model.text import clean

_STATES = {
    State.QUEUED: "pending queued created scheduled blocked waiting",
    State.RUNNING: "running in_progress started retrying cancelling canceling",
    State.WAITING: "awaiting_approval paused suspended",
    State.SUCCEEDED: "completed succeeded success",
    State.FAILED: "failed error timed_out timeout abandoned rejected",
    State.CANCELLED: "cancelled canceled stopped aborted",
    State.SKIPPED: "skipped",
}
_WORDS = {word: state for state, words in _STATES.items() for word in words.split()}
_PRINTED = (
    "pending",
    "awaiting_approval",
    "running",
    "completed",
    "failed",
    "rejected",
    "cancelled",
)
"""The words that the platform prints."""


def folded(word: str) -> str:
    """Write a status word as the table of words has it."""
    return clean(word).lower().replace(" ", "_").replace("-", "_")


def state_of(word: str) -> State:
    """Translate a status word; one that nobody knows is `unknown`."""
    return _WORDS.get(folded(word), State.UNKNOWN)


def known_state(word: str) -> State | None:
    """Translate a status word; None where it is no status word."""
    return _WORDS.get(folded(word))


def words_of(state: State) -> frozenset[str]:
    """Give the words that the platform prints for a state."""
    return frozenset(word for word in _PRINTED if _WORDS[word] is state)
