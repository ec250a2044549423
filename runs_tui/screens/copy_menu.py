"""Choosing what of a run is copied."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from runs_tui import looks
from runs_tui.keys import key
from runs_tui.model.text import one_line
from runs_tui.widgets.columns import Cell, Column
from runs_tui.widgets.inks import INKS
from runs_tui.widgets.virtual_table import VirtualTable


@dataclass(frozen=True, slots=True)
class Offer:
    """A text that can be copied."""

    name: str
    """What it is."""
    text: str


class OfferTable(VirtualTable[Offer]):
    """One line an offer."""

    show_head = False

    def __init__(self, offers: Sequence[Offer]) -> None:
        """Show some offers."""
        widest = max(len(offer.name) for offer in offers)
        columns: Sequence[Column[Offer]] = [
            Column("name", "", lambda offer: [(offer.name, "table--strong")], widest),
            Column("text", "", _text, 16, grows=True),
        ]
        super().__init__(columns, id="offers")
        self.rows = offers

    def key_of(self, row: Offer) -> str:
        """Give the name of the offer."""
        return row.name


def _text(offer: Offer) -> Cell:
    lines = offer.text.count("\n") + 1
    if lines > 1:
        return [(looks.counted(lines, "line"), "table--dim")]
    return [(one_line(offer.text, 300), "table--dim")]


class CopyScreen(ModalScreen[Offer | None], inherit_bindings=False):
    """Asks what to copy; gives None where nothing shall be."""

    COMPONENT_CLASSES: ClassVar[set[str]] = INKS
    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape,q,Y,backspace", "leave", "copy.leave", "leave it", "Copy nothing"),
    ]

    def __init__(self, about: str, offers: Sequence[Offer]) -> None:
        """Offer texts of a run, the first one under the cursor."""
        super().__init__()
        self._about = about
        self._offers = offers

    def compose(self) -> ComposeResult:
        """Lay out the offers."""
        with Vertical(id="copying"):
            yield Static(Content(self._about), id="copying-about")
            yield OfferTable(self._offers)
            yield Static(Content("Enter copies, Esc does not"), id="copying-keys")

    def on_mount(self) -> None:
        """Take the keys."""
        self.query_one(OfferTable).focus()

    @on(VirtualTable.Chosen)
    def choose(self) -> None:
        """Copy what is under the cursor."""
        self.dismiss(self.query_one(OfferTable).row)

    def action_leave(self) -> None:
        """Copy nothing."""
        self.dismiss(None)
