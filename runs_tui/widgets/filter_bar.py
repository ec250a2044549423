"""The filter: its terms, each with where it ran; and the line to edit it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one

from runs_tui.model.completion import Completion, complete
from runs_tui.model.grammar import FilterError
from runs_tui.model.known import Known
from runs_tui.model.query import Query, Term
from runs_tui.widgets.line_input import LineInput
from runs_tui.widgets.parts_line import Parts, PartsLine, width_of
from runs_tui.widgets.typing_line import TypingLine

if TYPE_CHECKING:
    from runs_tui.widgets.columns import Part

PROMPT = " / "

Wordings = Mapping[Term, Sequence[str]]
"""Where each term ran, in words from the fullest to the shortest."""


class FilterBar(Vertical):
    """One line that shows the filter, or edits it."""

    told = query_one("#filter-told", PartsLine)
    line = query_one(TypingLine)

    def __init__(self) -> None:
        """Begin without a filter."""
        super().__init__()
        self.known = Known()
        self._shown: tuple[Query, Wordings] = (Query(), {})

    def compose(self) -> ComposeResult:
        """Lay out what is told, and the line to edit."""
        yield PartsLine(id="filter-told")
        placeholder = "state:failed workflow:~etl words"
        yield TypingLine(PROMPT, placeholder, id="filter-input", marks_first=False)

    @property
    def input(self) -> LineInput:
        """Give the line to edit."""
        return self.line.input

    @property
    def completion(self) -> Completion:
        """Give what the filter can go on as where the cursor stands."""
        return complete(self.input.value, self.input.cursor_position, self.known)

    def show_query(self, query: Query, where: Wordings) -> None:
        """Show the terms of a query, each with where it ran."""
        self._shown = (query, where)
        parts = _parts(query, where, 0)
        for wording in range(1, max(map(len, where.values()), default=0)):
            if width_of(parts) <= self.size.width:
                break
            parts = _parts(query, where, wording)
        self.told.show((parts, ()))
        full = [f"{term}: {wordings[0]}" for term, wordings in where.items()]
        self.told.tooltip = Content("\n".join(full)) if full else None

    def on_resize(self) -> None:
        """Choose the words anew that fit."""
        self.show_query(*self._shown)

    def edit(self, text: str, known: Known | None = None) -> None:
        """Begin to edit a filter, with what is known to complete it from."""
        self.known = known or Known()
        self.add_class("-editing")
        self.line.edit(text)

    @on(TypingLine.Typed)
    def offer(self) -> None:
        """Offer what the filter can go on as."""
        if self.has_class("-editing"):
            self.line.offer(self.completion.candidates)

    def leave(self) -> None:
        """End editing."""
        self.remove_class("-editing")
        self.line.leave()

    def show_error(self, error: FilterError | None) -> None:
        """Say what is wrong, under the place where it is."""
        if error is None:
            self.line.show_wrong("")
        else:
            self.line.show_wrong(error.message, error.start, error.end)


def _parts(query: Query, where: Wordings, wording: int) -> Parts:
    parts: list[Part] = [(PROMPT, "table--dim")]
    if not query.terms:
        parts.append(("all runs", "table--dim"))
    for place, term in enumerate(query.terms):
        parts.append((f"{'  ' if place else ''}{term}", "table--accent"))
        words = where.get(term, ())
        if words:
            parts.append((f" [{words[min(wording, len(words) - 1)]}]", "table--dim"))
    return parts
