"""A query in the words of a daemon's list: what it applies exactly, what narrows, and no more."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from runs_tui.adapters.instants import span_of
from runs_tui.adapters.runwisp.generation import Generation
from runs_tui.adapters.runwisp.states import may_be_in_error, one_word_of, words_of
from runs_tui.adapters.runwisp.wire import WireRun
from runs_tui.model.query import Field, Query, Term, Text

SORTS = {
    "created": "created_at",
    "started": "start_at",
    "workflow": "task_name",
    "took": "duration",
}
"""What a list can be sorted by, with the daemon's name for it.

It can also sort by the phase, but in the order of its letters.
"""
TASK = "task_name"
SORT = "sort_field"
_TIMES = ("created_after", "created_before")
_SEARCHED = re.compile(r"[A-Za-z0-9.:-]([A-Za-z0-9.: -]{0,58}[A-Za-z0-9.:-])?")


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the list of a daemon is known to do."""

    generation: Generation
    """How the daemon speaks."""
    lists: bool
    """Whether it takes several words for a status."""
    searches: bool
    """Whether its search looks into names and ids, whatever their case."""
    ignored: frozenset[str] = frozenset()
    """The filters that it has ignored."""

    def has(self, name: str) -> bool:
        """Tell whether it applies a filter."""
        return self.generation.filters_by(name) and name not in self.ignored


@dataclass(frozen=True, slots=True)
class Part:
    """A filter that is asked for."""

    name: str
    """Its name, as older daemons write it."""
    value: str
    """What is wanted."""
    terms: frozenset[Term] = frozenset()
    """The terms that it applies exactly; none where it only leaves less to be filtered here."""

    def lets_pass(self, row: WireRun) -> bool:
        """Tell whether a run may come in answer to it."""
        match self.name:
            case "status":
                return bool({row.status, row.reason} & set(self.value.split(",")))
            case "task_name":
                return row.task == self.value
            case "triggered_by":
                return row.trigger == self.value
            case "search":
                part = self.value.casefold()
                return part in row.task.casefold() or part in row.id.casefold()
            case "created_after":
                return _instant(row) >= datetime.fromisoformat(self.value)
            case "created_before":
                return _instant(row) <= datetime.fromisoformat(self.value)
            case _:
                return True


def parts_of(query: Query, now: datetime, can: Abilities, names: Iterable[str]) -> Iterator[Part]:
    """Translate a query as far as the list can apply it; `names` are the tasks that are known."""
    if can.has("status"):
        yield from _status(query, can)
    if all(map(can.has, _TIMES)):
        yield from _times(query, now)
    if can.has("triggered_by"):
        yield from _trigger(query)
    if TASK not in can.ignored:
        yield from _task(query, names)
    if can.searches and can.has("search"):
        yield from _search(query)
    if query.sort is not None and query.sort.field in SORTS and can.has(SORT):
        yield Part(SORT, SORTS[query.sort.field])
        yield Part("sort_direction", "desc" if query.sort.descending else "asc")


def matches_nothing(query: Query) -> bool:
    """Tell whether no run of a daemon is ever in one of the states that are wanted."""
    return words_of(query.states, camel=True) == ([], True)


def wants_several(query: Query, generation: Generation) -> bool:
    """Tell whether the states of a query need several words."""
    found = words_of(query.states, camel=generation.camel)
    return found is not None and len(found[0]) > 1 and any(query.of(Field.STATE))


def searched_in(query: Query) -> bool:
    """Tell whether a search would leave less to be filtered here."""
    return any(_search(query))


def tasks_in(query: Query) -> set[str]:
    """Give the names of tasks that a query wants as they are, in lower case."""
    named = [text for _, text in _alone(query, Field.WORKFLOW)]
    return {text.text.casefold() for text in named if not text.contains}


def _status(query: Query, can: Abilities) -> Iterator[Part]:
    terms = frozenset(query.of(Field.STATE))
    if not terms:
        return
    translate = words_of if can.lists else one_word_of
    found = translate(query.states, camel=can.generation.camel)
    if found is not None:
        words, exactly = found
        yield Part("status", ",".join(words), terms if exactly else frozenset())


def _times(query: Query, now: datetime) -> Iterator[Part]:
    terms = [term for term in query.of(Field.CREATED) if not term.negated and len(term.values) == 1]
    low, high = span_of(terms, now)
    try:
        first, last = low and _written(low), high and _written(high)
    except OverflowError:
        return
    if first:
        yield Part("created_after", f"{first}Z", frozenset(terms))
    if last:
        # Our times are cut to microseconds; the daemon's go on for three digits.
        yield Part("created_before", f"{last}999Z", frozenset(terms))


def _instant(row: WireRun) -> datetime:
    return row.created_at or datetime.min.replace(tzinfo=UTC)


def _written(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00")


def _trigger(query: Query) -> Iterator[Part]:
    for term, text in _alone(query, Field.TRIGGER):
        if not text.contains:
            yield Part("triggered_by", text.text.casefold(), frozenset({term}))
            return


def _task(query: Query, names: Iterable[str]) -> Iterator[Part]:
    known = list(names)
    for term, text in _alone(query, Field.WORKFLOW):
        wanted = text.text.casefold()
        spelled = {name for name in known if name.casefold() == wanted}
        if not text.contains and len(spelled) == 1:
            yield Part(TASK, spelled.pop(), frozenset({term}))
            return


def _search(query: Query) -> Iterator[Part]:
    for field in (Field.WORDS, Field.ID, Field.WORKFLOW):
        for term, text in _alone(query, field):
            exact = field is Field.WORDS
            hidden = exact and may_be_in_error(text.text.casefold())
            whole_name = field is Field.WORKFLOW and not text.contains
            if _SEARCHED.fullmatch(text.text) and not hidden and not whole_name:
                yield Part("search", text.text, frozenset({term} if exact else ()))
                return


def _alone(query: Query, field: Field) -> Iterator[tuple[Term, Text]]:
    """Give the terms on a field that want one text."""
    for term in query.of(field):
        match term.values:
            case (Text() as text,) if not term.negated:
                yield term, text
