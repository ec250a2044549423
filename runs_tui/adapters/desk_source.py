"""A source whose answers come from its desk, which is made at the first request."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from runs_tui.adapters.base import Connection, Page, Source
from runs_tui.adapters.opening import Closes, Opening
from runs_tui.model.clock import Clock
from runs_tui.model.query import Query
from runs_tui.model.run import Run, Step


class Desk(Closes, Protocol):
    """What answers in our words what a server says in its own."""

    async def page(self, query: Query, cursor: str | None) -> Page[Run]:
        """Give one page of the list."""
        ...

    async def run(self, run_id: str) -> Run:
        """Give one run."""
        ...

    async def steps(self, run_id: str) -> Sequence[Step]:
        """Give the steps of a run."""
        ...


D = TypeVar("D", bound=Desk)


class DeskSource(Source, Generic[D]):
    """Imports and makes its desk when it is asked for something first."""

    def __init__(self, connection: Connection, clock: Clock | None = None) -> None:
        """Remember how to connect; nothing is sent before the first request."""
        super().__init__(connection, clock)
        self._opening: Opening[D] = Opening(self._open)

    async def runs(self, query: Query, cursor: str | None = None) -> Page[Run]:
        """Give one page of the runs that satisfy the query; none where it names other sources."""
        if not query.admits_source(self.name):
            return Page(())
        return await self._desk.page(query, cursor)

    async def run(self, run_id: str) -> Run:
        """Give one run; raise NotFound where there is none."""
        return await self._desk.run(run_id)

    async def steps(self, run_id: str) -> Sequence[Step]:
        """Give the steps of a run, parents named by key."""
        return await self._desk.steps(run_id)

    async def close(self) -> None:
        """Close every connection."""
        await self._opening.close()

    @abstractmethod
    def _open(self) -> D:
        """Import and make the desk; nothing is sent yet."""

    @property
    def _desk(self) -> D:
        """The desk; raise Unreachable once the source was closed."""
        return self._opening.give()
