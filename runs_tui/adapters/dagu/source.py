"""A Dagu server as a source."""

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, ClassVar

from runs_tui.adapters.base import Action, Connection, Stretch
from runs_tui.adapters.dagu.pace import Pace
from runs_tui.adapters.dagu.place import place_of, run_id_in, web_of
from runs_tui.adapters.dagu.sentences import FORGOTTEN, KEPT_STEPS, PART
from runs_tui.adapters.desk_source import DeskSource
from runs_tui.model.clock import Clock
from runs_tui.model.errors import Refused
from runs_tui.model.kin import Kin
from runs_tui.model.query import Field
from runs_tui.model.run import Event, Gap, RetryMode, Run
from runs_tui.model.words import did_you_mean
from runs_tui.transport.http import Patience

if TYPE_CHECKING:
    from runs_tui.adapters.dagu.desk import Desk

_AUTHS = ("bearer", "basic", "login")
_QUEUED = "queued"


class Dagu(DeskSource["Desk"]):
    """A Dagu server: its DAG runs are the runs, their nodes the steps."""

    api = "dagu"
    options: ClassVar = {
        "auth": "bearer for an API key or a token, basic, or login for a user of its own;"
        " a credential with a colon goes as basic",
    }
    pushes = frozenset({Field.WORKFLOW, Field.CREATED})
    lacks = frozenset({Field.TRIGGER, Field.ERROR})
    list_every: ClassVar[float] = 5.0
    modes = frozenset(RetryMode)
    pace = Pace()
    """How often it looks for what is new."""
    patience = Patience()
    """How long it waits for an answer."""

    def __init__(self, connection: Connection, clock: Clock | None = None) -> None:
        """Remember how to connect; raise Refused for an option that says what cannot be."""
        super().__init__(connection, clock)
        way = connection.options.get("auth", _AUTHS[0])
        if way not in _AUTHS:
            raise Refused(f"there is no auth {way!r}: {did_you_mean(way, _AUTHS)}")

    async def kin(self, run_id: str) -> Kin:
        """Give the run that started a run, those that it started, and its repetitions of ours."""
        return await self._desk.kin(run_id)

    async def cancel(self, run_id: str) -> Run:
        """Ask for a run to stop, or take it from the queue; Conflict if it is over."""
        return await self._desk.cancel(run_id)

    async def retry(self, run_id: str, mode: RetryMode, step: str | None = None) -> Run:
        """Run all of it as a new run, or what failed and what follows, or one step, within it."""
        return await self._desk.retry(run_id, mode, step)

    def tail(self, run_id: str, after: str | None = None) -> AsyncGenerator[Event | Gap, None]:
        """Give what the scheduler and the steps of a run wrote, until the run is over."""
        return self._desk.tail(run_id, after)

    async def last_events(self, run_id: str, before: str | None = None) -> Stretch:
        """Give the newest of that, or what is right before an event."""
        return await self._desk.last_events(run_id, before)

    def objection(self, action: Action, run: Run) -> str | None:
        """Say why Dagu would not do this to this run."""
        said = super().objection(action, run)
        if said is None and place_of(run.id).sub is not None:
            return PART
        return said

    def caution(self, action: Action, run: Run) -> str | None:
        """Say what a person should know before doing this to this run."""
        if action == "retry":
            return KEPT_STEPS
        return FORGOTTEN if run.status == _QUEUED else None

    def run_id_of(self, address: str) -> str | None:
        """Give the id of the run that a page of this server shows."""
        return run_id_in(address, web_of(self.connection.url))

    def _open(self) -> "Desk":
        from runs_tui.adapters.dagu.desk import Desk

        return Desk(self.connection, self.clock, self.patience, self.pace)
