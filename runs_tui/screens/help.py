"""The keys that work here, and why those that do not work do not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from runs_tui.keys import key
from runs_tui.screens.commands import commands_of
from runs_tui.widgets.columns import Cell, Column
from runs_tui.widgets.inks import INKS
from runs_tui.widgets.virtual_table import VirtualTable


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One action: its keys, what it does, and why it cannot be done now."""

    keys: str
    what: str
    why_not: str = ""


def rows_of(screen: Screen[Any]) -> Iterable[KeyRow]:
    """Give every action that is bound on a screen as it stands, each once."""
    for command in commands_of(screen):
        yield KeyRow(command.keys, command.what, command.why_not)


class KeyTable(VirtualTable[KeyRow]):
    """One line an action."""

    show_head = False
    opens = False

    def __init__(self) -> None:
        """Begin empty."""
        columns: Sequence[Column[KeyRow]] = [
            Column("keys", "KEY", lambda row: [(row.keys, "table--key")], 14),
            Column("what", "", _what, 20, grows=True),
        ]
        super().__init__(columns, id="keys")

    def key_of(self, row: KeyRow) -> str:
        """Give the keys."""
        return row.keys


def _what(row: KeyRow) -> Cell:
    if not row.why_not:
        return [(row.what, "")]
    return [(row.what, "table--dim"), (f"  not now: {row.why_not}", "table--warning")]


class HelpScreen(ModalScreen[None], inherit_bindings=False):
    """Shows the keys of the screen beneath it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = INKS

    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape,q,question_mark,backspace", "app.pop_screen", "help.back", "back", "Go back"),
    ]

    def __init__(self, rows: Sequence[KeyRow], about: str) -> None:
        """Take the keys to show and a sentence about the place."""
        super().__init__()
        self._rows = rows
        self._about = about

    def compose(self) -> ComposeResult:
        """Lay out the sentence and the table."""
        with Vertical(id="help"):
            yield Static(Content(self._about), id="help-about")
            yield KeyTable()

    def on_mount(self) -> None:
        """Fill the table."""
        self.query_one("#help").border_subtitle = "Esc goes back"
        table = self.query_one(KeyTable)
        table.set_rows(self._rows)
        table.focus()
