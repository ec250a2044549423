"""Text cut into the cells of a terminal, counted as Textual counts them."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from rich.cells import split_graphemes

from runs_tui.terminal.style import PLAIN, Style

_FLAGS = range(0x1F1E6, 0x1F200)
"""The letters that make a flag by two."""
_EMOJI = 0x1F000
"""From here on terminals differ about what is wide: each knows another edition of Unicode."""


class Cell(NamedTuple):
    """One cell; a character that is wider is followed by cells of its own without any text."""

    text: str
    style: Style


Row = list[Cell | None]
"""The cells of a line; None where it is not known what the terminal shows."""
BLANK = Cell(" ", PLAIN)


@lru_cache(8192)
def cell(text: str, style: Style) -> Cell:
    """Make a cell; equal ones are mostly the same, so that they are compared fast."""
    return Cell(text, style.of_blank if text == " " else style)


def cells(text: str, style: Style) -> Sequence[Cell]:
    """Cut a text into cells; a first one without width belongs to what stands before."""
    if text.isascii():
        made = {character: cell(character, style) for character in set(text)}
        return [made[character] for character in text]
    found: list[Cell] = []
    for cluster, width in _clusters(text):
        found.append(cell(cluster, style))
        found.extend([cell("", style)] * (width - 1))
    return found


def leads(text: str) -> str:
    """Give the characters at the start of a text that belong to what stands before it."""
    if text.isascii():
        return ""
    (_, end, width), *_ = split_graphemes(text)[0]
    return "" if width else text[:end]


@lru_cache(8192)
def certain(text: str) -> bool:
    """Tell whether all terminals agree how wide it is."""
    return len(text) == 1 and ord(text) < _EMOJI and text != "\xad"


def _clusters(text: str) -> Iterator[tuple[str, int]]:
    """Give what is drawn as one, with its width; what has none goes with what is before."""
    half: tuple[str, int] | None = None
    for start, end, width in split_graphemes(text)[0]:
        cluster = text[start:end]
        flag = ord(cluster[0]) in _FLAGS
        if half is not None:
            if flag:
                yield half[0] + cluster, half[1] + width
                half = None
                continue
            yield half
            half = None
        if flag and len(cluster) == 1:
            half = (cluster, width)
        elif width:
            yield cluster, width
    if half is not None:
        yield half
