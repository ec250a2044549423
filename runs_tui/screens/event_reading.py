"""Reading the events of one run: its newest first, then as they come, holes mended."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.message import Message

from runs_tui.adapters.base import Rewinds, Tails
from runs_tui.model.errors import NotFound, Refused, SourceError
from runs_tui.model.feed import Feed
from runs_tui.model.run import Event, Gap, RunKey

if TYPE_CHECKING:
    from runs_tui.screens.run_reading import RunPace

Post = Callable[[Message], object]

_MOST_WAITING = 5000


@dataclass
class EventsArrived(Message):
    """Events of a run came."""

    key: RunKey
    events: Sequence[Event | Gap]


@dataclass
class EventsRewound(Message):
    """The newest events of a run were read, or those right before one of them."""

    key: RunKey
    events: Sequence[Event]
    older: bool
    """Whether there are events before them."""
    before: str | None = None
    """The id of the event that they are before; None for the newest."""


@dataclass
class StreamFailed(Message):
    """Events of a run cannot be read now; those that come will be tried again."""

    key: RunKey
    error: SourceError


class EventReader:
    """Reads the events of one run until they end, and posts them or why it cannot."""

    def __init__(self, source: Tails, key: RunKey, feed: Feed, pace: "RunPace", post: Post) -> None:
        """Read on from where a feed ends."""
        self._source = source
        self._key = key
        self._pace = pace
        self._post = post
        self._last = feed.last_id
        self._begun = feed.last_id is not None
        self._gap: Gap | None = None
        self._ahead: set[str] = set()

    async def read(
        self, settled: Callable[[], Awaitable[bool]], entered: Callable[[], object]
    ) -> bool:
        """Read to the end, resuming after each failure; tell whether all was told.

        `settled` waits until it is known whether the run was over so long before that no more
        events come; `entered` is called when one has told of another state.
        """
        failures = 0
        while True:
            try:
                if await self._begin() and await settled():
                    return True
                await self._follow(entered)
            except SourceError as error:
                self._post(StreamFailed(self._key, error))
                if isinstance(error, NotFound | Refused):
                    return False
            else:
                return True
            failures += 1
            await asyncio.sleep(self._pace.again * 2 ** min(failures, 4))

    async def _begin(self) -> bool:
        """Read the newest events where none is known; tell whether there are any."""
        if self._begun or not isinstance(self._source, Rewinds):
            return False
        found = await self._source.last_events(self._key.id)
        self._begun = True
        self._post(EventsRewound(self._key, found.events, found.older))
        self._last = found.events[-1].id if found.events else None
        return bool(found.events)

    async def _follow(self, entered: Callable[[], object]) -> None:
        """Take in what the source tells from here on, gathered for a moment; raise what it does."""
        queue: asyncio.Queue[Event | Gap | None] = asyncio.Queue(_MOST_WAITING)
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(self._listen(queue))
            async with aclosing(self._batches(queue)) as batches:
                async for batch in batches:
                    events = await self._mended(batch)
                    if events:
                        self._post(EventsArrived(self._key, events))
                    if any(isinstance(event, Event) and event.state for event in events):
                        entered()
        error, gap = listening.result(), self._gap
        self._gap = None
        self._ahead.clear()
        if error is not None:
            raise error
        if gap is not None:
            self._post(EventsArrived(self._key, [gap]))

    async def _listen(self, queue: asyncio.Queue[Event | Gap | None]) -> SourceError | None:
        try:
            async with aclosing(self._source.tail(self._key.id, self._last)) as told:  # type: ignore[type-var]
                async for event in told:
                    await queue.put(event)
        except SourceError as error:
            return error
        else:
            return None
        finally:
            await queue.put(None)

    async def _batches(
        self, queue: asyncio.Queue[Event | Gap | None]
    ) -> AsyncGenerator[list[Event | Gap], None]:
        while True:
            batch = [await queue.get()]
            await asyncio.sleep(self._pace.batch)
            while not queue.empty():
                batch.append(queue.get_nowait())
            events = [event for event in batch if event is not None]
            if events:
                yield events
            if len(events) < len(batch):
                return

    async def _mended(self, told: Sequence[Event | Gap]) -> list[Event | Gap]:
        """Give what was told, its gaps filled as far as the source can read back.

        A gap is kept until something comes after it: where the stream breaks first, the next one
        goes on before it.
        """
        mended: list[Event | Gap] = []
        for each in told:
            if isinstance(each, Gap):
                self._gap = _joined(self._gap, each)
                continue
            known = each.id is not None and each.id in self._ahead
            if self._gap is not None and not known:
                mended += await self._filled(self._gap, each.id)
            self._gap = None
            if not known:
                mended.append(each)
                self._last = each.id or self._last
        if isinstance(told[-1], Gap) and self._gap is not None:
            found = await self._filled(self._gap, None)
            if not (found and isinstance(found[-1], Gap)):
                self._gap = None
                mended += found
        return mended

    async def _filled(self, gap: Gap, before: str | None) -> list[Event | Gap]:
        """Read back from what follows a gap to what was known before it, for some stretches.

        What cannot be read stays a gap. Where nothing follows yet, it is read from the end, and
        what will be told again of that is remembered.
        """
        if not isinstance(self._source, Rewinds):
            return [gap]
        found: list[Event] = []
        closed, end = False, before
        for _ in range(self._pace.stretches):
            try:
                stretch = await self._source.last_events(self._key.id, end)
            except SourceError:
                break
            ids = [event.id for event in stretch.events]
            closed = self._last in ids
            found[:0] = stretch.events[ids.index(self._last) + 1 :] if closed else stretch.events
            if closed or not stretch.older or not ids:
                uncounted = gap.count is None or before is None
                closed = closed or (self._last is None and uncounted)
                break
            end = ids[0]
        if before is None:
            self._ahead.update(event.id for event in found if event.id)
        if found:
            self._last = found[-1].id
        left = None if closed else _left(gap, found, exact=before is not None)
        return [*([left] if left else ()), *found]


def _joined(one: Gap | None, other: Gap) -> Gap:
    """Give two gaps that follow each other as one."""
    if one is None:
        return other
    known = one.count is not None and other.count is not None
    count = (one.count or 0) + (other.count or 0) if known else None
    return Gap(since=one.since, until=other.until, count=count)


def _left(gap: Gap, found: Sequence[Event], *, exact: bool) -> Gap | None:
    """Give what is left of a gap before what was found of it; None where nothing is."""
    count = gap.count - len(found) if gap.count is not None and exact else None
    if count is not None and count <= 0:
        return None
    return replace(gap, until=found[0].at if found else gap.until, count=count)
