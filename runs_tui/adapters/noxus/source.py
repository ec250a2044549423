"""A Noxus workspace as a source."""

from collections.abc import AsyncGenerator, Mapping
from typing import TYPE_CHECKING

from runs_tui.adapters.base import Action, Connection
from runs_tui.adapters.desk_source import DeskSource
from runs_tui.adapters.noxus.pace import Pace
from runs_tui.model.clock import Clock
from runs_tui.model.errors import Unsupported
from runs_tui.model.inputs import Inputs, JsonValue
from runs_tui.model.query import Field
from runs_tui.model.run import Event, Gap, RetryMode, Run
from runs_tui.transport.http import Patience

if TYPE_CHECKING:
    from runs_tui.adapters.noxus.desk import Desk

_AGAIN = "it starts a new run, which may cost money and repeats what its nodes do elsewhere"
_FILES = "links to the files in its input may have expired"
_PART = "it ran a part of its workflow, the new run is the whole"


class Noxus(DeskSource["Desk"]):
    """A workspace on a Noxus server: its runs, whose nodes are the steps."""

    api = "noxus"
    lacks = frozenset({Field.STARTED, Field.ERROR})
    list_every = 6.0
    modes = frozenset({RetryMode.FULL})
    pace = Pace()
    """How often and how patiently it looks for what is new."""
    patience = Patience()
    """How long it waits for an answer."""

    def __init__(self, connection: Connection, clock: Clock | None = None) -> None:
        """Remember how to connect; nothing is sent before the first request."""
        super().__init__(connection, clock)

    async def cancel(self, run_id: str) -> Run:
        """Ask for a run to stop and give it as the server tells it; Conflict if it is over."""
        return await self._desk.cancel(run_id)

    async def retry(self, run_id: str, mode: RetryMode, step: str | None = None) -> Run:
        """Start a new run with the same input."""
        if mode is not RetryMode.FULL:
            raise Unsupported(f"Noxus has no retry with mode {mode}", "it can: full")
        return await self._desk.retry(run_id)

    async def inputs(self, run_id: str) -> Inputs:
        """Give the input of a run, key by key."""
        return await self._desk.inputs(run_id)

    async def run_with(self, run_id: str, values: Mapping[str, JsonValue]) -> Run:
        """Start a new run of the same workflow with this input."""
        return await self._desk.run_with(run_id, values)

    def tie(self, run_id: str, origin: str) -> None:
        """Remember which run a run repeats."""
        self._desk.origins.tie(run_id, origin)

    def tail(self, run_id: str, after: str | None = None) -> AsyncGenerator[Event | Gap, None]:
        """Give the events of a run in order, resuming after an id, until the run ends."""
        return self._desk.tail(run_id, after)

    def caution(self, action: Action, run: Run) -> str | None:
        """Say what a person should know before doing this to this run."""
        if action == "cancel":
            return None
        partial = run.details.get("node_ids") or run.details.get("single_node_id")
        files = _holds_files(run.details.get("input"))
        return "; ".join([_AGAIN, *([_PART] if partial else ()), *([_FILES] if files else ())])

    def _open(self) -> "Desk":
        from runs_tui.adapters.noxus.desk import Desk

        return Desk(self.connection, self.patience, self.clock, self.pace)


def _holds_files(value: object) -> bool:
    """Tell whether an input holds links."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str) and each.startswith(("http://", "https://")):
            return True
        if isinstance(each, Mapping):
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
    return False
