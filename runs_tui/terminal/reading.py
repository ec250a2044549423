"""What a program writes to its terminal, read: what it draws where, and what else it says."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from runs_tui.terminal.cells import Cell, cells, certain, leads
from runs_tui.terminal.style import PLAIN, Style, Unclear, told

_SAID = r"""
    \x1b\[\?(?:1|7|12|25|100[0-7]|101[56]|1049|2004|2026|2031|2048)[hl]  # modes of the terminal
    | \x1b\[\??[0-9;]*\$p | \x1b\[[>=]?[0-9]*c | \x1b\[\??[56]n     # questions
    | \x1b\[(?:[<>=][0-9;]*|\?)u | \x1b\[>[0-9;]*[qm]               # how keys are told
    | \x1b\[[0-9]*\x20q                                             # cursor's shape
    | \x1b\[2[23];2t | \x1bP(?:tmux;\x1b)?\x1b\[2[23];2t\x1b\\        # title kept, and back
    | \x1b\](?!8;)[^\x07\x1b]*(?:\x07|\x1b\\)                       # clipboard, title, notices
    | \x1bPtmux;\x1b\x1b\](?:[^\x1b]|\x1b\x1b)*\x1b\\               # the same, through tmux
    | \x1bP\x1b\](?:[^\x1b]|\x1b(?!\\))*\x1b\\                      # and through GNU screen,
      (?:\x1bP[^\x1b]*\x1b\\)*                                      # in parts
"""
_ASIDE = re.compile(rf"({_SAID})", re.VERBOSE)
"""What draws nothing: all but the change to another page leaves every cell as it is."""
_ASIDE_OR_BELL = re.compile(rf"({_SAID} | \x07)", re.VERBOSE)
"""The same where there is a bell; what begins with one character alone is found far sooner."""
_MOVE = re.compile(r"\x1b\[([0-9]*)(?:;([0-9]*))?H|\n|\r\n?")
_INK = re.compile(
    r"\x1b\[([0-9;]*)m|\x1b\]8;([^\x07\x1b]*)(?:\x07|\x1b\\)|([^\x00-\x1f\x7f-\x9f]+)"
)


def parts(text: str) -> Sequence[str]:
    """Part what is drawn from what is said beside it: the first, third, … are drawn."""
    return (_ASIDE_OR_BELL if "\x07" in text else _ASIDE).split(text)


class Ink(NamedTuple):
    """A piece of a line."""

    cells: Sequence[Cell]
    lead: str
    """What belongs to the cell before it."""
    style: Style
    """The style that holds after it."""
    odd: bool
    """Whether a character in it may not be as wide as one cell."""


class Stroke(NamedTuple):
    """A piece of a line, and where it is drawn."""

    x: int
    y: int
    ink: Ink


class Hand:
    """Where a program believes the cursor to be, and in which style it writes."""

    def __init__(self) -> None:
        """Begin at the top left."""
        self.x = self.y = 0
        self.style = PLAIN

    def draw(self, text: str) -> Iterator[Stroke]:
        """Read what is drawn; raises `Unclear` where something is not understood."""
        at = 0
        for found in _MOVE.finditer(text):
            yield from self._stroke(text[at : found.start()])
            at = found.end()
            if found[0][0] == "\x1b":
                self.y = max(int(found[1] or 1), 1) - 1
                self.x = max(int(found[2] or 1), 1) - 1
            else:
                self.x = 0
                self.y += found[0] != "\r"
        yield from self._stroke(text[at:])

    def _stroke(self, text: str) -> Iterator[Stroke]:
        if text:
            ink = _inked(text, self.style)
            self.style = ink.style
            yield Stroke(self.x, self.y, ink)
            self.x += len(ink.cells)


@lru_cache(2048)
def _inked(text: str, style: Style) -> Ink:
    """Read a piece of a line that begins in some style; most of them are drawn again and again."""
    found: list[Cell] = []
    lead, at = "", 0
    for part in _INK.finditer(text):
        if part.start() != at:
            raise Unclear(text)
        at = part.end()
        codes, link, written = part.groups()
        if codes is not None:
            style = told(style, codes)
        elif link is not None:
            style = style._replace(link="" if link == ";" else link)
        else:
            before = leads(written)
            if before and found:
                _join(found, before)
            elif before:
                lead = before
            found += cells(written, style)
    if at != len(text):
        raise Unclear(text)
    return Ink(tuple(found), lead, style, not all(certain(cell.text) for cell in found))


def _join(found: list[Cell], text: str) -> None:
    """Put characters without width to the last character before them."""
    place = max(place for place, cell in enumerate(found) if cell.text)
    found[place] = Cell(found[place].text + text, found[place].style)
