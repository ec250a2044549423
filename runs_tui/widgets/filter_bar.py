"""The filter: its terms, each with where it ran; and the line to edit it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.getters import query_one

from runs_tui.model.grammar import FilterError
from runs_tui.model.query import Query, Term
from runs_tui.widgets.line_input import LineInput
from runs_tui.widgets.parts_line import PartsLine

if TYPE_CHECKING:
    from runs_tui.widgets.columns import Part

PROMPT = " / "


class FilterBar(Vertical):
    """One line that shows the filter, or edits it."""

    told = query_one("#filter-told", PartsLine)
    input = query_one("#filter-input", LineInput)
    wrong = query_one("#filter-wrong", PartsLine)

    def compose(self) -> ComposeResult:
        """Lay out what is told, the line to edit, and what is wrong with it."""
        yield PartsLine(id="filter-told")
        yield LineInput("state:failed workflow:~etl words", id="filter-input")
        yield PartsLine(id="filter-wrong")

    def show_query(self, query: Query, where: Mapping[Term, str]) -> None:
        """Show the terms of a query, each with where it ran."""
        parts: list[Part] = [(PROMPT, "table--dim")]
        if not query.terms:
            parts.append(("all runs", "table--dim"))
        for term in query.terms:
            parts.append((str(term), "table--accent"))
            parts.append((f" [{where[term]}]  " if where.get(term) else "  ", "table--dim"))
        self.told.show((parts, ()))

    def edit(self, text: str) -> None:
        """Begin to edit a filter."""
        self.add_class("-editing")
        self.input.value = text
        self.input.cursor_position = len(text)
        self.input.focus()
        self.call_after_refresh(self._show_end)

    def _show_end(self) -> None:
        self.input.scroll_to(x=self.input.max_scroll_x, animate=False)

    def leave(self) -> None:
        """End editing."""
        self.remove_class("-editing", "-wrong")

    def show_error(self, error: FilterError | None) -> None:
        """Say what is wrong, under the place where it is."""
        self.set_class(error is not None, "-wrong")
        if error is not None:
            before = cell_len(self.input.value[: error.start]) - self.input.scroll_offset.x
            lead = " " * (len(PROMPT) + before)
            caret = "^" * max(cell_len(self.input.value[error.start : error.end]), 1)
            line = f"{lead}{caret} {error.message}"
            lines = [line]
            if cell_len(line) > self.size.width:
                lines = [f"{lead}{caret}", f"{' ' * len(PROMPT)}{error.message}"]
            self.wrong.styles.height = len(lines)
            self.wrong.show(*(([(text, "table--warning")], ()) for text in lines))
