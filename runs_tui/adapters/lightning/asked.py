"""A query in the words of Lightning's filters: what the server can apply, and what narrows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from runs_tui.adapters.instants import moved
from runs_tui.adapters.lightning.address import is_id
from runs_tui.adapters.lightning.catalogue import Workflows
from runs_tui.adapters.lightning.client import Params
from runs_tui.adapters.lightning.code import MOST_IDS
from runs_tui.adapters.lightning.trust import by_workflows
from runs_tui.model.query import TIMES, Between, Field, Query, Term, Text
from runs_tui.model.run import Run
from runs_tui.model.state import State
from runs_tui.model.text import clean

LONGEST = timedelta(days=1)
"""How long a run may take from its creation to its end to be found by when it started or ended.

The server compares creations. A run that waited longer than this for its worker is given up.
"""
_MOST_RUNS = 20


@dataclass(frozen=True, slots=True)
class Bounds:
    """Instants of creation outside of which nothing satisfies a query."""

    after: datetime | None = None
    before: datetime | None = None

    @property
    def params(self) -> Params:
        """Give them as filters."""
        told = {"inserted_after": self.after, "inserted_before": self.before}
        return {name: written(instant) for name, instant in told.items() if instant}

    def until(self, instant: datetime) -> "Bounds":
        """Give them with an instant that nothing is created after."""
        return Bounds(self.after, min(instant, self.before or instant))


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the server for a query."""

    bounds: Bounds = Bounds()
    """What it can be narrowed by."""
    runs: tuple[str, ...] | None = None
    """The only runs that can satisfy it, where they are named."""
    workflows: tuple[str, ...] | None = None
    """The only workflows whose runs can satisfy it, where they are named."""
    pushed: frozenset[Term] = frozenset()
    """The terms that are applied so, in full."""
    joined: bool = False
    """Whether the workflow of a run must be known to tell if it satisfies the query."""
    whole: bool = True
    """Whether nothing is left to be applied here."""

    @property
    def chosen(self) -> Params:
        """Give the filter by workflow, where some are named."""
        return by_workflows(list(self.workflows)) if self.workflows else {}


def names_workflows(query: Query) -> bool:
    """Tell whether a query names the workflows that it wants, and not only those it does not."""
    return any(not term.negated for term in query.of(Field.WORKFLOW))


def asked_for(query: Query, now: datetime, workflows: Workflows) -> Asked:
    """Translate a query; `workflows` are needed where it names some."""
    runs, pushed = _runs(query)
    wanted = None
    if runs is None and names_workflows(query):
        wanted = _passing(query, now, workflows)
    if wanted is not None:
        pushed |= set(query.of(Field.WORKFLOW))
    rest = {term.field for term in query.terms if term not in pushed} - {Field.SOURCE}
    named = wanted is not None and len(wanted) != 1
    return Asked(
        bounds=_bounds(query, now),
        runs=runs,
        workflows=wanted,
        pushed=frozenset(pushed),
        joined=named or not rest.isdisjoint({Field.WORKFLOW, Field.WORDS}),
        whole=not rest,
    )


def _runs(query: Query) -> tuple[tuple[str, ...] | None, set[Term]]:
    """Give the runs that are named by their ids; what is no UUID names none."""
    terms = {term for term in query.of(Field.ID) if not term.negated and _is_whole(term)}
    if not terms:
        return None, set()
    wanted = [{text.lower() for text in term.texts if is_id(text)} for term in terms]
    found = set.intersection(*wanted)
    return (tuple(sorted(found)), terms) if len(found) <= _MOST_RUNS else (None, set())


def _is_whole(term: Term) -> bool:
    return all(isinstance(value, Text) and not value.contains for value in term.values)


def _passing(query: Query, now: datetime, workflows: Workflows) -> tuple[str, ...] | None:
    """Give the workflows that every term on workflows lets pass; None for too many."""
    tests = [term.predicate(now) for term in query.of(Field.WORKFLOW)]
    passed = [
        each.id
        for each in workflows.values()
        if all(test(_run_of(each.id, each.name)) for test in tests)
    ]
    return tuple(passed) if len(passed) <= MOST_IDS else None


def _run_of(workflow_id: str, name: str | None) -> Run:
    return Run(
        source="",
        id="",
        workflow_id=clean(workflow_id),
        workflow_name=clean(name or workflow_id),
        state=State.UNKNOWN,
    )


def _bounds(query: Query, now: datetime) -> Bounds:
    terms = [term for term in query.terms if term.field in TIMES and not term.negated]
    lows = [low for low in (_end(min, term, now, 0) for term in terms) if low]
    highs = [high for high in (_end(max, term, now, 1) for term in terms) if high]
    return Bounds(moved(max(lows), -LONGEST) if lows else None, min(highs, default=None))


def _end(
    choose: Callable[[Iterable[datetime]], datetime], term: Term, now: datetime, which: int
) -> datetime | None:
    """Give one end of all that a term wants; None where one of its values has none."""
    edges = [value.edges(now)[which] for value in term.values if isinstance(value, Between)]
    known = [edge for edge in edges if edge is not None]
    return choose(known) if known and len(known) == len(edges) else None


def written(instant: datetime) -> str:
    """Write an instant with the zone that the server wants."""
    return instant.isoformat().replace("+00:00", "Z")
