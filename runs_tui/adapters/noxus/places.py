"""Where events stand: in the stream, or beside it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf

_ETAG = re.compile(r"(\d{1,18})-(\d{1,18})", re.ASCII)

Number = tuple[int, int]
"""An id of the stream: milliseconds since 1970, and a sequence number."""


def number_of(etag: object) -> Number | None:
    """Read `<milliseconds>-<sequence>`; None for anything else."""
    found = _ETAG.fullmatch(etag.strip()) if isinstance(etag, str) else None
    return (int(found[1]), int(found[2])) if found else None


def instant_of(number: Number) -> datetime | None:
    """Give when the event of a number was told; None where there is no such instant."""
    try:
        return datetime.fromtimestamp(number[0] / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


@dataclass(frozen=True, slots=True)
class Resumption:
    """What an event's id tells of its place.

    It is `<etag>` or `<etag>#<part>` for what an event of the stream tells, and `<etag>~<fact>`
    for what was found out beside the stream, when that had come as far.
    """

    number: Number | None = None
    """The event of the stream."""
    part: float = 0.0
    """Which part of what that told."""
    fact: str | None = None
    """What was found out beside the stream."""

    @staticmethod
    def read(event_id: str) -> "Resumption":
        """Read the id of an event."""
        told, beside, fact = event_id.partition("~")
        etag, _, part = told.partition("#")
        if beside:
            return Resumption(number_of(etag), inf, fact)
        return Resumption(number_of(etag), float(part) if part.isdecimal() else 0.0)

    def covers(self, number: Number, part: int) -> bool:
        """Tell whether a part of an event was told by then."""
        return self.number is not None and (number, part) <= (self.number, self.part)
