"""The newest runs of several sources, page after page, merged in order."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import inf

from runs_tui.adapters.base import Source
from runs_tui.model.errors import SourceError
from runs_tui.model.purpose import asking
from runs_tui.model.query import Field, Query
from runs_tui.model.run import Run, RunKey

BUDGET = 50
"""How many pages without a match are read of one source at most."""
LARGEST = 200
"""How many runs a page is asked to hold at most."""


@dataclass
class Reading:
    """What one source gave."""

    source: str
    """The name of the source."""
    runs: dict[RunKey, Run] = field(default_factory=dict)
    """Its runs, in its order."""
    total: int | None = None
    """How many match there, where that is known."""
    error: SourceError | None = None
    """Why it gave no more."""
    unread: bool = False
    """Whether it has more."""
    fruitless: int = 0
    """How many of its pages brought nothing new."""

    @property
    def spent(self) -> bool:
        """Tell whether it has more that was not looked at for its budget was spent."""
        return self.unread and self.fruitless >= BUDGET


async def read_all(sources: Sequence[Source], query: Query, limit: int) -> list[Reading]:
    """Read the newest runs of sources that the query admits, all at once."""
    asked = query.without(Field.SOURCE)
    size = min(limit, LARGEST) if not asked.terms else min(max(limit, 100), LARGEST)
    asked = replace(asked, limit=size)
    return list(await asyncio.gather(*(_read(source, asked, limit) for source in sources)))


def merged(readings: Iterable[Reading]) -> list[Run]:
    """Give all runs newest first; one without an instant keeps its place in its source."""
    placed: list[tuple[float, Run]] = []
    for reading in readings:
        place = inf
        for run in reading.runs.values():
            if run.instant is not None:
                place = run.instant.timestamp()
            placed.append((place, run))
    return [run for _, run in sorted(placed, key=lambda pair: pair[0], reverse=True)]


async def _read(source: Source, query: Query, limit: int) -> Reading:
    reading = Reading(source.name)
    cursor = None
    try:
        while True:
            with asking("list", str(query)):
                page = await source.runs(query, cursor)
            known = len(reading.runs)
            reading.runs.update((run.key, run) for run in page.items)
            reading.fruitless += len(reading.runs) == known
            if page.pushed.issuperset(query.terms):
                reading.total = page.total
            cursor = page.next
            reading.unread = cursor is not None
            if not reading.unread or len(reading.runs) >= limit or reading.spent:
                return reading
    except SourceError as error:
        reading.error = error
        return reading
