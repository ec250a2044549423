"""Choosing the theme, with the whole screen drawn in the one under the cursor."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.theme import Theme
from textual.widgets import Static

from runs_tui.keys import key
from runs_tui.themes import THEMES
from runs_tui.widgets.columns import Column
from runs_tui.widgets.inks import INKS
from runs_tui.widgets.virtual_table import VirtualTable

CHOSEN = "✓"


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """One theme that can be chosen."""

    name: str
    """Its name in a configuration."""
    about: str
    """For which terminals it is."""
    kept: bool
    """Whether it is the one that was there before."""


class ThemeTable(VirtualTable[ThemeRow]):
    """One line a theme."""

    show_head = False

    def __init__(self) -> None:
        """Begin empty."""
        columns: list[Column[ThemeRow]] = [
            Column("mark", "", lambda row: [(CHOSEN if row.kept else "", "table--accent")], 1),
            Column("name", "", lambda row: [(row.name, "table--strong")], 16, grows=True, cap=20),
            Column("about", "", lambda row: [(row.about, "table--dim")], 5, grows=True, rank=1),
        ]
        super().__init__(columns, id="themes")

    def key_of(self, row: ThemeRow) -> str:
        """Give the name of the theme."""
        return row.name


class ThemeScreen(ModalScreen[str | None], inherit_bindings=False):
    """Asks for a theme; gives None where the one before is back."""

    COMPONENT_CLASSES: ClassVar[set[str]] = INKS
    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape,q,T,backspace", "leave", "theme.leave", "leave it", "The theme before"),
    ]

    def __init__(self, before: str) -> None:
        """Offer every theme; the one before is under the cursor."""
        super().__init__()
        self._before = before

    def compose(self) -> ComposeResult:
        """Lay out the themes."""
        with Vertical(id="theming"):
            yield Static(Content("Theme"), id="theming-about")
            yield ThemeTable()
            yield Static(Content("Enter keeps it, Esc takes it back"), id="theming-keys")

    def on_mount(self) -> None:
        """Stand on the theme before."""
        table = self.query_one(ThemeTable)
        table.set_rows(
            [ThemeRow(name, _about(theme), name == self._before) for name, theme in THEMES.items()]
        )
        table.select(self._before)
        table.focus()

    @on(VirtualTable.Highlighted)
    def preview(self) -> None:
        """Draw everything in the theme under the cursor."""
        row = self.query_one(ThemeTable).row
        if row is not None:
            self.app.theme = row.name

    @on(VirtualTable.Chosen)
    def keep(self) -> None:
        """Keep the theme under the cursor."""
        row = self.query_one(ThemeTable).row
        self.dismiss(row.name if row else None)

    def action_leave(self) -> None:
        """Take the theme back that was there before."""
        self.app.theme = self._before
        self.dismiss(None)


def _about(theme: Theme) -> str:
    """Say for which terminals a theme is."""
    brightness = "dark" if theme.dark else "light"
    return f"{brightness}, 16 colours" if theme.ansi else brightness
