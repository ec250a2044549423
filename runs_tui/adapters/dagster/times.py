"""Times, as Dagster writes them."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BeforeValidator


def _epoch(value: object) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("a time is a number of seconds")
    return _instant(value)


def _milliseconds(value: object) -> datetime:
    if not isinstance(value, str) or not value.isdecimal():
        raise ValueError("the time of an event is a number of milliseconds, as text")
    return _instant(int(value), 1000)


def _instant(parts: float, parts_of_a_second: int = 1) -> datetime:
    try:
        return datetime.fromtimestamp(parts / parts_of_a_second, UTC)
    except (OverflowError, OSError):
        raise ValueError("there is no such instant") from None


Epoch = Annotated[datetime, BeforeValidator(_epoch)]
"""Seconds since 1970."""
Milliseconds = Annotated[datetime, BeforeValidator(_milliseconds)]
"""Milliseconds since 1970, written as text."""
