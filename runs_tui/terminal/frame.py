"""One frame: the shortest of a few ways to make the terminal show what is wanted."""

from collections.abc import Sequence

from runs_tui.terminal.pen import Pen
from runs_tui.terminal.pieces import Piece, pieces
from runs_tui.terminal.screen import Screen
from runs_tui.terminal.scroll import find_scroll
from runs_tui.terminal.style import VISIBLE, Style


def draw(screen: Screen, pen: Pen) -> tuple[Pen, int]:
    """Write what differs and take it as shown; give the pen, and in how many places it was."""
    found = pieces(screen)
    best = _shortest(screen, pen, found)
    if len(found) > 2 and (scroll := find_scroll(screen, margins=pen.known.margins)):
        scrolled = Screen(screen.width, screen.height)
        scrolled.wanted, scrolled.shown = screen.wanted, scroll.apply(screen.shown)
        scrolled.odd = set(range(screen.height)) if screen.odd else set()
        moved = pen.copy()
        scroll.write(moved)
        best = min(best, _shortest(scrolled, moved, pieces(scrolled)), key=_length)
    screen.take_as_shown()
    return best, len(found)


def _shortest(screen: Screen, pen: Pen, found: Sequence[Piece]) -> Pen:
    """Write line by line, or style by style, whatever is shorter."""
    ways = [found, _by_style(found)] if len(found) > 2 else [found]
    return min((_written(screen, pen, way) for way in ways), key=_length)


def _written(screen: Screen, pen: Pen, found: Sequence[Piece]) -> Pen:
    pen = pen.copy()
    for piece in found:
        pen.write(piece, screen.wanted[piece.y])
    return pen


def _length(pen: Pen) -> int:
    return len(pen.written)


def _by_style(found: Sequence[Piece]) -> Sequence[Piece]:
    """Put together what is of one style; what may cover its neighbour comes first."""
    order: dict[Style, int] = {}
    grounds: dict[tuple[str, str], int] = {}
    for piece in found:
        if piece.inked and piece.style not in order:
            order[piece.style] = len(order)
            if not piece.style.marks & VISIBLE:
                grounds.setdefault((piece.style.back, piece.style.link), order[piece.style])

    def place(piece: Piece) -> int:
        if not piece.sure:
            return -1
        if piece.inked or piece.style.marks:
            return order.get(piece.style, len(order))
        return grounds.get((piece.style.back, piece.style.link), len(order))

    return sorted(found, key=place)
