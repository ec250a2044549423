"""The event stream of a run in the words of the `automation_runs` API."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from runs_tui.demo.automation_runs.shapes import WORDS, audit_event, event_name
from runs_tui.demo.framing import Told, instant
from runs_tui.model.state import State

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from runs_tui.demo.world import Line, World
    from runs_tui.model.clock import Clock

POLL_SECONDS = 0.1
MOST_REPLAYED = 1000


async def events(
    world: World,
    clock: Clock,
    run_id: str,
    after: int | None,
    framing: str,
    keepalive: float,
) -> AsyncIterator[Told | None]:
    """Tell what is known of a run after a number, then what happens, until the run is over."""
    loop = asyncio.get_running_loop()
    spoke = loop.time()
    now = clock.now()
    sent = _start(world.lines(run_id, now)) if after is None else after
    while True:
        now = clock.now()
        run = world.run(run_id, now)
        lines = world.lines(run_id, now)
        for line in lines[sent:]:
            yield Told(line.number, event_name(line), _value(line, run_id, framing), _text(line))
            spoke = loop.time()
        sent = max(sent, len(lines))
        if run is None or run.state.terminal:
            return
        if loop.time() - spoke >= keepalive:
            yield None
            spoke = loop.time()
        await asyncio.sleep(POLL_SECONDS)


def _start(lines: Sequence[Line]) -> int:
    """Count the lines that are not replayed: those of earlier attempts, and all but the last."""
    attempts = [
        line.number - 1 for line in lines if line.step is None and line.state is State.QUEUED
    ]
    return max(attempts[-1] if attempts else 0, len(lines) - MOST_REPLAYED)


def _value(line: Line, run_id: str, framing: str) -> dict[str, Any]:
    match framing:
        case "array":
            return audit_event(run_id, line)
        case "ndjson":
            return _snake(line, run_id)
    value = {
        "runId": run_id,
        "stepKey": line.step,
        "actionRunId": line.step_id,
        "status": line.state and WORDS[line.state],
        "level": line.level,
        "message": line.message,
        "occurredAt": instant(line.at),
    }
    if framing != "sse":
        value |= {"id": str(line.number), "type": event_name(line)}
    return {name: each for name, each in value.items() if each is not None}


def _snake(line: Line, run_id: str) -> dict[str, Any]:
    value = {
        "seq": line.number,
        "type": event_name(line),
        "run_id": run_id,
        "step_key": line.step,
        "status": line.state and WORDS[line.state],
        "level": line.level,
        "message": line.message,
        "ts": line.at.timestamp(),
    }
    return {name: each for name, each in value.items() if each is not None}


def _text(line: Line) -> str:
    step = f" [{line.step}]" if line.step else ""
    return f"{instant(line.at)} {line.level.upper()}{step} {line.message}"
