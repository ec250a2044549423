"""The list of runs: what the daemon filters, what is filtered here, and how pages follow."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from runs_tui.adapters.base import Page
from runs_tui.adapters.runwisp.client import Client
from runs_tui.adapters.runwisp.filters import SORT, TASK, Part, matches_nothing
from runs_tui.adapters.runwisp.reader import Reader
from runs_tui.adapters.runwisp.runs import Translator
from runs_tui.adapters.runwisp.wire import RUN_LIST, RunList, WireRun
from runs_tui.adapters.runwisp.wishes import Wishes
from runs_tui.model.clock import Clock
from runs_tui.model.errors import NotFound, Refused
from runs_tui.model.query import Field, Query, Term
from runs_tui.model.run import Run
from runs_tui.transport.http import decode
from runs_tui.transport.paging import Cursors, Place

MOST = 1000
LEAST_FILTERED = 200
MOST_STEPS_BACK = 3


class _OtherGeneration(Exception):
    """The list came in the shape of another generation than that of the daemon."""


@dataclass(frozen=True, slots=True)
class _Batch:
    place: Place
    rows: Sequence[WireRun]
    total: int | None
    full: bool


class Listing:
    """Reads the runs of one daemon page by page."""

    def __init__(
        self,
        source: str,
        client: Client,
        reader: Reader,
        translator: Translator,
        wishes: Wishes,
        clock: Clock,
    ) -> None:
        """Take how to read and translate runs, and what turns queries into filters."""
        self._source = source
        self._client = client
        self._reader = reader
        self._translator = translator
        self._wishes = wishes
        self._clock = clock
        self._cursors = Cursors()
        self._mixed = False

    async def page(self, query: Query, cursor: str | None) -> Page[Run]:
        """Give one page of the runs that satisfy the query."""
        if matches_nothing(query):
            return Page(())
        try:
            return await self._page(query, cursor)
        except _OtherGeneration:
            before = await self._client.generation()
            self._client.forget_generation()
            self._wishes.forget()
            self._mixed = await self._client.generation() == before
            return await self._page(query, cursor)

    async def _page(self, query: Query, cursor: str | None) -> Page[Run]:
        parts = await self._wishes.parts(query)
        if cursor is None:
            batch = await self._first(query, parts)
        else:
            place = self._cursors.place(cursor)
            batch = await self._overlapping(place, self._limit(query, _kept(parts, place)))
        parts = _kept(parts, batch.place)
        runs, ids, read = await self._taken(query, batch)
        parts = self._wishes.applied(parts, batch.rows)
        more = read < len(batch.rows) or batch.full
        place = batch.place.after(ids, batch.place.offset + read)
        return Page(
            runs,
            self._cursors.keep(place) if more else None,
            batch.total if self._whole(query, parts) else None,
            _pushed(parts) & frozenset(query.terms),
            ordered=any(part.name == SORT for part in parts),
        )

    async def _first(self, query: Query, parts: Sequence[Part]) -> _Batch:
        """Read the first rows, without filters where the daemon refuses them."""
        limit = self._limit(query, parts)
        try:
            return await self._overlapping(Place(variant=_variant(parts)), limit)
        except (Refused, NotFound) as refused:
            if not parts:
                raise
            await self._wishes.give_up(parts, refused.detail)
        return await self._overlapping(Place(variant=_variant(())), self._limit(query, ()))

    async def _overlapping(self, place: Place, limit: int) -> _Batch:
        """Read rows and the one before them; where that has gone, go back to one that is known."""
        start, size = max(place.offset - 1, 0), min(limit + (place.offset > 0), MOST)
        for _ in range(MOST_STEPS_BACK):
            found = await self._list(place, start, size)
            known = bool(found.rows) and place.has_seen(found.rows[0].id)
            if known or not start or place.before is None:
                break
            start = max(start - size + 1, 0)
        return _Batch(
            replace(place, offset=start), found.rows, found.total, len(found.rows) >= size
        )

    async def _list(self, place: Place, offset: int, limit: int) -> RunList:
        generation = await self._client.generation()
        filters = _filters(place.variant)
        path, named = generation.list_of(filters.pop(TASK, None))
        params: dict[str, str | int] = {"limit": limit, "offset": offset}
        found = decode(
            await self._client.get(path, {**params, **named, **generation.asked(filters)}), RUN_LIST
        )
        if found.camel != generation.camel and not self._mixed:
            raise _OtherGeneration
        self._reader.know(reversed(found.rows))
        return found

    async def _taken(self, query: Query, batch: _Batch) -> tuple[list[Run], set[str], int]:
        """Take new rows up to the limit; give also every id that was looked at, and how many."""
        camel = (await self._client.generation()).camel
        test = query.predicate(self._clock.now())
        runs: list[Run] = []
        ids: set[str] = set()
        read = 0
        for row in batch.rows:
            read += 1
            if row.id in ids or batch.place.has_seen(row.id):
                continue
            ids.add(row.id)
            run = self._translator.run(row, camel=camel)
            if self._wishes.wants(row) and test(run):
                runs.append(run)
            if len(runs) == _asked(query):
                break
        return runs, ids, read

    def _limit(self, query: Query, parts: Sequence[Part]) -> int:
        asked = _asked(query)
        return asked if self._whole(query, parts) else max(asked, LEAST_FILTERED)

    def _whole(self, query: Query, parts: Sequence[Part]) -> bool:
        """Tell whether nothing but the source is left to be filtered here."""
        terms = {term for term in query.terms if term.field is not Field.SOURCE}
        return terms <= _pushed(parts) and self._wishes.keep_to_task(parts)


def _asked(query: Query) -> int:
    return max(min(query.limit, MOST), 1)


def _pushed(parts: Sequence[Part]) -> frozenset[Term]:
    return frozenset(term for part in parts for term in part.terms)


def _variant(parts: Sequence[Part]) -> str:
    """Write filters so that the pages that follow ask for the same."""
    return json.dumps({part.name: part.value for part in parts})


def _filters(variant: str | None) -> dict[str, str]:
    try:
        value = json.loads(variant or "{}")
    except ValueError:
        return {}
    return {str(name): str(each) for name, each in value.items()} if isinstance(value, dict) else {}


def _kept(parts: Sequence[Part], place: Place) -> list[Part]:
    """Give the parts that a place was asked with."""
    told = _filters(place.variant)
    return [part for part in parts if part.name in told]
