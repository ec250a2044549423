"""Reading and changing the runs of an Airflow server; imported at the first request."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

from runs_tui.adapters.airflow.address import API, RunName, web_of
from runs_tui.adapters.airflow.chapters import look_at
from runs_tui.adapters.airflow.clearing import clear, would_clear
from runs_tui.adapters.airflow.client import Client
from runs_tui.adapters.airflow.log_library import Library
from runs_tui.adapters.airflow.note import cancelling
from runs_tui.adapters.airflow.pace import Pace
from runs_tui.adapters.airflow.pages import Listing
from runs_tui.adapters.airflow.rewind import Rewind
from runs_tui.adapters.airflow.runs import run_of
from runs_tui.adapters.airflow.starts import Starts
from runs_tui.adapters.airflow.states import CANCELLED_AS
from runs_tui.adapters.airflow.steps import step_of, steps_of
from runs_tui.adapters.airflow.tail import Tail
from runs_tui.adapters.airflow.tries import attempts_of
from runs_tui.adapters.airflow.wire import DAG_RUN, DagRun
from runs_tui.adapters.base import Connection, Page, Stretch
from runs_tui.adapters.filling import fill
from runs_tui.model.clock import Clock
from runs_tui.model.errors import Conflict
from runs_tui.model.inputs import JsonValue
from runs_tui.model.kin import Kin
from runs_tui.model.query import Query
from runs_tui.model.run import Event, RetryMode, Run, Step
from runs_tui.transport.http import Patience, decode
from runs_tui.transport.together import both


class Desk:
    """Answers in our words what an Airflow server says in its own."""

    def __init__(
        self,
        connection: Connection,
        patience: Patience,
        clock: Clock,
        pace: Pace,
        paused: set[str],
    ) -> None:
        """Remember how to connect; nothing is sent before the first request.

        The Dags that are found to be paused are told in `paused`.
        """
        self._client = Client(connection, patience, clock)
        self._source = connection.name
        self._web = web_of(connection.url)
        self._clock = clock
        self._listing = Listing(self._client, clock)
        self._library = Library(self._client, clock, pace)
        self._rewind = Rewind(self._library)
        self.starts = Starts(self._client, paused)
        """Starting runs with another conf."""

    async def page(self, query: Query, cursor: str | None) -> Page[Run]:
        """Give one page of the list; what the server cannot apply is applied here."""
        now = self._clock.now()
        asked = await self._listing.ask(query, now)
        holds = query.predicate(now)
        items: list[Run] = []
        while True:
            before = len(items)
            found = await self._listing.read(query, asked, cursor)
            looked = fill(items, query.limit, map(self._run, found.runs), holds)
            place = found.behind(found.runs[:looked])
            more = found.more or looked < len(found.runs)
            cursor = str(place) if more else None
            fits = before < len(items) < query.limit
            if cursor is None or not fits or not asked.whole:
                total = place.total if asked.whole else None
                return Page(items, cursor, total, asked.pushed, ordered=asked.ascending)

    async def run(self, run_id: str) -> Run:
        """Give one run."""
        return self._run(await self._client.run(RunName.of(run_id)))

    async def steps(self, run_id: str) -> list[Step]:
        """Give the steps of a run, in three requests unless there are very many."""
        name = RunName.of(run_id)
        look, tasks = await both(
            look_at(self._client, name, self._clock), self._client.tasks(name.dag)
        )
        return steps_of(look.tasks, tasks, over=look.over)

    async def kin(self, run_id: str) -> Kin:
        """Give the attempts that a run has made in place."""
        name = RunName.of(run_id)
        look = await look_at(self._client, name, self._clock)
        return Kin((), await attempts_of(self._client, name, look, self._run(look.run)))

    async def tail(self, run_id: str, after: str | None) -> AsyncGenerator[Event, None]:
        """Give the events of a run, after one of them."""
        name = RunName.of(run_id)
        place = None
        if after is not None:
            look = await self._library.look(name, anew=False)
            place = await self._library.place_of(name, look, after)
        async with aclosing(Tail(self._library, name, place).events()) as events:
            async for event in events:
                yield event

    async def last_events(self, run_id: str, before: str | None) -> Stretch:
        """Give the newest events of a run, or those right before one of them."""
        return await self._rewind.stretch(RunName.of(run_id), before)

    async def cancel(self, run_id: str) -> Run:
        """Let a run fail that goes on; the server would do it to one that has succeeded, too."""
        name = RunName.of(run_id)
        told = await self._client.run(name)
        run = self._run(told)
        if not run.active:
            raise Conflict(f"it is already {run.state}")
        body = {"state": CANCELLED_AS, "note": cancelling(told)}
        path = name.path.removeprefix(API)
        return self._run(decode(await self._client.write(path, body, "PATCH"), DAG_RUN))

    async def retry(self, run_id: str, mode: RetryMode, step: str | None) -> Run:
        """Clear what has ended of a run, so that it is run again."""
        name = RunName.of(run_id)
        state = self._run(await self._client.run(name))
        if state.active:
            raise Conflict(f"it is still {state.state}")
        return self._run(await clear(self._client, name, mode, step))

    async def preview(self, run_id: str, mode: RetryMode, step: str | None) -> list[Step]:
        """Give the steps that a retry would run again."""
        found = await would_clear(self._client, RunName.of(run_id), mode, step)
        return [step_of(each, over=True) for each in found]

    async def run_with(self, run_id: str, values: Mapping[str, JsonValue]) -> Run:
        """Start the Dag of a run with another conf, and give the new run."""
        return self._run(await self.starts.run_with(run_id, values))

    async def close(self) -> None:
        """Close every connection."""
        await self._client.close()

    def _run(self, told: DagRun) -> Run:
        return self.starts.origins.tied(run_of(told, self._source, self._web))
