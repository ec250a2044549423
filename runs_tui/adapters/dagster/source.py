"""A Dagster server as a source."""

import re
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, ClassVar

from runs_tui.adapters.base import Action, Connection, Stretch
from runs_tui.adapters.dagster.address import run_id_in, web_of
from runs_tui.adapters.dagster.pace import Pace
from runs_tui.adapters.dagster.states import marked
from runs_tui.adapters.desk_source import DeskSource
from runs_tui.model.clock import Clock
from runs_tui.model.errors import Refused
from runs_tui.model.kin import Kin
from runs_tui.model.query import Field
from runs_tui.model.run import Event, Gap, RetryMode, Run
from runs_tui.transport.http import Patience

if TYPE_CHECKING:
    from runs_tui.adapters.dagster.desk import Desk

_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_MARKED = "Dagster cannot end a process of it now: it is only marked as canceled"
_FORBIDDEN = {"cancel": "hasTerminatePermission", "retry": "hasReExecutePermission"}


class Dagster(DeskSource["Desk"]):
    """A Dagster webserver: runs of its jobs, and the steps of their plans."""

    api = "dagster"
    options: ClassVar = {
        "header": "the header that shows the credential, where it is not Authorization",
    }
    pushes = frozenset({Field.STATE, Field.WORKFLOW, Field.ID, Field.CREATED})
    lacks = frozenset({Field.ERROR})
    modes = frozenset({RetryMode.FULL, RetryMode.FAILED, RetryMode.STEP})
    pace = Pace()
    """How often it looks for what is new."""
    list_every: ClassVar[float] = 5.0
    """Twelve readings a minute, for there is nothing that tells of changes in the list."""
    patience = Patience()
    """How long it waits for an answer."""

    def __init__(self, connection: Connection, clock: Clock | None = None) -> None:
        """Remember how to connect; raise Refused for a header that cannot be one."""
        super().__init__(connection, clock)
        header = connection.options.get("header")
        if header is not None and not _HEADER.fullmatch(header):
            raise Refused(f"the option header is the name of an HTTP header, not {header!r}")

    async def kin(self, run_id: str) -> Kin:
        """Give the runs that repeat the same run as this one, and that run."""
        return await self._desk.kin(run_id)

    async def cancel(self, run_id: str) -> Run:
        """Ask for a run to end; Conflict where it is over or cannot be reached."""
        return await self._desk.cancel(run_id)

    async def retry(self, run_id: str, mode: RetryMode, step: str | None = None) -> Run:
        """Start a new run of the same job: of all steps, of what failed, or from a step on."""
        return await self._desk.retry(run_id, mode, step)

    def tail(self, run_id: str, after: str | None = None) -> AsyncGenerator[Event | Gap, None]:
        """Give the events of a run's log, until it is over and its log is silent."""
        return self._desk.tail(run_id, after)

    async def last_events(self, run_id: str, before: str | None = None) -> Stretch:
        """Give the newest events of a run's log, or those right before an event."""
        return await self._desk.last_events(run_id, before)

    def objection(self, action: Action, run: Run) -> str | None:
        """Say why Dagster would not do this to this run."""
        found = super().objection(action, run)
        if found is None and run.details.get(_FORBIDDEN[action]) is False:
            return "the server does not permit it"
        return found

    def caution(self, action: Action, run: Run) -> str | None:
        """Say what a person should know before doing this to this run."""
        return _MARKED if action == "cancel" and marked(run.status) else None

    def run_id_of(self, address: str) -> str | None:
        """Give the id of the run that a page of this server shows."""
        return run_id_in(address, web_of(self.connection.url))

    def _open(self) -> "Desk":
        from runs_tui.adapters.dagster.desk import Desk

        return Desk(self.connection, self.patience, self.clock, self.pace)
