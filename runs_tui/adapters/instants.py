"""Between which instants lies what a query wants, for servers that filter by time."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from runs_tui.model.query import Between, Term

MOMENT = timedelta(microseconds=1)
"""The least by which two instants differ here."""
Span = tuple[datetime | None, datetime | None]
"""The first and the last instant; None where there is no end."""


def span_of(terms: Iterable[Term], now: datetime) -> Span:
    """Give the first and the last instant that every one of these terms may let pass."""
    spans = [_span(term, now) for term in terms]
    lows = [low for low, _ in spans if low is not None]
    highs = [high for _, high in spans if high is not None]
    return max(lows, default=None), min(highs, default=None)


def moved(instant: datetime, by: timedelta) -> datetime:
    """Move an instant; leave it where it is at the end of the calendar."""
    try:
        return instant + by
    except OverflowError:
        return instant


def _span(term: Term, now: datetime) -> Span:
    """Give the span of what a term wants: an end has it where all of its values have one."""
    spans = [_held(value, now) for value in term.values if isinstance(value, Between)]
    lows = [low for low, _ in spans if low is not None]
    highs = [high for _, high in spans if high is not None]
    return (
        min(lows) if lows and len(lows) == len(spans) else None,
        max(highs) if highs and len(highs) == len(spans) else None,
    )


def _held(value: Between, now: datetime) -> Span:
    low, high = value.edges(now)
    if value.inclusive:
        return low, high
    return low and moved(low, MOMENT), high and moved(high, -MOMENT)
