"""The columns of a table: what they show and how the width is shared among them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from rich.cells import cell_len, set_cell_size

R = TypeVar("R")

Part = tuple[str, str]
"""A piece of text and the component class that it is drawn in; "" for none."""
Cell = Sequence[Part]
"""What stands in one place of a table."""
Parts = Sequence[Part]
"""What stands on one side of a line."""


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column: its title, what it shows of a row, and how wide it may be."""

    id: str
    """What names it in a configuration."""
    title: str
    """What stands above it."""
    cell: Callable[[R], Cell]
    """Gives what it shows of a row."""
    width: int
    """The cells it wants; a growing column never gets fewer."""
    grows: bool = False
    """Whether it takes spare width."""
    right: bool = False
    """Whether it is aligned to the right."""
    rank: int = 0
    """The column with the highest rank goes first when the width is scarce; 0 never goes."""
    cap: int = 1000
    """The cells it never takes more than."""


GAP = 2
"""The cells between two columns."""


def share(columns: Sequence[Column[R]], width: int) -> list[tuple[Column[R], int]]:
    """Choose the columns that fit into a width, in order, and give each its cells."""
    shown = list(columns)

    def needed() -> int:
        return sum(column.width for column in shown) + GAP * (len(shown) - 1)

    while len(shown) > 1 and needed() > width:
        least = max(shown, key=lambda column: column.rank)
        if least.rank == 0:
            break
        shown.remove(least)
    widths = {column.id: column.width for column in shown}
    spare = width - needed()
    growing = [column for column in shown if column.grows]
    growing.sort(key=lambda column: column.cap - column.width)
    for place, column in enumerate(growing):
        more = max(min(spare // (len(growing) - place), column.cap - column.width), 0)
        widths[column.id] += more
        spare -= more
    return [(column, max(widths[column.id], 1)) for column in shown]


def fit(cell: Cell, width: int, *, right: bool = False) -> list[Part]:
    """Cut a cell to a width with an ellipsis, or fill it with blanks."""
    parts: list[Part] = []
    left = width
    total = sum(cell_len(text) for text, _ in cell)
    if total <= width:
        blank = (" " * (width - total), "")
        return [blank, *cell] if right else [*cell, blank]
    for text, look in cell:
        size = cell_len(text)
        if size < left:
            parts.append((text, look))
            left -= size
            continue
        parts.append((set_cell_size(text, left - 1) + "…", look))
        return parts
    return parts
