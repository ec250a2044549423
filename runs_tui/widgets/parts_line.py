"""A line of text in several inks, with something at its right end."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from runs_tui.widgets.columns import Part, fit
from runs_tui.widgets.inks import Inks, source_ink

Parts = Sequence[Part]
LEAST = 12
"""To how few cells a name is cut for what stands at the right end."""
SHORTEST = 4
"""To how few cells it is cut for what stands behind it."""


def width_of(parts: Parts) -> int:
    """Give the cells that some parts take."""
    return sum(cell_len(text) for text, _ in parts)


def named_in(color: str | None, name: str, before: str, after: str, *, ink: str) -> Parts:
    """Give a text in one ink with the name of a source in it, which stands out in its colour."""
    if not color:
        return [(f"{before}{name}{after}", ink)]
    parts = [(before, ink), (name, source_ink(color)), (after, ink)]
    return [(text, ink) for text, ink in parts if text]


def after_name(name: Part, rest: Parts, right: Parts, width: int) -> tuple[Parts, Parts]:
    """Give both ends of a line in which the name gives way to the rest, and the right end to it."""
    room, wanted = width - width_of(rest), cell_len(name[0])
    beside = room - width_of(right) - 1 if right else room
    if beside < min(wanted, LEAST):
        right, beside = (), max(room, SHORTEST)
    cut = fit([name], beside) if beside < wanted else [name]
    return [*cut, *rest], right


class PartsLine(Widget):
    """Lines of parts, each with a left and a right end; it redraws a line only when it changes."""

    def __init__(
        self, *, left_first: bool = False, id: str | None = None, classes: str | None = None
    ) -> None:
        """Begin empty; with `left_first` the right end goes before any of the left is cut."""
        super().__init__(id=id, classes=classes)
        self._left_first = left_first
        self.inks = Inks(self)
        self._lines: list[tuple[Parts, Parts]] = []
        self._drawn: dict[int, Strip] = {}

    def show(self, *lines: tuple[Parts, Parts]) -> None:
        """Show these lines, each as its left and its right end."""
        self._lines = list(lines)
        for y in range(self.size.height):
            if self._drawn.get(y) != self._strip(y):
                self.refresh(Region(0, y, self.size.width, 1))

    def notify_style_update(self) -> None:
        """Forget the styles of another theme or focus."""
        super().notify_style_update()
        self.inks.forget()

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        strip = self._strip(y)
        self._drawn[y] = strip
        return strip

    def text(self, y: int = 0) -> str:
        """Give the text of one line as it is drawn."""
        return self._strip(y).text

    def _strip(self, y: int) -> Strip:
        width = self.size.width
        if y >= len(self._lines):
            return Strip.blank(width, self.inks.style())
        left, right = self._lines[y]
        room = width - width_of(right) - 1
        wanted = width_of(left)
        if right and room < (wanted if self._left_first else min(wanted, width // 2)):
            right, room = (), width
        parts = [*fit(left, max(room, 0)), (" ", ""), *right] if right else fit(left, width)
        segments = [Segment(text, self.inks.style(ink)) for text, ink in parts]
        return Strip(segments).adjust_cell_length(width, self.inks.style())
