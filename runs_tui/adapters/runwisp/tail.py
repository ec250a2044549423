"""The log of a run: a page of what there is, then its stream, until the run is over."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing
from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from runs_tui.adapters.base import Stretch
from runs_tui.adapters.runwisp import wire
from runs_tui.adapters.runwisp.client import Client
from runs_tui.adapters.runwisp.lines import ENDED, end_of, event_of, number_of
from runs_tui.adapters.runwisp.pace import Pace
from runs_tui.adapters.runwisp.reader import Reader
from runs_tui.adapters.runwisp.runs import Translator
from runs_tui.model.clock import Clock
from runs_tui.model.errors import NotFound, Refused, SourceError, Unauthorized, Unsupported
from runs_tui.model.run import Event, Gap, Run
from runs_tui.transport.http import decode
from runs_tui.transport.stream import Frame, Frames

T = TypeVar("T", bound=BaseModel)
Told = AsyncGenerator[Event | Gap, None]

MOST_LINES = 10_000
"""The most lines that a page of a log has."""
HEADERS = {"Accept": "text/event-stream", "Cache-Control": "no-cache"}
_LOOKS = 3
_BEGINNING = -(10**9)  # old daemons take 0 for unset, and tell the end instead


class Tail:
    """Tells the lines of one run's log, each once, and at last how the run ended."""

    def __init__(
        self,
        client: Client,
        reader: Reader,
        translator: Translator,
        run_id: str,
        clock: Clock,
        pace: Pace,
    ) -> None:
        """Take what to follow."""
        self._client = client
        self._reader = reader
        self._translator = translator
        self._id = run_id
        self._clock = clock
        self._pace = pace
        self._next = 0
        self._known = clock.now()
        self._done = False

    async def events(self, after: str | None) -> Told:
        """Give the events behind one of them until the run is over."""
        run = await self._translated(await self._reader.recent(self._id))
        if after == ENDED:
            return
        self._known = run.started_at or run.created_at or self._known
        known = number_of(after)
        number = None if known is None else known + 1
        self._next = number or 0
        if run.active or run.started_at is not None:
            async with aclosing(self._log(run, -MOST_LINES if number is None else number)) as log:
                async for item in log:
                    yield item
        end = await self._end(run)
        if end is not None:
            yield end

    async def stretch(self, before: str | None) -> Stretch:
        """Give the newest lines and how the run ended, or the lines right before an event."""
        run = await self._translated(await self._reader.recent(self._id))
        end = [end_of(run)] if before is None and not run.active else []
        bound = number_of(before)
        if before is not None and before != ENDED and bound is None:
            raise NotFound("there is no such event")
        if bound == 0 or not (run.active or run.started_at is not None):
            return Stretch(end, older=False)
        size = self._pace.stretch if bound is None else min(self._pace.stretch, bound)
        page = await self._page(-size if bound is None else bound - size or _BEGINNING, size)
        lines = [line for line in page.lines or () if bound is None or line.n < bound]
        older = bool(lines) and lines[0].n > page.first
        complete = end if page.finalized else []
        return Stretch([*map(event_of, lines), *complete], older)

    async def _log(self, run: Run, start: int) -> Told:
        """Give the log from a line on, where that is below zero as many lines from its end."""
        in_vain = 0
        while True:
            before = self._next
            page = await self._page(start)
            for item in self._told(page.lines or ()):
                yield item
            start = self._next
            if page.lines and start < (page.total or 0):
                continue
            if page.finalized or not run.active:
                return
            async with aclosing(self._streamed()) as items:
                async for item in items:
                    yield item
            if self._done:
                return
            in_vain = 0 if self._next > before else in_vain + 1
            await asyncio.sleep(self._pace.pause(in_vain))
            start = self._next
            if in_vain:
                run = await self._translated(await self._reader.run(self._id))

    async def _page(self, start: int, limit: int = MOST_LINES) -> wire.LogPage:
        path = await self._reader.path(self._id, "/log")
        try:
            answer = await self._client.get(path, {"from": start, "limit": limit})
        except (NotFound, Refused):
            await self._reader.run(self._id)
            raise Unsupported("this daemon shows no logs") from None
        return decode(answer, wire.LOG_PAGE)

    async def _streamed(self) -> Told:
        """Give what the stream tells, until it is closed: only `done` says that the log is over."""
        path = await self._reader.path(self._id, "/log/stream")
        try:
            async with self._client.stream(path, {"from": self._next}, HEADERS) as streaming:
                frames = Frames(streaming.headers.get("content-type", ""))
                async with aclosing(streaming.chunks()) as chunks:
                    async for chunk in chunks:
                        for frame in frames.feed(chunk):
                            async with aclosing(self._heard(frame)) as items:
                                async for item in items:
                                    yield item
                            if self._done:
                                return
        except Unauthorized:
            raise
        except SourceError:
            return

    async def _heard(self, frame: Frame) -> Told:
        """Give what an event of the stream tells; what it left out is read before it."""
        lines: list[wire.WireLine] = []
        reached = self._next
        if frame.event == "line" and (line := _read(frame, wire.LINE)):
            lines, reached = [line], line.n
        elif frame.event == "rotated" and (rotated := _read(frame, wire.ROTATED)):
            reached = rotated.first
        elif frame.event == "dropped" and (dropped := _read(frame, wire.DROPPED)):
            reached = dropped.after + dropped.count + 1
        elif frame.event == "done":
            done = _read(frame, wire.DONE)
            reached = done.last + 1 if done else reached
            self._done = True
        async with aclosing(self._up_to(reached)) as missing:
            async for item in missing:
                yield item
        for item in self._told(lines):
            yield item

    async def _up_to(self, number: int) -> Told:
        """Give the lines before a number that were left out, and a gap for those that are gone."""
        while self._next < number:
            before = self._next
            try:
                page = await self._page(before, min(number - before, MOST_LINES))
            except Unauthorized:
                raise
            except SourceError:
                break
            for item in self._told(line for line in page.lines or () if line.n < number):
                yield item
            if self._next == before:
                break
        if self._next < number:
            gap = self._gap(number, None)
            self._next = number
            yield gap

    def _told(self, lines: Iterable[wire.WireLine]) -> Iterator[Event | Gap]:
        """Give the lines that are new, and a gap before one whose number leaves some out."""
        for line in lines:
            event = event_of(line)
            if line.n > self._next:
                yield self._gap(line.n, event.at)
            if line.n >= self._next:
                self._next = line.n + 1
                self._known = event.at or self._known
                yield event

    def _gap(self, number: int, until: datetime | None) -> Gap:
        """Give the stretch from the last line told to the one of a number."""
        return Gap(since=self._known, until=until, count=number - self._next)

    async def _end(self, run: Run) -> Event | None:
        """Tell how the run ended; None where the daemon says at last that it goes on."""
        for look in range(_LOOKS):
            if not run.active:
                break
            await asyncio.sleep(self._pace.pause(look) if look else 0)
            run = await self._translated(await self._reader.run(self._id))
        return None if run.active else end_of(run)

    async def _translated(self, told: wire.WireRun) -> Run:
        return self._translator.run(told, camel=(await self._client.generation()).camel)


def _read(frame: Frame, shape: TypeAdapter[T]) -> T | None:
    try:
        return shape.validate_json(frame.text)
    except ValidationError:
        return None
