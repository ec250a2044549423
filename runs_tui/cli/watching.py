"""`runs-tui watch`: follows runs until all have ended; the exit status tells how."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import click

from runs_tui.adapters.base import Source
from runs_tui.cli.meant import closing_all, open_all, sources_meant
from runs_tui.cli.options import Choice
from runs_tui.cli.output import Output, complain, say
from runs_tui.cli.pages import read_all
from runs_tui.cli.running import run as finish
from runs_tui.cli.status import Failure, Status, status_of
from runs_tui.cli.watch_ending import tell_ending
from runs_tui.cli.watch_ledger import Ledger, Until
from runs_tui.cli.watch_told import Form, Telling, telling
from runs_tui.cli.watched import Watched, watched
from runs_tui.cli.watcher import Lost, Pace, Seen, Watcher
from runs_tui.model.clock import SystemClock
from runs_tui.model.errors import SourceError
from runs_tui.model.query import ACTIVE_ONLY, Query
from runs_tui.model.run import Run, RunKey

PACE = Pace()
"""How often it is looked."""
MOST = 200
"""How many runs of a filter are watched at most."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How it is watched."""

    until: Until
    """When it ends."""
    wait_for_start: bool = False
    """Whether runs that are not there yet are waited for."""
    timeout: float | None = None
    """After how many seconds it ends in any case."""


def watch_runs(choice: Choice, texts: Sequence[str], wishes: Wishes, form: Form) -> int:
    """Watch runs, and give the exit status."""
    settings = sources_meant(choice)
    wanted = watched(texts, settings)
    asked = wanted.sources(settings)
    if not asked:
        raise click.UsageError("the filter lets no run of any source pass")
    sources = {source.name: source for source in open_all(asked)}
    return finish(_Watch(choice, sources, wanted, wishes, form).watch())


class _Watch:
    def __init__(
        self,
        choice: Choice,
        sources: Mapping[str, Source],
        wanted: Watched,
        wishes: Wishes,
        form: Form,
    ) -> None:
        self._choice = choice
        self._sources = sources
        self._wanted = wanted
        self._wishes = wishes
        self._clock = SystemClock()
        self._telling: Telling = telling(form, Output(), self._clock)
        self._ledger = Ledger(wishes.until)
        self._unseen: list[Status] = []
        self._pace = PACE
        self._unwritten: Failure | None = None

    async def watch(self) -> int:
        async with closing_all(self._sources.values()):
            timely = True
            try:
                async with asyncio.timeout(self._wishes.timeout):
                    await self._until_decided()
            except TimeoutError:
                timely = False
            await tell_ending(self._ledger, self._sources, self._choice)
            return self._status(timely)

    async def _until_decided(self) -> None:
        keys = await self._keys()
        if not keys:
            return
        self._ledger.expect(keys)
        with self._telling:
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(self._watcher(source, keys).watch())
                    for name, source in self._sources.items()
                    if any(key.source == name for key in keys)
                ]
                ticking = group.create_task(self._tick())
                await self._ledger.decided.wait()
                for task in (*tasks, ticking):
                    task.cancel()
        if self._unwritten is not None:
            raise self._unwritten

    def _watcher(self, source: Source, keys: Sequence[RunKey]) -> Watcher:
        return Watcher(
            source,
            [key for key in keys if key.source == source.name],
            self._take,
            pace=self._pace,
            patient=self._wishes.wait_for_start,
            steps=self._telling.steps,
        )

    def _take(self, told: Seen | Lost) -> None:
        news = self._ledger.take(told)
        try:
            self._telling.tell(told, self._ledger, news=news)
        except Failure as failure:
            self._unwritten = failure
            self._ledger.decided.set()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            self._telling.tick(self._ledger)

    # Which runs

    async def _keys(self) -> Sequence[RunKey]:
        keys = dict.fromkeys(self._wanted.keys)
        for query in self._wanted.queries:
            keys |= dict.fromkeys(run.key for run in await self._matching(query))
        return list(keys)

    async def _matching(self, query: Query) -> Sequence[Run]:
        """Give the runs of a filter that go on, or were begun while they were waited for."""
        since = self._clock.now()
        patient = self._wishes.wait_for_start
        pause = self._pace.soonest
        told = False
        while True:
            found, errors = await self._look(query, since)
            if found or not patient:
                break
            if not told:
                say(f"no run matches {str(query)!r} yet: waiting for one to start")
                told = True
            pause = min(pause * 1.5, self._pace.longest)
            await asyncio.sleep(pause)
        for name, error in errors.items():
            complain(f"{name}: {error.sentence}")
            self._unseen.append(status_of(error))
        if not found and not errors:
            complain(f"no run that matches {str(query)!r} goes on; --wait-for-start waits for one")
            self._unseen.append(Status.NOT_FOUND)
        return found

    async def _look(
        self, query: Query, since: datetime
    ) -> tuple[Sequence[Run], Mapping[str, SourceError]]:
        sources = list(self._sources.values())
        readings = await read_all(sources, query.with_term(ACTIVE_ONLY), MOST)
        if self._wishes.wait_for_start:
            readings += await read_all(sources, replace(query, limit=MOST), 1)
        found: dict[RunKey, Run] = {}
        for reading in readings:
            for run in list(reading.runs.values())[:MOST]:
                if run.active or (run.instant is not None and run.instant >= since):
                    found[run.key] = run
            if reading.unread and len(reading.runs) >= MOST:
                say(f"{reading.source}: more than {MOST} runs match; the newest are watched")
        return list(found.values()), {r.source: r.error for r in readings if r.error}

    # How it ends

    def _status(self, timely: bool) -> Status:
        status = self._ledger.status
        if not timely and not self._ledger.decided.is_set():
            complain(f"after {self._wishes.timeout:g} seconds it has not ended")
            return Status.TIMED_OUT
        if status is Status.REFUSED or not self._unseen:
            return status
        return self._unseen[0]
