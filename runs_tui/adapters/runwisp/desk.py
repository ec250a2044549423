"""Reading and changing the runs of a RunWisp daemon; imported at the first request."""

from collections.abc import AsyncGenerator, Mapping, Sequence

from runs_tui.adapters.base import Connection, Page, Stretch
from runs_tui.adapters.runwisp.chain import Chains
from runs_tui.adapters.runwisp.client import Client
from runs_tui.adapters.runwisp.follow import Follower
from runs_tui.adapters.runwisp.kindred import Kindred
from runs_tui.adapters.runwisp.pace import Pace
from runs_tui.adapters.runwisp.pages import Listing
from runs_tui.adapters.runwisp.reader import Reader
from runs_tui.adapters.runwisp.repeats import Repeats
from runs_tui.adapters.runwisp.runs import Translator
from runs_tui.adapters.runwisp.sentences import QUEUED
from runs_tui.adapters.runwisp.starts import Starts
from runs_tui.adapters.runwisp.tail import Tail
from runs_tui.adapters.runwisp.tasks import Tasks
from runs_tui.adapters.runwisp.wire import WireRun
from runs_tui.adapters.runwisp.wishes import Wishes
from runs_tui.model.clock import Clock
from runs_tui.model.errors import Conflict, NotFound, Refused
from runs_tui.model.inputs import JsonValue
from runs_tui.model.kin import Kin
from runs_tui.model.query import Query
from runs_tui.model.run import Event, Gap, Run, Step
from runs_tui.model.state import State
from runs_tui.model.words import did_you_mean
from runs_tui.transport.http import Patience
from runs_tui.transport.together import both


class Desk:
    """Answers in our words what a RunWisp daemon says in its own."""

    def __init__(
        self, connection: Connection, clock: Clock, patience: Patience, pace: Pace
    ) -> None:
        """Remember how to connect; nothing is sent before the first request."""
        self._clock = clock
        self._pace = pace
        self._only = connection.options.get("task")
        self._client = Client(connection, patience, clock)
        self._reader = Reader(self._client, pace)
        self.tasks = Tasks(self._client, clock, pace)
        """What tasks there are, as far as it is known."""
        self._translator = Translator(connection.name, self.tasks)
        wishes = Wishes(self._client, self._reader, self.tasks, clock, self._only)
        self._listing = Listing(
            connection.name, self._client, self._reader, self._translator, wishes, clock
        )
        self._chains = Chains(self._client, self._reader, self._translator)
        self._kindred = Kindred(self._client, self._reader, self._translator, self._chains)
        self._repeats = Repeats(self._client, self._reader, self._translator, self.tasks)
        self.starts = Starts(self._client, self._reader, self._translator, self.tasks)
        """Starting tasks with other parameters."""

    async def page(self, query: Query, cursor: str | None) -> Page[Run]:
        """Give one page of the list; what the tasks are is asked beside the first one."""
        await self._client.generation()
        if cursor is not None or not self._client.described or not self.tasks.stale:
            page = await self._listing.page(query, cursor)
        else:
            _, page = await both(self.tasks.learn(), self._listing.page(query, None))
        if self._only is not None and cursor is None and not page.items:
            await self._check_task(self._only)
        return page

    async def run(self, run_id: str) -> Run:
        """Give one run."""
        return await self._translated(await self._reader.run(run_id))

    async def steps(self, run_id: str) -> Sequence[Step]:
        """Give the attempts, or the instances, of which a run is one."""
        return await self._chains.steps(run_id)

    async def kin(self, run_id: str) -> Kin:
        """Give the other attempts, and the runs that were started to repeat one of them."""
        return await self._kindred.of(run_id)

    async def cancel(self, run_id: str) -> Run:
        """Ask for a run to be stopped; its end comes later."""
        path = await self._reader.path(run_id, "/stop")
        try:
            await self._client.send(path)
        except Refused as refused:
            if refused.status != 400:
                raise
            run = await self.run(run_id)
            if not run.active:
                raise Conflict(f"it is already {run.state}") from None
            if run.state is State.QUEUED:
                raise Conflict(QUEUED) from None
            raise
        return await self.run(run_id)

    async def retry(self, run_id: str) -> Run:
        """Start a run with the parameters of an earlier one."""
        return await self._translated(await self._repeats.repeat(run_id))

    async def run_with(self, run_id: str, values: Mapping[str, JsonValue]) -> Run:
        """Start the task of a run with other parameters."""
        return await self._translated(await self.starts.run_with(run_id, values))

    def tail(self, run_id: str, after: str | None) -> AsyncGenerator[Event | Gap, None]:
        """Give the log of a run."""
        return self._tail(run_id).events(after)

    async def last_events(self, run_id: str, before: str | None) -> Stretch:
        """Give the newest lines of a run's log, or those right before one."""
        return await self._tail(run_id).stretch(before)

    def follow(self) -> AsyncGenerator[Run | Gap, None]:
        """Give each run that changes."""
        follower = Follower(
            self._client,
            self._reader,
            self._translator,
            self.tasks,
            self._clock,
            self._pace,
            self._only,
        )
        return follower.changes()

    async def close(self) -> None:
        """Close every connection."""
        await self._client.close()

    def _tail(self, run_id: str) -> Tail:
        return Tail(self._client, self._reader, self._translator, run_id, self._clock, self._pace)

    async def _check_task(self, name: str) -> None:
        """Raise NotFound where a daemon has tasks, but none of this name."""
        await self.tasks.learn()
        names = self.tasks.names
        if names and name not in names:
            raise NotFound(f"there is no task {name!r}", did_you_mean(name, names))

    async def _translated(self, told: WireRun) -> Run:
        return self._translator.run(told, camel=(await self._client.generation()).camel)
