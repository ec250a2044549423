"""What is seen while the board and its sources are made ready."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from runs_tui.screens.first_keys import FILTER, HELP, QUIT
from runs_tui.widgets.inks import INKS
from runs_tui.widgets.key_line import KeyLine
from runs_tui.widgets.parts_line import Parts, PartsLine, named_in

if TYPE_CHECKING:
    from runs_tui.widgets.columns import Part


class OpeningScreen(Screen[None], inherit_bindings=False):
    """Shows the sources that are going to be read, where the board will show them."""

    COMPONENT_CLASSES: ClassVar[set[str]] = INKS
    BINDINGS: ClassVar[list[BindingType]] = [FILTER, QUIT, HELP]

    class Painted(Message):
        """It is seen."""

    def __init__(self, names: Mapping[str, str | None], *, demo: bool) -> None:
        """Take the sources: the colour of each by its name."""
        super().__init__()
        self._names = names
        self._demo = demo

    def compose(self) -> ComposeResult:
        """Lay out what the board will hold, as far as it is known."""
        yield PartsLine(id="sources", left_first=True)
        yield PartsLine(id="filter-told")
        yield Static(f"Reading the runs of {', '.join(self._names)}…", id="empty", markup=False)
        yield KeyLine(id="keys")

    def on_mount(self) -> None:
        """Tell which sources there are."""
        self.query_one("#sources", PartsLine).show((head(self._names, demo=self._demo), ()))
        self.call_after_refresh(self.post_message, self.Painted())


def head(names: Mapping[str, str | None], *, demo: bool) -> Parts:
    """Say which sources are read, before any has answered."""
    parts: list[Part] = [
        (" runs-tui", "table--strong"),
        (" demo  " if demo else "  ", "table--accent"),
    ]
    for name, color in names.items():
        parts += named_in(color, name, "○ ", " …  ", ink="table--dim")
    return parts
