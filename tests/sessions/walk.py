"""What a person does in a session, and where that leaves them."""

import re
from typing import NamedTuple

from tests.sessions.window import Window

BOARD = r"STATE +WORKFLOW"


class Place(NamedTuple):
    """Where a person is, as the screen tells it."""

    run: str
    """The run that is shown."""
    filter: str
    """What is filtered by."""
    marked: str
    """How many runs are marked."""
    tab: str
    """The tab that is turned up."""


def begin(window: Window) -> None:
    """Wait for the board, with runs on it."""
    window.until(BOARD, r"● lab now", r"✓ succeeded", r"rows 1–\d+ of ")


def scroll(window: Window) -> None:
    """Go down by pages, and to the top again."""
    window.press("\x04\x04\x04")
    window.until(r"rows (?!1–)\d+–\d+ of ")
    window.press("g")
    window.until(r"rows 1–\d+ of ")


def filter_runs(window: Window) -> None:
    """Show only those that are running."""
    window.press("/")
    window.until(r"workflow: +name or id")
    window.press("state:running\r")
    window.until(r"/ state:running +\[server\]", r"● running")
    window.press("g")


def open_and_follow(window: Window) -> None:
    """Open the run under the cursor, look at its events as they come, and go back."""
    window.press("\r")
    window.until_gone(BOARD)
    window.press("L")
    window.until(r"▸Events", r"following")
    window.press("\x1b")
    window.until(BOARD)


def cancel(window: Window) -> None:
    """Cancel the run under the cursor, without taking that back."""
    running = _found(r"rows \S+ of (\d+)", "\n".join(window.lines))
    window.press("X")
    window.until(r"Cancel this run\?", r"Yes, cancel it")
    window.press("j\r")
    window.until(r"Cancelling it in")
    window.press("\r")
    window.until_gone(r"Cancel this run\?")
    window.until(rf"cancellation was ask|cancelling|rows \S+ of (?!{running}\b)\d+")


def mark(window: Window) -> None:
    """Mark the second run from here, and turn up another tab."""
    before = shown(window)
    window.press("j")
    window.until(rf"lab/(?!{re.escape(before)})\S+")
    window.press(" ai")
    window.until(r"1 marked", r"▸JSON")


def shown(window: Window) -> str:
    """Give the id of the run that is shown."""
    return _found(r"lab/(\S+)", "\n".join(window.lines))


def place(window: Window) -> Place:
    """Give where a person is."""
    text = "\n".join(window.lines)
    told = (r"lab/(\S+)", r"/ (state:\w+)", r"(\d+) marked", r"▸(\w+)")
    return Place(*(_found(pattern, text) for pattern in told))


def find(window: Window, left: Place) -> None:
    """Wait until a person is where they were left."""
    told = (f"lab/{left.run}", f"/ {left.filter}", f"{left.marked} marked", f"▸{left.tab}")
    window.until(BOARD, *told)


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    return found[1] if found else ""
