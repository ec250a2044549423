"""Asking for one line, and saying beforehand what will come of it."""

from abc import abstractmethod
from typing import TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from runs_tui.widgets.line_input import LineInput

T = TypeVar("T")


class OneLineScreen(ModalScreen[T | None], inherit_bindings=False):
    """Asks for one line; gives None where it is left."""

    def __init__(self, about: str, example: str, proposed: str) -> None:
        """Say what it is about, what could be typed, and what is proposed."""
        super().__init__()
        self._about = about
        self._example = example
        self._proposed = proposed

    def compose(self) -> ComposeResult:
        """Lay out the line and what will come of it."""
        with Vertical(id="naming"):
            yield Static(Content(self._about), id="naming-about")
            yield LineInput(self._example, id="naming-name")
            yield Static("", id="naming-told", markup=False)

    def on_mount(self) -> None:
        """Begin with what is proposed."""
        self.query_one(LineInput).value = self._proposed
        self.query_one(LineInput).focus()
        self._tell()

    @on(Input.Changed)
    def _tell(self) -> None:
        told = self.wrong(self._typed) or self.outcome(self._typed)
        self.query_one("#naming-told", Static).update(told)

    @on(Input.Submitted)
    def keep(self) -> None:
        """Give what is typed, where it will do."""
        if self._typed and not self.wrong(self._typed):
            self.dismiss(self.given(self._typed))

    def action_leave(self) -> None:
        """Give nothing."""
        self.dismiss(None)

    @property
    def _typed(self) -> str:
        return self.query_one(LineInput).value.strip()

    @abstractmethod
    def wrong(self, typed: str) -> str:
        """Say what is wrong with it; "" where it will do."""

    @abstractmethod
    def outcome(self, typed: str) -> str:
        """Say what will come of it."""

    @abstractmethod
    def given(self, typed: str) -> T:
        """Give what it means."""
