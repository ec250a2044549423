"""The events of a run as they come, by asking again and again from where its log was left."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncGenerator
from datetime import timedelta

from runs_tui.adapters.dagster.client import Client
from runs_tui.adapters.dagster.events import event_of
from runs_tui.adapters.dagster.failures import Failures
from runs_tui.adapters.dagster.pace import Pace
from runs_tui.adapters.dagster.states import state_of
from runs_tui.adapters.dagster.wire import Status
from runs_tui.model.clock import Clock
from runs_tui.model.latest import Latest
from runs_tui.model.run import Event
from runs_tui.transport.loop import instant

_MOST_PLACES = 2000


class Places:
    """Where logs were left, by the number of the last event that was told."""

    def __init__(self) -> None:
        """Begin with none."""
        self._cursors: Latest[tuple[str, int], str] = Latest(_MOST_PLACES)

    def keep(self, run_id: str, number: int, cursor: str) -> None:
        """Remember how a log goes on after so many events."""
        self._cursors[run_id, number] = cursor

    def find(self, run_id: str, number: int) -> str | None:
        """Give the cursor after so many events; where it was forgotten, one that counts them."""
        if number <= 0:
            return None
        return self._cursors.get((run_id, number)) or counting(number)


def counting(number: int) -> str:
    """Give a cursor after so many events of a log, as the server itself writes such ones."""
    return b64encode(json.dumps({"type": "OFFSET", "value": number}).encode()).decode()


class Tail:
    """Tells the events of one run."""

    def __init__(
        self,
        client: Client,
        run_id: str,
        number: int,
        places: Places,
        failures: Failures,
        clock: Clock,
        pace: Pace,
    ) -> None:
        """Tell what comes after so many events."""
        self._client = client
        self._id = run_id
        self._number = number
        self._places = places
        self._failures = failures
        self._clock = clock
        self._pace = pace
        self._cursor = places.find(run_id, number)
        self._news = 0.0
        self._over = False

    async def events(self) -> AsyncGenerator[Event, None]:
        """Give the events until the run is over and its log is silent."""
        first = True
        while True:
            events, more, status = await self._read()
            for event in events:
                yield event
            if more:
                continue
            if self._is_complete(status, first=first):
                return
            first = False
            await asyncio.sleep(self._pace.poll)

    async def _read(self) -> tuple[list[Event], bool, Status]:
        answer = await self._client.log(self._id, self._cursor, self._pace.page)
        page, status = self._client.told(answer.log), self._client.told(answer.run)
        before = self._number
        events = [event_of(told, before + at) for at, told in enumerate(page.events, start=1)]
        self._number += len(events)
        self._cursor = page.cursor
        self._places.keep(self._id, self._number, page.cursor)
        self._failures.learn(self._id, before, page.events, page.cursor)
        over = state_of(status.status).terminal
        if events or (over and not self._over):
            self._news = instant()
        self._over = over
        return events, page.more and bool(events), status

    def _is_complete(self, status: Status, *, first: bool) -> bool:
        """Tell whether nothing comes any more; a few events may follow the end of a run."""
        if not self._over:
            return False
        settle = self._pace.settle
        if first and status.ended is not None:
            return status.ended + timedelta(seconds=settle) <= self._clock.now()
        return instant() - self._news >= settle


def number_of(event_id: str | None) -> int:
    """Give the number of an event of an id; 0 for what never was one."""
    known = event_id is not None and event_id.isascii() and event_id.isdecimal()
    return int(event_id) if known and event_id and len(event_id) < 16 else 0
