"""Time as an argument: the one place that asks what time it is."""

from datetime import UTC, datetime
from typing import Protocol

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for the present before anybody has told it."""


class Clock(Protocol):
    """Tells the present instant."""

    def now(self) -> datetime:
        """Give the present instant, aware, in UTC."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Give the present instant, aware, in UTC."""
        return datetime.now(UTC)


class SetClock:
    """A clock that stands still until it is set."""

    def __init__(self, instant: datetime) -> None:
        """Stand at an aware instant."""
        self.instant = instant

    def now(self) -> datetime:
        """Give the instant it was last set to."""
        return self.instant
