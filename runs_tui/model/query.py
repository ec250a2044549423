"""What was asked for: the filter, parsed, with sort and limit."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache, reduce
from operator import attrgetter
from typing import Any

from runs_tui.model.pattern import matcher
from runs_tui.model.run import Run
from runs_tui.model.span import Ago, Amount, Moment
from runs_tui.model.state import ACTIVE, State

Predicate = Callable[[Run], bool]


class Field(StrEnum):
    """What a term of a filter looks at; `WORDS` is the name, id, workflow and error together."""

    STATE = "state"
    WORKFLOW = "workflow"
    SOURCE = "source"
    TRIGGER = "trigger"
    ID = "id"
    CREATED = "created"
    STARTED = "started"
    FINISHED = "finished"
    DURATION = "duration"
    ERROR = "error"
    WORDS = "words"


TIMES = frozenset({Field.CREATED, Field.STARTED, Field.FINISHED})


@dataclass(frozen=True, slots=True)
class Text:
    """A text to be equal to, or to be contained, whatever the case."""

    text: str
    contains: bool = False

    def accepts(self, *candidates: str | None) -> bool:
        """Tell whether one of the texts is the one, or contains it."""
        wanted = self.text.casefold()
        told = (candidate.casefold() for candidate in candidates if candidate)
        return any(wanted in text if self.contains else wanted == text for text in told)

    def __str__(self) -> str:
        """Write it as a filter does."""
        return ("~" if self.contains else "") + quoted(self.text)


@dataclass(frozen=True, slots=True)
class Between:
    """A stretch with at least one end; an end is held where it is inclusive."""

    low: Moment | Amount | None = None
    high: Moment | Amount | None = None
    inclusive: bool = True

    def __str__(self) -> str:
        """Write it as a filter does."""
        told = self._told()
        return _in_quotes(told) if _parted(told) else told

    def _told(self) -> str:
        equal = "=" if self.inclusive else ""
        if self.low is None:
            return f"<{equal}{self.high.text if self.high else ''}"
        if self.high is None:
            return f">{equal}{self.low.text}"
        alone = self.low == self.high and not isinstance(self.low, Ago | Amount)
        return self.low.text if alone else f"{self.low.text}..{self.high.text}"

    def holds(self, now: datetime) -> Callable[[Any], bool]:
        """Give the test for an instant, or for an amount of seconds."""
        low, high = self._ends(now)
        first: Any = low
        last: Any = high
        match low is None, high is None, self.inclusive:
            case True, _, inclusive:
                return (lambda value: value <= last) if inclusive else (lambda value: value < last)
            case _, True, inclusive:
                return (lambda value: first <= value) if inclusive else lambda value: first < value
            case _, _, True:
                return lambda value: first <= value <= last
            case _:
                return lambda value: first < value < last

    def edges(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        """Give the first and the last instant that it may hold, for asking a server."""
        low, high = self._ends(now)
        return (
            low if isinstance(low, datetime) else None,
            high if isinstance(high, datetime) else None,
        )

    def _ends(self, now: datetime) -> tuple[datetime | float | None, datetime | float | None]:
        low = _edge(self.low, now, last=not self.inclusive)
        return low, _edge(self.high, now, last=self.inclusive)


def _edge(end: Moment | Amount | None, now: datetime, *, last: bool) -> datetime | float | None:
    match end:
        case None:
            return None
        case Amount():
            return end.seconds
        case _:
            return end.bounds(now)[last]


Value = Text | Between


@dataclass(frozen=True, slots=True)
class Term:
    """One condition of a filter: any of its values, or none of them where it is negated."""

    field: Field
    values: tuple[Value, ...]
    negated: bool = False

    def __str__(self) -> str:
        """Write it as a filter does."""
        told = ",".join(str(value) for value in self.values)
        if self.field is Field.WORDS:
            told = ",".join(quoted(text) for text in self.texts)
        else:
            told = f"{self.field}:{told}"
        return f"-{told}" if self.negated else told

    @property
    def texts(self) -> tuple[str, ...]:
        """Give the texts among its values."""
        return tuple(value.text for value in self.values if isinstance(value, Text))

    @property
    def states(self) -> frozenset[State]:
        """Give the states that a term on states lets pass."""
        named = frozenset(State(text) for text in self.texts)
        return frozenset(State) - named if self.negated else named

    def predicate(self, now: datetime) -> Predicate:
        """Give the test of one run, as seen from `now`."""
        test = _test(self, now)
        return (lambda run: not test(run)) if self.negated else test


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of runs by one of their fields."""

    field: str
    descending: bool = True

    def __str__(self) -> str:
        """Write it as a configuration does: `-finished` for the latest first."""
        return f"-{self.field}" if self.descending else self.field


