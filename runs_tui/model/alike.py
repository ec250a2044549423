"""The other runs that failed the same way, among those that are known."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from runs_tui.model.pattern import folded
from runs_tui.model.query import FAILED_ONLY, Field, Query, Term, Text
from runs_tui.model.run import Run, Step
from runs_tui.model.signature import signature
from runs_tui.model.state import State

BACK = timedelta(days=1)
"""How far back is looked."""
_TELLING = 4
"""The letters that a signature has at least, to say that two errors are of one kind."""
_EMPTY = {"failed", "failure", "error", "unknown", "unknown error"}
"""What says no more than that something went wrong."""


@dataclass(frozen=True, slots=True)
class Alike:
    """How many other runs failed the same way since yesterday."""

    query: Query
    """The filter that lists them."""
    runs: int = 0
    """How many there are."""
    workflows: Mapping[str, int] = field(default_factory=dict)
    """How many of each workflow, the most first."""
    sources: tuple[str, ...] = ()
    """The sources that tell of them."""
    first: datetime | None = None
    """When the first of them failed."""
    last: datetime | None = None
    """When the last of them failed."""
    among: int = 0
    """How many other failed runs are known since then."""


def alike(run: Run, step: Step | None, runs: Iterable[Run], now: datetime) -> Alike | None:
    """Count the runs whose error is of the kind of this one's; None where it has none that tells.

    Where its error quotes the one of a step, that is what is compared: any workflow may have it.
    """
    term = kind_of(run, step)
    if term is None:
        return None
    failed = [other for other in runs if other.state is State.FAILED]
    others = [other for other in failed if _is_recent(other, now) and other.key != run.key]
    is_alike = term.predicate(now)
    same = [other for other in others if is_alike(other)]
    times = sorted(at for other in same if (at := _failed_at(other)))
    return Alike(
        Query((FAILED_ONLY, term)),
        len(same),
        dict(Counter(other.workflow for other in same).most_common()),
        tuple(sorted({other.source for other in same})),
        times[0] if times else None,
        times[-1] if times else None,
        len(others),
    )


def kind_of(run: Run, step: Step | None) -> Term | None:
    """Give the filter of the errors of this kind; None where the error does not tell enough."""
    error, inner = folded(run.error or ""), (step.error if step else None) or ""
    pattern = signature(run.error or "")
    told = step is not None and "error" not in step.derived
    if inner and (
        (told and not error) or (error.endswith(folded(inner)) and error != folded(inner))
    ):
        pattern = f"*{signature(inner).removeprefix('*')}"
    letters = sum(mark.isalpha() for mark in pattern)
    if letters < _TELLING or folded(pattern.strip("*")) in _EMPTY:
        return None
    return Term(Field.ERROR, (Text(pattern),))


def _is_recent(run: Run, now: datetime) -> bool:
    at = _failed_at(run)
    return at is not None and at >= now - BACK


def _failed_at(run: Run) -> datetime | None:
    return run.finished_at or run.instant
