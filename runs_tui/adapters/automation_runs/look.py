"""Looks at a run beside its stream."""

import asyncio
from contextlib import suppress

from runs_tui.adapters.automation_runs.messages import Audited, Failed, Message
from runs_tui.adapters.automation_runs.one import RunReader
from runs_tui.adapters.automation_runs.pace import Pace
from runs_tui.model.errors import NotFound, SourceError, Unauthorized


class Looker:
    """Looks at a run time and again, and at once when it is asked to."""

    def __init__(
        self,
        reader: RunReader,
        run_id: str,
        pace: Pace,
        inbox: "asyncio.Queue[Message]",
    ) -> None:
        """Take where to tell it."""
        self.interval: float | None = pace.poll
        """The seconds between two looks; None: only when it is asked to."""
        self.audits = False
        """Whether to read the audit log as well, at the next look."""
        self._now = asyncio.Event()
        self._reader = reader
        self._run_id = run_id
        self._pace = pace
        self._inbox = inbox

    def look_now(self) -> None:
        """Look without waiting."""
        self._now.set()

    async def look(self) -> None:
        """Go on until it fails for good."""
        failures = 0
        while failures < self._pace.failures:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.interval):
                    await self._now.wait()
            self._now.clear()
            try:
                await self._once()
                failures = 0
            except (NotFound, Unauthorized) as error:
                await self._inbox.put(Failed(error))
                return
            except SourceError as error:
                failures += 1
                last = error
        await self._inbox.put(Failed(last))

    async def _once(self) -> None:
        if self.audits:
            try:
                values = await self._reader.audit(self._run_id)
            except SourceError:
                values = []
            self.audits = False
            await self._inbox.put(Audited(values))
        await self._inbox.put(await self._reader.look(self._run_id))
