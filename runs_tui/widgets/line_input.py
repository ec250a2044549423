"""A line to type in that keeps still."""

from textual.widgets import Input


class LineInput(Input):
    """One line of text, without a border and without a blinking cursor."""

    def __init__(self, placeholder: str = "", *, id: str | None = None) -> None:
        """Begin empty; the placeholder says what may be typed."""
        super().__init__(placeholder=placeholder, compact=True, id=id)
        self.cursor_blink = False
