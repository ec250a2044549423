"""Two logs, aligned: beside each other where there is room, else one above the other."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from runs_tui import looks
from runs_tui.keys import key, quiet
from runs_tui.model.log_diff import DiffRow, LogDiff, LogLine
from runs_tui.widgets.columns import Cell, Column
from runs_tui.widgets.diff_tables import AFTER, BEFORE
from runs_tui.widgets.virtual_table import VirtualTable

WIDE = 120
"""The cells of a table from which two logs stand beside each other."""
PAN = 20
"""By how many cells the lines move to the side."""
_INKS = {"error": "state--failed", "warning": "table--warning", "debug": "table--dim"}


class LogDiffTable(VirtualTable[DiffRow]):
    """The lines of two logs; what they have in common is folded."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "choose", "log_diff.unfold", "unfold", "Show the lines that are folded here"),
        key("n", "next_change(1)", "log_diff.next", "next", "Next difference"),
        key("N", "next_change(-1)", "log_diff.previous", "previous", "Difference before"),
        quiet("l,right", "pan(1)", "log_diff.right", "right", "Read on at the right"),
        quiet("h,left", "pan(-1)", "log_diff.left", "left", "Back to the left"),
    ]

    show_head = False

    def __init__(self, *, id: str | None = None) -> None:
        """Begin without lines."""
        self.diff = LogDiff()
        self._unfolded: frozenset[int] = frozenset()
        self._pan = 0
        super().__init__(self._columns(beside=False), id=id)
        self._beside = False

    def key_of(self, row: DiffRow) -> int:
        """Give the number of the line."""
        return row.number

    @property
    def beside(self) -> bool:
        """Whether there is room for two logs beside each other."""
        return self.size.width >= WIDE

    def show_diff(self, diff: LogDiff) -> None:
        """Show two logs, at their first difference."""
        self.diff, self._unfolded = diff, frozenset()
        self._lay_out()
        first = next((at for at, row in enumerate(self.rows) if not row.same), 0)
        self.cursor = first

    def on_resize(self) -> None:
        """Take the room there is."""
        if self.beside != self._beside:
            self._lay_out()
        super().on_resize()

    def _lay_out(self) -> None:
        self._beside = self.beside
        self.columns = self._columns(beside=self._beside)
        super().on_resize()
        self.set_rows(list(self.diff.rows(beside=self._beside, unfolded=self._unfolded)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave out unfolding where nothing is folded."""
        if action == "choose":
            return self.row is not None and self.row.hidden > 0
        return super().check_action(action, parameters)

    def watch_cursor(self, before: int, now: int) -> None:
        """Tell which keys work on the line under the cursor."""
        super().watch_cursor(before, now)
        self.refresh_bindings()

    def action_choose(self) -> None:
        """Show the lines that are folded under the cursor."""
        row = self.row
        if row is not None and row.hidden:
            self._unfolded |= {row.block}
            self._lay_out()

    def action_next_change(self, direction: int) -> None:
        """Go to the next difference, or the one before."""
        here = self.row
        if here is None:
            return
        rows = range(self.cursor, len(self.rows)) if direction > 0 else range(self.cursor, -1, -1)
        other = (at for at in rows if not self.rows[at].same and self.rows[at].block != here.block)
        found = next(other, None)
        if found is None:
            return
        block = self.rows[found].block
        while found and self.rows[found - 1].block == block:
            found -= 1
        self.cursor = found

    def action_pan(self, direction: int) -> None:
        """Move the lines to the side."""
        self._pan = max(self._pan + direction * PAN, 0)
        self.refresh_changed()

    def _columns(self, *, beside: bool) -> Sequence[Column[DiffRow]]:
        if not beside:
            return [Column("line", "", self._either, 20, grows=True)]
        return [
            Column("before", "", self._before, 20, grows=True, cap=1000),
            Column("after", "", self._after, 20, grows=True, cap=1000),
        ]

    def _either(self, row: DiffRow) -> Cell:
        if row.hidden:
            return _fold(row)
        if row.same:
            return self._told(" ", row.after, "table--dim", "table--dim")
        if row.before is not None:
            return self._told(BEFORE, row.before, "table--dim", "")
        return self._told(AFTER, row.after, "table--accent", "")

    def _before(self, row: DiffRow) -> Cell:
        if row.hidden:
            return _fold(row)
        if row.same:
            return self._told(" ", row.before, "table--dim", "table--dim")
        return self._told(BEFORE, row.before, "table--dim", "")

    def _after(self, row: DiffRow) -> Cell:
        if row.hidden:
            return []
        if row.same:
            return self._told(" ", row.after, "table--dim", "table--dim")
        return self._told(AFTER, row.after, "table--accent", "")

    def _told(self, sign: str, line: LogLine | None, ink: str, otherwise: str) -> Cell:
        if line is None:
            return []
        text = line.text[self._pan :]
        level = otherwise if sign == " " else _INKS.get(line.level or "", otherwise)
        return [(f"{sign} ", ink), (text, level)]


def _fold(row: DiffRow) -> Cell:
    return [(f"⋯ {looks.counted(row.hidden, 'line')} alike", "table--dim")]
