"""Stretches of time and of duration, as people write them in a filter."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_AMOUNT = re.compile(r"(?:\d+(?:\.\d+)?[smhdw])+", re.IGNORECASE | re.ASCII)
_PART = re.compile(r"(\d+(?:\.\d+)?)([smhdw])", re.IGNORECASE | re.ASCII)
_PLAIN = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_LONGEST = 3_000_000_000  # seconds, some 95 years: an instant so long ago still is one
_LAST = time.max.replace(fold=1)  # the later one where clocks go back at midnight
_ANY = datetime(2000, 1, 1, tzinfo=UTC)


def seconds_of(text: str) -> float | None:
    """Read an amount of time such as `90s`, `1h30m` or `2d`, in seconds; None if it is none."""
    if not _AMOUNT.fullmatch(text):
        return None
    total = sum(float(number) * _UNITS[unit.lower()] for number, unit in _PART.findall(text))
    return min(total, _LONGEST)


def amount_text(seconds: float) -> str:
    """Write an amount of time so that `seconds_of` reads the same seconds."""
    for unit in "wdhm":
        if seconds and seconds % _UNITS[unit] == 0:
            return f"{seconds / _UNITS[unit]:.0f}{unit}"
    told = f"{Decimal(repr(seconds)):f}"
    return f"{told.removesuffix('.0')}s"


@dataclass(frozen=True, slots=True)
class Ago:
    """An instant told as an amount of time before now."""

    text: str

    def bounds(self, now: datetime) -> tuple[datetime, datetime]:
        """Give the instant twice."""
        instant = now - timedelta(seconds=seconds_of(self.text) or 0)
        return instant, instant


@dataclass(frozen=True, slots=True)
class Instant:
    """An instant told as ISO 8601; without an offset it is local time."""

    text: str

    def bounds(self, now: datetime) -> tuple[datetime, datetime]:
        """Give the instant twice, in UTC."""
        instant = datetime.fromisoformat(self.text).astimezone(UTC)
        return instant, instant


@dataclass(frozen=True, slots=True)
class Day:
    """A whole day of the local calendar."""

    text: str

    def bounds(self, now: datetime) -> tuple[datetime, datetime]:
        """Give its first and its last instant, in UTC."""
        day = date.fromisoformat(self.text)
        first, last = datetime.combine(day, time.min), datetime.combine(day, _LAST)
        # by timestamps, for these move a midnight that the clocks skip to where the day begins
        return (
            datetime.fromtimestamp(first.timestamp(), UTC),
            datetime.fromtimestamp(last.timestamp(), UTC),
        )


Moment = Ago | Instant | Day


def moment_of(text: str) -> Moment | None:
    """Read an instant as people write it; None if it is none."""
    if seconds_of(text) is not None:
        return Ago(text.lower())
    told: tuple[Moment, ...] = (Day(text), Instant(text))
    return next(filter(_is_one, told), None)


def _is_one(moment: Moment) -> bool:
    try:
        moment.bounds(_ANY)
    except (ValueError, OverflowError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class Amount:
    """A duration."""

    text: str

    @property
    def seconds(self) -> float:
        """Give it in seconds."""
        told = seconds_of(self.text)
        return float(self.text) if told is None else told


def amount_of(text: str) -> Amount | None:
    """Read a duration such as `10m`, `1h30m` or plain seconds; None if it is none."""
    if seconds_of(text) is not None or _PLAIN.fullmatch(text):
        return Amount(text.lower())
    return None
