"""A row of an answer to why a run failed, and where it leads."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, chop_cells

from runs_tui.model.query import Query
from runs_tui.model.run import RunKey
from runs_tui.widgets.columns import Cell


@dataclass(frozen=True, slots=True)
class ToStep:
    """Leads to a step among the steps."""

    key: str


@dataclass(frozen=True, slots=True)
class ToLine:
    """Leads to a line of the events, by its number."""

    number: int


@dataclass(frozen=True, slots=True)
class ToEvents:
    """Leads to the events of one step."""

    step: str


@dataclass(frozen=True, slots=True)
class ToRuns:
    """Leads to a list of runs."""

    query: Query


@dataclass(frozen=True, slots=True)
class ToRun:
    """Leads to another run."""

    key: RunKey


Target = ToStep | ToLine | ToEvents | ToRuns | ToRun


@dataclass(frozen=True, slots=True)
class WhyRow:
    """One row of an answer."""

    key: str
    """What names it while the rows around it change."""
    cell: Cell
    """What it says."""
    target: Target | None = None
    """Where it leads."""
    marked: bool = True
    """Whether it is marked as leading there; a row that belongs to a marked one is not."""


def wrapped(text: str, width: int, most: int) -> Sequence[str]:
    """Fold a text between its words into lines of at most so many cells, the last one cut."""
    width = max(width, 8)
    lines = [""]
    for word in text.split():
        for piece in chop_cells(word, width):
            longer = f"{lines[-1]} {piece}" if lines[-1] else piece
            if cell_len(longer) <= width or len(lines) == most:
                lines[-1] = longer
            else:
                lines.append(piece)
    return lines
