"""The graph of a plan in box characters: a box a step, with the edges led between the layers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from runs_tui.model.layers import Layers, Place
from runs_tui.widgets.columns import Part
from runs_tui.widgets.graph_edges import led

WIDEST = 28
"""The cells of the longest text in a box."""
BOX = 3
"""The lines of a box."""
_LIGHT, _HEAVY = "┌─┐│└┘┬", "┏━┓┃┗┛┯"


@dataclass(frozen=True, slots=True)
class Box:
    """What stands in a box."""

    text: str
    """Its text."""
    ink: str
    """The component class it is drawn in."""
    heavy: bool = False
    """Whether its border is heavy."""

    @property
    def width(self) -> int:
        """Give the cells it takes: its text, cut where it is long, between blanks and borders."""
        return min(cell_len(self.text), WIDEST) + 4


class Canvas:
    """Boxes and edges, drawn line by line, of which a part is seen."""

    def __init__(self, layers: Layers, boxes: Mapping[str, Box]) -> None:
        """Place the boxes and lead the edges."""
        self.layers = layers
        self.boxes = boxes
        """What stands in the boxes, by their keys; it may change where the widths do not."""
        self.width = layers.width
        self._tops: list[int] = []
        self._edges: dict[int, dict[int, tuple[str, frozenset[str]]]] = {}
        self._out: set[str] = set()
        self._in: dict[str, set[int]] = {}
        y = 0
        for layer, edges in zip(layers.layers, layers.edges, strict=True):
            self._tops.append(y)
            for place in layer:
                if place.passes:
                    for line in range(y, y + BOX):
                        self._edges.setdefault(line, {})[place.x] = "│", frozenset((place.key,))
            self._out |= {upper.key for upper, _ in edges if not upper.passes}
            gap = led(edges)
            for line, cells in enumerate(gap.lines):
                self._edges.setdefault(y + BOX + line, {}).update(cells)
            for key, ports in gap.ports.items():
                self._in.setdefault(key, set()).update(ports)
            y += BOX + len(gap.lines)
        self.height = y

    def top(self, key: str) -> int:
        """Give the first line of a box."""
        return self._tops[self.layers.places[key].layer]

    def at(self, x: int, y: int) -> str | None:
        """Give the key of the box at a cell."""
        for top, layer in zip(self._tops, self.layers.layers, strict=True):
            if top <= y < top + BOX:
                for place in layer:
                    if not place.passes and place.x <= x < place.x + place.width:
                        return place.key
        return None

    def line(self, y: int, left: int, width: int, chosen: str | None) -> Sequence[Part]:
        """Draw what is seen of one line, from a cell on; the chosen box is marked."""
        cells: list[Part] = [(" ", "")] * width
        for x, (char, keys) in self._edges.get(y, {}).items():
            if left <= x < left + width:
                cells[x - left] = char, "table--accent" if chosen in keys else "table--dim"
        for top, layer in zip(self._tops, self.layers.layers, strict=True):
            if top <= y < top + BOX:
                for place in layer:
                    if not place.passes and place.x + place.width > left < place.x + width + left:
                        self._box(cells, place, y - top, left, chosen=place.key == chosen)
        return _joined(cells)

    def _box(self, cells: list[Part], place: Place, line: int, left: int, *, chosen: bool) -> None:
        box = self.boxes[place.key]
        drawn = self._drawn(place, box, line, chosen=chosen)
        last = len(cells) - 1
        for x, (char, ink) in enumerate(drawn, place.x - left):
            if 0 <= x <= last:
                whole = cell_len(char) < 2 or x < last
                whole = whole and (char != "" or x > 0)
                cells[x] = char if whole else " ", ink

    def _drawn(self, place: Place, box: Box, line: int, *, chosen: bool) -> list[Part]:
        """Give one line of a box, cell by cell; the second cell of a wide character is empty."""
        lines = _HEAVY if box.heavy else _LIGHT
        border = "table--accent" if chosen else "" if box.heavy else "table--dim"
        if line == 1:
            text = set_cell_size(_cut(box.text), place.width - 4)
            mark = ("▌", "table--mark") if chosen else (" ", "")
            inner = [(char, f"{box.ink}") for char in _cells(text)]
            return [(lines[3], border), mark, *inner, (" ", ""), (lines[3], border)]
        first, last = (lines[0], lines[2]) if line == 0 else (lines[4], lines[5])
        chars = [first, *lines[1] * (place.width - 2), last]
        if line == 0:
            for port in self._in.get(place.key, ()):
                chars[port - place.x] = "▼"
        elif place.key in self._out:
            chars[place.width // 2] = lines[6]
        return [(char, border) for char in chars]


def _cut(text: str) -> str:
    return text if cell_len(text) <= WIDEST else set_cell_size(text, WIDEST - 1) + "…"


def _cells(text: str) -> list[str]:
    cells: list[str] = []
    for char in text:
        width = cell_len(char)
        if width:
            cells += [char, *[""] * (width - 1)]
        elif cells:
            cells[-1] += char
    return cells


def _joined(cells: Sequence[Part]) -> Sequence[Part]:
    parts: list[Part] = []
    for char, ink in cells:
        if parts and parts[-1][1] == ink:
            parts[-1] = parts[-1][0] + char, ink
        else:
            parts.append((char, ink))
    return parts
