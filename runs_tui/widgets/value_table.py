"""A tree of values: folded, searched, and copied whole or in parts."""

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.binding import BindingType
from textual.message import Message

from runs_tui import looks
from runs_tui.keys import key, quiet
from runs_tui.model.value_lines import Kind, Path, ValueLines, jq_path
from runs_tui.model.value_tree import Line, ValueTree
from runs_tui.widgets.columns import Column, Part
from runs_tui.widgets.searching import FindAsked, pattern_of
from runs_tui.widgets.virtual_table import VirtualTable

NEAR = 3
"""How many lines around a match are seen at least, where there are so many."""
NO_LINES = ValueLines({}, json=False)


class ValueTable(VirtualTable[Line]):
    """The lines of a value, those left out that are folded."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "choose", "values.open", "open", "Fold or unfold it; a text: read it whole"),
        quiet("h,left", "fold", "values.fold", "fold", "Fold it, or go to what it stands in"),
        quiet("l,right", "unfold", "values.unfold", "unfold", "Unfold it, or go into it"),
        key("x", "fold_all", "values.fold_all", "fold all", "Fold everything, or unfold it again"),
        key("slash", "find", "values.find", "search", "Search all that is told", display="/"),
        key("n", "next_match(1)", "values.next", "next", "Next line that matches"),
        quiet("N", "next_match(-1)", "values.previous", "previous", "Previous line that matches"),
        key("y", "copy_value", "values.copy", "copy value", "Copy the value under the cursor"),
    ]

    show_head = False

    @dataclass
    class Changed(Message):
        """What stands above it should be told anew."""

        table: "ValueTable"

    @dataclass
    class CopyAsked(Message):
        """Somebody wants to have the value under the cursor."""

        table: "ValueTable"

    def __init__(self, columns: Sequence[Column[Line]], *, id: str | None = None) -> None:
        """Begin with nothing."""
        self.values = ValueTree.of(NO_LINES)
        self.words = ""
        """What is searched for."""
        self.pattern = pattern_of("")
        self._texts: Sequence[str] = ()
        self._matches: list[int] = []
        self._before: tuple[ValueTree, int] | None = None
        """What was shown before words were typed, and the line under the cursor."""
        super().__init__(columns, id=id)

    # What it shows

    def show_lines(self, lines: ValueLines) -> None:
        """Show other lines, folded as those before where they are alike."""
        self.values = self.values.over(lines)
        self._texts, self._before = (), None
        self._find_matches()
        self.set_rows(self.values)
        self.post_message(self.Changed(self))

    def clear(self) -> None:
        """Show nothing, and remember what was folded."""
        self.set_rows(())

    def key_of(self, row: Line) -> Hashable:
        """Give the path of a line, and which line of its value it is."""
        return (row.path, row.kind, row.number - row.lines.owner(row.number))

    def scan(self, key: Hashable) -> int | None:
        """Find the row of a path among all, or the one that it is folded into."""
        path: Any = key[0] if isinstance(key, tuple) else ()
        number = self.values.lines.number(path)
        return None if number is None or not self.rows else self.values.place(number)

    # What is under the cursor

    def path_of(self, line: Line) -> Path | None:
        """Give the path of a line in the whole document, where it stands in that."""
        return line.path

    def value_of(self, line: Line) -> object:
        """Give the whole value that a line is about."""
        return line.value

    @property
    def path(self) -> str:
        """Give the path under the cursor as jq reads it; "" where there is none."""
        path = self.path_of(self.row) if self.row else None
        return "" if path is None else jq_path(path)

    # Folding

    def action_choose(self) -> None:
        """Fold an object or a list, or unfold it; choose anything else."""
        line = self.row
        if line is None or line.kind not in (Kind.OPEN, Kind.CLOSE):
            super().action_choose()
        elif line.folded:
            self.action_unfold()
        else:
            self._fold(line.lines.owner(line.number))

    def action_fold(self) -> None:
        """Fold what is under the cursor; what cannot be folded: go to what it stands in."""
        line = self.row
        if line is None:
            return
        owner = line.lines.owner(line.number)
        if owner in self.values.folded or not Line(line.lines, owner).foldable:
            above = line.lines.parents[owner]
            if above >= 0:
                self.cursor = self.values.place(above)
        else:
            self._fold(owner)

    def action_unfold(self) -> None:
        """Unfold what is under the cursor; what is unfolded: go into it."""
        line = self.row
        if line is None or not line.foldable:
            return
        if line.folded:
            self._show(self.values.unfold(line.number), line.number)
        else:
            self.cursor += 1

    def action_fold_all(self) -> None:
        """Fold everything; where everything is folded, unfold it."""
        line = self.row
        if line is not None:
            folded = self.values.fold_all()
            again = folded.folded == self.values.folded
            self._show(folded.unfold_all() if again else folded, line.number)

    def _fold(self, number: int) -> None:
        self.cursor = self.values.place(number)
        self._show(self.values.fold(number), number)

    def _show(self, tree: ValueTree, number: int) -> None:
        """Show other lines of the same document, the cursor on one of them, where it stood."""
        above = self.cursor - self.scroll_offset.y
        self.rows = self.values = tree
        at = tree.place(number)
        self._resize()
        self._scroll(at - above)
        self._keep_in_view(at)
        self.set_reactive(VirtualTable.cursor, at)
        self.refresh_changed()
        self.post_message(self.Scrolled(self))  # type: ignore[arg-type]
        self.post_message(self.Changed(self))

    def watch_cursor(self, before: int, now: int) -> None:
        """Tell what is under the cursor now."""
        super().watch_cursor(before, now)
        self.post_message(self.Changed(self))

    # Searching

    def action_find(self) -> None:
        """Ask for the words to search for."""
        if self.row is not None:
            self._before = (self.values, self.row.number)
        self.post_message(FindAsked(self))

    def on_focus(self) -> None:
        """Stay where the words that were typed have led."""
        self._before = None

    def search(self, words: str) -> None:
        """Search for words, from the cursor on; while they are typed, from where it was before."""
        self.words, self.pattern = words, pattern_of(words)
        if self._before is not None:
            self._show(*self._before)
        self._find_matches()
        self.refresh_bindings()
        self.refresh_changed()
        self._go(1, from_here=True)
        self.post_message(self.Changed(self))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave out going to another match where nothing is searched for."""
        if action == "next_match":
            return bool(self.words)
        return super().check_action(action, parameters)

    def action_next_match(self, direction: int) -> None:
        """Go to the next line that matches, or the one before, and unfold what hides it."""
        self._go(direction)

    def _find_matches(self) -> None:
        self._matches = []
        if self.pattern is not None:
            self._texts = self._texts or self.values.texts()
            search = self.pattern.search
            self._matches = [number for number, text in enumerate(self._texts) if search(text)]

    def _go(self, direction: int, *, from_here: bool = False) -> None:
        if not self._matches or self.row is None:
            return
        number = self.row.number
        at = bisect_left(self._matches, number)
        here = at < len(self._matches) and self._matches[at] == number
        if direction < 0:
            at -= 1
        elif here and not from_here:
            at += 1
        wanted = self._matches[at % len(self._matches)]
        self._show(self.values.reveal(wanted), number)
        at = self.values.place(wanted)
        if not NEAR <= at - self.scroll_offset.y < self.page_height - NEAR:
            self._scroll(at - self.page_height // 2)
        self.cursor = at

    # What stands above it

    def told(self) -> tuple[Sequence[Part], Sequence[Part]]:
        """Give the path under the cursor, and which match of how many that is."""
        left: list[Part] = [(self.path, "table--dim")]
        if not self.words:
            place = f"{looks.count(self.cursor + 1)} of {looks.count(len(self.rows))}"
            return left, [(place, "table--dim")] if self.rows else []
        return left, [(f"/{self.words}  {self._found()}", "table--accent")]

    def _found(self) -> str:
        count = len(self._matches)
        if not count:
            return "no match"
        number = self.row.number if self.row else -1
        at = bisect_left(self._matches, number)
        if at < count and self._matches[at] == number:
            return f"match {looks.count(at + 1)} of {looks.count(count)}"
        return f"{looks.count(count)} match{'es' if count > 1 else ''}"

    # Handing over

    def action_copy_value(self) -> None:
        """Ask for a copy of the value under the cursor."""
        if self.row is not None:
            self.post_message(self.CopyAsked(self))
