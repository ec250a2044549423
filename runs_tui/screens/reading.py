"""Reading the lists of sources, again and again, with a pace of its own for each."""

import asyncio
import random
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime

from textual.message import Message

from runs_tui.adapters.base import Page, Source
from runs_tui.model.board import Reach
from runs_tui.model.errors import NotFound, RateLimited, SourceError
from runs_tui.model.purpose import asking
from runs_tui.model.query import Query
from runs_tui.model.run import Run, RunKey


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a list is read, in seconds."""

    busy: float = 5.0
    """Between two readings while something is going on."""
    quiet: float = 15.0
    """Between two readings while nothing is."""
    beside: float = 60.0
    """At least between two readings while the source pushes its changes."""
    away: float = 60.0
    """At least between two readings while nobody looks at the terminal."""
    longest: float = 60.0
    """The most that failing readings are spread to."""
    gather: float = 0.2
    """For how long pushed changes are gathered before they are shown."""
    behind: int = 3
    """How many runs that go on below the newest page are read after each reading."""


@dataclass
class Arrived(Message):
    """A page of runs came from a source."""

    source: str
    query: Query
    page: Page[Run]
    first: bool
    cursor: str | None = None
    """The cursor that it was asked for by; None for the newest page."""

    def reach(self, now: datetime) -> Reach:
        """Give how far this page reads its source."""
        return Reach(
            ordered=self.page.ordered,
            oldest=min((run.instant for run in self.page.items if run.instant), default=None),
            next=self.page.next,
            exhausted=self.page.next is None,
            total=self.page.total,
            pushed=self.page.pushed,
            read_at=now,
        )


@dataclass
class RunsChanged(Message):
    """Runs of a source are told as they are now, one by one and not as a page of its list."""

    runs: Sequence[Run]


@dataclass
class RunVanished(Message):
    """A run is no longer there."""

    key: RunKey


@dataclass
class SourceFailed(Message):
    """A source could not be read; it will be tried again."""

    source: str
    query: Query
    error: SourceError


Post = Callable[[Message], object]


@dataclass
class Attention:
    """What changes how often lists are read."""

    looking: bool = True
    """Whether somebody looks at the terminal."""
    pushing: set[str] = field(default_factory=set)
    """The sources that push their changes by themselves just now."""


class ListReader:
    """Reads the newest page of one source for one query, until it is cancelled.

    After each it reads also some of the runs that go on further down, for `going_on` gives those
    that are known.
    """

    def __init__(
        self,
        source: Source,
        query: Query,
        pace: Pace,
        post: Post,
        *,
        attention: Attention | None = None,
        going_on: Callable[[], Sequence[Run]] = tuple,
    ) -> None:
        """Read a source, and post what it tells."""
        self.source = source
        self.query = query
        self._pace = pace
        self._post = post
        self._attention = attention or Attention()
        self._going_on = going_on
        sorted_there = query.sort is not None and query.sort.field in source.sorts
        self._asked = query if sorted_there else replace(query, sort=None)
        self._looked_at: dict[str, int] = {}
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
                with asking("list", str(self._asked)):
                    page = await self.source.runs(self._asked)
            except SourceError as error:
                self._post(SourceFailed(self.source.name, self.query, error))
                failures += 1
                await self._wait(self._delay(failures, error))
            else:
                self._post(Arrived(self.source.name, self.query, page, first=True))
                failures = 0
                behind = await self._read_behind({run.id for run in page.items})
                busy = behind or any(run.active for run in page.items)
                await self._wait(self.rest(busy=busy))

    def rest(self, *, busy: bool) -> float:
        """Give the seconds between two readings."""
        least = self.source.connection.refresh or 0.0
        if self._attention.looking and self.source.until_next_list() < self.source.list_every:
            return max(self.source.until_next_list(), least)
        seconds = self._pace.busy if busy else self._pace.quiet
        if self._pushing:
            seconds = max(seconds, self._pace.beside)
        if not self._attention.looking:
            seconds = max(seconds, self._pace.away)
        return self._paced(seconds)

    async def read_more(self, cursor: str) -> None:
        """Read the page of a cursor."""
        try:
            with asking("list", str(self._asked)):
                page = await self.source.runs(self._asked, cursor)
        except SourceError as error:
            self._post(SourceFailed(self.source.name, self.query, error))
        else:
            self._post(Arrived(self.source.name, self.query, page, first=False, cursor=cursor))

    async def _read_behind(self, newest: Set[str]) -> bool:
        """Read those runs that go on below the newest page, in turn; tell if there are any."""
        if self._pushing:
            return False
        below = [run.id for run in self._going_on() if run.id not in newest]
        self._looked_at = {run_id: self._looked_at.get(run_id, 0) for run_id in below}
        for run_id in sorted(below, key=self._looked_at.__getitem__)[: self._pace.behind]:
            self._looked_at[run_id] += 1
            try:
                with asking("show", run_id):
                    self._post(RunsChanged([await self.source.run(run_id)]))
            except NotFound:
                self._post(RunVanished(RunKey(self.source.name, run_id)))
            except SourceError:
                break
        return bool(below)

    def _delay(self, failures: int, error: SourceError) -> float:
        grown: float = self._pace.busy * 2 ** min(failures - 1, 6)
        spread: float = random.uniform(0.9, 1.1)
        asked = error.retry_after if isinstance(error, RateLimited) else None
        return self._paced(max(min(grown, self._pace.longest) * spread, asked or 0.0))

    @property
    def _pushing(self) -> bool:
        return self.source.name in self._attention.pushing

    def _paced(self, seconds: float) -> float:
        return max(seconds, self.source.connection.refresh or self.source.until_next_list())

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._now.wait()
        except TimeoutError:
            return
