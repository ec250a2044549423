"""A query in the words of Dagster's filter of runs."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from runs_tui.adapters.dagster.states import statuses_of
from runs_tui.adapters.instants import MOMENT, moved, span_of
from runs_tui.model.query import Between, Field, Query, Term, Text
from runs_tui.model.state import State

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_MARGIN = timedelta(seconds=1)
"""How far apart the times may be that are told of one change."""
_LATER = (Field.STARTED, Field.FINISHED)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the server is asked for."""

    filter: Mapping[str, Any] | None
    """Its filter; None where nothing can match."""
    pushed: frozenset[Term]
    """The terms that it applies in full."""
    whole: bool
    """Whether these are all terms there are."""


def asked_for(
    query: Query, now: datetime, jobs: Mapping[str, Collection[str]], statuses: Collection[str]
) -> Asked:
    """Translate a query; `jobs` has the names of jobs by how people type them."""
    fields: dict[str, Any] = {}
    pushed: set[Term] = set()
    for part, terms in (
        _statuses(query, statuses),
        _ids(query),
        _job(query, jobs),
        _created(query, now),
    ):
        if part is None:
            return Asked(None, frozenset(terms), whole=True)
        fields |= part
        pushed |= terms
    _hurry(query, now, fields)
    rest = {term for term in query.terms if term.field is not Field.SOURCE} - pushed
    return Asked(fields, frozenset(pushed), whole=not rest)


_Part = tuple[dict[str, Any] | None, set[Term]]


def needs_statuses(query: Query) -> bool:
    """Tell whether it must be known which statuses the server has."""
    return any(query.of(Field.STATE)) and State.WAITING in query.states and _bounded(query.states)


def needs_jobs(query: Query) -> bool:
    """Tell whether it must be known which jobs there are."""
    return _named_job(query) is not None


def _bounded(states: Collection[State]) -> bool:
    """Tell whether all that has these states has a status which is known."""
    return State.UNKNOWN not in states


def _statuses(query: Query, known: Collection[str]) -> _Part:
    terms = set(query.of(Field.STATE))
    if not terms or not _bounded(query.states):
        return {}, set()
    found = [status for status in statuses_of(query.states) if status in known]
    return ({"statuses": found} if found else None), terms


def _ids(query: Query) -> _Part:
    terms = {term for term in query.of(Field.ID) if _names_ids(term)}
    wanted = [{text.lower() for text in term.texts} for term in terms]
    if not wanted:
        return {}, set()
    found = sorted(set.intersection(*wanted))
    return ({"runIds": found} if found else None), terms


def _names_ids(term: Term) -> bool:
    whole = not any(isinstance(value, Text) and value.contains for value in term.values)
    return whole and not term.negated and all(_UUID.fullmatch(text) for text in term.texts)


def _named_job(query: Query) -> Term | None:
    """Give the term that names one job; the server can filter by one alone."""
    for term in query.of(Field.WORKFLOW):
        match term.values:
            case (Text(contains=False),) if not term.negated:
                return term
    return None


def _job(query: Query, jobs: Mapping[str, Collection[str]]) -> _Part:
    term = _named_job(query)
    names = jobs.get(term.texts[0].casefold(), ()) if term else ()
    if term is None or len(names) != 1:
        return {}, set()
    return {"pipelineName": next(iter(names))}, {term}


def _created(query: Query, now: datetime) -> _Part:
    """Bound the creation by every term that is one stretch."""
    terms = {term for term in query.of(Field.CREATED) if _is_stretch(term)}
    low, high = span_of(terms, now)
    # The server leaves out both ends.
    fields = {"createdAfter": moved(low, -MOMENT)} if low else {}
    fields |= {"createdBefore": moved(high, MOMENT)} if high else {}
    return {name: at.timestamp() for name, at in fields.items()}, terms


def _is_stretch(term: Term) -> bool:
    return not term.negated and len(term.values) == 1 and isinstance(term.values[0], Between)


def _hurry(query: Query, now: datetime, fields: dict[str, Any]) -> None:
    """Leave out what cannot have begun or ended then, by when it was made and last changed."""
    for field in _LATER:
        for term in query.of(field):
            match term.values:
                case (Between() as between,) if not term.negated:
                    low, high = between.edges(now)
                    if low is not None:
                        since = moved(low, -_MARGIN).timestamp()
                        fields["updatedAfter"] = max(fields.get("updatedAfter", since), since)
                    if high is not None:
                        until = moved(high, _MARGIN).timestamp()
                        fields["createdBefore"] = min(fields.get("createdBefore", until), until)
