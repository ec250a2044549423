"""The events of a run, in order, capped."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import overload

from runs_tui.model.line import TAB, Line, Note, sentence_of
from runs_tui.model.run import Event, Gap

CAP = 100_000
"""How many lines are kept; older ones are dropped and counted."""

Told = Event | Gap | Note


class Feed(Sequence[Line]):
    """The lines of one run's events; it grows at both ends and forgets at its beginning."""

    def __init__(self, cap: int = CAP, remembered: int = CAP) -> None:
        """Begin empty, to keep at most `cap` lines and so many ids of events that are dropped."""
        self.cap = cap
        self._remembered = remembered
        self._lines: list[Line] = []
        self._ids: set[str] = set()
        self._gone: dict[str, None] = {}
        self.first_number = 0
        """The number of the first line kept."""
        self.dropped = 0
        """How many lines were forgotten to keep to the cap."""
        self.older = False
        """Whether the API has older events that were not read."""
        self.last_id: str | None = None
        """The id of the latest event, to resume after."""
        self.complete = False
        """Whether the run is over and everything was told."""

    def __len__(self) -> int:
        """Count the lines kept."""
        return len(self._lines)

    @overload
    def __getitem__(self, at: int) -> Line: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Line]: ...
    def __getitem__(self, at: int | slice) -> Line | Sequence[Line]:
        """Give the line at a place among those kept, or several."""
        return self._lines[at]

    @property
    def end_number(self) -> int:
        """The number that the next line will have."""
        return self.first_number + len(self._lines)

    @property
    def first_id(self) -> str | None:
        """The id of the oldest event kept, to read back from; None where it has none."""
        events = (line.told for line in self._lines if isinstance(line.told, Event))
        return next((event.id for event in events), None)

    @property
    def reads_back(self) -> bool:
        """Whether older events exist and there is room for them."""
        return self.older and not self.dropped

    def between(self, start: int, end: int) -> Sequence[Line]:
        """Give the lines kept with the numbers from `start` up to `end`."""
        first = self.first_number
        return self._lines[max(start - first, 0) : max(end - first, 0)]

    def add(self, arrived: Iterable[Event | Gap]) -> int:
        """Take events in, each id once, and give how many lines they made."""
        before = len(self._lines)
        for told in self._new(arrived):
            self._lines += _lines_of(told, self.end_number)
            if isinstance(told, Event) and told.id is not None:
                self.last_id = told.id
        added = len(self._lines) - before
        if len(self._lines) > self.cap + self.cap // 10:
            self._drop(len(self._lines) - self.cap)
        return added

    def mark(self, at: datetime) -> None:
        """Set a marker after the last line."""
        self._lines += _lines_of(Note(at), self.end_number)

    def put_before(self, events: Iterable[Event | Gap], older: bool) -> int:
        """Place older events before the first line, and give how many lines were kept of them.

        `older` tells whether there are still older ones. What is over the cap is dropped.
        """
        lines: list[Line] = []
        for told in self._new(events):
            lines += _lines_of(told, len(lines))
        self.older = older
        self.last_id = self.last_id or _last_id(lines)
        first = self.first_number - len(lines)
        self._lines[:0] = [
            Line(first + at, line.told, line.text, line.start) for at, line in enumerate(lines)
        ]
        self.first_number = first
        over = min(max(len(self._lines) - self.cap, 0), len(lines))
        self._drop(over)
        return len(lines) - over

    def _new(self, arrived: Iterable[Event | Gap]) -> Iterator[Event | Gap]:
        """Give what was not told before."""
        for told in arrived:
            if isinstance(told, Event) and told.id is not None:
                if told.id in self._ids or told.id in self._gone:
                    continue
                self._ids.add(told.id)
            yield told

    def _drop(self, count: int) -> None:
        """Forget the first lines; of events that are wholly gone some ids are remembered."""
        for line in self._lines[:count]:
            if isinstance(line.told, Event) and line.told.id is not None:
                self._gone[line.told.id] = None
        del self._lines[:count]
        self.first_number += count
        self.dropped += count
        self._ids.difference_update(self._gone)
        for name in list(self._gone)[: max(len(self._gone) - self._remembered, 0)]:
            del self._gone[name]


def _lines_of(told: Told, number: int) -> list[Line]:
    if isinstance(told, Gap):
        return [Line(number, told, sentence_of(told))]
    if isinstance(told, Note):
        return [Line(number, told, "marker")]
    if "\n" not in told.message:
        return [Line(number, told, told.message.expandtabs(TAB))]
    lines: list[Line] = []
    start = 0
    for text in told.message.split("\n"):
        lines.append(Line(number + len(lines), told, text.expandtabs(TAB), start))
        start += len(text) + 1
    return lines


def _last_id(lines: Sequence[Line]) -> str | None:
    told = (line.told for line in reversed(lines))
    return next((each.id for each in told if isinstance(each, Event) and each.id), None)
