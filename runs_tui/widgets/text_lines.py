"""A text to be read, and to be selected: from edge to edge, without a mark or a border."""

from rich.segment import Segment
from textual.strip import Strip

from runs_tui.widgets.columns import Column
from runs_tui.widgets.virtual_table import VirtualTable
from runs_tui.widgets.wrapping import wrapped


class TextLines(VirtualTable[str]):
    """The lines of a text, wrapped."""

    show_head = False
    show_cursor = False
    opens = False

    def __init__(self, text: str, *, id: str | None = None) -> None:
        """Show a text."""
        super().__init__([Column("line", "", lambda line: [(line, "")], 1, grows=True)], id=id)
        self._wrapped_text = text
        self._wrapped_at = 0

    def on_resize(self) -> None:
        """Wrap it anew where there is another width for it."""
        super().on_resize()
        if self.size.width and self.size.width != self._wrapped_at:
            self._wrapped_at = self.size.width
            self.set_rows(wrapped(self._wrapped_text, self.size.width))

    def action_move(self, rows: int) -> None:
        """Scroll by some lines."""
        self._show_from(self.scroll_offset.y + rows)

    def action_to_row(self, row: int) -> None:
        """Scroll to a line; -1 is the last."""
        self._show_from(len(self.rows) if row < 0 else row)

    def action_move_pages(self, pages: float) -> None:
        """Scroll by some pages."""
        self._show_from(self.scroll_offset.y + round(self.page_height * pages))

    def _show_from(self, line: int) -> None:
        self._scroll(line)
        self.cursor = self.scroll_offset.y

    def _row_strip(self, at: int) -> Strip:
        style = self.inks.style()
        return self._strip([Segment(self.rows[at], style)], style)
