"""Watching runs of one source until each has ended or cannot be seen any more."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import aclosing, suppress
from dataclasses import dataclass

from runs_tui.adapters.base import Follows, Source
from runs_tui.model.errors import BadAnswer, NotFound, RateLimited, SourceError, Unreachable
from runs_tui.model.plan import Plan
from runs_tui.model.purpose import asking
from runs_tui.model.run import Run, RunKey

AT_ONCE = 4
"""How many runs of one source are read at the same time."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often runs are read, in seconds."""

    soonest: float = 1.0
    """Between two readings while a source pushes its changes or only a run is watched."""
    each: float = 1.0
    """What every further run adds."""
    longest: float = 30.0
    """Between two readings at most, also while a source cannot be reached."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a run."""

    run: Run
    """The run."""
    plan: Plan | None = None
    """Its steps, where somebody looks at them."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Why a run cannot be seen."""

    key: RunKey
    """The run."""
    error: SourceError
    """What stands in the way."""
    final: bool
    """Whether it is not tried again."""


Tell = Callable[[Seen | Lost], object]


class Watcher:
    """Reads runs of one source, again and again, until all have ended."""

    def __init__(
        self,
        source: Source,
        keys: Iterable[RunKey],
        tell: Tell,
        *,
        pace: Pace,
        patient: bool = False,
        steps: bool = False,
    ) -> None:
        """Tell what is seen; a patient one waits for runs and servers that are not there yet."""
        self._source = source
        self._going = list(keys)
        self._tell = tell
        self._pace = pace
        self._patient = patient
        self._steps = steps
        self._seen: set[RunKey] = set()
        self._failures = 0
        self._news = asyncio.Event()

    async def watch(self) -> None:
        """Watch until every run has ended or is lost for good."""
        async with asyncio.TaskGroup() as group:
            following = group.create_task(self._follow())
            while self._going:
                self._news.clear()
                await self._read_all()
                if self._going:
                    await self._rest()
            following.cancel()

    async def _read_all(self) -> None:
        room = asyncio.Semaphore(AT_ONCE)

        async def read(key: RunKey) -> bool:
            async with room:
                return await self._goes_on(key)

        keys = list(self._going)
        going = await asyncio.gather(*(read(key) for key in keys))
        self._going = [key for key, goes_on in zip(keys, going, strict=True) if goes_on]

    async def _goes_on(self, key: RunKey) -> bool:
        try:
            with asking("show", key.id):
                seen = await self._look(key)
        except SourceError as error:
            final = self._is_final(key, error)
            self._failures += 1
            self._tell(Lost(key, error, final))
            return not final
        self._failures = 0
        self._seen.add(key)
        self._tell(seen)
        return seen.run.active

    async def _look(self, key: RunKey) -> Seen:
        if not self._steps:
            return Seen(await self._source.run(key.id))
        run, steps = await asyncio.gather(
            self._source.run(key.id), self._source.steps(key.id), return_exceptions=True
        )
        if isinstance(run, BaseException):
            raise run
        if isinstance(steps, BaseException):
            if not isinstance(steps, SourceError):
                raise steps
            return Seen(run)
        return Seen(run, Plan.of(steps))

    def _is_final(self, key: RunKey, error: SourceError) -> bool:
        """Tell whether a failure will stay: of what was seen before, a lost connection never is."""
        match error:
            case NotFound():
                return key in self._seen or not self._patient
            case Unreachable() | BadAnswer() | RateLimited():
                return not self._seen and not self._patient
            case _:
                return True

    async def _rest(self) -> None:
        pace = self._pace
        seconds = pace.soonest + pace.each * (len(self._going) - 1)
        seconds = max(seconds * 2 ** min(self._failures, 6), self._source.list_every)
        with suppress(TimeoutError):
            async with asyncio.timeout(min(seconds, pace.longest)):
                await self._news.wait()
                await asyncio.sleep(pace.soonest / 10)

    async def _follow(self) -> None:
        """Look at once where a source pushes that a run has changed."""
        source = self._source
        if not isinstance(source, Follows):
            return
        with suppress(SourceError):
            async with aclosing(source.follow()) as changes:  # type: ignore[type-var]
                async for change in changes:
                    if not isinstance(change, Run) or change.key in self._going:
                        self._news.set()
