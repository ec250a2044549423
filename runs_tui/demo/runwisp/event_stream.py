"""The stream of everything that changes in a daemon."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from runs_tui.demo.runwisp.shapes import run_of
from runs_tui.demo.runwisp.sse import POLL_SECONDS, event

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from runs_tui.demo.runwisp.daemon import Daemon
    from runs_tui.demo.runwisp.ring import Ring
    from runs_tui.demo.runwisp.words import Generation
    from runs_tui.model.clock import Clock

PING_SECONDS = 30.0


async def changes_after(
    ring: Ring, daemon: Daemon, clock: Clock, generation: Generation, cursor: int | None
) -> AsyncIterator[bytes]:
    """Tell what changes after a number, or from now on; ends when the daemon restarts.

    Only the newest generation numbers its events.
    """
    loop = asyncio.get_running_loop()
    ring.look(clock.now())
    numbered = generation == "G3"
    sent = ring.last if cursor is None or not numbered else min(cursor, ring.last)
    starts = ring.starts
    pinged = loop.time()
    yield event("ping", {})
    while ring.starts == starts:
        for change in list(ring.changes):
            if change.number > sent:
                told = {"run": run_of(change.run, daemon, generation)}
                yield event(change.name, told, change.number if numbered else None)
                sent = change.number
        if loop.time() - pinged >= PING_SECONDS:
            yield event("ping", {})
            pinged = loop.time()
        await asyncio.sleep(POLL_SECONDS)
        ring.look(clock.now())
