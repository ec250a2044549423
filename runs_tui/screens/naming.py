"""Asking for the name of a view."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from runs_tui.keys import key
from runs_tui.widgets.line_input import LineInput

LONGEST = 40


class NameScreen(ModalScreen[str | None], inherit_bindings=False):
    """Asks what to call a view; gives None where nothing shall be kept."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape", "leave", "name.leave", "leave it", "Keep nothing"),
    ]

    def __init__(self, taken: Sequence[str], name: str = "") -> None:
        """Propose a name; one that is taken is replaced, and that is said beforehand."""
        super().__init__()
        self._taken = taken
        self._proposed = name

    def compose(self) -> ComposeResult:
        """Lay out the line and what will come of it."""
        with Vertical(id="naming"):
            yield Static(Content("Keep filter, order and columns as the view"), id="naming-about")
            yield LineInput("night-failures", id="naming-name")
            yield Static("", id="naming-told", markup=False)

    def on_mount(self) -> None:
        """Begin with the proposed name."""
        self.query_one(LineInput).value = self._proposed
        self.query_one(LineInput).focus()
        self._tell()

    @on(Input.Changed)
    def _tell(self) -> None:
        """Say what will come of what is typed."""
        name = self._typed
        told = "Enter keeps it, Esc does not"
        if name in self._taken:
            told = f"Enter replaces the view {name}, Esc keeps it as it was"
        elif wrong := self._wrong(name):
            told = wrong
        self.query_one("#naming-told", Static).update(told)

    @on(Input.Submitted)
    def keep(self) -> None:
        """Give the name, if it is one."""
        if self._typed and not self._wrong(self._typed):
            self.dismiss(self._typed)

    def action_leave(self) -> None:
        """Keep nothing."""
        self.dismiss(None)

    @property
    def _typed(self) -> str:
        return self.query_one(LineInput).value.strip()

    def _wrong(self, name: str) -> str:
        if name == "all":
            return "all is the view of all runs: choose another name"
        if len(name) > LONGEST:
            return f"a name has at most {LONGEST} characters"
        return "" if name.isprintable() else "a name has no control characters"
