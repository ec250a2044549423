"""A query in the words of GitHub's filters: what the server can apply in full."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from runs_tui.adapters.github_actions.states import words_of
from runs_tui.model.query import Between, Field, Query, Term, Text

MOST_SEARCHES = 6
"""How many searches one page may be merged from for the sake of a filter by state."""
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of the server for a query."""

    words: tuple[str | None, ...] = (None,)
    """The statuses to search for, one by one; None for all."""
    event: str | None = None
    """What must have started a run."""
    since: datetime | None = None
    """The first second in which a run may have been created."""
    until: datetime | None = None
    """The last one."""
    pushed: frozenset[Term] = frozenset()
    """The terms that are applied so."""
    whole: bool = True
    """Whether nothing is left to be applied here."""


def wish_of(query: Query, now: datetime, repositories: int, refused: Set[str]) -> Wish:
    """Translate a query; statuses that the server was found not to know are not `refused` again."""
    words, states = _words(query, repositories, refused)
    event, events = _event(query)
    since, until, times = _times(query, now)
    pushed = frozenset(states | events | times)
    rest = {term for term in query.terms if term.field is not Field.SOURCE} - pushed
    return Wish(words, event, since, until, pushed, not rest)


def _words(
    query: Query, repositories: int, refused: Set[str]
) -> tuple[tuple[str | None, ...], set[Term]]:
    terms = set(query.of(Field.STATE))
    words = words_of(query.states) if terms else None
    if words is None or not refused.isdisjoint(words):
        return (None,), set()
    if len(words) * repositories > max(MOST_SEARCHES, repositories):
        return (None,), set()
    return tuple(words), terms


def _event(query: Query) -> tuple[str | None, set[Term]]:
    """Take one term that wants one event; the server takes no more."""
    for term in query.of(Field.TRIGGER):
        match term.values:
            case (Text(text=text, contains=False),) if not term.negated and text.isascii():
                return text.casefold(), {term}
    return None, set()


def _times(query: Query, now: datetime) -> tuple[datetime | None, datetime | None, set[Term]]:
    """Give the first and the last second that all plain terms on the creation let pass."""
    lows: list[datetime] = []
    highs: list[datetime] = []
    terms: set[Term] = set()
    for term, value in _plain(query):
        try:
            low, high = value.edges(now)
            lows += [_up(low, beyond=not value.inclusive)] if low else []
            highs += [_down(high, beyond=not value.inclusive)] if high else []
        except OverflowError:
            continue
        terms.add(term)
    return max(lows, default=None), min(highs, default=None), terms


def _plain(query: Query) -> Iterator[tuple[Term, Between]]:
    for term in query.of(Field.CREATED):
        match term.values:
            case (Between() as value,) if not term.negated:
                yield term, value


def _up(instant: datetime, *, beyond: bool) -> datetime:
    """Give the first whole second from an instant on, or after it."""
    second = instant.replace(microsecond=0)
    return second + _SECOND if beyond or second < instant else second


def _down(instant: datetime, *, beyond: bool) -> datetime:
    """Give the last whole second up to an instant, or before it."""
    second = instant.replace(microsecond=0)
    return second - _SECOND if beyond and second == instant else second
