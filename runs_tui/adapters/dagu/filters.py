"""A query in the words of the list: what the server applies exactly, what narrows, and no more.

A list takes states and ids too, but looks for them only among the thousand runs that it gives at
most: where there are more, it leaves out some that match, and nothing tells so. Names and times are
looked for among all runs.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from math import floor

from runs_tui.adapters.dagu.states import never
from runs_tui.model.query import Between, Field, Query, Term, Text

_LAST_THOUSANDTH = 0.999  # runs came to be at thousandths of a second


@dataclass(frozen=True, slots=True)
class Wish:
    """What a list is asked for."""

    name: str | None = None
    """The name of the DAG, letter by letter."""
    since: int = 0
    """The first second in which the runs came to be, from the epoch."""
    until: int | None = None
    """The second before which they did."""
    pushed: frozenset[Term] = frozenset()
    """The terms that all this applies exactly."""


def wish_of(query: Query, now: datetime, names: Iterable[str]) -> Wish | None:
    """Translate a query as far as the list can apply it; None where no run can satisfy it.

    `names` are the DAGs that are known: a name is only asked for as it is spelled.
    """
    if never(query.states):
        return None
    term, name = _name(query, names)
    lows, highs, exact = _times(query, now)
    pushed = exact | ({term} if term else set())
    return Wish(name, max(lows, default=0), min(highs, default=None), frozenset(pushed))


def _name(query: Query, names: Iterable[str]) -> tuple[Term | None, str | None]:
    known = list(names)
    for term, text in _alone(query, Field.WORKFLOW):
        spelled = {name for name in known if name.casefold() == text.casefold()}
        if len(spelled) == 1:
            return term, spelled.pop()
    return None, None


def _times(query: Query, now: datetime) -> tuple[list[int], list[int], set[Term]]:
    """Give the seconds between which runs came to be, and the terms that say no more than that."""
    lows: list[int] = []
    highs: list[int] = []
    exact: set[Term] = set()
    for term, value in _spans(query):
        try:
            low, high = value.edges(now)
            least = None if low is None else low.timestamp()
            most = None if high is None else high.timestamp()
        except (OverflowError, ValueError):
            continue
        whole = not value.inclusive and most is not None and most % 1 == 0
        if most is not None:
            highs.append(max(floor(most) + (not whole), 0))
        if term.field is not Field.CREATED:
            continue  # a run begins and ends after it came to be, and nothing tells how long after
        if least is not None:
            lows.append(max(floor(least), 0))
        first = least is None or (value.inclusive and least % 1 == 0 and least >= 0)
        last = most is None or whole or (value.inclusive and most % 1 >= _LAST_THOUSANDTH)
        if first and last:
            exact.add(term)
    return lows, highs, exact


def _spans(query: Query) -> Iterator[tuple[Term, Between]]:
    for field in (Field.CREATED, Field.STARTED, Field.FINISHED):
        for term in query.of(field):
            match term.values:
                case (Between() as value,) if not term.negated:
                    yield term, value


def _alone(query: Query, field: Field) -> Iterator[tuple[Term, str]]:
    """Give the terms on a field that want one whole text."""
    for term in query.of(field):
        match term.values:
            case (Text(text=text, contains=False),) if not term.negated:
                yield term, text
