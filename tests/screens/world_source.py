"""A source over a demo world without a network, for looking at screens."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from runs_tui.adapters.base import Connection, Page, Source
from runs_tui.demo.values import Line, WorldRun, WorldStep
from runs_tui.demo.world import Finished, World
from runs_tui.model.clock import Clock
from runs_tui.model.errors import Conflict, NotFound, SourceError, Unreachable
from runs_tui.model.inputs import Inputs, JsonValue, RunInput
from runs_tui.model.query import Query
from runs_tui.model.run import Event, Gap, RetryMode, Run, Step
from runs_tui.model.sgr import colored
from runs_tui.model.text import clean, one_line

EPOCH = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class WorldSource(Source):
    """Tells of a world; `trouble` makes every reading fail."""

    api = "world"
    modes = frozenset(RetryMode)

    def __init__(
        self,
        name: str,
        clock: Clock,
        *,
        runs: int = 300,
        seed: int = 7,
        hostile: bool = False,
        connection: Connection | None = None,
    ) -> None:
        super().__init__(connection or Connection(name=name, url="http://world.test"), clock)
        self.world = World(seed=seed, runs=runs, epoch=EPOCH, hostile=hostile)
        self.trouble: SourceError | None = None
        self.held = False
        """While it is set, nothing is answered."""
        self.hidden = False
        """While it is set, there are no runs."""
        self.breaks_after: int | None = None
        """After how many events a stream breaks."""
        self.details: Mapping[str, Any] | None = None
        """What is told of every run besides, instead of its parameters."""
        self.plan: Sequence[Step] | None = None
        """Steps that are told of every run in place of its own."""
        self.barren = 0
        """How many pages have nothing on them before the first that has."""
        self.moved = asyncio.Event()
        """Set to let the streams look at the world again."""
        self.writes: list[tuple[str, str]] = []
        self._cache: tuple[datetime | None, int, list[Run]] = (None, 0, [])

    async def _check(self) -> datetime:
        if self.held:
            await asyncio.Event().wait()
        if self.trouble is not None:
            raise self.trouble
        return self.clock.now()

    def _told(self, now: datetime) -> list[Run]:
        if self._cache[:2] != (now, len(self.writes)):
            runs = [self._told_of(run) for run in self.world.runs(now)]
            self._cache = (now, len(self.writes), runs)
        return self._cache[2]

    def _run(self, run_id: str) -> Run:
        told = self.world.run(run_id, self.clock.now())
        if told is None:
            raise NotFound(run_id)
        return self._told_of(told)

    def _told_of(self, told: WorldRun) -> Run:
        run = _run(self.name, told)
        return run if self.details is None else replace(run, details=self.details)

    async def runs(self, query: Query, cursor: str | None = None) -> Page[Run]:
        now = await self._check()
        told = [] if self.hidden else self._told(now)
        matching = [run for run in told if query.predicate(now)(run)]
        start = int(cursor or -self.barren)
        if start < 0:
            return Page((), str(start + 1), None, frozenset(query.terms))
        end = start + query.limit
        more = str(end) if end < len(matching) else None
        pushed = frozenset(query.terms)
        ordered = query.sort is not None
        return Page(matching[start:end], more, len(matching), pushed, ordered)

    async def run(self, run_id: str) -> Run:
        await self._check()
        return self._run(run_id)

    async def steps(self, run_id: str) -> Sequence[Step]:
        now = await self._check()
        if self.plan is not None:
            return self.plan
        return [_step(step) for step in self.world.steps(run_id, now)]

    async def cancel(self, run_id: str) -> Run:
        self.writes.append(("cancel", run_id))
        try:
            self.world.cancel(run_id, await self._check())
        except Finished:
            raise Conflict("it is over") from None
        return self._run(run_id)

    async def retry(self, run_id: str, mode: RetryMode, step: str | None = None) -> Run:
        self.writes.append((f"retry {mode} {step or ''}".strip(), run_id))
        again = self.world.retry(
            run_id, await self._check(), mode=mode.value, step=step, as_new=mode is RetryMode.FULL
        )
        return _run(self.name, again)

    async def tail(self, run_id: str, after: str | None = None) -> AsyncIterator[Event | Gap]:
        lines = self.world.lines(run_id, await self._check())
        told = next((line.number for line in lines if line.id == after), 0)
        while True:
            if self.breaks_after is not None and told >= self.breaks_after:
                raise Unreachable("the stream was cut off")
            for line in self.world.lines(run_id, await self._check())[told:]:
                yield event_of(line)
                told = line.number
                if told == self.breaks_after:
                    yield Gap(since=line.at)
                    raise Unreachable("the stream was cut off")
            if not self._run(run_id).active:
                return
            await self.moved.wait()
            self.moved.clear()

    async def close(self) -> None:
        pass


class InputsSource(WorldSource):
    """A world whose runs can be started again with other inputs."""

    fields: tuple[RunInput, ...] | None = None
    """What each run was started with, instead of what the world says."""
    unknown: SourceError | None = None
    """Why the inputs of its runs cannot be had."""
    refusal: SourceError | None = None
    """Why nothing is started."""

    def __init__(self, name: str, clock: Clock, **more: Any) -> None:
        super().__init__(name, clock, **more)
        self.started: list[Mapping[str, JsonValue]] = []

    async def inputs(self, run_id: str) -> Inputs:
        await self._check()
        if self.unknown is not None:
            raise self.unknown
        run = self.world.run(run_id, self.clock.now())
        told = run.parameters.items() if run else ()
        fields = tuple(RunInput(name=clean(name), value=value) for name, value in told)
        return Inputs(fields if self.fields is None else self.fields)

    async def run_with(self, run_id: str, values: Mapping[str, JsonValue]) -> Run:
        self.writes.append(("start", run_id))
        self.started.append(values)
        now = await self._check()
        if self.refusal is not None:
            raise self.refusal
        return _run(self.name, self.world.retry(run_id, now, as_new=True, parameters=values))

    def tie(self, run_id: str, origin: str) -> None:
        """The world tells it itself."""


def event_of(line: Line) -> Event:
    message, colors = colored(line.message)
    return Event(
        id=line.id,
        at=line.at,
        step=line.step,
        level=line.level,
        kind=line.kind,
        message=message,
        colors=colors,
        state=line.state,
    )


def _run(source: str, run: WorldRun) -> Run:
    return Run(
        source=source,
        id=run.id,
        workflow_id=run.workflow.id,
        workflow_name=clean(run.workflow.name),
        name=clean(run.name),
        version=str(run.workflow.version),
        state=run.state,
        status="cancelling" if run.cancelling else clean(run.word or run.state.value),
        created_at=run.created,
        started_at=run.started,
        finished_at=run.finished,
        updated_at=run.updated,
        trigger=run.trigger,
        attempt=run.attempt,
        retry_of=run.retry_of,
        error=one_line(run.error) if run.error else None,
        url=f"http://world.test/runs/{run.id}",
        details={"parameters": dict(run.parameters)},
    )


def _step(step: WorldStep) -> Step:
    return Step(
        key=step.key,
        name=clean(step.name),
        state=step.state,
        status=step.state.value,
        depends_on=step.parents,
        started_at=step.started,
        finished_at=step.finished,
        attempt=step.attempt,
        error=one_line(step.error) if step.error else None,
    )
