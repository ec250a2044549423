"""The quiet list under a line: what it can go on as."""

from collections.abc import Hashable, Sequence

from textual import events

from runs_tui.model.completion import Candidate
from runs_tui.widgets.columns import Cell, Column
from runs_tui.widgets.virtual_table import VirtualTable


class CandidateTable(VirtualTable[Candidate], can_focus=False, inherit_bindings=False):
    """One line a candidate; one of them may be marked."""

    show_head = False

    def __init__(self, *, marks_first: bool = False, id: str | None = None) -> None:
        """Begin empty; with `marks_first` there is a marked one whenever there is any."""
        columns: Sequence[Column[Candidate]] = [
            Column("shown", "", _shown, 18, grows=True, cap=44),
            Column("about", "", _about, 16, grows=True, rank=1),
            Column("kind", "", _kind, 8, right=True, rank=2),
        ]
        super().__init__(columns, id=id)
        self._marks_first = marks_first
        self.show_cursor = marks_first
        self.display = False

    def key_of(self, row: Candidate) -> Hashable:
        """Give its text, for a line never offers the same twice."""
        return row.text

    def offer(self, candidates: Sequence[Candidate], *, mark: bool = True) -> None:
        """Offer other candidates; the mark goes to the first, or away."""
        self.show_cursor = self._marks_first and mark
        self.display = bool(candidates)
        self.set_rows(())
        self.set_rows(candidates)

    @property
    def marked(self) -> Candidate | None:
        """Give the marked candidate; None where none is."""
        return self.row if self.show_cursor else None

    @property
    def best(self) -> Candidate | None:
        """Give the marked candidate, or the first."""
        return self.marked or (self.rows[0] if self.rows else None)

    def mark(self, rows: int) -> None:
        """Mark another one, or the first; above the first none is where none must be."""
        at = (self.cursor if self.show_cursor else -1) + rows
        self.show_cursor = at >= 0 or self._marks_first
        self.cursor = at
        self.refresh_changed()

    async def _on_click(self, event: events.Click) -> None:
        at = self._row_at(event.y)
        if at is not None:
            self.show_cursor = True
            self.cursor = at
            self.action_choose()


def _shown(row: Candidate) -> Cell:
    ink = "table--dim" if row.why_not else ""
    keys = [(f"  {row.keys}", "table--dim")] if row.keys else []
    return [(row.shown, ink), *keys]


def _about(row: Candidate) -> Cell:
    if row.why_not:
        return [(f"not now: {row.why_not}", "table--warning")]
    return [(row.about, "table--dim")]


def _kind(row: Candidate) -> Cell:
    return [(row.kind, "table--dim")]
