"""Reading and changing the runs of a Dagster server; imported at the first request."""

from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import replace

from runs_tui.adapters.base import Connection, Page, Stretch
from runs_tui.adapters.dagster import answers, pages, queries
from runs_tui.adapters.dagster.access import auth_of
from runs_tui.adapters.dagster.acts import Acts
from runs_tui.adapters.dagster.address import web_of
from runs_tui.adapters.dagster.catalogue import Catalogue
from runs_tui.adapters.dagster.client import Client
from runs_tui.adapters.dagster.ends import Ends, number_of
from runs_tui.adapters.dagster.failures import Failures
from runs_tui.adapters.dagster.filters import asked_for
from runs_tui.adapters.dagster.kindred import kin_of
from runs_tui.adapters.dagster.log import Log
from runs_tui.adapters.dagster.pace import Pace
from runs_tui.adapters.dagster.runs import run_of
from runs_tui.adapters.dagster.states import state_of
from runs_tui.adapters.dagster.steps import steps_of
from runs_tui.adapters.dagster.tail import Tail
from runs_tui.adapters.dagster.wire import WholeRun, WireRun
from runs_tui.adapters.filling import fill
from runs_tui.model.clock import Clock
from runs_tui.model.errors import SourceError
from runs_tui.model.kin import Kin
from runs_tui.model.query import Query
from runs_tui.model.run import Event, RetryMode, Run, Step
from runs_tui.model.state import State
from runs_tui.transport.http import Patience

_FAILED = "FAILURE"
_QUEUE = "QUEUED_RUN_COORDINATOR"
_NO_DAEMON = "nothing takes it from the queue: dagster-daemon is not running"


class Desk:
    """Answers in our words what a Dagster server says in its own."""

    def __init__(
        self, connection: Connection, patience: Patience, clock: Clock, pace: Pace
    ) -> None:
        """Remember how to connect; nothing is sent before the first request."""
        self._client = Client(connection, auth_of(connection), patience, clock)
        self._source = connection.name
        self._web = web_of(connection.url)
        self._clock = clock
        self._pace = pace
        self._catalogue = Catalogue(self._client)
        self._failures = Failures()
        self._log = Log(self._client)
        self._ends = Ends(self._log, self._failures, clock, pace)
        self.acts = Acts(self._client)
        """Ending runs and starting them again."""

    async def page(self, query: Query, cursor: str | None) -> Page[Run]:
        """Give one page of the list; what the server cannot apply is applied here."""
        now = self._clock.now()
        jobs = await self._catalogue.jobs(query)
        asked = asked_for(query, now, jobs, await self._catalogue.statuses(query))
        if asked.filter is None:
            return Page((), None, 0, asked.pushed)
        found = await pages.read(self._client, asked, cursor, query.limit)
        holds = query.predicate(now)
        items: list[Run] = []
        looked = fill(items, query.limit, map(self._run, found.rows), holds)
        more = found.more or looked < len(found.rows)
        total = found.total if asked.whole else None
        following = pages.place_after(found.rows[looked - 1], total) if looked and more else None
        return Page(items, following, total, asked.pushed)

    async def run(self, run_id: str) -> Run:
        """Give one run, with what its log says of its failure, or why it is not begun."""
        told = await self._client.run(run_id)
        if state_of(told.status) is State.FAILED:
            return self._run(told, (await self._ends.failures_of(told.id, _failed(told))).error)
        run = self._run(told)
        if told.status == "QUEUED" and not await self._queue_is_healthy():
            return replace(run, reason=_NO_DAEMON)
        return run

    async def steps(self, run_id: str) -> list[Step]:
        """Give the steps of a run, with what its log says of those that failed."""
        told = await self._client.run(run_id)
        failed = _failed(told)
        if not failed:
            return steps_of(told, {})
        return steps_of(told, (await self._ends.failures_of(told.id, failed)).errors)

    async def kin(self, run_id: str) -> Kin:
        """Give the other runs that go back to the same one."""
        return await kin_of(self._client, run_id, self._run)

    async def cancel(self, run_id: str) -> Run:
        """Ask for a run to end, and read it again: the answer tells how it was before."""
        await self.acts.cancel(run_id)
        return await self.run(run_id)

    async def retry(self, run_id: str, mode: RetryMode, step: str | None) -> Run:
        """Start a run again and give the new run."""
        return self._run(await self.acts.retry(run_id, mode, step))

    async def tail(self, run_id: str, after: str | None) -> AsyncGenerator[Event, None]:
        """Give the events of a run, after one of them."""
        number = number_of(after)
        tail = Tail(
            self._client, self._log, self._failures, run_id, number, self._clock, self._pace
        )
        async with aclosing(tail.events()) as events:
            async for event in events:
                yield event

    async def last_events(self, run_id: str, before: str | None) -> Stretch:
        """Give the newest events of a run, or those right before one of them."""
        return await self._ends.stretch(run_id, before)

    async def close(self) -> None:
        """Close every connection."""
        await self._client.close()

    async def _queue_is_healthy(self) -> bool:
        """Tell whether something takes runs from the queue; yes where the server does not tell."""
        with suppress(SourceError):
            told = await self._client.ask("Health", queries.HEALTH, {}, answers.HEALTH)
            daemons = told.instance.health.daemons
            queue = [each for each in daemons if each.type == _QUEUE and each.required]
            return all(each.healthy is not False for each in queue)
        return True

    def _run(self, told: WireRun, error: str | None = None) -> Run:
        return run_of(told, self._source, self._web, error)


def _failed(told: WholeRun) -> frozenset[str]:
    return frozenset(each.key for each in told.stats if each.status == _FAILED)
