"""A Prefect server as a source."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING, ClassVar

from runs_tui.adapters.base import Action, Connection, Stretch
from runs_tui.adapters.desk_source import DeskSource
from runs_tui.adapters.prefect.address import run_id_in, web_of
from runs_tui.adapters.prefect.pace import Pace
from runs_tui.model.clock import Clock
from runs_tui.model.errors import Conflict, Refused, Unsupported
from runs_tui.model.inputs import Inputs, JsonValue
from runs_tui.model.kin import Kin
from runs_tui.model.query import Field
from runs_tui.model.run import Event, Gap, RetryMode, Run
from runs_tui.transport.http import Patience

if TYPE_CHECKING:
    from runs_tui.adapters.prefect.desk import Desk

_ALLOWED = {"auth": ("basic", "bearer"), "upcoming": ("hide", "show")}
_NO_DEPLOYMENT = "Prefect can only retry runs of a deployment"
_NOT_STOPPED = "Prefect will only mark it as cancelling: a run without a deployment is not stopped"


class Prefect(DeskSource["Desk"]):
    """A Prefect server: its flow runs are the runs, their task runs the steps."""

    api = "prefect"
    options: ClassVar = {
        "auth": "basic or bearer: how the credential is sent; one with a colon goes as basic",
        "upcoming": "show to list runs scheduled for later too; hidden by default",
    }
    pushes = frozenset({Field.STATE, Field.WORKFLOW, Field.ID, Field.STARTED, Field.FINISHED})
    modes = frozenset({RetryMode.FULL})
    pace = Pace()
    """How often it looks for what is new."""
    list_every: ClassVar[float] = 6.0
    """Ten readings a minute leave two requests of twelve for counting and for names."""
    patience = Patience()
    """How long it waits for an answer."""

    def __init__(self, connection: Connection, clock: Clock | None = None) -> None:
        """Remember how to connect; raise Refused for an option that says what cannot be."""
        super().__init__(connection, clock)
        for name, allowed in _ALLOWED.items():
            told = connection.options.get(name, allowed[0])
            if told not in allowed:
                raise Refused(f"the option {name} is {' or '.join(allowed)}, not {told!r}")

    async def kin(self, run_id: str) -> Kin:
        """Give the attempts of a flow run, its parent and its subflow runs."""
        return await self._desk.kin(run_id)

    async def cancel(self, run_id: str) -> Run:
        """Ask for a flow run to be cancelled; Conflict where the server has reasons not to."""
        return await self._desk.propose(run_id, {"type": "CANCELLING", "name": "Cancelling"})

    async def retry(self, run_id: str, mode: RetryMode, step: str | None = None) -> Run:
        """Schedule the same flow run again; task results that were persisted are used again."""
        if mode is not RetryMode.FULL:
            raise Unsupported(f"Prefect has no retry with mode {mode}", "it can: full")
        run = await self.run(run_id)
        # The server would put a running flow run back in the queue while its process goes on.
        if run.active:
            raise Conflict(f"it is still {run.state}")
        return await self._desk.propose(run_id, {"type": "SCHEDULED", "name": "AwaitingRetry"})

    async def inputs(self, run_id: str) -> Inputs:
        """Give the parameters of a flow run, and those that its deployment takes."""
        return await self._desk.starts.inputs(run_id)

    async def run_with(self, run_id: str, values: Mapping[str, JsonValue]) -> Run:
        """Start the deployment of a flow run with these parameters, and give the new run."""
        return await self._desk.run_with(run_id, values)

    def tie(self, run_id: str, origin: str) -> None:
        """Remember which run a run repeats."""
        self._desk.starts.origins.tie(run_id, origin)

    def tail(self, run_id: str, after: str | None = None) -> AsyncGenerator[Event | Gap, None]:
        """Give the log lines and states of a flow run, until it is over and its log is silent."""
        return self._desk.tail(run_id, after)

    async def last_events(self, run_id: str, before: str | None = None) -> Stretch:
        """Give the newest log lines and the states since, or those right before an event."""
        return await self._desk.last_events(run_id, before)

    async def follow(self) -> AsyncGenerator[Run | Gap, None]:
        """Give each flow run that enters another state."""
        from runs_tui.adapters.prefect.follow import follow

        async with aclosing(follow(self._desk, self.clock, self.pace)) as changes:
            async for change in changes:
                yield change

    def objection(self, action: Action, run: Run) -> str | None:
        """Say why Prefect would not do this to this run."""
        if action == "retry" and not run.active and _from_script(run):
            return _NO_DEPLOYMENT
        return super().objection(action, run)

    def caution(self, action: Action, run: Run) -> str | None:
        """Say what a person should know before doing this to this run."""
        return _NOT_STOPPED if action == "cancel" and _from_script(run) else None

    def run_id_of(self, address: str) -> str | None:
        """Give the id of the flow run that a page of this server shows."""
        return run_id_in(address, web_of(self.connection.url))

    def _open(self) -> "Desk":
        from runs_tui.adapters.prefect.desk import Desk

        return Desk(self.connection, self.patience, self.clock, self.pace)


def _from_script(run: Run) -> bool:
    return "deployment_id" not in run.details
