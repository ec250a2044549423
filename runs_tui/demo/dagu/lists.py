"""The list of runs: filters that are few, and a cut that asks nobody, or pages on newer servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runs_tui.demo.dagu.words import of_run
from runs_tui.demo.dice import digest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from runs_tui.demo.world import WorldRun

CUT = 1000
_AT_ONCE, _MOST_AT_ONCE = 100, 500
_NUMBERS = ("status", "fromDate", "toDate")


class BadParameter(ValueError):
    """A parameter that cannot be read."""


def chosen(
    runs: Iterable[WorldRun],
    asked: Mapping[str, str],
    now: datetime,
    name: str | None,
    gone: Collection[str],
    *,
    most: int | None = CUT,
) -> list[WorldRun]:
    """Give the runs that a list has: of today, unless it is said since when.

    States and ids are looked for among those that are left after the cut.
    """
    numbers = {key: _number(key, asked[key]) for key in _NUMBERS if key in asked}
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    since = numbers.get("fromDate", int(midnight.timestamp()))
    before = numbers.get("toDate")
    wanted = name if name is not None else asked.get("name")
    found: list[WorldRun] = []
    for run in runs:
        came = int(run.created.timestamp())
        if came < since:
            break
        if (
            (before is None or came < before)
            and (not wanted or run.workflow.name == wanted)
            and run.id not in gone
        ):
            found.append(run)
    return [
        run
        for run in (found if most is None or len(found) <= most else _cut(found))
        if asked.get("dagRunId", "") in run.id
        and numbers.get("status", of_run(run)[0]) == of_run(run)[0]
    ]


def page_of(
    runs: Sequence[WorldRun], asked: Mapping[str, str]
) -> tuple[Sequence[WorldRun], str | None]:
    """Give a page of newer servers, and the cursor to the one that follows."""
    numbers = {key: _number(key, asked[key]) for key in ("cursor", "limit") if key in asked}
    start = numbers.get("cursor", 0)
    end = start + min(max(numbers.get("limit", _AT_ONCE), 1), _MOST_AT_ONCE)
    return runs[start:end], str(end) if end < len(runs) else None


def _cut(found: list[WorldRun]) -> list[WorldRun]:
    """Take runs DAG by DAG until there are enough: whole DAGs, and the newest, may be left out."""
    order = {run.workflow.name: digest(run.workflow.name)[0] for run in found}
    by_dag = sorted(found, key=lambda run: (order[run.workflow.name], run.workflow.name))
    kept = {run.id for run in by_dag[:CUT]}
    return [run for run in found if run.id in kept]


def _number(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise BadParameter(f"Invalid format for parameter {name}: error binding string") from None
