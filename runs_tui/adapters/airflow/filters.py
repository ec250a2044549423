"""A query in the words of Airflow's filters: what the server can apply exactly, and no more."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from runs_tui.adapters.airflow.states import RUN_TYPES, run_states_of
from runs_tui.adapters.instants import span_of
from runs_tui.model.query import Field, Query, Term
from runs_tui.model.run import Run
from runs_tui.model.state import State
from runs_tui.model.text import clean

_MOST_DAGS = 500
_NARROWING = {Field.STARTED: "start_date", Field.FINISHED: "end_date"}
"""Times that a server takes for now where there are none, so that it lets pass too many."""
FIRST, LAST = "run_after_gte", "run_after_lte"
"""The bounds of the instant by which runs are listed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the server for a query."""

    filters: Mapping[str, str | Sequence[str]]
    """The filters, by their names in a query string."""
    dags: Sequence[str] | None
    """The Dags whose runs are asked for; None for all."""
    pushed: frozenset[Term]
    """The terms that are applied exactly."""
    whole: bool
    """Whether nothing of the query is left to be applied here."""
    ascending: bool = False
    """Whether the oldest runs come first."""

    @property
    def nothing(self) -> bool:
        """Whether nothing can be found."""
        return self.dags == () or self.filters.get("state") == ()


def asked_for(query: Query, now: datetime, dags: Mapping[str, str] | None) -> Asked:
    """Translate a query; `dags` has the names of all Dags, needed where it names workflows."""
    filters: dict[str, str | Sequence[str]] = {}
    pushed: set[Term] = set()
    named = _dags(query, now, dags) if dags is not None else None
    if named is not None:
        pushed.update(query.of(Field.WORKFLOW))
    parts = [_states(query), _created(query, now), _narrowed(query, now)]
    if named is None or len(named) < 2:
        parts.append(_types(query))
    for told, terms in parts:
        filters |= told
        pushed |= terms
    whole = pushed >= {term for term in query.terms if term.field is not Field.SOURCE}
    ascending = bool(query.sort and query.sort.field == "created" and not query.sort.descending)
    return Asked(filters, named, frozenset(pushed), whole, ascending)


_Part = tuple[dict[str, str | Sequence[str]], set[Term]]


def _states(query: Query) -> _Part:
    """Ask for states; a run that was stopped has failed there, so these two come together."""
    terms = set(query.of(Field.STATE))
    wanted = query.states
    if not terms or State.UNKNOWN in wanted:
        return {}, set()
    told = tuple(run_states_of(wanted))
    exact = not told or (State.FAILED in wanted) == (State.CANCELLED in wanted)
    return {"state": told}, terms if exact else set()


def _types(query: Query) -> _Part:
    found = [
        ({text.lower() for text in term.texts}, term)
        for term in query.of(Field.TRIGGER)
        if not term.negated and not any(getattr(value, "contains", False) for value in term.values)
    ]
    known = [(types, term) for types, term in found if types <= RUN_TYPES]
    if not known:
        return {}, set()
    wanted = frozenset.intersection(*(frozenset(types) for types, _ in known))
    if not wanted:
        return {}, set()
    return {"run_type": tuple(sorted(wanted))}, {term for _, term in known}


def _created(query: Query, now: datetime) -> _Part:
    terms = [term for term in query.of(Field.CREATED) if not term.negated]
    return _bounds("run_after", terms, now), {term for term in terms if len(term.values) == 1}


def _narrowed(query: Query, now: datetime) -> _Part:
    told: dict[str, str | Sequence[str]] = {}
    for field, name in _NARROWING.items():
        terms = [term for term in query.of(field) if not term.negated]
        told |= _bounds(name, terms, now)
    return told, set()


def _bounds(name: str, terms: Iterable[Term], now: datetime) -> dict[str, str | Sequence[str]]:
    """Give the bounds between which all lies that every term wants."""
    low, high = span_of(terms, now)
    first = {f"{name}_gte": low.isoformat()} if low else {}
    last = {f"{name}_lte": high.isoformat()} if high else {}
    return {**first, **last}


def _dags(query: Query, now: datetime, dags: Mapping[str, str]) -> Sequence[str] | None:
    """Name the Dags that every term on workflows lets pass; None where they are too many."""
    tests = [term.predicate(now) for term in query.of(Field.WORKFLOW)]
    if not tests:
        return None
    passed = tuple(
        dag for dag, name in dags.items() if all(test(_run_of_dag(dag, name)) for test in tests)
    )
    return passed if len(passed) <= _MOST_DAGS else None


def _run_of_dag(dag: str, name: str) -> Run:
    return Run(
        source="", id="", workflow_id=clean(dag), workflow_name=clean(name), state=State.UNKNOWN
    )