@dataclass(frozen=True, slots=True)
class Query:
    """A filter whose terms must all hold, an order, and how many runs a page may have."""

    terms: tuple[Term, ...] = ()
    sort: Sort | None = None
    limit: int = 50

    @staticmethod
    def parse(text: str, *, limit: int = 50) -> "Query":
        """Read a filter; raise FilterError that says where and what is wrong."""
        from runs_tui.model.grammar import parse

        return Query(parse(text), limit=limit)

    def __str__(self) -> str:
        """Write the filter so that `parse` gives the same terms."""
        return " ".join(str(term) for term in self.terms)

    def of(self, field: Field) -> Iterator[Term]:
        """Give the terms on one field."""
        return (term for term in self.terms if term.field is field)

    @property
    def states(self) -> frozenset[State]:
        """Give the states that may pass."""
        passing = frozenset(State)
        for term in self.of(Field.STATE):
            passing &= term.states
        return passing

    def with_term(self, term: Term) -> "Query":
        """Give the query with one more term."""
        return replace(self, terms=(*self.terms, term))

    def without(self, field: Field) -> "Query":
        """Give the query without its terms on a field."""
        return replace(self, terms=tuple(t for t in self.terms if t.field is not field))

    def admits_source(self, name: str) -> bool:
        """Tell whether runs of this source can satisfy it at all."""
        return all(
            any(isinstance(v, Text) and v.accepts(name) for v in term.values) != term.negated
            for term in self.of(Field.SOURCE)
        )

    @property
    def moves(self) -> bool:
        """Whether runs come to match it, or cease to, by the mere passing of time."""
        return any(
            term.field is Field.DURATION
            or any(isinstance(end, Ago) for value in term.values for end in _ends_of(value))
            for term in self.terms
        )

    def narrows(self, wider: "Query") -> bool:
        """Tell whether it plainly lets pass nothing that a wider query does not, as in typing."""
        return all(any(_narrows(term, other) for term in self.terms) for other in wider.terms)

    def predicate(self, now: datetime) -> Predicate:
        """Give the test of one run, as seen from `now`."""
        tests = [term.predicate(now) for term in self.terms]
        match tests:
            case []:
                return lambda run: True
            case _:
                return reduce(_both, tests)


def _ends_of(value: Value) -> tuple[Moment | Amount | None, ...]:
    return (value.low, value.high) if isinstance(value, Between) else ()


def _narrows(term: Term, wider: Term) -> bool:
    if term == wider:
        return True
    if term.field is not wider.field or term.negated or wider.negated:
        return False
    match term.values, wider.values:
        case (Text(text=text),), (Text(text=part, contains=True),):
            return part.casefold() in text.casefold()
        case _:
            return False


def _both(one: Predicate, other: Predicate) -> Predicate:
    return lambda run: one(run) and other(run)


ACTIVE_ONLY = Term(Field.STATE, tuple(Text(state) for state in State if state in ACTIVE))
FAILED_ONLY = Term(Field.STATE, (Text(State.FAILED),))


@lru_cache(maxsize=1024)
def quoted(text: str) -> str:
    """Write a text so that a filter reads it as one value."""
    plain = text and text[0] not in "-~<>=" and not any(mark in text for mark in '":\\')
    if plain and ".." not in text and not _parted(text):
        return text
    return _in_quotes(text)


def _parted(text: str) -> bool:
    """Tell whether a filter would read more than one value here."""
    return any(mark == "," or mark.isspace() for mark in text)


def _in_quotes(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _test(term: Term, now: datetime) -> Predicate:
    match term.field:
        case Field.STATE:
            named = frozenset(State(text) for text in term.texts)
            return lambda run: run.state in named
        case Field.CREATED | Field.STARTED | Field.FINISHED | Field.DURATION:
            return _test_of_span(term, now)
        case _:
            return _test_of_text(term)


_INSTANTS: dict[Field, Callable[[Run], Any]] = {
    Field.CREATED: lambda run: run.created_at or run.instant,
    Field.STARTED: attrgetter("started_at"),
    Field.FINISHED: attrgetter("finished_at"),
}


def _test_of_span(term: Term, now: datetime) -> Predicate:
    read = _INSTANTS.get(term.field) or (lambda run: run.duration(now))
    tests = [value.holds(now) for value in term.values if isinstance(value, Between)]
    if len(tests) == 1:
        (holds,) = tests
        return lambda run: (value := read(run)) is not None and holds(value)
    return lambda run: (value := read(run)) is not None and any(holds(value) for holds in tests)


Verdicts = Mapping[str | None, bool]
"""What a test says of the texts that many runs have in common."""
Holds = Callable[[str | None], bool]

_TESTS: dict[Field, Callable[[Verdicts, Holds], Predicate]] = {
    Field.WORKFLOW: lambda known, _: lambda run: known[run.workflow_name] or known[run.workflow_id],
    Field.SOURCE: lambda known, _: lambda run: known[run.source],
    Field.TRIGGER: lambda known, _: lambda run: known[run.trigger],
    Field.ID: lambda _, holds: lambda run: holds(run.id),
    Field.ERROR: lambda known, _: lambda run: known[run.error],
    Field.WORDS: lambda known, holds: (
        lambda run: (
            known[run.workflow_name]
            or known[run.workflow_id]
            or known[run.error]
            or holds(run.id)
            or holds(run.name)
        )
    ),
}


def _test_of_text(term: Term) -> Predicate:
    texts = [value for value in term.values if isinstance(value, Text)]
    holds = _matches(texts) if term.field is Field.ERROR else _holds(texts)
    return _TESTS[term.field](_Verdicts(holds), holds)


def _holds(texts: Sequence[Text]) -> Holds:
    """Give the test whether a text is one of these, or contains one."""
    whole = frozenset(text.text.casefold() for text in texts if not text.contains)
    parts = tuple(text.text.casefold() for text in texts if text.contains)
    if len(parts) == 1 and not whole:
        (part,) = parts
        return lambda text: text is not None and text != "" and part in text.casefold()

    def holds(text: str | None) -> bool:
        folded = text.casefold() if text else ""
        return bool(folded) and (folded in whole or any(part in folded for part in parts))

    return holds


def _matches(patterns: Sequence[Text]) -> Holds:
    """Give the test whether a text is of one of these patterns, or contains one."""
    tests = [matcher(pattern.text, contains=pattern.contains) for pattern in patterns]
    return lambda text: bool(text) and any(matches(text or "") for matches in tests)


class _Verdicts(dict[str | None, bool]):
    """Remembers what a test says of each text, for most runs have theirs in common."""

    def __init__(self, test: Callable[[str | None], bool]) -> None:
        super().__init__()
        self._test = test

    def __missing__(self, text: str | None) -> bool:
        verdict = self[text] = self._test(text)
        return verdict
