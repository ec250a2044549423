"""What every part of the suite stands on: a served world, its clock, and a source over it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest

from runs_tui.adapters import source_type
from runs_tui.adapters.base import Connection, Credential, Source
from runs_tui.demo.faults import Fault, Faults, Request
from runs_tui.demo.server import DemoServer, Settings
from runs_tui.demo.world import World, WorldRun, WorldStep
from runs_tui.model.query import Query
from runs_tui.model.run import Event, Gap, Run
from runs_tui.model.state import State
from runs_tui.model.text import clean
from runs_tui.transport.http import Patience

NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)
NAME = "here"
VARIABLE = "CONTRACT_TOKEN"
NOBODY = "00000000-0000-4000-8000-00000000dead"
QUICK = Patience(
    first_delay=0.01, longest_delay=0.1, connect=5, read=10, whole=15, idle=15, fresh=0
)
HASTY = Patience(
    first_delay=0.01, longest_delay=0.1, connect=5, read=0.3, whole=15, idle=15, fresh=0
)
DEADLINE = 20.0
LATE = 30.0
MOST_PAGES = 2000


async def until(reached: Callable[[], bool], seconds: float = DEADLINE) -> None:
    """Let the loop go on until a condition holds."""
    async with asyncio.timeout(seconds):
        while not reached():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


class Watch:
    """A clock that stands still until it is set going."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant
        self._since = 0.0
        self._speed = 0.0

    def now(self) -> datetime:
        passed = (time.monotonic() - self._since) * self._speed
        return self._instant + timedelta(seconds=passed)

    def skip(self, seconds: float) -> None:
        self._instant += timedelta(seconds=seconds)

    def go(self, speed: float) -> None:
        """Let so many seconds pass in one."""
        self._instant = self.now()
        self._since = time.monotonic()
        self._speed = speed


@dataclass
class Stage:
    """A source, the server behind it, and the clock of both."""

    source: Any
    """The source; `Any`, because each test first asks what it can do."""
    server: DemoServer
    clock: Watch
    api: str

    @property
    def world(self) -> World:
        return self.server.worlds[self.api]

    @property
    def faults(self) -> Faults:
        return self.server.faults[self.api]

    @property
    def url(self) -> str:
        return self.server.urls[self.api]

    def break_down(self, **fault: Any) -> None:
        """Arm a fault that lasts, unless it says how long."""
        self.faults.add(Fault(**{"times": None, **fault}))

    def asked(self, path: str, method: str = "") -> list[Request]:
        """Give the requests whose path, or whose query, holds a text."""
        requests = self.faults.requests
        return [r for r in requests if path in r.target and method in ("", r.method)]

    def one(self, choose: Callable[[WorldRun], bool]) -> WorldRun:
        """Give the first run of the world that is right."""
        return next(run for run in self.world.runs(self.clock.now()) if choose(run))

    def ending_soon(self) -> tuple[WorldRun, float]:
        """Give the active run that ends first, and the seconds until then."""
        now = self.clock.now()
        active = [run for run in self.world.runs(now) if run.state.active]
        for seconds in range(2, 3600, 2):
            for run in active:
                later = self.world.run(run.id, now + timedelta(seconds=seconds))
                if later is not None and later.state.terminal:
                    return run, float(seconds)
        raise AssertionError("no run ends")

    async def every(self, text: str = "", limit: int = 1000) -> list[Run]:
        """Follow `next` to the end."""
        query = Query.parse(text, limit=limit)
        runs: list[Run] = []
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            page = await self.source.runs(query, cursor)
            assert len(page.items) <= limit
            runs += page.items
            if page.next is None:
                return runs
            cursor = page.next
        raise AssertionError("the pages never end")

    async def told(self, run_id: str, after: str | None = None) -> list[Event | Gap]:
        """Read all events of a run that ends."""
        async with aclosing(self.source.tail(run_id, after)) as events:
            return [event async for event in events]


class Kit:
    """What a subclass says about its API."""

    api: ClassVar[str]
    """The name of the API."""
    options: ClassVar[Mapping[str, str]] = {}
    """The options of the source."""
    secret: ClassVar[str] = "c0ntract-s3cret"
    """The credential that the server wants."""
    extra: ClassVar[Mapping[str, Any]] = {}
    """Switches of the demo's dialect."""
    cancel_path: ClassVar[str] = "/cancel"
    """What the path of a cancelling request holds."""
    cancel_method: ClassVar[str | None] = None
    """Its method, where other requests hold the same."""
    cancel_says_nothing: ClassVar[bool] = False
    """Whether the answer to a cancelling request has no body, which could be torn."""
    retry_path: ClassVar[str] = "/retry"
    """What the path of a retrying request holds."""
    stream_path: ClassVar[str | None] = None
    """What the path of an event stream over HTTP holds."""
    unknown_word: ClassVar[str] = "frobnicating"
    """A status word that nobody knows, as this API shows it."""
    filters_all: ClassVar[bool] = True
    """Whether this server filters by every field that servers of its API can filter by."""
    tells_dependencies: ClassVar[bool] = True
    """Whether steps name their parents."""
    tells_errors: ClassVar[bool] = True
    """Whether runs say what went wrong."""

    def source(self, url: str, secret: str | None = None, clock: Watch | None = None) -> Source:
        """Build a source as the program does, but less patient."""
        connection = Connection(
            name=NAME,
            url=url,
            credential=Credential(secret, VARIABLE if secret else None),
            options=self.options,
        )
        source = source_type(self.api)(connection, clock)
        self.quicken(source)
        return source

    def quicken(self, source: Any) -> None:
        """Make a source try again without long pauses."""
        source.patience = QUICK

    def hurry(self, source: Any) -> None:
        """Make a source give up an answer that takes half a second."""
        source.patience = HASTY

    def hasten(self, stage: Stage, fault: Mapping[str, Any]) -> None:
        """Make the source of a stage hurry where a fault lets it wait."""
        if fault.get("delay") == LATE:
            self.hurry(stage.source)

    def run_state(self, seen: WorldRun) -> State:
        """Give the state that a run of the world has in the source."""
        return seen.state

    def step_key(self, step: WorldStep) -> str:
        """Give the key that a step has in the source."""
        return clean(step.key)

    def step_name(self, step: WorldStep) -> str:
        """Give the name that a step has in the source."""
        return clean(step.name)

    def parents(self, step: WorldStep, keys: Mapping[str, str]) -> tuple[str, ...]:
        """Give the parents that the source names; `keys` has the source's key of each step."""
        return tuple(keys.get(parent, clean(parent)) for parent in step.parents)

    def messages(self, stage: Stage, run_id: str) -> list[str] | None:
        """Give what the events of a finished run must say; None where the API tells less."""
        return None

    @asynccontextmanager
    async def staged(self, *, hostile: bool = False, **more: Any) -> AsyncIterator[Stage]:
        """Serve a world and build a source over it."""
        clock = Watch(NOON)
        settings = {self.api: Settings(self.secret, {**self.extra, **more})}
        server = DemoServer([self.api], runs=300, clock=clock, hostile=hostile, settings=settings)
        async with server:
            source = self.source(server.urls[self.api], self.secret, clock)
            try:
                yield Stage(source, server, clock, self.api)
            finally:
                await source.close()

    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with self.staged() as stage:
            yield stage

    @pytest.fixture
    async def strangers(self) -> AsyncIterator[Stage]:
        """A world whose texts mean no good."""
        async with self.staged(hostile=True) as stage:
            yield stage
