"""An Airflow server as a source."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from runs_tui.adapters.airflow.address import run_id_in, web_of
from runs_tui.adapters.airflow.pace import Pace
from runs_tui.adapters.base import Action, Connection, Stretch
from runs_tui.adapters.desk_source import DeskSource
from runs_tui.model.clock import Clock
from runs_tui.model.errors import Refused
from runs_tui.model.inputs import Inputs, JsonValue
from runs_tui.model.kin import Kin
from runs_tui.model.query import Field
from runs_tui.model.run import Event, Gap, RetryMode, Run, Step
from runs_tui.model.state import State
from runs_tui.transport.http import Patience

if TYPE_CHECKING:
    from runs_tui.adapters.airflow.desk import Desk

_AUTHS = ("token", "password")
_LEFT_SKIPPED = (
    "of a run that was stopped, only what was running has failed: what had not begun stays skipped "
    "unless all is run again"
)
_PAUSED = "its Dag is paused: what is run again waits until somebody unpauses it"


class Airflow(DeskSource["Desk"]):
    """An Airflow server: its Dag runs are the runs, their task instances the steps."""

    api = "airflow"
    options: ClassVar = {
        "auth": "token or password: what the credential is; user:password logs in by itself",
    }
    pushes = frozenset({Field.STATE, Field.WORKFLOW, Field.CREATED, Field.TRIGGER})
    sorts = frozenset({"created"})
    lacks = frozenset({Field.ERROR})
    modes = frozenset({RetryMode.FULL, RetryMode.FAILED, RetryMode.STEP})
    pace = Pace()
    """How often it looks for what is new."""
    patience = Patience()
    """How long it waits for an answer."""

    def __init__(self, connection: Connection, clock: Clock | None = None) -> None:
        """Remember how to connect; raise Refused for an option that says what cannot be."""
        super().__init__(connection, clock)
        told = connection.options.get("auth", _AUTHS[0])
        if told not in _AUTHS:
            raise Refused(f"the option auth is {' or '.join(_AUTHS)}, not {told!r}")
        self._paused: set[str] = set()

    async def kin(self, run_id: str) -> Kin:
        """Give the attempts of a run, which are the tries of its tasks."""
        return await self._desk.kin(run_id)

    async def cancel(self, run_id: str) -> Run:
        """Let a run fail, with a note that says who stopped it; Conflict if it is over."""
        return await self._desk.cancel(run_id)

    async def retry(self, run_id: str, mode: RetryMode, step: str | None = None) -> Run:
        """Clear the run, what has failed of it, or a task and all that follow it."""
        return await self._desk.retry(run_id, mode, step)

    async def preview(
        self, run_id: str, mode: RetryMode, step: str | None = None
    ) -> Sequence[Step]:
        """Give the steps that such a retry would clear."""
        return await self._desk.preview(run_id, mode, step)

    async def inputs(self, run_id: str) -> Inputs:
        """Give the conf of a run, and the params that its Dag takes."""
        return await self._desk.starts.inputs(run_id)

    async def run_with(self, run_id: str, values: Mapping[str, JsonValue]) -> Run:
        """Start the Dag of a run with this conf, and give the new run."""
        return await self._desk.run_with(run_id, values)

    def tie(self, run_id: str, origin: str) -> None:
        """Remember which run a run repeats."""
        self._desk.starts.origins.tie(run_id, origin)

    def tail(self, run_id: str, after: str | None = None) -> AsyncGenerator[Event | Gap, None]:
        """Give the log lines and states of a run's tasks, until it is over and they are silent."""
        return self._desk.tail(run_id, after)

    async def last_events(self, run_id: str, before: str | None = None) -> Stretch:
        """Give the newest log lines and states of a run's tasks, or those before an event."""
        return await self._desk.last_events(run_id, before)

    def caution(self, action: Action, run: Run) -> str | None:
        """Say what a person should know before doing this to this run."""
        if action != "retry":
            return None
        told = [_PAUSED] if run.workflow_id in self._paused else []
        told += [_LEFT_SKIPPED] if run.state is State.CANCELLED else []
        return "; ".join(told) or None

    def run_id_of(self, address: str) -> str | None:
        """Give the id of the run that a page of this server shows."""
        return run_id_in(address, web_of(self.connection.url))

    def _open(self) -> "Desk":
        from runs_tui.adapters.airflow.desk import Desk

        return Desk(self.connection, self.patience, self.clock, self.pace, self._paused)
