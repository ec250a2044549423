"""Exit statuses, and which error has which."""

from collections.abc import Sequence
from enum import IntEnum

from runs_tui.model.errors import (
    BadAnswer,
    NotFound,
    RateLimited,
    SourceError,
    Unauthorized,
    Unconfigured,
    Unreachable,
    Unsupported,
)


class Status(IntEnum):
    """What the program tells the one that started it."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    CANCELLED = 3
    NOT_FOUND = 4
    NOT_ALLOWED = 5
    NOT_REACHABLE = 6
    UNSUPPORTED = 7
    TIMED_OUT = 8
    BROKEN = 70
    INTERRUPTED = 130


class Failure(Exception):
    """The end of a command that cannot be done: what is said and the exit status."""

    def __init__(self, status: Status, *sentences: str) -> None:
        """Take the exit status and what is said, a line each."""
        super().__init__("; ".join(sentences))
        self.status = status
        self.sentences = sentences


def failure(name: object, error: SourceError) -> Failure:
    """Give the end of a command for what went wrong with a source or a run."""
    return Failure(status_of(error), f"{name}: {error.sentence}")


def status_of(error: SourceError) -> Status:
    """Give the exit status of an error."""
    match error:
        case NotFound() | Unsupported() if error.strange:
            return Status.NOT_REACHABLE
        case NotFound():
            return Status.NOT_FOUND
        case Unauthorized():
            return Status.NOT_ALLOWED
        case Unreachable() | BadAnswer() | RateLimited():
            return Status.NOT_REACHABLE
        case Unsupported():
            return Status.UNSUPPORTED
        case Unconfigured():
            return Status.USAGE
        case _:
            return Status.REFUSED


def status_of_all(errors: Sequence[SourceError | None]) -> Status:
    """Give the exit status of several wishes: their own where all failed alike, else 1."""
    statuses = {status_of(error) for error in errors if error is not None}
    if not statuses:
        return Status.DONE
    if len(statuses) > 1 or None in errors:
        return Status.REFUSED
    return statuses.pop()
