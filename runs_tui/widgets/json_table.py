"""A JSON document that can be folded."""

from runs_tui.model.value_lines import Kind, ValueLines
from runs_tui.model.value_tree import Line
from runs_tui.widgets.columns import Cell, Column
from runs_tui.widgets.searching import marked
from runs_tui.widgets.value_table import ValueTable

DEEPEST = 20
"""From how deep on lines are no longer drawn further to the right."""


class JsonTable(ValueTable):
    """A JSON document, one line each."""

    def __init__(self, *, id: str | None = None) -> None:
        """Begin with nothing."""
        super().__init__([Column("json", "", self._line_cell, 16, grows=True)], id=id)

    def show_document(self, document: object) -> None:
        """Show a document."""
        if not self.rows or document != self.values.lines.document:
            self.show_lines(ValueLines(document))

    def _line_cell(self, line: Line) -> Cell:
        indent = "  " * min(line.depth, DEEPEST)
        plain = line.kind in (Kind.VALUE, Kind.MORE)
        text = line.text.expandtabs(4)
        cell = [
            (indent, ""),
            (line.label, "table--dim"),
            (text, "" if plain else "table--dim"),
        ]
        return marked(cell, self.pattern)
