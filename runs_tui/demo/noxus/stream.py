"""The event stream of a run in the words of the Noxus API."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from runs_tui.demo.framing import compact
from runs_tui.demo.noxus.definitions import node_id
from runs_tui.demo.noxus.shapes import WORDS, details_of
from runs_tui.model.state import State

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from runs_tui.demo.world import Line, World, WorldRun
    from runs_tui.model.clock import Clock

POLL_SECONDS = 0.1
ALIVE = b": keep-alive\n\n"
_FRAMES = 4  # the most frames that a line makes
_ENDED = (State.SUCCEEDED, State.FAILED)

Place = tuple[int, int]


def place_of(etag: str) -> Place | None:
    """Read `<milliseconds>-<sequence>`; None where it is something else."""
    first, _, second = etag.partition("-")
    if not (first.isdecimal() and second.isdecimal()):
        return None
    return int(first), int(second)


async def events(
    world: World, clock: Clock, run_id: str, etag: str | None, keepalive: float
) -> AsyncIterator[bytes]:
    """Tell what is known of a run after a place, then what happens.

    It ends with a run that completed or failed; that of a run which was stopped stays open.
    """
    loop = asyncio.get_running_loop()
    spoke = loop.time()
    after = place_of(etag) if etag else None
    lines = world.lines(run_id, clock.now())
    read = 0 if after else _newest_attempt(lines)
    teller: _Teller | None = None
    yield ALIVE
    while True:
        now = clock.now()
        run = world.run(run_id, now)
        if run is None:
            return
        teller = teller or _Teller(run)
        lines = world.lines(run_id, now)
        for line in lines[read:]:
            for number, message in enumerate(teller.tell(line)):
                place = int(line.at.timestamp() * 1000), line.number * _FRAMES + number
                if after is None or place > after:
                    spoke = loop.time()
                    yield _frame(place, message)
        read = max(read, len(lines))
        if run.state in _ENDED and run.word is None:
            return
        if loop.time() - spoke >= keepalive:
            yield ALIVE
            spoke = loop.time()
        await asyncio.sleep(POLL_SECONDS)


def _frame(place: Place, message: dict[str, Any]) -> bytes:
    value = {**message, "redisId": f"{place[0]}-{place[1]}"}
    return f"event: message\ndata: {compact(value)}\n\n".encode()


def _newest_attempt(lines: Sequence[Line]) -> int:
    """Count the lines of the attempts before the newest one."""
    begun = [line.number for line in lines if line.step is None and line.state is State.QUEUED]
    return begun[-1] - 1 if begun else 0


class _Teller:
    """Follows the nodes of a run from line to line."""

    def __init__(self, run: WorldRun) -> None:
        self._run = run
        self._state = State.QUEUED
        self._nodes: dict[str, State] = {}

    def tell(self, line: Line) -> Iterator[dict[str, Any]]:
        if line.step is None:
            yield from self._of_run(line)
        elif line.state in (State.CANCELLED, State.SKIPPED):
            if line.state is State.SKIPPED:
                self._enter(line.step, line.state)
                yield self._standing()
        elif line.state is not None:
            self._enter(line.step, line.state)
            yield _content(line.step, line.state)
            yield self._standing()
        else:
            state = self._nodes.get(line.step, State.RUNNING)
            middle = len(line.message) // 2 if line.number % 3 == 0 else 0
            if middle:
                yield _content(line.step, state, content=line.message[:middle])
            yield _content(line.step, state, content=line.message[middle:] + "\n")

    def _of_run(self, line: Line) -> Iterator[dict[str, Any]]:
        if line.state is None or line.state is State.CANCELLED:
            return
        self._state = line.state
        if line.state is State.QUEUED:
            self._nodes.clear()
        if line.state in _ENDED and self._nodes and self._run.word is None:
            last = list(self._nodes)[-1]
            yield self._standing()
            yield _content(last, self._nodes[last], workflow_status=WORDS[line.state])
        else:
            yield self._standing()

    def _enter(self, step: str, state: State) -> None:
        self._nodes.pop(step, None)
        self._nodes[step] = state

    def _standing(self) -> dict[str, Any]:
        state = State.RUNNING if self._state in _ENDED else self._state
        if State.WAITING in self._nodes.values():
            state = State.WAITING
        details = details_of(self._run.workflow, self._nodes, self._state)
        status = self._run.word or WORDS[state]
        return {"type": "state", "data": {"status": status, "progress_details": details}}


def _content(step: str, state: State, **more: str) -> dict[str, Any]:
    return {"type": "content", "data": {"id": node_id(step), "status": WORDS[state], **more}}
