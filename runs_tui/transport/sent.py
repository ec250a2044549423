"""What some work has sent: whether anything that changes something was among it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class Sent:
    """How much was sent."""

    reads: int = 0
    """How often something was asked."""
    writes: int = 0
    """How often something that may have changed a server left for it."""

    @property
    def only_read(self) -> bool:
        """Whether it is certain that nothing was changed."""
        return self.reads > 0 and self.writes == 0


_SENT: ContextVar[Sent | None] = ContextVar("sent", default=None)


@contextmanager
def counting() -> Iterator[Sent]:
    """Count what is sent until it is left."""
    sent = Sent()
    before = _SENT.set(sent)
    try:
        yield sent
    finally:
        _SENT.reset(before)


def count(*, write: bool) -> None:
    """Count one request."""
    sent = _SENT.get()
    if sent is not None and write:
        sent.writes += 1
    elif sent is not None:
        sent.reads += 1
