"""Rows of text in aligned columns, cut to the width of a terminal and coloured there."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import click

from runs_tui.model.state import State

GAP = "  "
COLORS = {
    State.RUNNING: "cyan",
    State.WAITING: "yellow",
    State.SUCCEEDED: "green",
    State.FAILED: "red",
    State.CANCELLED: "magenta",
}
"""The colours of states on a terminal; the others are dim."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one place, and the state that colours it."""

    text: str
    """What it says."""
    state: State | None = None
    """The state that gives it its colour."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title, and how it is cut and aligned."""

    title: str
    """What stands above it."""
    least: int | None = None
    """How narrow it may be cut; None: never cut."""
    right: bool = False
    """Whether it is aligned to the right."""


def table(
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    *,
    width: int | None = None,
    colored: bool = False,
) -> list[str]:
    """Give the lines of a table with its titles."""
    head = [Cell(column.title) for column in columns]
    widths = _widths(columns, [head, *rows], width)
    lines = [_line(columns, row, widths, colored=colored) for row in [head, *rows]]
    if colored:
        lines[0] = click.style(lines[0], dim=True)
    return lines


def cells(text: str) -> int:
    """Count the places that a text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(_cells(mark) for mark in text)


def cut(text: str, width: int) -> str:
    """Cut a text to so many places, the last one an ellipsis where anything was cut."""
    if cells(text) <= width:
        return text
    kept, room = "", width - 1
    for mark in text:
        room -= _cells(mark)
        if room < 0:
            break
        kept += mark
    return kept.rstrip() + "…"


def painted(text: str, state: State | None) -> str:
    """Give a text in the colour of a state."""
    if state is None:
        return text
    color = COLORS.get(state)
    return click.style(text, fg=color) if color else click.style(text, dim=True)


def _cells(mark: str) -> int:
    if unicodedata.combining(mark) or unicodedata.category(mark) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(mark) in {"W", "F"} else 1


def _widths(
    columns: Sequence[Column], rows: Sequence[Sequence[Cell]], width: int | None
) -> list[int]:
    widths = [max(cells(row[place].text) for row in rows) for place in range(len(columns))]
    if width is None:
        return widths
    over = sum(widths) + len(GAP) * (len(columns) - 1) - width
    for place, column in enumerate(columns):
        if over > 0 and column.least is not None:
            taken = min(over, max(widths[place] - column.least, 0))
            widths[place] -= taken
            over -= taken
    return widths


def _line(
    columns: Sequence[Column], row: Sequence[Cell], widths: Sequence[int], *, colored: bool
) -> str:
    parts = []
    for column, cell, width in zip(columns, row, widths, strict=True):
        text = cut(cell.text, width)
        blank = " " * (width - cells(text))
        shown = painted(text, cell.state) if colored else text
        parts.append(blank + shown if column.right else shown + blank)
    return GAP.join(parts).rstrip()
