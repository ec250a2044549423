"""Reading one run: what it is, its steps, and its events as they come."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from textual.message import Message

from runs_tui.adapters.base import Source, Tails
from runs_tui.model.errors import NotFound, SourceError
from runs_tui.model.feed import Feed
from runs_tui.model.plan import Plan
from runs_tui.model.purpose import asking
from runs_tui.model.run import Run, RunKey, Step
from runs_tui.model.state import State
from runs_tui.screens.event_reading import EventReader, Post


@dataclass
class RunRead(Message):
    """A run and its steps were read."""

    run: Run
    plan: Plan


@dataclass
class RunFailed(Message):
    """A run could not be read; what was read of it stays."""

    key: RunKey
    error: SourceError


@dataclass(frozen=True, slots=True)
class RunPace:
    """How a run is read, in seconds unless it is said what is counted."""

    settle: float = 0.15
    """How long the cursor rests on a run before it is read."""
    again: float = 5.0
    """Between two readings while it is active and its events tell of no new state."""
    soonest: float = 1.0
    """Between two readings while they do."""
    batch: float = 0.05
    """For how long events are gathered before they are shown."""
    landed: float = 60.0
    """How long after a run's end no more events of it come."""
    stretches: int = 5
    """How many stretches of events are read back at most to fill a gap."""


class RunReader:
    """Reads one run until it is over, and posts what it reads or why it cannot."""

    def __init__(self, source: Source, run_id: str, feed: Feed, pace: RunPace, post: Post) -> None:
        """Read a run of a source; its feed tells from where the events go on."""
        self._source = source
        self._id = run_id
        self.key = RunKey(source.name, run_id)
        """The run."""
        self._feed = feed
        self._pace = pace
        self._post = post
        self._news = asyncio.Event()
        self._run: Run | None = None
        self._looked = asyncio.Event()
        self._whole = True

    async def read(self) -> None:
        """Read until the run is over."""
        await asyncio.sleep(self._pace.settle)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._read_states())
            if isinstance(self._source, Tails) and not self._feed.complete:
                group.create_task(self._read_events(self._source))
        self._feed.complete = self._whole

    async def _read_events(self, source: Tails) -> None:
        reader = EventReader(source, self.key, self._feed, self._pace, self._post)
        told = await reader.read(self._is_settled, self._news.set)
        self._whole = self._whole and told

    async def _is_settled(self) -> bool:
        """Wait for the first look at the run, and tell whether its events are all there."""
        await self._looked.wait()
        return self._run is not None and not self._run.active and self._has_landed(self._run)

    def _has_landed(self, run: Run) -> bool:
        """Tell whether a run ended so long ago that nothing more of it comes."""
        landed = timedelta(seconds=self._pace.landed)
        return run.finished_at is not None and run.finished_at + landed <= self._source.clock.now()

    async def _read_states(self) -> None:
        failures = 0
        while True:
            self._news.clear()
            try:
                run, steps = await self._run_and_steps()
            except SourceError as error:
                self._post(RunFailed(self.key, error))
                failures += 1
                if isinstance(error, NotFound):
                    self._whole = False
                    return
            else:
                failures = 0
                self._run = run
                self._post(RunRead(run, Plan.of(steps)))
                if not self._goes_on(run, steps):
                    return
            finally:
                self._looked.set()
            await self._rest(self._pace.again * 2 ** min(failures, 5))

    def _goes_on(self, run: Run, steps: Sequence[Step]) -> bool:
        """Tell whether it will be another: some steps end after their run, as what tidies up."""
        works = any(step.state is State.RUNNING for step in steps)
        return run.active or (works and not self._has_landed(run))

    async def _rest(self, seconds: float) -> None:
        """Wait, but not for long after an event has told of another state."""
        await asyncio.sleep(min(self._pace.soonest, seconds))
        try:
            async with asyncio.timeout(max(seconds - self._pace.soonest, 0)):
                await self._news.wait()
        except TimeoutError:
            return

    async def _run_and_steps(self) -> tuple[Run, Sequence[Step]]:
        with asking("show", self._id):
            run, steps = await asyncio.gather(
                self._source.run(self._id), self._source.steps(self._id), return_exceptions=True
            )
        for told in (run, steps):
            if isinstance(told, BaseException):
                raise told
        return run, steps  # type: ignore[return-value]
