"""The events of a run as they come, by asking again and again."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import aclosing
from datetime import timedelta

from runs_tui.adapters.base import Stretch
from runs_tui.adapters.lightning.dossier import Dossier
from runs_tui.adapters.lightning.events import end_of, event_of_line, start_of
from runs_tui.adapters.lightning.pace import Pace
from runs_tui.adapters.lightning.reader import RunReader
from runs_tui.adapters.lightning.runs import is_over, run_state
from runs_tui.adapters.lightning.wire import LogLine, WireRun
from runs_tui.adapters.rewinding import LONG_AGO, NEVER, Place
from runs_tui.model.run import Event
from runs_tui.model.state import State
from runs_tui.transport.loop import instant
from runs_tui.transport.told import Told

Placing = Callable[[Dossier, WireRun], Awaitable[object]]


class Tail:
    """Tells the events of one run: that it started, its log, and last of all how it ended."""

    def __init__(
        self, dossier: Dossier, reader: RunReader, place: Placing, told: Told, pace: Pace
    ) -> None:
        """Tell what was not told yet; `place` finds the jobs of steps."""
        self._dossier = dossier
        self._reader = reader
        self._place = place
        self._told = told
        self._pace = pace
        self._news = instant()
        self._over = False

    async def events(self, *, once: bool = False) -> AsyncGenerator[Event, None]:
        """Give the events until the run is over and its log is silent, or only those by now."""
        row = await self._look()
        last = self._reader.has_settled(row)
        while True:
            async with aclosing(self._round(row, last=last)) as events:
                async for event in events:
                    yield event
            if last or once:
                return
            self._told.forget(timedelta(seconds=2 * self._pace.last_look))
            await asyncio.sleep(self._pace.poll)
            row = await self._look()
            last = self._is_silent(row)

    async def stretch(self, before: Place | None) -> Stretch:
        """Give the newest events, or those right before a place."""
        if before is not None and before[0] == LONG_AGO:
            return Stretch((), older=False)
        lines: list[LogLine] = []
        older = False
        async with self._dossier.lock:
            row = await self._reader.look(self._dossier)
            if row.started_at is not None:
                bound = before if before and before[0] < NEVER else None
                lines, older = await self._reader.lines_before(self._dossier, bound)
                await self._find_jobs(row, lines)
        start = () if older else start_of(row)
        end = [end_of(row)] if before is None and self._reader.has_settled(row) else ()
        return Stretch([*start, *(self._event(line) for line in lines), *end], older)

    async def _round(self, row: WireRun, *, last: bool) -> AsyncGenerator[Event, None]:
        """Give what is new; the end only when nothing more comes, for it is the last event."""
        if row.started_at is not None:
            async with aclosing(self._batches(row, last=last)) as batches:
                for event in self._new(start_of(row)):
                    yield event
                async for lines in batches:
                    for event in self._new(self._event(line) for line in lines):
                        self._news = instant()
                        yield event
        if last and is_over(row):
            for event in self._new([end_of(row)]):
                yield event

    async def _batches(self, row: WireRun, *, last: bool) -> AsyncGenerator[list[LogLine], None]:
        newest = self._told.newest
        back = self._pace.last_look if last else self._pace.overlap
        since = newest - timedelta(seconds=back) if newest else None
        async with aclosing(self._reader.lines(self._dossier, since)) as batches:
            while True:
                async with self._dossier.lock:
                    lines = await anext(batches, None)
                    if lines is None:
                        return
                    await self._find_jobs(row, lines)
                yield lines

    async def _find_jobs(self, row: WireRun, lines: Iterable[LogLine]) -> None:
        """Find the jobs of steps that are new in these lines."""
        unplaced = set(self._dossier.unplaced) - self._dossier.raw
        if not unplaced.isdisjoint(line.step_id for line in lines):
            if self._told.newest:
                self._dossier.allowance.renew(self._pace.looking)
            await self._place(self._dossier, row)

    async def _look(self) -> WireRun:
        async with self._dossier.lock:
            row = await self._reader.look(self._dossier, self._pace.look)
        if is_over(row) and not self._over:
            self._over, self._news = True, instant()
        return row

    def _is_silent(self, row: WireRun) -> bool:
        """Tell whether the run is over, or nobody can say, and nothing was told for long."""
        unknown = run_state(row) is State.UNKNOWN
        patience = self._pace.unknown if unknown and not self._over else self._pace.settle
        return (self._over or unknown) and instant() - self._news >= patience

    def _event(self, line: LogLine) -> Event:
        step = self._dossier.key_of(line.step_id) if line.step_id else None
        return event_of_line(line, step)

    def _new(self, events: Iterable[Event]) -> Iterable[Event]:
        """Give those that were not told, and note that they are."""
        for event in events:
            if event not in self._told:
                self._told.add(event)
                yield event


def told_by(stretch: Stretch, dossier: Dossier) -> Told:
    """Give what counts as told where the newest events were: all before them does, too."""
    told = Told(stretch.events[0].at if stretch.older else None)
    start = start_of(dossier.row) if dossier.row else ()
    for event in (*start, *stretch.events):
        told.add(event)
    return told


async def told_until(tail: Tail, after: str) -> Told:
    """Give what counts as told where a run's events are to be told after one of them.

    All is read once to find it; if it is not there, nothing counts as told.
    """
    told = Told()
    async with aclosing(tail.events(once=True)) as events:
        async for event in events:
            told.add(event)
            if event.id == after:
                return told
    return Told()
