"""The names of workflows, for runs that do not embed theirs."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from runs_tui.adapters.noxus.client import MOST, Client
from runs_tui.adapters.noxus.runs import cleaned
from runs_tui.adapters.noxus.wire import WireRun
from runs_tui.model.clock import Clock
from runs_tui.model.errors import SourceError
from runs_tui.model.latest import Latest

_MOST_NAMES = 5_000
_PAUSE = timedelta(minutes=1)


class Names:
    """Remembers the name of each workflow that a run embeds; asks for others once a minute."""

    def __init__(self, client: Client, clock: Clock) -> None:
        """Begin with none."""
        self._client = client
        self._clock = clock
        self._known: Latest[str, str] = Latest(_MOST_NAMES)
        self._lock = asyncio.Lock()
        self._asked: datetime | None = None
        self._page = 1

    def of(self, told: WireRun) -> str | None:
        """Give the name of a run's workflow, as far as it is known."""
        own = cleaned(told.workflow.name) if told.workflow else None
        return own or self._known.get(told.workflow_id or "")

    def note(self, told: WireRun) -> None:
        """Learn the name that a run tells."""
        name = cleaned(told.workflow.name) if told.workflow else None
        if name and told.workflow_id:
            self._known[told.workflow_id] = name

    async def learn(self, runs: Sequence[WireRun]) -> None:
        """Learn the names that runs tell, and ask for those that are missing; never fails."""
        for run in runs:
            self.note(run)
        if any(run.workflow_id and self.of(run) is None for run in runs):
            async with self._lock:
                await self._ask()

    async def _ask(self) -> None:
        """Read one page of the workflows, the next one each time."""
        now = self._clock.now()
        if self._asked is not None and abs(now - self._asked) < _PAUSE:
            return
        self._asked = now
        try:
            found = await self._client.workflows(self._page)
        except SourceError:
            return
        for workflow in found.items:
            name = cleaned(workflow.name)
            if name and workflow.id:
                self._known[workflow.id] = name
        self._page = self._page + 1 if len(found.items) >= MOST else 1
