"""Listens to the stream of a run."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from random import uniform
from typing import Literal

from runs_tui.adapters.noxus.client import Client
from runs_tui.adapters.noxus.pace import Pace
from runs_tui.model.errors import RateLimited, SourceError, Unauthorized
from runs_tui.transport.backoff import backoff
from runs_tui.transport.http import Streaming
from runs_tui.transport.stream import Frame, Frames

_NO_STREAM = frozenset({404, 405, 501})
_NEARLY = 0.9  # of the longest silence: a stream that was cut then was only quiet

How = Literal["ended", "quiet", "broken", "missing"]


@dataclass(frozen=True, slots=True)
class Opened:
    """The stream is open."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """Events came."""

    frames: Sequence[Frame]
    """The events."""


@dataclass(frozen=True, slots=True)
class Left:
    """The stream is not open."""

    how: How
    """It ended in order, after a long silence or by a fault; or there is none."""


@dataclass(frozen=True, slots=True)
class Failed:
    """It cannot go on."""

    error: Exception
    """Why."""


Message = Opened | Arrived | Left | Failed


class Listener:
    """Connects to the stream of a run, again and again, until there is none."""

    def __init__(
        self,
        client: Client,
        run_id: str,
        pace: Pace,
        inbox: "asyncio.Queue[Message]",
        etag: Callable[[], str | None],
    ) -> None:
        """Take where to tell it, and what gives the id to go on after."""
        self._client = client
        self._run_id = run_id
        self._pace = pace
        self._inbox = inbox
        self._etag = etag
        self._failures = 0
        self._asked = 0.0

    async def listen(self) -> None:
        """Go on until there is no stream; whatever goes wrong is told."""
        try:
            while self._failures < self._pace.failures:
                how = await self._connection()
                if how == "missing":
                    break
                await self._inbox.put(Left(how))
                await asyncio.sleep(self._pause())
            await self._inbox.put(Left("missing"))
        except Exception as error:
            await self._inbox.put(Failed(error))

    async def _connection(self) -> How:
        self._failures += 1
        try:
            async with self._client.stream(self._run_id, self._etag()) as streaming:
                if streaming.status in _NO_STREAM:
                    return "missing"
                await streaming.check()
                return await self._read(streaming)
        except Unauthorized:
            raise
        except RateLimited as error:
            self._asked = error.retry_after or 0.0
        except SourceError:
            pass
        return "broken"

    async def _read(self, streaming: Streaming) -> How:
        """Read a stream until it ends; one that was only quiet for too long is no failure."""
        loop = asyncio.get_running_loop()
        await self._inbox.put(Opened())
        frames = Frames(streaming.headers.get("content-type", ""))
        heard = loop.time()
        try:
            async with aclosing(streaming.chunks()) as chunks:
                async for chunk in chunks:
                    heard = loop.time()
                    await self._tell(frames.feed(chunk))
        except SourceError:
            if loop.time() - heard < _NEARLY * self._client.idle:
                raise
            self._failures = 0
            return "quiet"
        await self._tell(frames.close())
        return "ended"

    async def _tell(self, frames: Sequence[Frame]) -> None:
        if any(frame.text.lstrip().startswith("{") for frame in frames):
            self._failures = 0  # a page or a proxy's words would be no events
        if frames:
            await self._inbox.put(Arrived(frames))

    def _pause(self) -> float:
        pace = self._pace
        asked, self._asked = self._asked, 0.0
        again = max(self._failures - 1, 0)
        return backoff(pace.first_delay, pace.longest_delay, again, asked) * uniform(0.9, 1.0)
