"""Reading the events of one run: its newest first, then as they come, holes mended."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from runs_tui.adapters.base import Rewinds, Tails
from runs_tui.model.errors import NotFound, Refused, SourceError
from runs_tui.model.feed import Feed
from runs_tui.model.purpose import asking
from runs_tui.model.run import Event, Gap, RunKey
from runs_tui.screens.mending import Mender

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
                with asking("tail", self._key.id):
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
        mender = Mender(self._source, self._key.id, self._last, self._pace.stretches)
        queue: asyncio.Queue[Event | Gap | None] = asyncio.Queue(_MOST_WAITING)
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(self._listen(queue))
            async with aclosing(self._batches(queue)) as batches:
                async for batch in batches:
                    events = await mender.mend(batch)
                    self._last = mender.last
                    if events:
                        self._post(EventsArrived(self._key, events))
                    if any(isinstance(event, Event) and event.state for event in events):
                        entered()
        error = listening.result()
        if error is not None:
            raise error
        if mender.gap is not None:
            self._post(EventsArrived(self._key, [mender.gap]))

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
