"""Reads single runs of one workspace, and remembers where they are."""

from dataclasses import dataclass
from datetime import timedelta

from runs_tui.adapters.noxus.client import Client
from runs_tui.adapters.noxus.runs import is_active
from runs_tui.adapters.noxus.wire import WireRun
from runs_tui.model.clock import Clock
from runs_tui.model.latest import Latest
from runs_tui.transport.loop import instant
from runs_tui.transport.together import Turns

_MOST_RUNS = 20_000
_MOST_WHOLE = 16
_SETTLED = timedelta(seconds=10)
"""How long after its end nothing changes any more in what is told of a run."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a run."""

    workflow_id: str | None
    """The workflow whose run it is, which leads to its nodes."""
    over: bool
    """Whether nothing more happens to it."""
    at: float
    """When it was read, in the loop's time."""


class Reader:
    """Reads runs as the workspace and as their workflows tell them."""

    def __init__(self, client: Client, clock: Clock) -> None:
        """Begin with no run known."""
        self.client = client
        """The server."""
        self._clock = clock
        self._runs: Latest[str, Known] = Latest(_MOST_RUNS)
        self._ended: Latest[str, WireRun] = Latest(_MOST_WHOLE)
        self._turns = Turns()

    def learn(self, told: WireRun, run_id: str | None = None) -> WireRun:
        """Remember where a run is, under the id that it was asked for by."""
        key = run_id or told.id
        before = self._runs.get(key)
        workflow_id = told.workflow_id or (before.workflow_id if before else None)
        now = instant()
        self._runs[key] = Known(workflow_id, not is_active(told), now)
        return told

    async def run(self, run_id: str) -> WireRun:
        """Read a run as the workspace tells it."""
        if self._runs.get(run_id) is not None:
            return self.learn(await self.client.run(run_id), run_id)
        async with self._turns.of(run_id):
            return self.learn(await self.client.run(run_id), run_id)

    async def known(self, run_id: str) -> Known:
        """Give what is known of a run, after reading it where that is nothing."""
        async with self._turns.of(run_id):
            found = self._runs.get(run_id)
            if found is None:
                self.learn(await self.client.run(run_id), run_id)
                found = self._runs.get(run_id)
        assert found is not None
        return found

    async def whole(self, run_id: str) -> WireRun:
        """Read a run as its workflow tells it, nodes and output included; once if it is over."""
        known = await self.known(run_id)
        if not known.over:
            return await self._whole(run_id, known.workflow_id)
        async with self._turns.of(run_id):
            return self._ended.get(run_id) or await self._whole(run_id, known.workflow_id)

    async def _whole(self, run_id: str, workflow_id: str | None) -> WireRun:
        if workflow_id is None:
            return self.learn(await self.client.run(run_id), run_id)
        told = self.learn(await self.client.whole_run(workflow_id, run_id), run_id)
        ended = told.finished_at
        if ended is not None and not is_active(told) and self._clock.now() - ended > _SETTLED:
            self._ended[run_id] = told
        return told
