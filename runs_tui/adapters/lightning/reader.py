"""Reads one run and its log, once for all who ask at the same time."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime, timedelta
from math import inf

from runs_tui.adapters.lightning.asked import written
from runs_tui.adapters.lightning.client import Client, Params
from runs_tui.adapters.lightning.dossier import Dossier
from runs_tui.adapters.lightning.events import place_of_line
from runs_tui.adapters.lightning.known import Known
from runs_tui.adapters.lightning.pace import Pace
from runs_tui.adapters.lightning.runs import is_over
from runs_tui.adapters.lightning.wire import LinePage, LogLine, WireRun
from runs_tui.adapters.rewinding import Place, read_back
from runs_tui.model.clock import Clock
from runs_tui.transport.loop import instant

_MOST_PASSES = 3
_MOST_LATE = 10


class RunReader:
    """Reads for dossiers; whoever calls holds the dossier's lock."""

    def __init__(self, client: Client, known: Known, clock: Clock, pace: Pace) -> None:
        """Take what reads, and what is remembered of runs."""
        self._client = client
        self._known = known
        self._clock = clock
        self._pace = pace

    async def look(self, dossier: Dossier, within: float | None = None) -> WireRun:
        """Give the run as it stands: it is read unless it is over or was read just now."""
        row = dossier.row
        if row is not None and (is_over(row) or self._is_fresh(dossier.read_at, within)):
            return row
        known = row is not None or self._known.order.knows(dossier.id)
        row = dossier.row = await self._client.run(dossier.id, known=known)
        dossier.read_at = instant()
        self._known.keep([row])
        return row

    def has_settled(self, row: WireRun) -> bool:
        """Tell whether a run ended so long ago that its log is complete."""
        if not is_over(row):
            return False
        settle = timedelta(seconds=self._pace.settle)
        return row.finished_at is None or row.finished_at + settle <= self._clock.now()

    async def newest(self, dossier: Dossier) -> LinePage:
        """Give the newest page of the log."""
        if dossier.page is None or not self._is_fresh(dossier.paged_at):
            dossier.page = await self._page(dossier, {})
            dossier.paged_at = dossier.logged_at
            if not dossier.page.more and not dossier.whole:
                dossier.whole = True
                dossier.allowance.spare += 1
        return dossier.page

    async def lines_before(
        self, dossier: Dossier, before: Place | None
    ) -> tuple[list[LogLine], bool]:
        """Give the newest lines, or those right before a place, and whether there are older ones.

        More than a page of them are read only where all are of one instant.
        """

        async def read(number: int) -> tuple[list[LogLine], bool]:
            if before is None and number == 0:
                page = await self.newest(dossier)
            else:
                bound: Params = {"timestamp_before": written(before[0])} if before else {}
                page = await self._page(dossier, {**bound, "page": number + 1})
            return page.data, page.more

        return await read_back(read, place_of_line, before)

    async def catch_up(self, dossier: Dossier) -> None:
        """Read what may be new in the log, unless that was done just now."""
        if self._is_fresh(dossier.logged_at):
            return
        newest = dossier.traces.newest
        if not dossier.whole or newest is None:
            await self.newest(dossier)
            return
        since = newest - timedelta(seconds=self._pace.overlap)
        async with aclosing(self.lines(dossier, since)) as batches:
            async for _ in batches:
                pass

    async def lines(
        self, dossier: Dossier, since: datetime | None
    ) -> AsyncGenerator[list[LogLine], None]:
        """Give the lines of an instant and of after it, each once, the oldest first, in batches.

        The server gives the newest first. What is more than a page is read from its last page on,
        bounded so that new lines push nothing down; where one has landed late in between, the
        page before is read again, and in the end all of it if lines are missing by their number.
        """
        bounds: dict[str, str] = {"timestamp_after": written(since)} if since else {}
        first = await (self._page(dossier, bounds) if since else self.newest(dossier))
        seen: set[str] = set()
        held: list[LogLine] = []
        for _ in range(_MOST_PASSES):
            async for page in self._pages(dossier, bounds, first):
                held += [line for line in page.data if line.id not in seen]
                held.sort(key=place_of_line)
                seen.update(line.id for line in page.data)
                # The last instant of a page may be cut in two: it is left to the next one.
                edge = held[-1].timestamp if held else None
                yield [line for line in held if line.timestamp != edge]
                held = [line for line in held if line.timestamp == edge]
            if len(seen) >= (page.meta.total_entries or 0):
                break
        dossier.whole = dossier.whole or since is None
        yield held

    async def _pages(
        self, dossier: Dossier, bounds: Params, first: LinePage
    ) -> AsyncGenerator[LinePage, None]:
        """Give the pages of a log of which the newest is known, the oldest first."""
        if first.meta.total_pages is None:
            pages = [first]
            while pages[-1].more:
                pages.append(await self._page(dossier, {**bounds, "page": len(pages) + 1}))
            for page in reversed(pages):
                yield page
            return
        if first.data:
            bounds = {**bounds, "timestamp_before": written(first.data[0].timestamp)}
        number, total, late = first.meta.total_pages, first.meta.total_entries, 0
        while number >= 1:
            page = first
            if number > 1 or total != first.meta.total_entries:
                page = await self._page(dossier, {**bounds, "page": number})
            grown = (page.meta.total_entries or 0) > (total or 0)
            total = page.meta.total_entries
            yield page
            late += grown
            number += 1 if grown and late < _MOST_LATE else -1

    async def _page(self, dossier: Dossier, bounds: Params) -> LinePage:
        settled = dossier.row is not None and self.has_settled(dossier.row)
        wanted: Params = {"run_id": dossier.id, "page_size": self._pace.lines, **bounds}
        page = await self._client.log_lines(wanted)
        dossier.logged_at = inf if settled else instant()
        dossier.traces.note(page.data)
        return page

    def _is_fresh(self, at: float, within: float | None = None) -> bool:
        return instant() - at < (self._pace.fresh if within is None else within)
