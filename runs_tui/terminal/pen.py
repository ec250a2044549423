"""The terminal's cursor and style, and what is written with them."""

import re
from typing import Self

from rich.cells import get_character_cell_size

from runs_tui.terminal.cells import Cell, Row, certain
from runs_tui.terminal.known import Known
from runs_tui.terminal.moves import move
from runs_tui.terminal.pieces import Piece
from runs_tui.terminal.style import PLAIN, Style, change, for_blank

GAP = 12
"""The longest part of a line that is rather written again than jumped over."""


_SAME = re.compile(r"([^\x00-\x1f])\1{5,}")
_SAME_ASCII = re.compile(r"([ -~])\1{5,}")


class Pen:
    """Writes pieces of lines with as few moves and changes of style as it can."""

    def __init__(self, known: Known) -> None:
        """Begin anywhere, in any style, on a terminal of which something is known."""
        self.known = known
        self.x: int | None = None
        self.y: int | None = None
        self.style: Style | None = None
        self._written: list[str] = []

    def copy(self) -> Self:
        """Give one that stands where this one does, and has written as much."""
        copied = type(self)(self.known)
        copied.x, copied.y, copied.style = self.x, self.y, self.style
        copied._written = list(self._written)
        return copied

    def take(self) -> str:
        """Give all that was written, and begin anew from here."""
        text = self.written
        self._written.clear()
        return text

    def lose(self) -> None:
        """Take it that the cursor may be anywhere, in any style."""
        self.x = self.y = self.style = None

    @property
    def written(self) -> str:
        """Give all that was written."""
        return "".join(self._written)

    def move(self, x: int, y: int) -> None:
        """Go somewhere."""
        self._written.append(self._way(x, y))
        self.x, self.y = x, y

    def _way(self, x: int, y: int) -> str:
        return move(self.x, self.y, x, y, feeds=self.known.feeds)

    def dress(self, style: Style) -> None:
        """Take a style."""
        if self.style is None:
            self._written.append("\x1b[m")
            self.style = PLAIN
        if style is not self.style:
            self._written.append(change(self.style, style))
            self.style = style

    def unlink(self) -> None:
        """End the link, so that none is left open behind a frame."""
        if self.style and self.style.link:
            self.dress(self.style._replace(link=""))

    def say(self, text: str) -> None:
        """Write what leaves the cursor anywhere."""
        self._written.append(text)
        self.x = self.y = None

    def write(self, piece: Piece, row: Row) -> None:
        """Write a piece of a line of which the whole is given."""
        self._reach(piece, row)
        style = piece.style
        self.dress(style if piece.inked or self.style is None else for_blank(self.style, style))
        end = piece.x + piece.width
        if piece.erased:
            last = end == len(row)
            self._written.append("\x1b[K" if last else f"\x1b[{piece.width}X")
        elif piece.sure:
            self._put(piece.text, end, len(row))
        else:
            self._put(" " * piece.width, end, len(row))
            self.move(piece.x, piece.y)
            self.say(piece.text)

    def _put(self, text: str, end: int, edge: int) -> None:
        """Write; at the right edge it differs between terminals where the cursor is then."""
        if self.known.repeats:
            text = (_SAME if self.known.repeats_any else _SAME_ASCII).sub(_repeated, text)
        self._written.append(text)
        self.x = end if end < edge else None

    def _reach(self, piece: Piece, row: Row) -> None:
        """Get to a piece: by a move, or by writing what is between anew where that is shorter."""
        if self.y == piece.y and self.x is not None and 0 < piece.x - self.x <= GAP:
            gap = row[self.x : piece.x]
            text = "".join(cell.text for cell in gap if cell and self._wears(cell))
            if len(text) == len(gap) and len(text.encode()) <= len(self._way(piece.x, piece.y)):
                self._put(text, piece.x, len(row))
                return
        self.move(piece.x, piece.y)

    def _wears(self, cell: Cell) -> bool:
        """Tell whether a cell can be written without any other style."""
        if self.style is None or not certain(cell.text):
            return False
        style = for_blank(self.style, cell.style) if cell.text == " " else cell.style
        return style == self.style


def _repeated(found: re.Match[str]) -> str:
    """Write a character once, and tell how often it comes again, if it is one cell wide."""
    character, text = found[1], found[0]
    again = f"{character}\x1b[{len(text) - 1}b"
    narrow = get_character_cell_size(character) == 1
    return again if narrow and len(again.encode()) < len(text.encode()) else text
