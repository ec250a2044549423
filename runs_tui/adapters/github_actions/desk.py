"""Reading and changing the workflow runs of GitHub; imported at the first request."""

from collections.abc import AsyncGenerator, Sequence

from runs_tui.adapters.base import Connection, Page, Stretch
from runs_tui.adapters.github_actions.acts import Acts
from runs_tui.adapters.github_actions.attempts import Attempts
from runs_tui.adapters.github_actions.client import Client
from runs_tui.adapters.github_actions.logs import Logs
from runs_tui.adapters.github_actions.narrowed import Narrowed
from runs_tui.adapters.github_actions.needs import Needs
from runs_tui.adapters.github_actions.pace import Pace
from runs_tui.adapters.github_actions.pages import RunPages
from runs_tui.adapters.github_actions.reader import Reader
from runs_tui.adapters.github_actions.runs import run_of
from runs_tui.adapters.github_actions.steps import steps_of
from runs_tui.adapters.github_actions.tail import Tail
from runs_tui.model.clock import Clock
from runs_tui.model.kin import Kin
from runs_tui.model.query import Query
from runs_tui.model.run import Event, RetryMode, Run, Step
from runs_tui.transport.http import Patience
from runs_tui.transport.together import both


class Desk:
    """Answers in our words what GitHub says in its own."""

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        patience: Patience,
        pace: Pace,
        narrowed: Narrowed,
    ) -> None:
        """Remember how to connect; nothing is sent before the first request."""
        self._source = connection.name
        self._clock = clock
        self._pace = pace
        client = self._client = Client(connection, patience, clock)
        reader = self._reader = Reader(client, narrowed.repositories, pace)
        self._pages = RunPages(connection.name, client, reader, clock, narrowed)
        self._needs = Needs(client)
        self._logs = Logs(client, clock, pace)
        self._attempts = Attempts(client, reader, connection.name)
        self.acts = Acts(client, reader, clock, pace)
        """What changes runs."""
        self.budget = client.budget
        """What may still be asked."""

    async def page(self, query: Query, cursor: str | None) -> Page[Run]:
        """Give one page of the list."""
        return await self._pages.page(query, cursor)

    async def run(self, run_id: str) -> Run:
        """Give one run."""
        return run_of(await self._reader.run(run_id), self._source)

    async def steps(self, run_id: str) -> Sequence[Step]:
        """Give the jobs of a run, each with its steps, as the workflow file orders them."""
        run = await self._reader.run(run_id)
        place = await self._reader.place(str(run.id))
        jobs, declared = await both(self._reader.jobs_now(run), self._needs.of(place, run))
        return steps_of(run, jobs, declared)

    async def kin(self, run_id: str) -> Kin:
        """Give the attempts of a run."""
        return await self._attempts.of(run_id)

    async def cancel(self, run_id: str) -> Run:
        """Ask for a run to stop; its end comes later."""
        return run_of(await self.acts.cancel(run_id), self._source)

    async def retry(self, run_id: str, mode: RetryMode, step: str | None) -> Run:
        """Run it again; it keeps its id."""
        return run_of(await self.acts.retry(run_id, mode, step), self._source)

    def tail(self, run_id: str, after: str | None) -> AsyncGenerator[Event, None]:
        """Give the events of a run."""
        return self._tail(run_id).events(after)

    async def last_events(self, run_id: str, before: str | None) -> Stretch:
        """Give the newest events of a run, or those right before one."""
        return await self._tail(run_id).stretch(before)

    async def close(self) -> None:
        """Close every connection."""
        await self._client.close()

    def _tail(self, run_id: str) -> Tail:
        return Tail(self._reader, self._logs, run_id, self._clock, self._pace)
