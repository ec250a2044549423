"""Filling a page with what satisfies a query, of what a server gave."""

from collections.abc import Callable, Iterable

from runs_tui.model.run import Run


def fill(items: list[Run], limit: int, runs: Iterable[Run], holds: Callable[[Run], bool]) -> int:
    """Add the runs that hold, in order, up to a limit, and give how many were looked at for it."""
    looked = 0
    for run in runs:
        looked += 1
        if holds(run):
            items.append(run)
        if len(items) >= limit:
            break
    return looked
