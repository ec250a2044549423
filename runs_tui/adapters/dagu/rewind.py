"""The events of a run from their end."""

from collections.abc import Sequence

from runs_tui.adapters.base import Stretch
from runs_tui.adapters.dagu.lines import ENDED, end_of_run, line_of
from runs_tui.adapters.dagu.logs import Logs, Piece
from runs_tui.adapters.dagu.order import Part, parts_of
from runs_tui.adapters.dagu.pace import Pace
from runs_tui.adapters.dagu.reader import Reader
from runs_tui.adapters.dagu.runs import Translator
from runs_tui.adapters.dagu.tail import Memory, event_of
from runs_tui.adapters.dagu.told import Told, place_of
from runs_tui.adapters.dagu.wire import WholeRun
from runs_tui.model.errors import NotFound
from runs_tui.model.run import Event
from runs_tui.transport.together import together

_STREAMS = 2
"""How many streams are read for a stretch, unless nothing was written to them."""


class Rewind:
    """Tells the events of one run, the newest first."""

    def __init__(
        self,
        logs: Logs,
        reader: Reader,
        translator: Translator,
        memory: Memory,
        run_id: str,
        pace: Pace,
    ) -> None:
        """Take what to read back; `memory` is told what a tail need not tell again."""
        self._logs = logs
        self._reader = reader
        self._translator = translator
        self._memory = memory
        self._id = run_id
        self._pace = pace

    async def stretch(self, before: str | None) -> Stretch:
        """Give the newest events, or those right before one."""
        run = await self._reader.recent(self._id)
        parts = parts_of(run, await self._logs.last_entries(run))
        back = _Back(self._logs, run, parts, self._pace.lines)
        if before is not None and before != ENDED:
            found = place_of(parts, before)
            if found is None:
                raise NotFound("there is no such event")
            return await back.before(*found)
        told = await back.before(len(parts), None)
        seen = self._translator.run(run)
        if seen.active and before is None and told.events:
            self._memory[self._id] = back.told(told.events[-1].id)
        over = before is None and not seen.active
        return Stretch([*told.events, *([end_of_run(seen)] if over else ())], told.older)


class _Back:
    """Goes back over the parts of a run."""

    def __init__(self, logs: Logs, run: WholeRun, parts: Sequence[Part], most: int) -> None:
        self._logs = logs
        self._run = run
        self._parts = parts
        self._most = most
        self._place = len(parts)
        self._read: dict[str, Piece] = {}

    async def before(self, place: int, number: int | None) -> Stretch:
        """Give what is before a part, or before one of the lines of a stream."""
        if number is not None and number > 1:
            part, first = self._parts[place], max(number - self._most, 1)
            events = _lines_of(part, await self._logs.lines(self._run, part, first, number - first))
            if events:
                return Stretch(events, older=first > 1 or place > 0)
        self._place = place
        found: list[Event] = []
        streams = 0
        while self._place and len(found) < self._most:
            part = self._parts[self._place - 1]
            if part.stream is None:
                found.insert(0, event_of(part))
                self._place -= 1
                continue
            if streams >= _STREAMS and found:
                break
            streams += 1
            piece = await self._last_lines(self._place - 1)
            found[:0] = _lines_of(part, piece)
            self._place -= 1
            if piece.lines and piece.first > 1:
                return Stretch(found, older=True)
        return Stretch(found, older=self._place > 0)

    def told(self, last: str | None) -> Told:
        """Give what was told by going back from the end, and what is left to going further."""
        told = Told(last)
        for place, part in enumerate(self._parts):
            piece = self._read.get(part.label)
            if not part.open:
                told.parts.add(part.label)
            elif piece is None or place < self._place:
                told.passed.add(part.label)
            else:
                told.counts[part.label] = piece.last
                if piece.lines:
                    told.held[part.label] = piece.last, piece.lines[-1]
        return told

    async def _last_lines(self, place: int) -> Piece:
        """Read the end of a stream, and of the one before it at once."""
        label = self._parts[place].label
        if label not in self._read:
            streams = [part for part in self._parts[: place + 1] if part.stream][-_STREAMS:]
            pieces = await together(
                self._logs.last_lines(self._run, part, self._most) for part in streams
            )
            labels = [part.label for part in streams]
            self._read |= dict(zip(labels, pieces, strict=True))
        return self._read[label]


def _lines_of(part: Part, piece: Piece) -> list[Event]:
    assert part.node is not None
    name, stream = part.node.step.name, part.stream or ""
    return [
        line_of(part.label, number, text, name, stream)
        for number, text in enumerate(piece.lines, piece.first)
    ]
