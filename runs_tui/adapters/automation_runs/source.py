"""An automation-runs server as a source."""

import re
from collections.abc import AsyncGenerator, Mapping
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import unquote, urlsplit

from runs_tui.adapters.automation_runs.pace import Pace
from runs_tui.adapters.base import Action, Connection
from runs_tui.adapters.desk_source import DeskSource
from runs_tui.model.clock import Clock
from runs_tui.model.errors import Refused
from runs_tui.model.query import Field
from runs_tui.model.run import Event, Gap, RetryMode, Run
from runs_tui.model.words import did_you_mean
from runs_tui.transport.http import Patience

if TYPE_CHECKING:
    from runs_tui.adapters.automation_runs.desk import Desk

_SHOWN = re.compile(r"/automation-runs/([^/]+)")
_AUTHS = ("bearer", "api_key_header", "cookie")


class AutomationRuns(DeskSource["Desk"]):
    """One server of the automation-runs API."""

    api = "automation_runs"
    options: ClassVar[Mapping[str, str]] = {
        "auth": "how the credential is sent: bearer (default), api_key_header or cookie",
    }
    pushes = frozenset({Field.STATE})
    modes = frozenset(RetryMode)
    pace = Pace()
    """How often and how patiently it looks for what is new."""
    patience = Patience()
    """How long it waits for an answer."""
    requests_a_minute = 60
    """How many requests the platform allows the smallest of its plans."""
    list_every: ClassVar[float] = 10.0
    """What the contract budgets for the list out of these: six a minute."""

    def __init__(self, connection: Connection, clock: Clock | None = None) -> None:
        """Remember how to connect; raise Refused for a way to show a credential that is none."""
        super().__init__(connection, clock)
        way = connection.options.get("auth", _AUTHS[0])
        if way not in _AUTHS:
            raise Refused(f"there is no auth {way!r}: {did_you_mean(way, _AUTHS)}")

    async def cancel(self, run_id: str) -> Run:
        """Ask for a run to stop and give it as the server tells it; Conflict if it is over."""
        return await self._desk.cancel(run_id)

    async def retry(self, run_id: str, mode: RetryMode, step: str | None = None) -> Run:
        """Run it again and give the run to look at next, new or the same."""
        return await self._desk.retry(run_id, mode, step)

    def tail(self, run_id: str, after: str | None = None) -> AsyncGenerator[Event | Gap, None]:
        """Give the events of a run in order, resuming after an id, until the run ends."""
        return self._desk.tail(run_id, after)

    @property
    def requests_left(self) -> int | None:
        """Give what the platform told last of its `X-RateLimit-Remaining`."""
        desk = self._opening.made
        return desk.requests_left if desk else None

    def caution(self, action: Action, run: Run) -> str | None:
        """Say what a person should know before doing this to this run."""
        if action == "cancel":
            return "workers may take half a minute to notice"
        return "a retry repeats what its steps do elsewhere"

    def run_id_of(self, address: str) -> str | None:
        """Give the id of the run that a web address of this source shows; None for any other."""
        try:
            shown, base = urlsplit(address.strip()), urlsplit(self.connection.url)
        except ValueError:
            return None
        found = _SHOWN.search(shown.path)
        same = (shown.scheme, shown.netloc) == (base.scheme, base.netloc.rpartition("@")[2])
        return unquote(found[1]) if found and same else None

    def _open(self) -> "Desk":
        from runs_tui.adapters.automation_runs.desk import Desk

        return Desk(self.connection, self.clock, self.patience, self.pace, self.requests_a_minute)
