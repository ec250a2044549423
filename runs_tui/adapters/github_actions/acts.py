"""Stopping runs and running them again; every wish is sent once."""

import asyncio
import re
from datetime import datetime, timedelta

from runs_tui.adapters.github_actions.client import Client
from runs_tui.adapters.github_actions.pace import Pace
from runs_tui.adapters.github_actions.reader import Reader
from runs_tui.adapters.github_actions.states import COMPLETED, state_of
from runs_tui.adapters.github_actions.wire import WireJob, WireRun
from runs_tui.model.clock import Clock
from runs_tui.model.errors import Conflict, Refused, Unauthorized
from runs_tui.model.latest import Latest
from runs_tui.model.run import RetryMode

_MOST = 256
_NOT_NOW = re.compile(
    r"already running|cannot be|can't be|unable to re-?(run|try)|over a month|too old|expired"
    r"|workflow file|not (yet )?(completed|finished)|in progress",
    re.IGNORECASE,
)
"""How GitHub says, with the status of a missing permission, that a run cannot be run again."""


class Acts:
    """Changes runs, and remembers which were asked to stop."""

    def __init__(self, client: Client, reader: Reader, clock: Clock, pace: Pace) -> None:
        """Begin with nothing asked."""
        self._client = client
        self._reader = reader
        self._clock = clock
        self._pace = pace
        self._asked: Latest[tuple[str, int], datetime] = Latest(_MOST)

    def forces(self, run_id: str, attempt: int) -> bool:
        """Tell whether the next cancel of a run is forced: an earlier one has had its time."""
        asked = self._asked.get((run_id, attempt))
        if asked is None:
            return False
        return self._clock.now() - asked >= timedelta(seconds=self._pace.force)

    async def cancel(self, run_id: str) -> WireRun:
        """Ask for a run to stop, or force it to where it was asked and did not; give it then."""
        place, run = await self._reader.place(run_id), await self._reader.run(run_id)
        how = "force-cancel" if self.forces(str(run.id), run.attempt) else "cancel"
        self._reader.forget(run_id)
        await self._client.ask(place, f"runs/{run.id}/{how}")
        self._asked[str(run.id), run.attempt] = self._clock.now()
        return await self._reader.run(run_id)

    async def retry(self, run_id: str, mode: RetryMode, step: str | None) -> WireRun:
        """Run a run again, or some of its jobs; it keeps its id and begins another attempt."""
        place = await self._reader.place(run_id)
        self._reader.forget(run_id)
        run = await self._reader.run(run_id)
        if run.status != COMPLETED:
            raise Conflict(f"it is still {state_of(run.status, run.conclusion)}")
        path = await self._path(run, mode, step)
        self._reader.forget(run_id)
        try:
            await self._client.ask(place, path)
        except Unauthorized as error:
            if error.status == 403 and _NOT_NOW.search(error.detail):
                raise Conflict(error.detail) from None
            raise
        return await self._again(run_id, run.attempt)

    async def _path(self, run: WireRun, mode: RetryMode, step: str | None) -> str:
        if mode is RetryMode.FULL:
            return f"runs/{run.id}/rerun"
        if mode is RetryMode.FAILED:
            return f"runs/{run.id}/rerun-failed-jobs"
        return f"jobs/{(await self._job(run, step)).id}/rerun"

    async def _job(self, run: WireRun, step: str | None) -> WireJob:
        """Give the job that a step is, or is a part of."""
        wanted = (step or "").partition("/")[0]
        job = next((j for j in await self._reader.jobs(run) if str(j.id) == wanted), None)
        if job is None:
            raise Refused("a retry from a step needs the key of a job that has been run")
        return job

    async def _again(self, run_id: str, before: int) -> WireRun:
        """Wait until a run has begun another attempt; give it as it is even where it has not."""
        for pause in self._pace.again_pauses:
            await asyncio.sleep(pause)
            self._reader.forget(run_id)
            run = await self._reader.run(run_id)
            if run.attempt > before:
                break
        return run
