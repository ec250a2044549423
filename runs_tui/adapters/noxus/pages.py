"""The list of runs: filtered and ordered here, for the server does neither in a known way."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from runs_tui.adapters.base import Page
from runs_tui.adapters.noxus.client import MOST, Client
from runs_tui.adapters.noxus.runs import newest_first
from runs_tui.adapters.noxus.wire import WireRun
from runs_tui.model.clock import Clock
from runs_tui.model.query import Field, Query
from runs_tui.model.run import Run
from runs_tui.transport.paging import Cursors, Place

_FEWEST = 2
"""How many pages are read for one answer, unless the limit calls for more."""

Translate = Callable[[Sequence[WireRun]], Awaitable[list[Run]]]


@dataclass(frozen=True, slots=True)
class _Batch:
    place: Place
    """Where its rows begin."""
    rows: Sequence[WireRun]
    total: int | None
    last: bool
    """Whether nothing follows."""


class RunPages:
    """Reads the runs of one workspace page by page."""

    def __init__(self, client: Client, clock: Clock, translate: Translate) -> None:
        """Take what makes runs of rows."""
        self._client = client
        self._clock = clock
        self._translate = translate
        self._cursors = Cursors()

    async def page(self, query: Query, cursor: str | None) -> Page[Run]:
        """Give one page of the runs that satisfy the query, newest first."""
        limit = max(query.limit, 1)
        filtered = any(term.field is not Field.SOURCE for term in query.terms)
        size = MOST if filtered else _even(limit)
        place: Place | None = Place() if cursor is None else self._cursors.place(cursor)
        test = query.predicate(self._clock.now())
        runs: list[Run] = []
        total: int | None = None
        for _ in range(max(_FEWEST, -(-limit // size) + 1)):
            if place is None or len(runs) == limit:
                break
            batch = await self._batch(place, size)
            total = batch.total
            place = await self._take(batch, test, runs, limit)
        return Page(
            newest_first(runs),
            None if place is None else self._cursors.keep(place),
            None if filtered else total,
        )

    async def _take(
        self, batch: _Batch, test: Callable[[Run], bool], runs: list[Run], limit: int
    ) -> Place | None:
        """Take the new rows that pass, up to the limit; give the place behind them, if any."""
        place = batch.place
        ids: set[str] = set()
        read = 0
        for row, run in zip(batch.rows, await self._translate(batch.rows), strict=True):
            read += 1
            if row.id in ids or place.has_seen(row.id):
                continue
            ids.add(row.id)
            if test(run):
                runs.append(run)
            if len(runs) == limit:
                break
        grown = batch.total is not None and batch.total > (place.total or 0)
        over = read == len(batch.rows) and (batch.last or not (ids or grown))
        return None if over else place.after(ids, place.offset + read, total=batch.total)

    async def _batch(self, place: Place, size: int) -> _Batch:
        """Read the page that holds a place; an earlier one where rows before it have gone."""
        page = place.offset // size + 1
        found = await self._client.runs(page, size)
        gone = (place.total or 0) - found.total if found.total is not None else 0
        if gone > 0 and page > 1:
            page = max(page - (-(-gone // size)), 1)
            found = await self._client.runs(page, size)
        start = (page - 1) * size
        rows = found.items
        if place.before is None and start < place.offset:  # a cursor that was long forgotten
            rows = rows[place.offset - start :]
            start = place.offset
        whole = len(found.items) >= size
        last = not whole or (found.total is not None and page * size >= found.total)
        return _Batch(replace(place, offset=start), rows, found.total, last)


def _even(limit: int) -> int:
    """Give the size of the pages, all alike, that make up a limit."""
    return -(-limit // -(-limit // MOST))
