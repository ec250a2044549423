"""Asking for the name of a view."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from runs_tui.keys import key
from runs_tui.screens.one_line import OneLineScreen

LONGEST = 40


class NameScreen(OneLineScreen[str], inherit_bindings=False):
    """Asks what to call a view; gives None where nothing shall be kept."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape", "leave", "name.leave", "leave it", "Keep nothing"),
    ]

    def __init__(self, taken: Sequence[str], name: str = "") -> None:
        """Propose a name; one that is taken is replaced, and that is said beforehand."""
        super().__init__("Keep filter, order and columns as the view", "night-failures", name)
        self._taken = taken

    def wrong(self, typed: str) -> str:
        """Say why a view cannot be called so."""
        if typed == "all":
            return "all is the view of all runs: choose another name"
        if len(typed) > LONGEST and typed not in self._taken:
            return f"a name has at most {LONGEST} characters"
        return "" if typed.isprintable() else "a name has no control characters"

    def outcome(self, typed: str) -> str:
        """Say whether a view is replaced."""
        if typed in self._taken:
            return f"Enter replaces the view {typed}, Esc keeps it as it was"
        return "Enter keeps it, Esc does not"

    def given(self, typed: str) -> str:
        """Give the name."""
        return typed
