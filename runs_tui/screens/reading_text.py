"""A text on the whole screen: a long value, or what was copied."""

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from runs_tui import looks
from runs_tui.keys import key
from runs_tui.screens.clipboard import Copied, copy
from runs_tui.widgets.inks import INKS
from runs_tui.widgets.key_line import KeyLine
from runs_tui.widgets.parts_line import PartsLine
from runs_tui.widgets.text_lines import TextLines

HELD = {
    Copied.IN_TMUX: "Copied into the buffer of tmux",
    Copied.SENT: "Copied; if your terminal did not take it, select it here with Shift held",
    Copied.TOO_LARGE: "Too large for the clipboard of a terminal: select it here with Shift held",
}
"""What is said of a text that was to be copied."""


class TextScreen(Screen[None], inherit_bindings=False):
    """Shows a text from edge to edge, so that a terminal selects nothing else with it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = INKS
    BINDINGS: ClassVar[list[BindingType]] = [
        key("y", "copy", "text.copy", "copy all", "Copy all of the text"),
        key("escape,q,enter,backspace", "leave", "text.leave", "back", "Go back"),
    ]

    def __init__(self, name: str, text: str, copied: Copied | None = None) -> None:
        """Show a text under its name, and what is known of it where it was to be copied."""
        super().__init__()
        self._called = name
        self._whole_text = text
        self._copied = copied

    def compose(self) -> ComposeResult:
        """Lay out what it is, the text, and the keys."""
        yield PartsLine(id="text-head")
        yield TextLines(self._whole_text, id="text")
        yield KeyLine(id="keys")

    def on_mount(self) -> None:
        """Begin at the top."""
        self.query_one(TextLines).focus()
        self._tell()

    def _tell(self) -> None:
        head = self.query_one("#text-head", PartsLine)
        size = looks.counted(len(self._whole_text), "character")
        told = "" if self._copied is None else HELD[self._copied]
        ink = "table--dim" if self._copied is Copied.IN_TMUX else "table--warning"
        self.set_class(self._copied is not None, "-copied")
        first = ([(self._called, "table--strong")], [(size, "table--dim")])
        head.show(first, ([(told, ink)], ()))

    def action_leave(self) -> None:
        """Go back to where it came from."""
        self.dismiss()

    @work(group="copying", exclusive=True, exit_on_error=False)
    async def action_copy(self) -> None:
        """Copy all of it."""
        self._copied = await copy(self.app, self._whole_text)
        self._tell()
