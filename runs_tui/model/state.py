"""The states that every API's words are translated into."""

from enum import StrEnum


class State(StrEnum):
    """Where a run or a step stands, in the one vocabulary of this program."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"

    @property
    def active(self) -> bool:
        """Whether something may still happen by itself or by a person."""
        return self in ACTIVE

    @property
    def terminal(self) -> bool:
        """Whether it is over; an unknown state is neither active nor terminal by itself."""
        return self in TERMINAL


ACTIVE = frozenset({State.QUEUED, State.RUNNING, State.WAITING})
TERMINAL = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED, State.SKIPPED})
