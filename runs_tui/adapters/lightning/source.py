"""A Lightning server as a source."""

from collections.abc import AsyncGenerator, Mapping
from typing import TYPE_CHECKING, ClassVar

from runs_tui.adapters.base import Connection, Stretch
from runs_tui.adapters.desk_source import DeskSource
from runs_tui.adapters.lightning.address import is_id, run_id_in
from runs_tui.adapters.lightning.pace import Pace
from runs_tui.model.clock import Clock
from runs_tui.model.errors import Refused
from runs_tui.model.kin import Kin
from runs_tui.model.query import Field
from runs_tui.model.run import Event, Gap
from runs_tui.transport.http import Patience

if TYPE_CHECKING:
    from runs_tui.adapters.lightning.desk import Desk


class Lightning(DeskSource["Desk"]):
    """A Lightning server: a token can read its runs and change nothing, so that is all it can."""

    api = "lightning"
    options: ClassVar[Mapping[str, str]] = {
        "project": "the id of a project, to see its runs alone; all that the token may see if not",
    }
    pushes = frozenset({Field.WORKFLOW, Field.ID})
    lacks = frozenset({Field.TRIGGER})
    list_every: ClassVar[float] = 12.0
    pace = Pace()
    """How much it asks, and how often."""
    patience = Patience()
    """How long it waits for an answer."""

    def __init__(self, connection: Connection, clock: Clock | None = None) -> None:
        """Remember how to connect; raise Refused for a project whose id cannot be one."""
        super().__init__(connection, clock)
        project = connection.options.get("project")
        if project is not None and not is_id(project):
            raise Refused(f"the option project is the id of a project, a UUID, not {project!r}")

    async def kin(self, run_id: str) -> Kin:
        """Give the other runs of a run's work order."""
        return await self._desk.kin(run_id)

    def tail(self, run_id: str, after: str | None = None) -> AsyncGenerator[Event | Gap, None]:
        """Give the log lines of a run, and when it started and ended, until its log is silent."""
        return self._desk.tail(run_id, after)

    async def last_events(self, run_id: str, before: str | None = None) -> Stretch:
        """Give the newest log lines and how the run ended, or the lines right before an event."""
        return await self._desk.last_events(run_id, before)

    def until_next_list(self) -> float:
        """Give the least seconds until its list should be read again: few while names are owed."""
        desk = self._opening.made
        return self.pace.names if desk is not None and desk.owes_names else self.list_every

    def run_id_of(self, address: str) -> str | None:
        """Give the id of the run that a page of this server shows."""
        return run_id_in(address, self.connection.url)

    def _open(self) -> "Desk":
        from runs_tui.adapters.lightning.desk import Desk

        pace = self.pace.thorough if self.thorough else self.pace
        return Desk(self.connection, self.clock, self.patience, pace)
