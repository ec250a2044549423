"""The order of runs by any column; those that have nothing there come last, either way."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any

from runs_tui.model.columns import DETAILS
from runs_tui.model.query import Sort
from runs_tui.model.run import Run
from runs_tui.model.state import State

Worth = Callable[[Run], Any]
"""Gives what a run is ordered by; None where it has none."""

_STATES = {state: place for place, state in enumerate(State)}
_TOLD: Mapping[str, Worth] = {
    "state": lambda run: _STATES[run.state],
    "workflow": lambda run: _folded(run.workflow_name or run.workflow_id),
    "run": lambda run: _folded(run.name or run.id),
    "id": lambda run: _folded(run.id),
    "source": lambda run: _folded(run.source),
    "trigger": lambda run: _folded(run.trigger),
    "created": lambda run: run.created_at or run.instant,
    "started": attrgetter("started_at"),
    "finished": attrgetter("finished_at"),
    "attempt": attrgetter("attempt"),
    "progress": attrgetter("progress"),
    "reason": lambda run: _folded(run.reason),
    "error": lambda run: _folded(run.error),
}


def in_order(runs: Sequence[Run], sort: Sort | None, now: datetime) -> Sequence[Run]:
    """Give runs, which come newest first, in an order; those that are equal there stay so."""
    if sort is None:
        return runs
    worth = worth_of(sort.field, now)
    with_worth = [(worth(run), run) for run in runs]
    known = [pair for pair in with_worth if pair[0] is not None]
    known.sort(key=itemgetter(0), reverse=sort.descending)  # which keeps equal ones as they came
    unknown = [run for value, run in with_worth if value is None]
    return [*(run for _, run in known), *unknown]


def worth_of(column: str, now: datetime) -> Worth:
    """Give what runs are ordered by for a column."""
    if column.startswith(DETAILS):
        name = column.removeprefix(DETAILS)
        return lambda run: _comparable(run.details.get(name))
    if column == "took":
        return lambda run: run.duration(now)
    return _TOLD[column]


def _folded(text: str | None) -> str | None:
    return text.casefold() if text else None


def _comparable(value: object) -> tuple[int, Any] | None:
    """Give a value of any kind as one that can be compared: numbers first, then texts."""
    match value:
        case None | "" | [] | {}:
            return None
        case bool() | int() | float():
            return (0, value)
        case _:
            return (1, str(value).casefold())
