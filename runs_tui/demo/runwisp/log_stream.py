"""The stream of a run's log."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from runs_tui.demo.runwisp.log import log_of
from runs_tui.demo.runwisp.shapes import cased
from runs_tui.demo.runwisp.sse import POLL_SECONDS, event

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from runs_tui.demo.runwisp.daemon import Daemon
    from runs_tui.demo.runwisp.words import Generation
    from runs_tui.model.clock import Clock


async def lines_from(
    daemon: Daemon,
    clock: Clock,
    generation: Generation,
    run_id: str,
    number: int,
    *,
    most: int,
    seconds: float,
) -> AsyncIterator[bytes]:
    """Tell a log from a line on; the stream ends with `done`, or without it after some time.

    Where more lines than `most` would be told again, only the newest of them are.
    """
    loop = asyncio.get_running_loop()
    ends = loop.time() + seconds
    live = False
    while True:
        run = daemon.run(run_id, clock.now())
        if run is None:
            return
        log = log_of(daemon.lines(run_id, clock.now()))
        if number < 0:
            number = max(len(log) + number, 0)
        if not live:
            number = max(number, len(log) - most)
        for line in log[number:]:
            yield event("line", line.shape(live=live), line.number)
        number = max(number, len(log))
        live = True
        if run.state.terminal:
            told = cased({"final_line": len(log) - 1, "status": "ended"}, generation)
            yield event("done", told)
            return
        if loop.time() >= ends:
            return
        await asyncio.sleep(POLL_SECONDS)
