"""Those lines of a feed that pass a test, kept up while the feed grows and forgets."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import overload

from runs_tui.model.feed import Feed
from runs_tui.model.line import Line

Test = Callable[[Line], bool]


class Sifted(Sequence[Line]):
    """Lines of a feed as they were when it was last looked at; each line is tested once."""

    def __init__(
        self, feed: Feed, test: Test | None = None, within: "Sifted | None" = None
    ) -> None:
        """Take the lines that pass, or all; `within` already holds every line that can pass."""
        self._feed = feed
        self.test = test
        """Tells whether a line is among them; None where all are."""
        self._first = self._end = feed.end_number
        self._kept: list[Line] = []
        if within is not None:
            self._first, self._end = within._first, within._end
            self._kept = self._passing(within._kept)
        self.take_in()

    def __len__(self) -> int:
        """Count the lines."""
        return len(self._kept)

    @overload
    def __getitem__(self, at: int) -> Line: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Line]: ...
    def __getitem__(self, at: int | slice) -> Line | Sequence[Line]:
        """Give the line at a place, or several."""
        return self._kept[at]

    def take_in(self) -> int:
        """Look at what the feed got and lost since, and give how many lines came at the end."""
        first, end = self._feed.first_number, self._feed.end_number
        if first > self._first:
            del self._kept[: self.place_of(first)]
        elif first < self._first:
            self._kept[:0] = self._passing(self._feed.between(first, self._first))
        new = self._passing(self._feed.between(max(first, self._end), end))
        self._kept += new
        self._first, self._end = first, end
        return len(new)

    def place_of(self, number: int) -> int:
        """Give the place of the line of a number, or of the first one after it."""
        if self.test is None and self._kept:
            return min(max(number - self._kept[0].number, 0), len(self._kept))
        return bisect_left(self._kept, number, key=_number)

    def after(self, number: int, direction: int) -> Line | None:
        """Give the next line after a number, or the one before; round where there is none."""
        if not self._kept:
            return None
        at = self.place_of(number + 1) if direction > 0 else self.place_of(number) - 1
        return self._kept[at % len(self._kept)]

    def _passing(self, lines: Sequence[Line]) -> list[Line]:
        return list(lines) if self.test is None else [line for line in lines if self.test(line)]


def _number(line: Line) -> int:
    return line.number
