"""Reading the lists of sources, again and again, with a pace of its own for each."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from textual.message import Message

from runs_tui.adapters.base import Page, Source
from runs_tui.model.board import Reach
from runs_tui.model.errors import RateLimited, SourceError
from runs_tui.model.query import Query
from runs_tui.model.run import Run


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a list is read, in seconds."""

    busy: float = 5.0
    """Between two readings while something is going on."""
    quiet: float = 15.0
    """Between two readings while nothing is."""
    longest: float = 60.0
    """The most that failing readings are spread to."""


@dataclass
class Arrived(Message):
    """A page of runs came from a source."""

    source: str
    query: Query
    page: Page[Run]
    first: bool

    def reach(self, now: datetime) -> Reach:
        """Give how far this page reads its source."""
        return Reach(
            oldest=min((run.instant for run in self.page.items if run.instant), default=None),
            next=self.page.next,
            exhausted=self.page.next is None,
            total=self.page.total,
            pushed=self.page.pushed,
            read_at=now,
        )


@dataclass
class SourceFailed(Message):
    """A source could not be read; it will be tried again."""

    source: str
    query: Query
    error: SourceError


Post = Callable[[Message], object]


class ListReader:
    """Reads the newest page of one source for one query, until it is cancelled."""

    def __init__(self, source: Source, query: Query, pace: Pace, post: Post) -> None:
        """Read a source, and post `Arrived` and `SourceFailed`."""
        self.source = source
        self.query = query
        self._pace = pace
        self._post = post
        self._now = asyncio.Event()

    def hurry(self) -> None:
        """Read again at once."""
        self._now.set()

    async def read(self) -> None:
        """Read again and again."""
        failures = 0
        while True:
            self._now.clear()
            try:
                page = await self.source.runs(self.query)
            except SourceError as error:
                self._post(SourceFailed(self.source.name, self.query, error))
                failures += 1
                await self._wait(self._delay(failures, error))
            else:
                self._post(Arrived(self.source.name, self.query, page, first=True))
                failures = 0
                busy = any(run.active for run in page.items)
                await self._wait(self.rest(busy=busy))

    def rest(self, *, busy: bool) -> float:
        """Give the seconds between two readings."""
        return self._paced(self._pace.busy if busy else self._pace.quiet)

    async def read_more(self, cursor: str) -> None:
        """Read the page of a cursor."""
        try:
            page = await self.source.runs(self.query, cursor)
        except SourceError as error:
            self._post(SourceFailed(self.source.name, self.query, error))
        else:
            self._post(Arrived(self.source.name, self.query, page, first=False))

    def _delay(self, failures: int, error: SourceError) -> float:
        least: float = self._pace.busy * 2 ** min(failures - 1, 6)
        if isinstance(error, RateLimited) and error.retry_after:
            least = max(least, error.retry_after)
        spread: float = random.uniform(0.9, 1.1)
        return self._paced(min(least, self._pace.longest) * spread)

    def _paced(self, seconds: float) -> float:
        return max(seconds, self.source.connection.refresh or self.source.list_every)

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._now.wait()
        except TimeoutError:
            return
