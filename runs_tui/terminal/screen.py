"""What the terminal shows, as far as is known, and what it is wanted to show."""

from collections.abc import Sequence
from itertools import compress
from operator import is_not

from runs_tui.terminal.cells import BLANK, Cell, Row, cell


class Screen:
    """Two pages of cells: what was drawn, and what was sent."""

    def __init__(self, width: int, height: int) -> None:
        """Begin without knowing anything."""
        self.width = width
        self.height = height
        self.wanted = self._page(None)
        self.shown = self._page(None)
        self.odd: set[int] = set()
        """The lines in which a character may not be as wide as one cell."""

    def _page(self, cell: Cell | None) -> list[Row]:
        return [[cell] * self.width for _ in range(self.height)]

    def resize(self, width: int, height: int) -> None:
        """Take another size, and forget what the terminal shows."""
        drawn = self.wanted
        self.width, self.height = width, height
        self.wanted = self._page(None)
        self.forget()
        for y, row in enumerate(drawn[:height]):
            self.put(0, y, row, odd=y in self.odd)

    def forget(self) -> None:
        """Take it that the terminal may show anything."""
        self.shown = self._page(None)

    def lose(self) -> None:
        """Take it that something was drawn which is not known."""
        self.wanted = self._page(None)
        self.forget()

    def clear(self) -> None:
        """Take it that the terminal was cleared."""
        self.shown = self._page(BLANK)

    def take_as_shown(self) -> None:
        """Take it that all that was drawn was sent."""
        for wanted, shown in zip(self.wanted, self.shown, strict=True):
            if wanted == shown:
                continue
            if None in wanted:
                shown[:] = [new or old for new, old in zip(wanted, shown, strict=True)]
            else:
                shown[:] = wanted

    def put(
        self, x: int, y: int, cells: Sequence[Cell | None], lead: str = "", *, odd: bool = False
    ) -> None:
        """Draw a piece of a line; what is torn apart by it, or by the edge, becomes blank."""
        if y >= self.height or x >= self.width:
            return
        row = self.wanted[y]
        if odd or lead:
            self.odd.add(y)
        if lead and x and (before := row[place := head(row, x - 1)]):
            row[place] = Cell(before.text + lead, before.style)
        end = x + len(cells)
        if end > self.width:
            cells = _cut(cells, self.width - x)
            end = self.width
        _tear(row, x)
        _tear(row, end)
        row[x:end] = cells


def _cut(cells: Sequence[Cell | None], count: int) -> Row:
    row = list(cells)
    _tear(row, count)
    return row[:count]


def _tear(row: Row, x: int) -> None:
    """Make a character that reaches over a place blank."""
    if x >= len(row) or not tail(row[x]):
        return
    start = head(row, x)
    while start < len(row) and (start < x or tail(row[start])):
        torn = row[start]
        row[start] = cell(" ", torn.style) if torn else None
        start += 1


def differing(wanted: Row, shown: Row) -> list[int]:
    """Give where two lines differ."""
    others = compress(range(len(wanted)), map(is_not, wanted, shown))
    return [x for x in others if wanted[x] != shown[x]]


def tail(cell: Cell | None) -> bool:
    """Tell whether a cell belongs to a wider character before it."""
    return cell is not None and not cell.text


def head(row: Row, x: int) -> int:
    """Give where the character that fills a place begins."""
    while x and tail(row[x]):
        x -= 1
    return x
