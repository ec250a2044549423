"""The events of a run as they come: pushed, or asked for again and again."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import timedelta

from runs_tui.adapters.dagster.client import Client
from runs_tui.adapters.dagster.ends import events_of
from runs_tui.adapters.dagster.events import ends_run
from runs_tui.adapters.dagster.failures import Failures
from runs_tui.adapters.dagster.listen import heard
from runs_tui.adapters.dagster.log import Log, Part
from runs_tui.adapters.dagster.pace import Pace
from runs_tui.adapters.dagster.states import state_of
from runs_tui.model.clock import Clock
from runs_tui.model.errors import SourceError
from runs_tui.model.run import Event
from runs_tui.transport.loop import instant


class Tail:
    """Tells the events of one run."""

    def __init__(
        self,
        client: Client,
        log: Log,
        failures: Failures,
        run_id: str,
        number: int,
        clock: Clock,
        pace: Pace,
    ) -> None:
        """Tell what comes after so many events."""
        self._client = client
        self._log = log
        self._failures = failures
        self._id = run_id
        self._number = number
        self._clock = clock
        self._pace = pace
        self._news = 0.0
        self._over = False
        self._ends = False
        self._pushes = True

    async def events(self) -> AsyncGenerator[Event, None]:
        """Give the events until the run is over and its log is silent."""
        first = True
        while True:
            part = await self._log.after(self._id, self._number, self._pace.page)
            self._note(part)
            for event in events_of(part):
                yield event
            if part.more and part.events:
                continue
            if self._is_complete(part, first=first):
                return
            first = False
            async with aclosing(self._pushed()) as pushed:
                async for event in pushed:
                    yield event
            if self._over or self._ends or not self._pushes:
                await asyncio.sleep(self._pace.poll)

    async def _pushed(self) -> AsyncGenerator[Event, None]:
        """Give what the server pushes while the run goes on, if it pushes anything."""
        if self._over or self._ends or not self._pushes:
            return
        parts = heard(self._client, self._log, self._id, self._number, self._pace.idle)
        try:
            async with aclosing(parts):
                async for part in parts:
                    self._note(part)
                    for event in events_of(part):
                        yield event
                    if self._ends:
                        return
        except SourceError:
            self._pushes = False

    def _note(self, part: Part) -> None:
        self._number = part.end
        self._failures.learn(self._id, part)
        # The event that ends a run is written before the run has the status that it tells.
        self._ends = self._ends or any(ends_run(told) for told in part.events)
        over = state_of(part.status.status).terminal
        if part.events or (over and not self._over):
            self._news = instant()
        self._over = over

    def _is_complete(self, part: Part, *, first: bool) -> bool:
        """Tell whether nothing comes any more; a few events may follow the end of a run."""
        if not self._over:
            return False
        settle, ended = self._pace.settle, part.status.ended
        if first and ended is not None:
            return ended <= self._clock.now() - timedelta(seconds=settle)
        return instant() - self._news >= settle
