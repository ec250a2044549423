"""Pages of the list: what is asked of the server for a query, and what is applied here."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from runs_tui.adapters.base import Page
from runs_tui.adapters.lightning.asked import Asked, Bounds, asked_for, names_workflows
from runs_tui.adapters.lightning.client import Client, Params
from runs_tui.adapters.lightning.kin import Kin
from runs_tui.adapters.lightning.known import Known
from runs_tui.adapters.lightning.slices import Slice, Slices
from runs_tui.adapters.lightning.wire import WireRun
from runs_tui.model.clock import Clock
from runs_tui.model.errors import NotFound, Unsupported
from runs_tui.model.query import Field, Predicate, Query
from runs_tui.model.run import Run
from runs_tui.transport.paging import Cursors, Place

_MARGIN = timedelta(seconds=1)
"""How much later than its start a run may have been created: two clocks tell of them."""


class RunPages:
    """Gives the list of one server page by page."""

    def __init__(self, client: Client, known: Known, kin: Kin, clock: Clock) -> None:
        """Take what reads, what remembers and what knows workflows."""
        self._client = client
        self._known = known
        self._kin = kin
        self._clock = clock
        self._slices = Slices(client)
        self._cursors = Cursors()

    async def page(self, query: Query, cursor: str | None) -> Page[Run]:
        """Give one page of the runs that satisfy the query, newest first."""
        now = self._clock.now()
        asked = await self._asked(query, now)
        if asked.runs is not None:
            return await self._named(query, asked, now)
        if asked.workflows == ():
            return Page((), pushed=asked.pushed)
        holds = query.predicate(now)
        place = Place() if cursor is None else self._cursors.place(cursor)
        items: list[Run] = []
        while True:
            found = await self._slices.read(asked.chosen, asked.bounds.params, place)
            instants = self._known.order.place(found.rows, place.bound, now)
            again = cursor is None and not found.offset
            runs = await self._translated(query, asked, found, instants, holds, again=again)
            taken = 0
            while taken < len(runs) and len(items) < max(query.limit, 1):
                items += filter(holds, runs[taken : taken + 1])
                taken += 1
            more = found.more or taken < len(runs)
            place = place.after(
                {row.id for row in found.rows[:taken]},
                found.offset + taken if taken < len(runs) else found.end,
                bound=instants[taken - 1] if taken else place.bound,
            )
            if not more or len(items) >= query.limit or (taken and not asked.whole):
                return Page(
                    items,
                    self._cursors.keep(place) if more else None,
                    found.total if asked.whole else None,
                    asked.pushed,
                )

    async def _asked(self, query: Query, now: datetime) -> Asked:
        """Translate a query, as far as the server was seen to have the filters for it."""
        self._check(query)
        if not names_workflows(query):
            return asked_for(query, now, {})
        asked = asked_for(query, now, await self._kin.catalogue.all(needed=True))
        if asked.workflows == ():
            asked = asked_for(query, now, await self._kin.catalogue.again())
        if not asked.workflows or await self._kin.trust.probe(*asked.chosen):
            return asked
        self._check(query)
        rest = asked.pushed - set(query.of(Field.WORKFLOW))
        return replace(asked, workflows=None, pushed=rest, joined=True, whole=False)

    async def _named(self, query: Query, asked: Asked, now: datetime) -> Page[Run]:
        """Give the runs that a query names."""
        found = []
        for run_id in asked.runs or ():
            row = await self._row(run_id)
            if row is not None:
                bounds = Bounds().until(row.started_at + _MARGIN) if row.started_at else Bounds()
                await self._join(query, asked, [row.id], bounds.params, again=True)
                found.append(self._known.run(row, self._known.order.of(row, now)))
        found = sorted(
            filter(query.predicate(now), found), key=lambda run: run.instant or now, reverse=True
        )
        return Page(found[: query.limit], pushed=asked.pushed)

    async def _row(self, run_id: str) -> WireRun | None:
        row = self._known.final(run_id)
        if row is None:
            try:
                row = await self._client.run(run_id)
            except NotFound:
                return None
            self._known.keep([row])
        return row

    async def _translated(
        self,
        query: Query,
        asked: Asked,
        found: Slice,
        instants: Sequence[datetime],
        holds: Predicate,
        *,
        again: bool,
    ) -> list[Run]:
        """Translate rows, with the workflows that can or must be found out."""
        self._known.keep(found.rows)
        pairs = list(zip(found.rows, instants, strict=True))
        wanted = [
            row.id
            for row, at in pairs
            if asked.joined or asked.workflows or holds(self._known.run(row, at))
        ]
        bounds = asked.bounds
        if found.offset and instants:
            bounds = bounds.until(instants[0] + _MARGIN)
        params = {**bounds.params, "page_size": found.size}
        await self._join(query, asked, wanted, params, again=again)
        return [self._known.run(row, at) for row, at in pairs]

    async def _join(
        self, query: Query, asked: Asked, run_ids: Sequence[str], params: Params, *, again: bool
    ) -> None:
        """Find out the workflows of some runs; `again` says that they will be listed again."""
        if asked.workflows and len(asked.workflows) == 1:
            for run_id in self._kin.joins.unknown(run_ids):
                self._kin.joins.remember(run_id, asked.workflows[0])
        elif asked.joined:
            await self._kin.find_all(run_ids, params, asked.workflows or ())
            self._check(query)
        elif again:
            await self._kin.find_some(run_ids, params)
        else:
            await self._kin.find_whole(run_ids, params)

    def _check(self, query: Query) -> None:
        """Raise Unsupported where a query wants to know what the server cannot tell."""
        if self._kin.joins.off and any(query.of(Field.WORKFLOW)):
            raise Unsupported("this server does not tell which workflow a run belongs to")
