"""Where the events of a run end now: what a stream replays, without what it goes on to tell."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from runs_tui.adapters.base import Source
from runs_tui.model.run import Event, Gap

SILENCE = 1.0
"""After how many seconds without an event the present end is reached."""
FIRST = 5.0
"""How many seconds the first event of a run that is over may take: its stream ends by itself."""
WAITED = 0.1
"""An event that was waited for longer was not replayed, if it is also newer than the beginning."""
WAITED_UNTIMED = 0.5
"""The same for an event that does not tell its time."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds of silence mean the end, on a server as slow as this one."""

    first: float
    """Before the first event."""
    later: float
    """After any event."""
    begun: datetime
    """The instant from which events are news."""


async def patience_for(source: Source, run_id: str) -> Patience:
    """Read the run, and give the patience that its server needs."""
    loop = asyncio.get_running_loop()
    before = loop.time()
    run = await source.run(run_id)
    slowness = loop.time() - before
    first = SILENCE if run.active else FIRST
    return Patience(first + 4 * slowness, SILENCE + 2 * slowness, source.clock.now())


async def to_the_present_end(
    events: AsyncIterator[Event | Gap], patience: Patience
) -> AsyncIterator[Event | Gap]:
    """Give events until the first silence, or the first one that is news."""
    loop = asyncio.get_running_loop()
    seconds = patience.first
    while True:
        before = loop.time()
        try:
            async with asyncio.timeout(seconds):
                told = await anext(events)
        except (TimeoutError, StopAsyncIteration):
            return
        yield told
        if _is_news(told, loop.time() - before, patience.begun):
            return
        seconds = patience.later


def _is_news(told: Event | Gap, waited: float, begun: datetime) -> bool:
    at = told.since if isinstance(told, Gap) else told.at
    return waited > WAITED_UNTIMED if at is None else waited > WAITED and at > begun
