"""Reading one run: what it is, its steps, and its events as they come."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from textual.message import Message

from runs_tui.adapters.base import Source, Tails
from runs_tui.model.errors import NotFound, Refused, SourceError
from runs_tui.model.feed import Feed
from runs_tui.model.plan import Plan
from runs_tui.model.run import Event, Gap, Run, RunKey, Step

Post = Callable[[Message], object]


@dataclass
class RunRead(Message):
    """A run and its steps were read."""

    run: Run
    plan: Plan


@dataclass
class EventsArrived(Message):
    """Events of a run came."""

    key: RunKey
    events: Sequence[Event | Gap]


@dataclass
class RunFailed(Message):
    """A run could not be read; what was read of it stays."""

    key: RunKey
    error: SourceError


@dataclass
class StreamFailed(Message):
    """The events of a run cannot be read now; it will be tried again."""

    key: RunKey
    error: SourceError


@dataclass(frozen=True, slots=True)
class RunPace:
    """How a run is read, in seconds."""

    settle: float = 0.15
    """How long the cursor rests on a run before it is read."""
    again: float = 5.0
    """Between two readings while it is active and its events tell of no new state."""
    soonest: float = 1.0
    """Between two readings while they do."""
    batch: float = 0.05
    """For how long events are gathered before they are shown."""


class RunReader:
    """Reads one run until it is over, and posts what it reads or why it cannot."""

    def __init__(self, source: Source, run_id: str, feed: Feed, pace: RunPace, post: Post) -> None:
        """Read a run of a source; its feed tells from where the events go on."""
        self._source = source
        self._id = run_id
        self._key = RunKey(source.name, run_id)
        self._feed = feed
        self._pace = pace
        self._post = post
        self._news = asyncio.Event()
        self._whole = True

    async def read(self) -> None:
        """Read until the run is over."""
        await asyncio.sleep(self._pace.settle)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._read_states())
            if isinstance(self._source, Tails) and not self._feed.complete:
                group.create_task(self._read_events(self._source))
        self._feed.complete = self._whole

    async def _read_states(self) -> None:
        failures = 0
        while True:
            self._news.clear()
            try:
                run, steps = await self._run_and_steps()
            except SourceError as error:
                self._post(RunFailed(self._key, error))
                failures += 1
                if isinstance(error, NotFound):
                    self._whole = False
                    return
            else:
                failures = 0
                self._post(RunRead(run, Plan.of(steps)))
                if not run.active:
                    return
            await self._rest(self._pace.again * 2 ** min(failures, 5))

    async def _rest(self, seconds: float) -> None:
        """Wait, but not for long after an event has told of another state."""
        await asyncio.sleep(min(self._pace.soonest, seconds))
        try:
            async with asyncio.timeout(max(seconds - self._pace.soonest, 0)):
                await self._news.wait()
        except TimeoutError:
            return

    async def _run_and_steps(self) -> tuple[Run, Sequence[Step]]:
        run, steps = await asyncio.gather(
            self._source.run(self._id), self._source.steps(self._id), return_exceptions=True
        )
        for told in (run, steps):
            if isinstance(told, BaseException):
                raise told
        return run, steps  # type: ignore[return-value]

    async def _read_events(self, source: Tails) -> None:
        """Take in the events to their end, resuming after each failure."""
        failures = 0
        while True:
            queue: asyncio.Queue[Event | Gap | None] = asyncio.Queue(maxsize=5000)
            async with asyncio.TaskGroup() as group:
                listening = group.create_task(self._listen(source, queue))
                await self._gather(queue)
            error = listening.result()
            if error is None:
                return
            self._post(StreamFailed(self._key, error))
            if isinstance(error, NotFound | Refused):
                self._whole = False
                return
            failures += 1
            await asyncio.sleep(self._pace.again * 2 ** min(failures, 4))

    async def _listen(
        self, source: Tails, queue: asyncio.Queue[Event | Gap | None]
    ) -> SourceError | None:
        try:
            async with aclosing(source.tail(self._id, self._feed.last_id)) as told:  # type: ignore[type-var]
                async for event in told:
                    await queue.put(event)
        except SourceError as error:
            return error
        else:
            return None
        finally:
            await queue.put(None)

    async def _gather(self, queue: asyncio.Queue[Event | Gap | None]) -> None:
        while True:
            batch = [await queue.get()]
            await asyncio.sleep(self._pace.batch)
            while not queue.empty():
                batch.append(queue.get_nowait())
            events = [event for event in batch if event is not None]
            if events:
                self._post(EventsArrived(self._key, events))
            if any(isinstance(event, Event) and event.state for event in events):
                self._news.set()
            if len(events) < len(batch):
                return
