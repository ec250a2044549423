"""Why a run failed: the step, its error, what it blocked, and the lines before it."""

from datetime import datetime
from typing import ClassVar

from textual.binding import BindingType

from runs_tui.keys import key
from runs_tui.model.clock import BEGINNING
from runs_tui.model.why import Why
from runs_tui.widgets.columns import Cell, Column
from runs_tui.widgets.virtual_table import VirtualTable
from runs_tui.widgets.why_row import WhyRow
from runs_tui.widgets.why_rows import rows_of

LEADS = "›"
"""Stands behind a row that leads somewhere."""


class WhyTable(VirtualTable[WhyRow]):
    """One row for each thing that is known of a failure; Enter goes to where it comes from."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "choose", "why.go", "go there", "Go to where this comes from"),
    ]

    show_head = False

    def __init__(self, *, id: str | None = None) -> None:
        """Begin without a failure."""
        self.why: Why | None = None
        self.now = BEGINNING
        self.complete = False
        self.trouble = ""
        told = Column("told", "", _told, 20, grows=True)
        super().__init__([told, Column("leads", "", _leads, 1)], id=id)

    def key_of(self, row: WhyRow) -> str:
        """Give what names a row."""
        return row.key

    def show_why(self, why: Why, now: datetime, *, complete: bool, trouble: str = "") -> None:
        """Show what is known; `complete` once all events are, `trouble` is what hinders that."""
        self.why, self.now = why, now
        self.complete, self.trouble = complete, trouble
        self._lay_out()

    def clear(self) -> None:
        """Show nothing, for the run is another one."""
        self.why = None
        self.set_rows(())

    def on_resize(self) -> None:
        """Fold what is said for another width."""
        super().on_resize()
        self._lay_out()

    def _lay_out(self) -> None:
        if self.why is None:
            return
        width = next((width for column, width in self._layout if column.id == "told"), 0)
        rows = rows_of(self.why, width, self.now, complete=self.complete, trouble=self.trouble)
        if rows != self.rows:
            self.set_rows(rows)


def _told(row: WhyRow) -> Cell:
    return row.cell


def _leads(row: WhyRow) -> Cell:
    return [(LEADS, "table--accent")] if row.target and row.marked else []
