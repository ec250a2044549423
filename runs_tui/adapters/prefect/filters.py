"""A query in the words of Prefect's filters: what the server can apply exactly, and no more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runs_tui.adapters.instants import span_of
from runs_tui.adapters.prefect.address import is_id
from runs_tui.adapters.prefect.states import types_of
from runs_tui.model.query import Field, Query, Term
from runs_tui.model.run import Run
from runs_tui.model.state import State
from runs_tui.model.text import clean

_MOST_IDS = 1000
_TIMES = {Field.STARTED: "start_time", Field.FINISHED: "end_time"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the server for a query."""

    flow_runs: Mapping[str, Any]
    """The filter on flow runs."""
    flows: Mapping[str, Any] | None
    """The filter on flows."""
    pushed: frozenset[Term]
    """The terms that these filters apply exactly."""
    whole: bool = True
    """Whether nothing of the query is left to be applied here."""

    @property
    def by_id(self) -> bool:
        """Whether single runs are named."""
        return "id" in self.flow_runs


def asked_for(query: Query, now: datetime, flows: Mapping[str, str] | None) -> Asked:
    """Translate a query; `flows` are the names of all flows, needed where it names workflows."""
    parts = [
        _states(query),
        _ids(query),
        _times(query, now),
    ]
    named = _flows(query, now, flows) if flows is not None else None
    flow_runs: dict[str, Any] = {}
    pushed: set[Term] = set()
    for fields, terms in parts:
        flow_runs |= fields
        pushed |= terms
    if named is not None:
        pushed.update(query.of(Field.WORKFLOW))
    whole = pushed >= {term for term in query.terms if term.field is not Field.SOURCE}
    return Asked(flow_runs, named, frozenset(pushed), whole)


_Part = tuple[dict[str, Any], set[Term]]


def _states(query: Query) -> _Part:
    terms = set(query.of(Field.STATE))
    if not terms:
        return {}, terms
    if State.UNKNOWN in query.states:
        rest = types_of(frozenset(State) - query.states)
        return {"state": {"type": {"not_any_": rest}}} if rest else {}, terms
    return {"state": {"type": {"any_": types_of(query.states)}}}, terms


def _ids(query: Query) -> _Part:
    terms = {term for term in query.of(Field.ID) if _names_ids(term)}
    wanted = [{text.lower() for text in term.texts} for term in terms]
    if not wanted:
        return {}, terms
    return {"id": {"any_": sorted(set.intersection(*wanted))}}, terms


def _names_ids(term: Term) -> bool:
    whole = not any(getattr(value, "contains", False) for value in term.values)
    return whole and not term.negated and all(is_id(text) for text in term.texts)


def _times(query: Query, now: datetime) -> _Part:
    fields: dict[str, Any] = {}
    pushed: set[Term] = set()
    for field, name in _TIMES.items():
        terms = [term for term in query.of(field) if not term.negated]
        if not terms:
            continue
        low, high = span_of(terms, now)
        after = {"after_": low.isoformat()} if low else {}
        before = {"before_": high.isoformat()} if high else {}
        fields[name] = {"is_null_": False, **after, **before}
        pushed |= {term for term in terms if len(term.values) == 1}
    return fields, pushed


def _flows(query: Query, now: datetime, flows: Mapping[str, str]) -> dict[str, Any] | None:
    """Name by their ids the flows that every term on workflows lets pass."""
    tests = [term.predicate(now) for term in query.of(Field.WORKFLOW)]
    passed = [
        flow_id
        for flow_id, name in flows.items()
        if all(test(_run_of_flow(flow_id, name)) for test in tests)
    ]
    if not tests or len(passed) > _MOST_IDS:
        return None
    return {"id": {"any_": passed}}


def _run_of_flow(flow_id: str, name: str) -> Run:
    return Run(
        source="", id="", workflow_id=clean(flow_id), workflow_name=clean(name), state=State.UNKNOWN
    )
