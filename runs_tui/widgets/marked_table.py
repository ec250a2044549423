"""A table whose rows can be marked: one, a range, or all."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from textual.binding import BindingType
from textual.message import Message

from runs_tui.keys import quiet
from runs_tui.widgets.virtual_table import VirtualTable

R = TypeVar("R")

MARKED = "◆"
"""Stands before a row that is marked."""


class MarkedTable(VirtualTable[R]):
    """Keeps marks by the keys of rows, also of rows that are not shown now."""

    BINDINGS: ClassVar[list[BindingType]] = [
        quiet("space", "mark", "list.mark", "mark", "Mark the row, or take its mark away"),
        quiet("v", "range", "list.range", "range", "Mark from here to where the cursor goes next"),
        quiet("asterisk", "mark_all", "list.mark_all", "mark all", "Mark all rows, or none"),
    ]

    @dataclass
    class MarksChanged(Message):
        """Other rows are marked."""

        table: "MarkedTable[object]"

    def __init__(self, *args: object, **more: object) -> None:
        """Begin without marks."""
        self.marks: frozenset[Hashable] = frozenset()
        """The keys of the rows that are marked."""
        self._anchor: Hashable | None = None
        self._anchored_at = 0
        super().__init__(*args, **more)  # type: ignore[arg-type]

    @property
    def ranging(self) -> bool:
        """Whether a range is being marked."""
        return self._anchor is not None

    @property
    def sign_width(self) -> int:
        """Give the cells before each row, more of them where rows are marked."""
        return 3 if self.marks or self.ranging else 1

    def sign(self, at: int) -> str:
        """Give what stands before a row besides the mark of the cursor."""
        if self.sign_width == 1:
            return ""
        return f"{MARKED} " if self.has_mark(at) else "  "

    def has_mark(self, at: int) -> bool:
        """Tell whether a row is marked, or in the range that is being marked."""
        return self.key_of(self.rows[at]) in self.marks or at in self._range()

    def _range(self) -> range:
        """Give the places between the anchor and the cursor, both with it."""
        if self._anchor is None:
            return range(0)
        self._anchored_at = max(self._find(self._anchor, self._anchored_at), 0)
        ends = sorted((self._anchored_at, self.cursor))
        return range(ends[0], ends[1] + 1)

    def set_marks(self, keys: Iterable[Hashable]) -> None:
        """Mark the rows of these keys and no others."""
        self._mark(frozenset(keys), anchor=None)

    def action_mark(self) -> None:
        """Mark the row under the cursor and go on, or take its mark away; ends a range."""
        if self.ranging:
            self.action_range()
            return
        if self.row is None:
            return
        self._mark(self.marks ^ {self.key_of(self.row)}, anchor=None)
        self.cursor += 1

    def action_range(self) -> None:
        """Begin a range at the cursor, or mark all rows of the range that was begun."""
        if not self.ranging:
            if self.row is not None:
                self._anchored_at = self.cursor
                self._mark(self.marks, anchor=self.key_of(self.row))
            return
        keys = {self.key_of(self.rows[at]) for at in self._range()}
        self._mark(self.marks | keys, anchor=None)

    def action_mark_all(self) -> None:
        """Mark all rows; where all are marked, none."""
        keys = frozenset(self.key_of(row) for row in self.rows)
        self._mark(self.marks - keys if keys <= self.marks else self.marks | keys, anchor=None)

    def leave_range(self) -> None:
        """Forget the range that was begun."""
        self._mark(self.marks, anchor=None)

    def watch_cursor(self, before: int, now: int) -> None:
        """Redraw what a range gains or loses."""
        super().watch_cursor(before, now)
        if self.ranging:
            self.refresh_changed()

    def _mark(self, marks: frozenset[Hashable], anchor: Hashable | None) -> None:
        width = self.sign_width
        self.marks, self._anchor = marks, anchor
        if self.sign_width != width:
            self.on_resize()
        self.refresh_changed()
        self.post_message(self.MarksChanged(self))  # type: ignore[arg-type]
