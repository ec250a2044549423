"""Runs that something is about to be done to, or was: one line each."""

from dataclasses import dataclass

from runs_tui import looks
from runs_tui.model.run import Run, RunKey
from runs_tui.widgets.columns import Cell, Column
from runs_tui.widgets.virtual_table import VirtualTable


@dataclass(frozen=True, slots=True)
class ActRow:
    """One run, and what will happen or has happened to it."""

    run: Run
    """The run as it is known now."""
    told: str
    """What will happen, or has."""
    ink: str = ""
    """The component class that it is drawn in."""
    before: Run | None = None
    """The run that it is done to, where that is another one."""


class ActTable(VirtualTable[ActRow]):
    """One line a run, and what is told of it."""

    show_head = False
    opens = False

    def __init__(self, *, id: str | None = None) -> None:
        """Begin empty."""
        columns = [
            Column("state", "", _state, 12),
            Column("workflow", "", _workflow, 10, grows=True, cap=20),
            Column("run", "", _run, 20, grows=True, rank=1, cap=28),
            Column("told", "", lambda row: [(row.told, row.ink)], 24, grows=True),
        ]
        super().__init__(columns, id=id)

    def key_of(self, row: ActRow) -> RunKey:
        """Give the key of the run that it is done to."""
        return (row.before or row.run).key


def _state(row: ActRow) -> Cell:
    run = row.run
    return [(f"{looks.glyph(run.state)} {looks.word(run)}", looks.css_class(run.state))]


def _workflow(row: ActRow) -> Cell:
    return [(row.run.workflow, "table--strong")]


def _run(row: ActRow) -> Cell:
    run = row.before or row.run
    return [(f"{run.source}/{run.name or run.id}", "table--dim")]
