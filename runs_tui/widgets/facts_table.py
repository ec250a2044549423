"""Everything that is known of a run, as facts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.cells import cell_len

from runs_tui.model import shapes
from runs_tui.model.clock import BEGINNING
from runs_tui.model.run import Run
from runs_tui.model.value_lines import Kind, Path, ValueLines
from runs_tui.model.value_tree import Line
from runs_tui.widgets.columns import Cell, Column
from runs_tui.widgets.facts import DETAILS, Fact, facts_of, told_details
from runs_tui.widgets.searching import marked
from runs_tui.widgets.value_table import ValueTable
from runs_tui.widgets.wrapping import wrapped

NAMES = (12, 32)
"""The cells of the names, at least and at most."""


class FactsTable(ValueTable):
    """The facts of a run, and the details of its API as a tree under them."""

    def __init__(self, *, id: str | None = None) -> None:
        """Begin without facts."""
        self._run: Run | None = None
        self._now = BEGINNING
        self._facts: Mapping[str, Fact] = {}
        self._details: Any = {}
        self._split_at = 0
        super().__init__([], id=id)

    def show_run(self, run: Run, now: datetime) -> None:
        """Show what is known of a run at an instant."""
        self._now = now
        facts = {fact.name: fact for fact in facts_of(run, now)}
        same = run is self._run and self.rows and facts.keys() == self._facts.keys()
        moved = [fact for name, fact in facts.items() if fact != self._facts.get(name)]
        self._facts = facts
        if same and all(cell_len(fact.text) <= self._split_at for fact in moved):
            self.refresh_changed()
            return
        if run is not self._run:
            self._run, self._details = run, told_details(run)
        self._lay_out()

    def _lay_out(self) -> None:
        if self._run is None:
            return
        told: dict[str, object] = {name: fact.text for name, fact in self._facts.items()}
        if self._details:
            told[DETAILS] = self._details
        names = [*self._facts, *map("  {}".format, self._details)]
        widest = min(max([NAMES[0], *map(cell_len, names)]), NAMES[1])
        self.columns = [
            Column("name", "", self._name_cell, widest),
            Column("text", "", self._text_cell, 16, grows=True),
        ]
        super().on_resize()
        self._split_at = self._text_width
        self.show_lines(ValueLines(told, json=False, split=self._split))

    @property
    def _text_width(self) -> int:
        return next((width for column, width in self._layout if column.id == "text"), 0)

    def _split(self, text: str) -> Sequence[str]:
        return wrapped(text, self._split_at) if self._split_at else text.split("\n")

    def on_resize(self) -> None:
        """Wrap anew where there is another width for it."""
        super().on_resize()
        if self.rows and self._text_width != self._split_at:
            self._lay_out()

    # What is under the cursor

    def path_of(self, line: Line) -> Path | None:
        """Give the path of a fact in the JSON of the run; None where that does not have it."""
        fact = self._facts.get(str(line.path[0]))
        if fact is None:
            return ("run", *line.path)
        return ("run", *fact.path) if fact.path else None

    def value_of(self, line: Line) -> object:
        """Give what the API told, not how it is written here."""
        path = self.path_of(line)
        if self._run is None or path is None:
            return line.value
        value: Any = {"run": shapes.of_run(self._run, self._now)}
        for key in path:
            value = value[key]
        return value

    # Drawing

    def _name_cell(self, line: Line) -> Cell:
        return marked([("  " * line.depth + line.label, "table--dim")], self.pattern)

    def _text_cell(self, line: Line) -> Cell:
        fact = self._facts.get(str(line.path[0])) if line.depth == 0 else None
        moving = fact is not None and not line.foldable and line.kind is Kind.VALUE
        text = fact.text if fact and moving else line.text
        ink = fact.ink if fact else "table--dim" if line.folded else ""
        return marked([(text.expandtabs(4), ink)], self.pattern)
