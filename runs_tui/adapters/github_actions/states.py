"""GitHub's statuses and conclusions in our words, and the other way."""

from collections.abc import Set

from runs_tui.model.state import State

COMPLETED = "completed"
_STATUSES = {
    "queued": State.QUEUED,
    "requested": State.QUEUED,
    "pending": State.QUEUED,
    "waiting": State.WAITING,
    "in_progress": State.RUNNING,
}
_CONCLUSIONS = {
    "success": State.SUCCEEDED,
    "failure": State.FAILED,
    "timed_out": State.FAILED,
    "startup_failure": State.FAILED,
    "cancelled": State.CANCELLED,
    "skipped": State.SKIPPED,
    "neutral": State.SKIPPED,
    "stale": State.SKIPPED,
    "action_required": State.UNKNOWN,
}
_REASONS = {
    "waiting": "waits for approval",
    "action_required": "needs approval",
    "timed_out": "timed out",
    "startup_failure": "could not start: its workflow file is broken",
    "stale": "took too long and was given up",
}
BROKEN_FILE = "startup_failure"
"""The conclusion of a run whose workflow file cannot be run."""


def state_of(status: str | None, conclusion: str | None) -> State:
    """Translate a status and the conclusion that it has once it is completed."""
    if status == COMPLETED:
        return _CONCLUSIONS.get(conclusion or "", State.UNKNOWN)
    return _STATUSES.get(status or "", State.UNKNOWN)


def word_of(status: str | None, conclusion: str | None) -> str:
    """Give the server's own word: the conclusion where there is one."""
    return (conclusion if status == COMPLETED else None) or status or ""


def reason_of(word: str) -> str | None:
    """Say what a word means, where the state alone does not."""
    return _REASONS.get(word)


def words_of(states: Set[State]) -> list[str] | None:
    """Give the words that together name all runs in some states; None where no words do."""
    if State.UNKNOWN in states:
        return None
    known = {**_STATUSES, **_CONCLUSIONS}
    return [word for word, state in known.items() if state in states]
