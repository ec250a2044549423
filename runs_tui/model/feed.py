"""The events of a run, in order, capped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import overload

from runs_tui.model.run import Event, Gap

CAP = 100_000
"""How many lines are kept; older ones are dropped and counted."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the feed: of an event, or a gap."""

    number: int
    """Its place since the beginning, from 0; it never changes."""
    told: Event | Gap
    """What it belongs to."""
    text: str
    """What it says."""
    first: bool = True
    """Whether it is the first line of its event."""


class Feed(Sequence[Line]):
    """The lines of one run's events; it grows at its end and forgets at its beginning."""

    def __init__(self, cap: int = CAP) -> None:
        """Begin empty, to keep at most `cap` lines."""
        self._cap = cap
        self._lines: list[Line] = []
        self._ids: set[str] = set()
        self.dropped = 0
        """How many lines were forgotten to keep to the cap."""
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

    def add(self, arrived: Iterable[Event | Gap]) -> int:
        """Take events in, each id once, and give how many lines they made."""
        before = len(self._lines) + self.dropped
        for told in arrived:
            if isinstance(told, Gap):
                self._append(told, "lines may be missing here")
                continue
            if told.id is not None:
                if told.id in self._ids:
                    continue
                self._ids.add(told.id)
                self.last_id = told.id
            lines = told.message.split("\n")
            for place, text in enumerate(lines):
                self._append(told, text.expandtabs(4), first=place == 0)
        self._forget()
        return len(self._lines) + self.dropped - before

    def _append(self, told: Event | Gap, text: str, *, first: bool = True) -> None:
        self._lines.append(Line(self.dropped + len(self._lines), told, text, first))

    def _forget(self) -> None:
        if len(self._lines) > self._cap + self._cap // 10:
            extra = len(self._lines) - self._cap
            del self._lines[:extra]
            self.dropped += extra
