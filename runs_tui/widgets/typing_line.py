"""A line to type in, with what is wrong with it and what it can go on as under it."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.getters import query_one
from textual.message import Message
from textual.suggester import SuggestionReady

from runs_tui.keys import key, quiet
from runs_tui.model.completion import Candidate
from runs_tui.widgets.candidate_table import CandidateTable
from runs_tui.widgets.line_input import LineInput
from runs_tui.widgets.parts_line import PartsLine
from runs_tui.widgets.virtual_table import VirtualTable


class CompletingInput(LineInput):
    """A line whose keys also go about in the list of candidates under it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("tab", "accept", "line.accept", "complete", "Take the marked candidate, or the first"),
        quiet("right", "right", "line.right", "right", "Right; at the end, take the candidate"),
        quiet("down,ctrl+n", "mark(1)", "line.next", "next", "Next candidate"),
        quiet("up,ctrl+p", "mark(-1)", "line.previous", "previous", "Candidate before"),
    ]

    def __init__(self, table: CandidateTable, placeholder: str, *, id: str) -> None:
        """Complete from a table."""
        super().__init__(placeholder, id=id)
        self.select_on_focus = False
        self._table = table

    def action_accept(self) -> None:
        """Put the marked candidate, or the first, where it belongs."""
        best = self._table.best
        if best is not None:
            self.value, self.cursor_position = best.put_into(self.value)

    def action_right(self) -> None:
        """Move right, or accept where there is nothing to the right."""
        if self.cursor_at_end and self._table.best is not None:
            self.action_accept()
        else:
            self.action_cursor_right()

    def action_mark(self, rows: int) -> None:
        """Mark another candidate."""
        self._table.mark(rows)
        self.suggest()

    def suggest(self) -> None:
        """Show in the line how the marked candidate, or the first, would go on."""
        best = self._table.best
        line, end = best.put_into(self.value) if best else (self.value, 0)
        goes_on = self.value and line.startswith(self.value) and end == len(line)
        self.post_message(SuggestionReady(self.value, line if goes_on else ""))


class GoingInput(CompletingInput):
    """A line whose list is the point of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "submit", "line.go", "go", "Go to the marked candidate, or do it"),
    ]


class TypingLine(Vertical):
    """A prompt and a line, what is wrong under it, and the list over what stands below."""

    prompt = query_one(".prompt", PartsLine)
    input = query_one(CompletingInput)
    wrong = query_one(".wrong", PartsLine)
    table = query_one(CandidateTable)

    class Typed(Message):
        """The text or the place of the cursor is another one."""

    def __init__(self, prompt: str, placeholder: str, *, id: str, marks_first: bool) -> None:
        """Begin empty, with an id for the line itself."""
        super().__init__()
        self._prompt = prompt
        self._placeholder = placeholder
        self._input_id = id
        self._marks_first = marks_first
        self._told: tuple[str, int] | None = None

    def compose(self) -> ComposeResult:
        """Lay out the prompt, the line, what is wrong, and the list."""
        table = CandidateTable(marks_first=self._marks_first)
        with Horizontal():
            yield PartsLine(classes="prompt")
            line = GoingInput if self._marks_first else CompletingInput
            yield line(table, self._placeholder, id=self._input_id)
        yield PartsLine(classes="wrong")
        yield table

    def on_mount(self) -> None:
        """Look at every move of the cursor."""
        self.prompt.styles.width = len(self._prompt)
        self.prompt.show(([(self._prompt, "table--dim")], ()))
        self.watch(self.input, "selection", self._moved, init=False)
        self.watch(self.input, "value", self._moved, init=False)

    @property
    def behind(self) -> bool:
        """Whether the list is not yet of what the line is now."""
        return self._told != (self.input.value, self.input.cursor_position)

    def edit(self, text: str) -> None:
        """Begin to edit a text at its end."""
        self._told = None
        self.input.value = text
        self.input.cursor_position = len(text)
        # at once, so that the next key already comes here
        self.screen.set_focus(self.input)
        self._moved()
        self.call_after_refresh(self._show_end)

    def _show_end(self) -> None:
        self.input.scroll_to(x=self.input.max_scroll_x, animate=False)

    def _moved(self) -> None:
        # not at once: a key changes the text first, and the place of the cursor after it
        self.call_next(self._tell)

    def _tell(self) -> None:
        if self.behind:
            self._told = (self.input.value, self.input.cursor_position)
            self.post_message(self.Typed())

    def offer(self, candidates: Sequence[Candidate], *, mark: bool = True) -> None:
        """Offer what the line can go on as."""
        self.table.offer(candidates, mark=mark)
        self.input.suggest()

    def leave(self) -> None:
        """Offer nothing, and say nothing."""
        self.show_wrong("")
        self.offer([])

    @on(VirtualTable.Chosen)
    async def take_clicked(self, chosen: VirtualTable.Chosen) -> None:
        """Take what was clicked, or go to it where the list is the point of the line."""
        chosen.stop()
        self.input.focus()
        if self._marks_first:
            await self.input.action_submit()
        else:
            self.input.action_accept()

    @on(VirtualTable.Highlighted)
    @on(VirtualTable.Scrolled)
    def keep(self, message: Message) -> None:
        """Keep to itself what goes on in the list."""
        message.stop()

    def show_wrong(self, message: str, start: int = 0, end: int = 0) -> None:
        """Say what is wrong, under the place where it is; nothing where nothing is."""
        self.set_class(bool(message), "-wrong")
        if not message:
            return
        before = cell_len(self.input.value[:start]) - self.input.scroll_offset.x
        lead = " " * (len(self._prompt) + before)
        caret = "^" * max(cell_len(self.input.value[start:end]), 1) if end else ""
        line = f"{lead}{caret} {message}" if caret else f"{' ' * len(self._prompt)}{message}"
        lines = [line]
        if caret and cell_len(line) > self.size.width:
            lines = [f"{lead}{caret}", f"{' ' * len(self._prompt)}{message}"]
        self.wrong.styles.height = len(lines)
        self.wrong.show(*(([(text, "table--warning")], ()) for text in lines))
