"""Times, as Dagster writes them."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BeforeValidator


def _epoch(value: object) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("a time is a number of seconds")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError):
        raise ValueError("there is no such instant") from None


def _milliseconds(value: object) -> datetime:
    if not isinstance(value, str) or not value.isdecimal():
        raise ValueError("the time of an event is a number of milliseconds, as text")
    return _epoch(int(value) / 1000)


Epoch = Annotated[datetime, BeforeValidator(_epoch)]
"""Seconds since 1970."""
Milliseconds = Annotated[datetime, BeforeValidator(_milliseconds)]
"""Milliseconds since 1970, written as text."""
