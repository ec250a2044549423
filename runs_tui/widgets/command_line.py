"""The line that goes anywhere, in the place of the filter."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.getters import query_one
from textual.message import Message
from textual.widgets import Input

from runs_tui.keys import key
from runs_tui.model.lookup import Found, Target, look_up, nothing
from runs_tui.model.run import Run
from runs_tui.widgets.typing_line import TypingLine

if TYPE_CHECKING:
    from textual.widget import Widget


class CommandLine(Vertical):
    """Looks for what is typed among everything there is to go to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape", "close", "line.close", "close", "Close the line; nothing is done"),
    ]

    line = query_one(TypingLine)

    @dataclass
    class Closed(Message):
        """The line is closed."""

        target: Target | None
        """Where to go; None for nowhere."""

    def __init__(self) -> None:
        """Begin closed."""
        super().__init__()
        self._targets: Sequence[Target] = ()
        self._runs: Sequence[Run] = ()
        self._sources: Sequence[str] = ()
        self._found: Sequence[Found] = ()
        self._came_from: Widget | None = None

    def compose(self) -> ComposeResult:
        """Lay out the line."""
        placeholder = "a view, source, workflow, run or command"
        yield TypingLine(" : ", placeholder, id="command-input", marks_first=True)

    def open(self, targets: Sequence[Target], runs: Sequence[Run], sources: Sequence[str]) -> None:
        """Begin to look among targets and runs; sources can be asked for other runs."""
        self._targets, self._runs, self._sources = targets, runs, sources
        self._came_from = self.screen.focused
        self.add_class("-editing")
        self.line.edit("")

    @on(TypingLine.Typed)
    def look(self, typed: TypingLine.Typed) -> None:
        """Offer what the line can mean."""
        typed.stop()
        if self.has_class("-editing"):
            self._look(self.line.input.value)

    def _look(self, text: str) -> None:
        self._found = look_up(text, self._targets, self._runs, self._sources)
        self.line.show_wrong("")
        self.line.offer([found.candidate for found in self._found], mark=bool(text.strip()))

    @on(Input.Submitted)
    def go(self, submitted: Input.Submitted) -> None:
        """Go to what is marked; a keyword only goes on, and an empty line closes."""
        submitted.stop()
        if self.line.behind:
            self._look(submitted.value)
        marked = self.line.table.marked
        found = next((found for found in self._found if found.candidate is marked), None)
        if found is None:
            self._nothing(submitted.value)
        elif found.target is None:
            self.line.input.action_accept()
        else:
            self._close(found.target)

    def _nothing(self, text: str) -> None:
        if text.strip():
            self.line.show_wrong(nothing(text, self._targets))
        else:
            self._close(None)

    def action_close(self) -> None:
        """Close the line."""
        self._close(None)

    def _close(self, target: Target | None) -> None:
        self.remove_class("-editing")
        self.line.leave()
        self.screen.set_focus(self._came_from)
        self._targets, self._runs, self._found = (), (), ()
        self.post_message(self.Closed(target))
