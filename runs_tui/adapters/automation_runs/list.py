"""The list of runs: what the server filters, what is filtered here, and how pages follow."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from runs_tui.adapters.automation_runs.names import Names
from runs_tui.adapters.automation_runs.states import folded, state_of, words_of
from runs_tui.adapters.automation_runs.wire import (
    RUN_LIST,
    RunList,
    WireRun,
    newest_first,
    run_of,
)
from runs_tui.adapters.base import Page
from runs_tui.model.clock import Clock
from runs_tui.model.errors import Refused
from runs_tui.model.query import Field, Query, Term
from runs_tui.model.run import Run
from runs_tui.transport.http import Http, decode
from runs_tui.transport.paging import Cursors, Place

if TYPE_CHECKING:
    from runs_tui.model.state import State

PATH = "/api/v1/automation-runs"
MOST = 1000
LEAST_FILTERED = 100
MOST_STEPS_BACK = 3


@dataclass(frozen=True, slots=True)
class _Batch:
    place: Place
    rows: Sequence[WireRun]
    total: int | None
    full: bool


class RunPages:
    """Reads the runs of one server page by page."""

    def __init__(self, source: str, http: Http, names: Names, clock: Clock) -> None:
        """Begin without knowing whether the server can filter by status."""
        self._source = source
        self._http = http
        self._names = names
        self._clock = clock
        self._cursors = Cursors()
        self._filters = True
        self._spellings: dict[State, set[str]] = {}

    async def page(self, query: Query, cursor: str | None) -> Page[Run]:
        """Give one page of the runs that satisfy the query, newest first."""
        start = Place(variant=self._word(query)) if cursor is None else self._cursors.place(cursor)
        batch = await self._batch(query, start)
        pushed = self._pushed(query, batch)
        runs, ids, read = await self._taken(query, batch)
        more = read < len(batch.rows) or batch.full
        place = batch.place
        return Page(
            newest_first(runs),
            self._cursors.keep(place.after(ids, place.offset + read)) if more else None,
            None if _rest(query, pushed) else batch.total,
            pushed,
        )

    def _word(self, query: Query) -> str | None:
        """Give the status word that stands for all states of the query, if there is one."""
        if not self._filters or len(query.states) != 1:
            return None
        (state,) = query.states
        printed = words_of(state)
        spelled = self._spellings.get(state) or printed
        if len(printed) != 1 or len(spelled) != 1:
            return None
        (word,) = spelled
        return word if folded(word) in printed else None

    def _pushed(self, query: Query, batch: _Batch) -> frozenset[Term]:
        if batch.place.variant is None:
            return frozenset()
        if any(state_of(row.status) not in query.states for row in batch.rows):
            self._filters = False
            return frozenset()
        return frozenset(query.of(Field.STATE))

    async def _batch(self, query: Query, place: Place) -> _Batch:
        """Read the rows behind a place, one row of overlap included."""
        states = frozenset(query.of(Field.STATE)) if place.variant else frozenset[Term]()
        size = _limit(query)
        if _rest(query, states):
            size = max(size, LEAST_FILTERED)
        limit = min(size + (place.offset > 0), MOST)
        try:
            return await self._overlapping(replace(place, offset=max(place.offset - 1, 0)), limit)
        except Refused as refused:
            if place.variant is None or refused.status not in {400, 422}:
                raise
        self._filters = False
        return await self._batch(query, replace(place, offset=0, variant=None))

    async def _overlapping(self, place: Place, limit: int) -> _Batch:
        """Read rows; where those above them have gone, go back to one that is known."""
        for _ in range(MOST_STEPS_BACK):
            found = await self._list(place, limit)
            known = bool(found.items) and place.has_seen(found.items[0].id)
            if known or not place.offset or place.before is None:
                break
            place = replace(place, offset=max(place.offset - limit + 1, 0))
        return _Batch(place, found.items, found.total, len(found.items) >= limit)

    async def _list(self, place: Place, limit: int) -> RunList:
        params: dict[str, str | int] = {"limit": limit, "offset": place.offset}
        if place.variant:
            params["status"] = place.variant
        return decode(await self._http.get(PATH, params), RUN_LIST)

    async def _taken(self, query: Query, batch: _Batch) -> tuple[list[Run], set[str], int]:
        """Take new rows up to the limit; give also every id that was looked at, and how many."""
        names = await self._names.of(row.automation_id for row in batch.rows)
        test = query.predicate(self._clock.now())
        runs: list[Run] = []
        ids: set[str] = set()
        read = 0
        for row in batch.rows:
            read += 1
            self._spellings.setdefault(state_of(row.status), set()).add(row.status)
            if row.id in ids or batch.place.has_seen(row.id):
                continue
            ids.add(row.id)
            run = run_of(row, self._source, names)
            if test(run):
                runs.append(run)
            if len(runs) == _limit(query):
                break
        return runs, ids, read


def _limit(query: Query) -> int:
    return max(min(query.limit, MOST), 1)


def _rest(query: Query, pushed: frozenset[Term]) -> bool:
    """Tell whether anything but the source is left to be filtered here."""
    return any(term.field is not Field.SOURCE and term not in pushed for term in query.terms)
