"""A line to type in that keeps still."""

from typing import ClassVar

from textual.binding import BindingType
from textual.widgets import Input

from runs_tui.keys import key


class LineInput(Input):
    """One line of text, without a border and without a blinking cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "submit", "line.keep", "keep", "Keep what was typed"),
    ]

    def __init__(self, placeholder: str = "", *, id: str | None = None) -> None:
        """Begin empty; the placeholder says what may be typed."""
        super().__init__(placeholder=placeholder, compact=True, id=id)
        self.cursor_blink = False
