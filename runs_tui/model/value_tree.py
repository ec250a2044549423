"""A JSON value line by line: what is folded is one line, and every line has a path."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, overload

from runs_tui.model import value_text
from runs_tui.model.value_lines import Kind, Path, ValueLines

_GONE = -2
"""Stands for a line that another document does not have."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is shown."""

    lines: ValueLines
    number: int
    """Which of all lines it is."""
    folded: bool = False

    @property
    def kind(self) -> Kind:
        """What it is of its value."""
        return self.lines.kinds[self.number]

    @property
    def depth(self) -> int:
        """How many values its own stands in."""
        return self.lines.depths[self.number]

    @property
    def path(self) -> Path:
        """The path of its value."""
        return self.lines.path(self.number)

    @property
    def value(self) -> Any:  # noqa: ANN401
        """The whole value that it is about."""
        return self.lines.value(self.number)

    @property
    def foldable(self) -> bool:
        """Whether others stand under it."""
        return self.lines.ends[self.number] > self.number + 1

    @property
    def label(self) -> str:
        """The name before its value."""
        return value_text.label(self.lines, self.number)

    @property
    def text(self) -> str:
        """What it says besides, cut where that is very long."""
        if self.folded and self.foldable:
            return value_text.folded_text(self.lines, self.number)
        return value_text.text(self.lines, self.number, value_text.LONGEST)


@dataclass(frozen=True, slots=True)
class ValueTree(Sequence[Line]):
    """The lines of a document that are shown: those that are not folded away."""

    lines: ValueLines
    folded: frozenset[int] = frozenset()
    """The numbers of the lines that are folded, seen or not."""
    shown: Sequence[int] = ()
    """The numbers of the lines that are shown, ascending."""

    @classmethod
    def of(cls, lines: ValueLines) -> "ValueTree":
        """Show every line."""
        return cls(lines, frozenset(), range(len(lines)))

    def __len__(self) -> int:
        """Count the lines that are shown."""
        return len(self.shown)

    @overload
    def __getitem__(self, place: int) -> Line: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Line]: ...
    def __getitem__(self, place: int | slice) -> Line | Sequence[Line]:
        """Give what is shown at a place."""
        if isinstance(place, slice):
            return [self._line(number) for number in self.shown[place]]
        return self._line(self.shown[place])

    def _line(self, number: int) -> Line:
        return Line(self.lines, number, number in self.folded)

    def place(self, number: int) -> int:
        """Give where a line is shown, or where that one is that it is folded into."""
        return max(bisect_right(self.shown, number) - 1, 0)

    # Folding

    def fold(self, number: int) -> "ValueTree":
        """Fold what is under a line into it."""
        end = self.lines.ends[number]
        if number in self.folded or end == number + 1:
            return self
        shown = list(self.shown)
        first = bisect_right(shown, number)
        if shown and first and shown[first - 1] == number:
            del shown[first : bisect_left(shown, end)]
        return ValueTree(self.lines, self.folded | {number}, shown)

    def unfold(self, number: int) -> "ValueTree":
        """Show again what is folded into a line; what is folded further down stays so."""
        if number not in self.folded:
            return self
        folded = self.folded - {number}
        shown = list(self.shown)
        first = bisect_right(shown, number)
        if first and shown[first - 1] == number:
            shown[first:first] = self._under(number, folded)
        return ValueTree(self.lines, folded, shown)

    def fold_all(self) -> "ValueTree":
        """Fold everything but the whole document."""
        keys = self.lines.keys
        return self._folding(frozenset(n for n in self.lines.foldable() if keys[n] is not None))

    def unfold_all(self) -> "ValueTree":
        """Show every line."""
        return ValueTree.of(self.lines)

    def reveal(self, number: int) -> "ValueTree":
        """Unfold all that hides a line."""
        tree, above = self, self.lines.parents[number]
        while above >= 0:
            tree = tree.unfold(above)
            above = self.lines.parents[above]
        return tree

    def over(self, lines: ValueLines) -> "ValueTree":
        """Show another document, with that folded which is folded in this one."""
        if not self.folded:
            return ValueTree.of(lines)
        mine = self.lines
        here = {(mine.parents[line], mine.keys[line]): line for line in mine.foldable()}
        alike = {-1: -1}
        for line in lines.foldable():
            alike[line] = here.get((alike[lines.parents[line]], lines.keys[line]), _GONE)
        folded = (line for line, before in alike.items() if before in self.folded)
        return ValueTree(lines)._folding(frozenset(folded))

    def _folding(self, folded: frozenset[int]) -> "ValueTree":
        first = [0] if len(self.lines) else []
        return ValueTree(self.lines, folded, [*first, *self._under(-1, folded)][len(first) :])

    def _under(self, number: int, folded: frozenset[int]) -> list[int]:
        """Give the lines to show under a line, where these are folded; -1 for the document."""
        ends = self.lines.ends
        under, now = [], number + 1
        end = len(ends) if number < 0 else ends[number]
        while now < end:
            under.append(now)
            now = ends[now] if now in folded else now + 1
        return under

    # Searching

    def texts(self) -> Sequence[str]:
        """Give what every line says, whole, those that are folded away too."""
        lines = self.lines
        parting = "" if lines.json else "  "
        return [
            f"{value_text.label(lines, n)}{parting}{value_text.text(lines, n)}"
            for n in range(len(lines))
        ]
