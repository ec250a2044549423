"""Choosing what the runs are ordered by, and which columns show them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from runs_tui.keys import key
from runs_tui.model.columns import COLUMNS, DETAILS
from runs_tui.model.query import Sort
from runs_tui.widgets.columns import Cell, Column
from runs_tui.widgets.inks import INKS
from runs_tui.widgets.virtual_table import VirtualTable


@dataclass(frozen=True, slots=True)
class Pick:
    """One column that may be chosen."""

    name: str
    """Its name in a configuration."""
    mark: str = ""
    """Stands before it: whether it is chosen, or which way it orders."""
    fits: bool = True
    """Whether there is room for it, if it is chosen."""

    @property
    def about(self) -> str:
        """What it shows."""
        about = COLUMNS.get(self.name) or "told by this API alone"
        return about if self.fits or not self.mark else f"no room now: {about}"


class PickTable(VirtualTable[Pick]):
    """One line a column."""

    show_head = False

    def __init__(self) -> None:
        """Begin empty."""
        columns: Sequence[Column[Pick]] = [
            Column("mark", "", lambda pick: [(pick.mark, "table--accent")], 1),
            Column("name", "", lambda pick: [(pick.name, "table--strong")], 12, grows=True, cap=26),
            Column("about", "", _about, 16, grows=True, rank=1),
        ]
        super().__init__(columns, id="picks")

    def key_of(self, row: Pick) -> str:
        """Give the name of the column."""
        return row.name


def _about(pick: Pick) -> Cell:
    return [(pick.about, "table--dim")]


class SortScreen(ModalScreen[Sort | None], inherit_bindings=False):
    """Asks what to order the runs by; gives None where nothing shall change."""

    COMPONENT_CLASSES: ClassVar[set[str]] = INKS
    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape,q,s,backspace", "leave", "sort.leave", "leave it", "Change nothing"),
    ]

    def __init__(self, names: Sequence[str], sort: Sort | None) -> None:
        """Offer columns; the one that orders the runs now is under the cursor."""
        super().__init__()
        self._sort = sort or NEWEST
        self._picks = [Pick(name, self._mark(name)) for name in names]

    def compose(self) -> ComposeResult:
        """Lay out the columns."""
        with Vertical(id="picker"):
            yield Static(Content("Order the runs by"), id="picker-about")
            yield PickTable()
            told = "Enter orders by it, the largest or latest first; Enter again turns it round"
            yield Static(Content(told), id="picker-keys")

    def on_mount(self) -> None:
        """Stand on what orders them now."""
        self.query_one("#picker").border_subtitle = LEAVES
        table = self.query_one(PickTable)
        table.set_rows(self._picks)
        table.select(self._sort.field)
        table.focus()

    @on(VirtualTable.Chosen)
    def choose(self) -> None:
        """Order by what is under the cursor; the other way round where it does already."""
        pick = self.query_one(PickTable).row
        if pick is None:
            return
        turned = pick.name == self._sort.field and self._sort.descending
        self.dismiss(Sort(pick.name, descending=not turned))

    def action_leave(self) -> None:
        """Change nothing."""
        self.dismiss(None)

    def _mark(self, name: str) -> str:
        if name != self._sort.field:
            return ""
        return "↓" if self._sort.descending else "↑"


NEWEST = Sort("created")
"""How the runs are ordered where nobody chose another way."""


class ColumnsScreen(ModalScreen[Sequence[str] | None], inherit_bindings=False):
    """Asks for the columns and their order; gives None where nothing shall change."""

    COMPONENT_CLASSES: ClassVar[set[str]] = INKS
    BINDINGS: ClassVar[list[BindingType]] = [
        key("space", "flip", "columns.toggle", "show or hide", "Show the column, or hide it"),
        key("J", "shift(1)", "columns.down", "move down", "Move the column to the right"),
        key("K", "shift(-1)", "columns.up", "move up", "Move the column to the left"),
        key("u", "usual", "columns.usual", "the usual ones", "The usual columns again"),
        key("escape,q,c,backspace", "leave", "columns.leave", "leave it", "Change nothing"),
    ]

    def __init__(
        self,
        shown: Sequence[str],
        others: Sequence[str],
        usual: Sequence[str],
        left_out: Collection[str] = (),
    ) -> None:
        """Offer the columns that are shown, in their order, and then others.

        Those that are left out are shown where there is room for them.
        """
        super().__init__()
        self._usual = usual
        self._left_out = left_out
        self._others = [name for name in others if name not in shown]
        self._picks = self._picks_of(shown, self._others)

    def compose(self) -> ComposeResult:
        """Lay out the columns."""
        with Vertical(id="picker"):
            yield Static(Content("Columns, from left to right"), id="picker-about")
            yield PickTable()
            told = "Space shows or hides, J and K move, u takes the usual ones, Enter keeps it so"
            yield Static(Content(told), id="picker-keys")

    def on_mount(self) -> None:
        """Show what is chosen."""
        self._show()
        self.query_one("#picker").border_subtitle = LEAVES
        self.query_one(PickTable).focus()

    @on(VirtualTable.Chosen)
    def keep(self) -> None:
        """Keep what is chosen; with nothing chosen, the usual columns."""
        self.dismiss([pick.name for pick in self._picks if pick.mark] or list(self._usual))

    def action_flip(self) -> None:
        """Show the column under the cursor, or hide it, and go on to the next."""
        table = self.query_one(PickTable)
        if table.row is not None:
            pick = self._picks[table.cursor]
            self._picks[table.cursor] = replace(pick, mark="" if pick.mark else CHOSEN)
            self._show()
            table.action_move(1)

    def action_shift(self, places: int) -> None:
        """Move the column under the cursor."""
        table = self.query_one(PickTable)
        at, to = table.cursor, table.cursor + places
        if table.row is not None and 0 <= to < len(self._picks):
            self._picks[at], self._picks[to] = self._picks[to], self._picks[at]
            self._show()

    def action_usual(self) -> None:
        """Choose the usual columns."""
        names = [pick.name for pick in self._picks if pick.name not in self._usual]
        self._picks = self._picks_of(self._usual, names)
        self._show()

    def action_leave(self) -> None:
        """Change nothing."""
        self.dismiss(None)

    def _show(self) -> None:
        self.query_one(PickTable).set_rows(list(self._picks))

    def _picks_of(self, shown: Sequence[str], others: Sequence[str]) -> list[Pick]:
        marks = [(name, CHOSEN) for name in shown] + [(name, "") for name in others]
        return [Pick(name, mark, name not in self._left_out) for name, mark in marks]


CHOSEN = "✓"
LEAVES = "Esc changes nothing"


def offered(fields: Sequence[str]) -> Sequence[str]:
    """Give every column that there is, with those of an API's own fields."""
    return [*COLUMNS, *(f"{DETAILS}{field}" for field in fields)]
