"""Reading and changing the runs of a Dagu server; imported at the first request."""

from collections.abc import AsyncGenerator, Sequence

from runs_tui.adapters.base import Connection, Page, Stretch
from runs_tui.adapters.dagu.changes import Changes
from runs_tui.adapters.dagu.client import Client
from runs_tui.adapters.dagu.kindred import Kindred
from runs_tui.adapters.dagu.logs import Logs
from runs_tui.adapters.dagu.names import Names
from runs_tui.adapters.dagu.pace import Pace
from runs_tui.adapters.dagu.pages import Listing
from runs_tui.adapters.dagu.place import web_of
from runs_tui.adapters.dagu.reader import Reader
from runs_tui.adapters.dagu.rewind import Rewind
from runs_tui.adapters.dagu.runs import Translator
from runs_tui.adapters.dagu.states import state_of
from runs_tui.adapters.dagu.steps import is_wide, steps_of
from runs_tui.adapters.dagu.tail import Memory, Tail
from runs_tui.adapters.dagu.windows import Windows
from runs_tui.model.clock import Clock
from runs_tui.model.kin import Kin
from runs_tui.model.query import Query
from runs_tui.model.run import Event, Gap, RetryMode, Run, Step
from runs_tui.model.state import State
from runs_tui.transport.http import Patience

_MOST_FOLLOWED = 32


class Desk:
    """Answers in our words what a Dagu server says in its own."""

    def __init__(
        self, connection: Connection, clock: Clock, patience: Patience, pace: Pace
    ) -> None:
        """Remember how to connect; nothing is sent before the first request."""
        self._pace = pace
        self._client = Client(connection, patience, clock)
        names = Names()
        windows = Windows(self._client, names)
        self._reader = Reader(self._client, windows, names, clock, pace)
        self._translator = Translator(connection.name, web_of(connection.url))
        self._listing = Listing(windows, names, self._translator, clock)
        self._kindred = Kindred(self._client, self._reader, self._translator)
        self._changes = Changes(self._client, self._reader, names, self._translator, pace)
        self._logs = Logs(self._client)
        self._memory: Memory = Memory(_MOST_FOLLOWED)

    async def page(self, query: Query, cursor: str | None) -> Page[Run]:
        """Give one page of the list."""
        return await self._listing.page(query, cursor)

    async def run(self, run_id: str) -> Run:
        """Give one run."""
        return self._translator.run(await self._reader.run(run_id))

    async def steps(self, run_id: str) -> Sequence[Step]:
        """Give the steps of a run; how several runs of one step stand is asked where it differs."""
        told = await self._reader.recent(run_id)
        wide = any(
            is_wide(node) and state_of(node.label) is not State.SUCCEEDED for node in told.nodes
        )
        return steps_of(told, await self._kindred.started(told) if wide else None)

    async def kin(self, run_id: str) -> Kin:
        """Give the runs that a run belongs to."""
        return await self._kindred.of(run_id)

    async def cancel(self, run_id: str) -> Run:
        """Ask for a run to stop."""
        return await self._changes.cancel(run_id)

    async def retry(self, run_id: str, mode: RetryMode, step: str | None) -> Run:
        """Run a run again, or a part of it."""
        return await self._changes.retry(run_id, mode, step)

    def tail(self, run_id: str, after: str | None) -> AsyncGenerator[Event | Gap, None]:
        """Give the events of a run."""
        tail = Tail(self._logs, self._reader, self._translator, self._memory, run_id, self._pace)
        return tail.events(after)

    async def last_events(self, run_id: str, before: str | None) -> Stretch:
        """Give the newest events of a run, or those right before one."""
        back = Rewind(self._logs, self._reader, self._translator, self._memory, run_id, self._pace)
        return await back.stretch(before)

    async def close(self) -> None:
        """Close every connection."""
        await self._client.close()
