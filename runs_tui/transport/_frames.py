"""Frames, and lines out of text that comes in pieces."""

from dataclasses import dataclass
from json import loads

LIMIT = 1024 * 1024
"""The most characters that a line or a value may have; what is beyond is cut."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One piece that a stream sets apart: an event, a JSON value or a line."""

    text: str
    """Its data."""
    event: str = ""
    """The name that server-sent events give it."""
    id: str | None = None
    """The id that it has of its own."""
    cut: bool = False
    """Whether it was too long and lost its end."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its end."""

    text: str
    """What it says."""
    cut: bool = False
    """Whether it was longer."""


class Lines:
    """Cuts text into lines that end with CR, LF or CRLF, each as soon as its end is there."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._rest = ""
        self._cut = False
        self._after_return = False

    def feed(self, text: str) -> list[Line]:
        """Take more text and give the lines that it completes."""
        if self._after_return and text.startswith("\n"):
            text = text[1:]
            self._after_return = False
        if not text:
            return []
        self._after_return = text.endswith("\r")
        *whole, rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        lines = []
        for part in whole:
            self._add(part)
            lines.append(self._take())
        self._add(rest)
        return lines

    def close(self) -> list[Line]:
        """Give what came after the last line end."""
        return [self._take()] if self._rest else []

    def _add(self, text: str) -> None:
        room = LIMIT - len(self._rest)
        self._cut = self._cut or len(text) > room
        self._rest += text[:room]

    def _take(self) -> Line:
        line = Line(self._rest, self._cut)
        self._rest, self._cut = "", False
        return line


def is_json(text: str) -> bool:
    """Tell whether a text is one JSON value."""
    try:
        loads(text)
    except (ValueError, RecursionError):
        return False
    return True
