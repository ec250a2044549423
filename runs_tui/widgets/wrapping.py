"""Long text as the lines that it takes in a width."""

from rich.cells import chop_cells
from textual.content import Content

LONG = 2000
"""From how many characters on a line is cut anywhere instead of between words."""


def wrapped(text: str, width: int) -> list[str]:
    """Give the lines of a text, each at most so many cells wide; at least one."""
    lines: list[str] = []
    for line in text.expandtabs(4).split("\n"):
        if len(line) <= width // 2:
            lines.append(line)
        elif len(line) > LONG:
            lines += chop_cells(line, max(width, 2))
        else:
            lines += [piece.plain for piece in Content(line).wrap(max(width, 2))]
    return lines
