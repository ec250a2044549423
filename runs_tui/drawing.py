"""What becomes of each line before a terminal gets it that cannot show all of it."""

from functools import lru_cache

from rich.cells import split_graphemes
from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from runs_tui import looks

_NEITHER = Style.from_color(RichColor.default(), RichColor.default())


class Colorless(LineFilter):
    """Takes away every colour, that behind the letters too."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Give the segments in the terminal's own two colours."""
        return [Segment(s.text, (s.style or Style.null()) + _NEITHER, s.control) for s in segments]


class Ascii(LineFilter):
    """Draws every sign of ours in ASCII, and `?` for each cell of foreign text that is not."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Give the segments in ASCII, as wide as before."""
        return [
            s if s.text.isascii() else Segment(_in_ascii(s.text), s.style, s.control)
            for s in segments
        ]


@lru_cache(1024)
def _in_ascii(text: str) -> str:
    marks, _ = split_graphemes(text)
    return "".join(_mark(text[start:end], width) for start, end, width in marks)


def _mark(text: str, width: int) -> str:
    """Give what is drawn as one in ASCII: its first sign, and as much as makes it as wide."""
    first = text[0] if text[0].isascii() else looks.ASCII.get(text[0], "")
    return first + "?" * (width - len(first))
