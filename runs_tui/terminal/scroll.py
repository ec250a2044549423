"""Lines that only moved up or down, found, so that the terminal moves them itself."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runs_tui.terminal.cells import BLANK, Row
from runs_tui.terminal.screen import Screen, differing, tail
from runs_tui.terminal.style import PLAIN

if TYPE_CHECKING:
    from runs_tui.terminal.pen import Pen

FEWEST = 3
"""The fewest lines that are worth it."""


@dataclass(frozen=True, slots=True)
class Scroll:
    """A part of the screen whose lines move."""

    top: int
    bottom: int
    """Its first line, and the one after its last."""
    left: int
    right: int
    """Its first column, and the one after its last."""
    up: int
    """By how many lines they move up; down if it is negative."""
    whole: bool
    """Whether it reaches from edge to edge."""

    def apply(self, shown: list[Row]) -> list[Row]:
        """Give what the terminal shows after it."""
        moved = [list(row) for row in shown]
        for y in range(self.top, self.bottom):
            before = y + self.up
            inside = self.top <= before < self.bottom
            fresh = [BLANK] * (self.right - self.left)
            moved[y][self.left : self.right] = (
                shown[before][self.left : self.right] if inside else fresh
            )
        return moved

    def write(self, pen: "Pen") -> None:
        """Write it, in the plain style, so that what comes in is blank on every terminal."""
        pen.dress(PLAIN)
        count = str(abs(self.up)) if abs(self.up) > 1 else ""
        lines = f"\x1b[{self.top + 1};{self.bottom}r"
        if self.whole:
            pen.say(lines)
            pen.move(self.left, self.top)
            pen.say(f"\x1b[{count}{'M' if self.up > 0 else 'L'}\x1b[r")
        else:
            pen.say(f"\x1b[?69h\x1b[{self.left + 1};{self.right}s{lines}")
            pen.say(f"\x1b[{count}{'S' if self.up > 0 else 'T'}\x1b[?69l\x1b[r")
        pen.x = pen.y = 0


def find_scroll(screen: Screen, *, margins: bool) -> Scroll | None:
    """Find lines that moved by as much, among those that differ."""
    pairs = enumerate(zip(screen.wanted, screen.shown, strict=True))
    changed = [y for y, (new, old) in pairs if new != old]
    if len(changed) < FEWEST:
        return None
    left, right = _columns(screen, changed) if margins else (0, screen.width)
    ups = _ups(screen, changed, left, right)
    if not ups:
        return None
    (up, count), *_ = Counter(ups.values()).most_common(1)
    if count < FEWEST:
        return None
    lines = [y for y, moved in ups.items() if moved == up]
    top, bottom = min(lines + [y + up for y in lines]), max(lines + [y + up for y in lines]) + 1
    return Scroll(top, bottom, left, right, up, (left, right) == (0, screen.width))


def _ups(screen: Screen, lines: list[int], left: int, right: int) -> dict[int, int]:
    """Give how far up each line moved that stood elsewhere before."""
    stood: dict[tuple[object, ...], list[int]] = {}
    for y in lines:
        stood.setdefault(tuple(screen.shown[y][left:right]), []).append(y)
    found: dict[int, int] = {}
    for y in lines:
        row = tuple(screen.wanted[y][left:right])
        places = [place for place in stood.get(row, ()) if place != y]
        if places and None not in row:
            found[y] = min(places, key=lambda place: abs(place - y)) - y
    return found


def _columns(screen: Screen, lines: list[int]) -> tuple[int, int]:
    """Give the first column that differs anywhere, and the one after the last."""
    left, right = screen.width, 0
    for y in lines:
        places = differing(screen.wanted[y], screen.shown[y])
        left, right = min(left, places[0]), max(right, places[-1] + 1)
    for y in range(screen.height):
        for row in (screen.wanted[y], screen.shown[y]):
            if tail(row[left]) or (right < screen.width and tail(row[right])):
                return 0, screen.width
    return left, right
