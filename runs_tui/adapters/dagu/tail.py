"""The events of a run as they come: looked for again and again until the run is over."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from math import inf

from runs_tui.adapters.dagu.lines import ENDED, Entry, end_of_run, end_of_step, line_of, rest_of
from runs_tui.adapters.dagu.logs import MOST_LINES, Logs, Piece
from runs_tui.adapters.dagu.order import Part, parts_of
from runs_tui.adapters.dagu.pace import Pace
from runs_tui.adapters.dagu.reader import Reader
from runs_tui.adapters.dagu.runs import Translator
from runs_tui.adapters.dagu.steps import state_in
from runs_tui.adapters.dagu.told import Told, up_to
from runs_tui.adapters.dagu.wire import WholeRun
from runs_tui.model.latest import Latest
from runs_tui.model.run import Event, Gap
from runs_tui.transport.loop import instant
from runs_tui.transport.together import together

Events = AsyncGenerator[Event | Gap, None]
Memory = Latest[str, Told]

_AT_ONCE = 8
"""How many streams are read at once."""


class Tail:
    """Tells the events of one run, each once."""

    def __init__(
        self,
        logs: Logs,
        reader: Reader,
        translator: Translator,
        memory: Memory,
        run_id: str,
        pace: Pace,
    ) -> None:
        """Take what to follow; `memory` has what was told of each run lately."""
        self._logs = logs
        self._reader = reader
        self._translator = translator
        self._memory = memory
        self._id = run_id
        self._pace = pace

    async def events(self, after: str | None) -> Events:
        """Give the events behind one of them until the run is over."""
        run = await self._reader.recent(self._id)
        if after == ENDED:
            return
        entries: list[Entry] = []
        told = self._remembered(after)
        goes_on, since = False, -inf
        while True:
            entries = await self._logs.entries(run, entries)
            parts = parts_of(run, entries)
            if told is None:
                told = (up_to(parts, after) if after else None) or Told()
                self._memory[self._id] = told
            async with aclosing(self._pass(run, parts, told)) as events:
                async for event in events:
                    told.last = event.id or told.last
                    yield event
            seen = self._translator.run(run)
            works = seen.active or any(state_in(run, node).active for node in run.handlers)
            since = instant() if works else since
            # It is told to have ended before its handlers begin, and when it did after the last.
            ends = run.finished_at is None and instant() - since < self._pace.settle
            before, goes_on = goes_on, works or ends
            # Of what has ended since the last look, the last lines are written after that is told.
            if not before and not goes_on:
                yield end_of_run(seen)
                return
            await asyncio.sleep(self._pace.rest(sum(part.open for part in parts)))
            run = await self._reader.run(self._id)

    def _remembered(self, after: str | None) -> Told | None:
        told = self._memory.get(self._id)
        return told if told is not None and after is not None and told.last == after else None

    async def _pass(
        self, run: WholeRun, parts: Sequence[Part], told: Told
    ) -> AsyncGenerator[Event, None]:
        """Give what is new of all parts, in their order."""
        wanted = [part for part in parts if part.stream and part.label not in told.parts]
        read: dict[str, Piece] = {}
        for part in parts:
            if part.label in told.parts:
                continue
            if part.stream is None:
                told.parts.add(part.label)
                yield event_of(part)
                continue
            if part.label not in read:
                read |= await self._read_ahead(run, wanted, part, told)
            async with aclosing(self._lines(run, part, told, read.pop(part.label))) as lines:
                async for event in lines:
                    yield event
            if not part.open:
                told.parts.add(part.label)

    async def _read_ahead(
        self, run: WholeRun, wanted: Sequence[Part], part: Part, told: Told
    ) -> dict[str, Piece]:
        start = wanted.index(part)
        chosen = wanted[start : start + _AT_ONCE]
        found = await together(self._first(run, each, told) for each in chosen)
        return {each.label: answer for each, answer in zip(chosen, found, strict=True)}

    async def _first(self, run: WholeRun, part: Part, told: Told) -> Piece:
        """Read what is new of a stream; its last line again where that may have grown."""
        if part.label in told.passed:
            told.counts[part.label] = (await self._logs.last_lines(run, part, 1)).last
            told.passed.discard(part.label)
        first = told.counts.get(part.label, 0) + (told.unfinished(part.label) is None)
        return await self._logs.lines(run, part, first, MOST_LINES)

    async def _lines(
        self, run: WholeRun, part: Part, told: Told, piece: Piece
    ) -> AsyncGenerator[Event, None]:
        """Give the new lines of a stream, and the rest of one that was told before it was whole."""
        assert part.node is not None
        label, name, stream = part.label, part.node.step.name, part.stream or ""
        while True:
            before = told.unfinished(label)
            if before is not None and piece.lines and piece.lines[0] != before:
                rest = piece.lines[0].removeprefix(before)
                yield rest_of(line_of(label, piece.first, rest, name, stream))
            fresh = piece.lines if before is None else piece.lines[1:]
            for number, text in enumerate(fresh, told.counts.get(label, 0) + 1):
                told.counts[label] = number
                yield line_of(label, number, text, name, stream)
            if piece.lines:
                told.held[label] = piece.last, piece.lines[-1]
            if not piece.more:
                return
            piece = await self._first(run, part, told)


def event_of(part: Part) -> Event:
    """Tell an entry of the scheduler's log, or how a step ended."""
    if part.entry is not None:
        return part.entry.event()
    assert part.node is not None
    return end_of_step(part.label, part.node, part.state)
