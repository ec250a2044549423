"""A table whose rows can also be drawn as the boxes of a graph, which is scrolled both ways."""

from collections.abc import Sequence
from typing import TypeVar

from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.strip import Strip

from runs_tui.model.layers import Place
from runs_tui.widgets.columns import Cell, fit
from runs_tui.widgets.graph_canvas import BOX, Canvas
from runs_tui.widgets.virtual_table import VirtualTable

R = TypeVar("R")

STRIDE = 8
"""The cells that the view moves sideways at a time."""


class CanvasTable(VirtualTable[R]):
    """Draws its rows on a canvas while there is one, a box a row, and as lines otherwise."""

    canvas: Canvas | None = None
    """The boxes, by the keys of the rows."""

    _left = 0

    def about(self) -> Cell:
        """Give what is said of the row under the cursor above the canvas."""
        return []

    def put_on_canvas(self, canvas: Canvas | None) -> None:
        """Draw the rows on a canvas, or as lines."""
        self.canvas = canvas
        self._left = 0
        self._laid_out = -1
        self._resize()
        self._keep_in_view(self.cursor)
        self.refresh()

    @property
    def _place(self) -> Place | None:
        """Give where the row under the cursor is drawn."""
        if self.canvas is None or self.row is None:
            return None
        return self.canvas.layers.places.get(str(self.key_of(self.row)))

    @property
    def _drawn_height(self) -> int:
        return self.canvas.height if self.canvas else len(self.rows)

    # What is seen

    @property
    def max_scroll_y(self) -> int:
        """Give the furthest line that is seen first."""
        return max(self._drawn_height - self.page_height, 0)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Give the lines that all of it takes."""
        return self._drawn_height + self.head_height

    def _keep_in_view(self, at: int) -> None:
        place = self._place
        if self.canvas is None or place is None:
            super()._keep_in_view(at)
            return
        top = self.canvas.top(place.key)
        super()._keep_in_view(top + BOX - 1)
        super()._keep_in_view(top)
        left = max(min(self._left, place.x), place.x + place.width - self.size.width)
        self._scroll_to_cell(left)

    def _scroll_to_cell(self, left: int) -> None:
        width = self.canvas.width if self.canvas else 0
        left = max(min(left, width - self.size.width), 0)
        if left != self._left:
            self._left = left
            self.refresh()

    def _refresh_row(self, at: int) -> None:
        if self.canvas is None:
            super()._refresh_row(at)
        else:
            self.refresh_changed()

    # Moving

    def action_move(self, rows: int) -> None:
        """Move by some rows; on a canvas to the nearest box that follows, or that is followed."""
        if self.canvas is None:
            super().action_move(rows)
        else:
            self._go_to(self._towards(rows))

    def action_move_pages(self, pages: float) -> None:
        """Move by some pages."""
        place = self._place
        if self.canvas is None or place is None:
            super().action_move_pages(pages)
            return
        lines = round(self.page_height * pages)
        self._scroll(self.scroll_offset.y + lines)
        y = self.canvas.top(place.key) + lines
        layers = self.canvas.layers.layers
        tops = [(abs(self.canvas.top(layer[0].key) - y), layer) for layer in _boxes(layers)]
        self._go_to(_nearest(min(tops, key=lambda top: top[0])[1], place))

    def action_aside(self, boxes: int) -> None:
        """Move to the next box of the layer, or the one before."""
        place = self._place
        if self.canvas is None or place is None:
            return
        layer = [p for p in self.canvas.layers.layers[place.layer] if not p.passes]
        at = layer.index(place) + boxes
        if 0 <= at < len(layer):
            self._go_to(layer[at])
        else:
            self._scroll_to_cell(self._left + STRIDE * boxes)

    def _towards(self, layers: int) -> Place | None:
        """Give the nearest box that an edge leads to, else the nearest of the next layer."""
        place = self._place
        if self.canvas is None or place is None:
            return None
        linked = self.canvas.layers.linked(place, down=layers > 0)
        if linked:
            return _nearest(linked, place)
        beyond = self.canvas.layers.layers[place.layer + 1 :]
        before = self.canvas.layers.layers[: place.layer][::-1]
        found = _boxes(beyond if layers > 0 else before)
        return _nearest(found[0], place) if found else None

    def _go_to(self, place: Place | None) -> None:
        if place is not None:
            self.select(place.key)

    async def _on_click(self, event: events.Click) -> None:
        if self.canvas is None:
            await super()._on_click(event)
            return
        y = event.y - self.head_height + self.scroll_offset.y
        key = self.canvas.at(event.x + self._left, y)
        if key is None:
            return
        if self.row is not None and self.key_of(self.row) == key and event.chain > 1:
            self.action_choose()
        self.select(key)

    def _wheel(self, rows: int) -> None:
        if self.canvas is None:
            super()._wheel(rows)
        else:
            self._scroll(self.scroll_offset.y + rows)

    # Drawing

    def _line(self, y: int) -> Strip:
        if self.canvas is None:
            return super()._line(y)
        width, plain = self.size.width, self.inks.style()
        if y < self.head_height:
            parts = [(" ", ""), *fit(self.about(), max(width - 2, 1)), (" ", "")]
        else:
            chosen = str(self.key_of(self.row)) if self.row is not None else None
            at = y - self.head_height + self.scroll_offset.y
            chosen = chosen if self.show_cursor else None
            parts = [*self.canvas.line(at, self._left, width, chosen)]
        segments = [Segment(text, self.inks.style(ink) if ink else plain) for text, ink in parts]
        return self._strip(segments, plain)


def _boxes(layers: Sequence[Sequence[Place]]) -> Sequence[Sequence[Place]]:
    """Give the layers without the ways of edges."""
    return [[place for place in layer if not place.passes] for layer in layers]


def _nearest(places: Sequence[Place], to: Place) -> Place:
    return min(places, key=lambda place: abs(place.middle - to.middle))
