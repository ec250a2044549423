"""What differs between what is wanted and what is shown, cut into pieces of one style."""

from collections.abc import Iterator
from dataclasses import dataclass

from runs_tui.terminal.cells import BLANK, Cell, Row, certain
from runs_tui.terminal.screen import Screen, differing, tail
from runs_tui.terminal.style import PLAIN, VISIBLE, Style


@dataclass(slots=True)
class Piece:
    """A piece of a line that is written in one style."""

    x: int
    y: int
    text: str
    width: int
    style: Style
    inked: bool = True
    """Whether anything but blanks is in it: its style is then exactly this one."""
    sure: bool = True
    """Whether all terminals agree how wide it is."""
    erased: bool = False
    """Whether it is erased rather than written."""

    def takes(self, cell: Cell) -> bool:
        """Tell whether a cell may be written with it, and take its style."""
        if self.erased or not self.sure or not certain(cell.text):
            return False
        if cell.style == self.style:
            self.inked |= cell.text != " "
            return True
        if cell.style[1::2] != self.style[1::2] or (cell.style.marks | self.style.marks) & VISIBLE:
            return False
        if cell.text == " ":
            return True
        if self.inked:
            return False
        self.style, self.inked = cell.style, True
        return True


def pieces(screen: Screen) -> list[Piece]:
    """Give every piece that must be written, line by line."""
    found: list[Piece] = []
    for y, (wanted, shown) in enumerate(zip(screen.wanted, screen.shown, strict=True)):
        if wanted != shown:
            places = [x for x in differing(wanted, shown) if wanted[x] is not None]
            if y in screen.odd:
                places = _spread(places, wanted, shown)
            found += _line(y, places, wanted, shown)
    return found


def _line(y: int, places: list[int], wanted: Row, shown: Row) -> Iterator[Piece]:
    piece: Piece | None = None
    end = 0
    for x in places:
        cell = wanted[x]
        if x < end or cell is None:
            continue
        if piece and end < x:
            yield piece
            piece = None
        end = x + 1
        if cell == BLANK and (blanks := _blanks(wanted, shown, x)):
            if piece:
                yield piece
            piece = Piece(x, y, "", blanks, PLAIN, inked=False, erased=True)
            end = x + blanks
            continue
        while end < len(wanted) and tail(wanted[end]):
            end += 1
        if piece and piece.takes(cell):
            piece.text += cell.text
            piece.width += end - x
        else:
            if piece:
                yield piece
            inked, sure = cell.text != " ", certain(cell.text)
            piece = Piece(x, y, cell.text, end - x, cell.style, inked, sure)
    if piece:
        yield piece


def _blanks(wanted: Row, shown: Row, x: int) -> int:
    """Count the blank cells that are rather erased than written: in the default colours.

    What an erased cell looks like with another background differs between terminals.
    """
    end = x
    while end < len(wanted) and wanted[end] == BLANK:
        end += 1
    if end == len(wanted):
        return end - x if end - x > len("\x1b[K") else 0
    while end > x and wanted[end - 1] == shown[end - 1]:
        end -= 1
    return end - x if end - x > len("\x1b[99X\x1b[99C") else 0


def _spread(places: list[int], wanted: Row, shown: Row) -> list[int]:
    """Let a change of a part be one of the whole character, before and after.

    What follows a character whose width is not certain is written anew, for it may be covered.
    """
    changed, before = set(places), 0
    while before != len(changed):
        before = len(changed)
        for row in (wanted, shown):
            for start, end in _characters(row):
                cells = range(start, end)
                if changed.isdisjoint(cells) or None in wanted[start:end]:
                    continue
                changed.update(cells)
                cell = row[start]
                if cell and not certain(cell.text) and end < len(row) and wanted[end]:
                    changed.add(end)
    return sorted(changed)


def _characters(row: Row) -> Iterator[tuple[int, int]]:
    """Give where each character begins and ends."""
    start = 0
    for x in range(1, len(row) + 1):
        if x == len(row) or not tail(row[x]):
            yield start, x
            start = x
