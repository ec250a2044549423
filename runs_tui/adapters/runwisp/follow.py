"""The changes of all runs, as the daemon announces them."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager

from pydantic import ValidationError

from runs_tui.adapters.runwisp.client import Client
from runs_tui.adapters.runwisp.pace import Pace
from runs_tui.adapters.runwisp.reader import Reader
from runs_tui.adapters.runwisp.runs import Translator
from runs_tui.adapters.runwisp.tail import HEADERS
from runs_tui.adapters.runwisp.tasks import Tasks
from runs_tui.adapters.runwisp.wire import CHANGED, RUN_LIST, WireRun
from runs_tui.model.clock import Clock
from runs_tui.model.errors import NotFound, RateLimited, Refused, Unreachable, Unsupported
from runs_tui.model.latest import Latest
from runs_tui.model.run import Gap, Run
from runs_tui.transport.http import Streaming, decode
from runs_tui.transport.stream import Frame, Frames

_PAGE = 100
_MOST_PHASES = 5000
_STEADY = 10.0  # seconds after which a connection counts as a good one
_EVENT_STREAM = "text/event-stream"
_ORDER = {"pending": 0, "running": 1, "ended": 2}


class Follower:
    """Tells of each run that changes, and after a break of those that may have."""

    def __init__(
        self,
        client: Client,
        reader: Reader,
        translator: Translator,
        tasks: Tasks,
        clock: Clock,
        pace: Pace,
        only: str | None,
    ) -> None:
        """Take what is followed; `only` is the one task that is of interest."""
        self._client = client
        self._reader = reader
        self._translator = translator
        self._tasks = tasks
        self._clock = clock
        self._pace = pace
        self._only = only
        self._phases: Latest[str, int] = Latest(_MOST_PHASES)
        self._last_id: str | None = None

    async def changes(self) -> AsyncGenerator[Run | Gap, None]:
        """Give each run that changes; a connection that is lost is opened again."""
        loop = asyncio.get_running_loop()
        known = None
        in_vain = 0
        while True:
            begun = loop.time()
            try:
                async with self._opened() as streaming:
                    if known is not None:
                        yield Gap(since=known, until=self._clock.now())
                        for run in await self._first_page():
                            yield run
                    known = self._clock.now()
                    frames = Frames(streaming.headers.get("content-type", ""))
                    async with aclosing(streaming.chunks()) as chunks:
                        async for chunk in chunks:
                            for run in await self._news(frames.feed(chunk)):
                                yield run
                            known = self._clock.now()
            except (Unreachable, RateLimited):
                if known is None:
                    raise
            in_vain = 0 if loop.time() - begun > _STEADY else in_vain + 1
            await asyncio.sleep(self._pace.pause(in_vain))

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[Streaming]:
        """Open the stream where this daemon has it."""
        headers = {**HEADERS, **({"Last-Event-ID": self._last_id} if self._last_id else {})}
        async with AsyncExitStack() as stack:
            for path in (await self._client.generation()).events:
                try:
                    opening = self._client.stream(path, {}, headers)
                    streaming = await stack.enter_async_context(opening)
                except (NotFound, Refused):
                    continue
                if _EVENT_STREAM in streaming.headers.get("content-type", ""):
                    yield streaming
                    return
        raise Unsupported("this daemon announces no changes")

    async def _first_page(self) -> list[Run]:
        generation = await self._client.generation()
        path, named = generation.list_of(self._only)
        found = decode(await self._client.get(path, {"limit": _PAGE, **named}), RUN_LIST)
        return list(self._translated(found.rows, camel=generation.camel))

    async def _news(self, frames: Iterable[Frame]) -> list[Run]:
        """Give the runs that events tell of; what happened is told by the runs themselves."""
        told: list[WireRun] = []
        for frame in frames:
            self._last_id = frame.id or self._last_id
            if frame.event == "tasks.changed":
                self._tasks.forget()
            elif frame.event.startswith("run."):
                told += _run_in(frame)
        return list(self._translated(told, camel=(await self._client.generation()).camel))

    def _translated(self, rows: Iterable[WireRun], *, camel: bool) -> Iterator[Run]:
        """Translate the runs of interest, but none that was seen further on: events come again."""
        for row in rows:
            phase = _ORDER.get(row.status, 1)
            if phase < self._phases.get(row.id, 0):
                continue
            self._phases[row.id] = phase
            self._reader.know([row])
            if self._only in (None, row.task):
                yield self._translator.run(row, camel=camel)


def _run_in(frame: Frame) -> list[WireRun]:
    try:
        return [CHANGED.validate_json(frame.text).run]
    except ValidationError:
        return []
