"""Which driver suits the terminal, and whether it tells of the mouse."""

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from textual.driver import Driver

    from runs_tui.terminal.line import Reading


@runtime_checkable
class Spares(Protocol):
    """A driver that knows what its terminal shows, and how fast the line to it is."""

    @property
    def line(self) -> "Reading":
        """Tell how fast the line to the terminal is."""

    def redraw(self) -> None:
        """Draw the whole screen anew, whatever the terminal shows."""


def driver_class(environment: Mapping[str, str] = os.environ) -> "type[Driver] | None":
    """Give the driver that sends only what changed, or None for Textual's own.

    What is drawn and what is typed must go to one terminal, and no other driver be asked for.
    """
    if sys.platform not in ("linux", "darwin") or environment.get("TEXTUAL_DRIVER"):
        return None
    if not _one_terminal():
        return None
    from runs_tui.terminal.driver import CellDriver

    return CellDriver


def reports_mouse(asked: bool | None = None, environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether the mouse is reported: unless told, not over SSH, where each move is sent."""
    return not environment.get("SSH_CONNECTION") if asked is None else asked


def _one_terminal() -> bool:
    try:
        typed, drawn = (stream.fileno() for stream in (sys.__stdin__, sys.__stderr__) if stream)
        same = os.fstat(typed).st_rdev == os.fstat(drawn).st_rdev
        return os.isatty(typed) and os.isatty(drawn) and same
    except (OSError, ValueError):
        return False
