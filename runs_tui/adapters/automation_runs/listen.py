"""Listens to the stream of a run."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing, suppress
from random import uniform
from typing import Literal

from runs_tui.adapters.automation_runs.messages import (
    Arrived,
    Failed,
    Message,
    Opened,
    Paused,
    Silent,
)
from runs_tui.adapters.automation_runs.one import RunReader
from runs_tui.adapters.automation_runs.pace import Pace
from runs_tui.model.errors import RateLimited, SourceError, Unauthorized
from runs_tui.transport.backoff import backoff
from runs_tui.transport.http import Streaming
from runs_tui.transport.stream import Frame, Frames

ACCEPT = "text/event-stream, application/x-ndjson;q=0.9, application/json;q=0.8, */*;q=0.1"
_STEADY = 10.0  # seconds after which a connection counts as a good one


class Listener:
    """Listens to the stream of a run, and connects again whenever it ends."""

    def __init__(
        self,
        reader: RunReader,
        run_id: str,
        pace: Pace,
        inbox: "asyncio.Queue[Message]",
        resume: Callable[[], str | None],
    ) -> None:
        """Take where to tell it, and what gives the id after which to go on."""
        self.running = asyncio.Event()
        """Set as soon as the run is running."""
        self._hurry = asyncio.Event()
        self._stopped = False
        self._reader = reader
        self._run_id = run_id
        self._pace = pace
        self._inbox = inbox
        self._resume = resume
        self._accept = ACCEPT
        self._asked: float | None = None
        self._failures = 0

    def hurry(self) -> None:
        """Connect without a further pause."""
        self._hurry.set()

    def stop(self) -> None:
        """Connect no more."""
        self._stopped = True
        self._hurry.set()

    async def listen(self) -> None:
        """Go on until there is no stream."""
        emptied = False
        while self._reader.streams and not self._stopped:
            how = await self._connection()
            if how == "silent" or (how == "empty" and (emptied or self.running.is_set())):
                break
            await self._inbox.put(Paused(how))
            if how == "empty":
                emptied = True
                await self.running.wait()
            else:
                await self._pause(how)
        await self._inbox.put(Silent())

    async def _connection(self) -> Literal["ended", "broken", "empty", "silent"]:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            async with self._reader.stream(self._run_id, self._headers()) as streaming:
                if streaming.status == 200:
                    return "ended" if await self._read(streaming) else "empty"
                return await self._refused(streaming)
        except Unauthorized as error:
            await self._inbox.put(Failed(error))
            return "silent"
        except RateLimited as error:
            self._asked = error.retry_after or self._asked
            return "broken"
        except SourceError:
            return "broken"
        finally:
            if loop.time() - begun > _STEADY:
                self._failures = 0

    async def _read(self, streaming: Streaming) -> bool:
        """Read a stream to its end; tell whether it had anything to say."""
        await self._inbox.put(Opened())
        frames = Frames(streaming.headers.get("content-type", ""))
        spoke = False
        async with aclosing(streaming.chunks()) as chunks:
            async for chunk in chunks:
                found = frames.feed(chunk)
                self._asked = frames.retry or self._asked
                spoke = spoke or _says_something(found)
                if found:
                    await self._inbox.put(Arrived(found))
        rest = frames.close()
        if rest:
            await self._inbox.put(Arrived(rest))
        return spoke or _says_something(rest)

    async def _refused(self, streaming: Streaming) -> Literal["ended", "broken", "empty", "silent"]:
        status = streaming.status
        if status == 204:
            return "empty"
        if status in {405, 501}:
            self._reader.streams = False
        if status == 406 and self._accept == ACCEPT:
            self._accept = "*/*"
            self.hurry()
            return "broken"
        if status in {401, 403, 429} or (status >= 500 and status != 501):
            await streaming.check()
        return "silent"

    def _headers(self) -> dict[str, str]:
        headers = {"Accept": self._accept, "Cache-Control": "no-cache"}
        last = self._resume()
        if last and last.isascii() and last.isprintable():
            headers["Last-Event-ID"] = last
        return headers

    async def _pause(self, how: Literal["ended", "broken"]) -> None:
        pace = self._pace
        asked = min(max(self._asked or 0.0, pace.first_delay), pace.longest_asked)
        longest = pace.poll if how == "ended" else pace.longest_delay
        delay = backoff(asked, max(longest, asked), self._failures) * uniform(0.8, 1.2)
        self._failures = min(self._failures + 1, 10)
        with suppress(TimeoutError):
            async with asyncio.timeout(delay):
                await self._hurry.wait()
        self._hurry.clear()


def _says_something(frames: Sequence[Frame]) -> bool:
    return any(frame.text.strip() not in {"", "null"} for frame in frames)
