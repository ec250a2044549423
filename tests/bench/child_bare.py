"""A bare application to compare with: header, table and footer, without anything of ours."""

import asyncio
import signal
import sys
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.coordinate import Coordinate
from textual.widgets import DataTable, Footer, Header

COLUMNS = ("State", "Workflow", "Run", "Trigger", "Started", "Took", "Error")
TOOK = COLUMNS.index("Took")


class Bare(App[None]):
    """Holds so many rows; each SIGUSR1 changes a cell, and when ticking every second a column."""

    TITLE = "bare"
    BINDINGS: ClassVar[list[BindingType]] = [("q", "quit", "Quit"), ("slash", "find", "Filter")]

    def __init__(self, rows: int, *, ticking: bool) -> None:
        super().__init__()
        self._rows = rows
        self._ticking = ticking
        self._changes = 0

    def compose(self) -> ComposeResult:
        yield Header()
        yield DataTable[str](cursor_type="row")
        yield Footer()

    def on_mount(self) -> None:
        table = self._table
        table.add_columns(*COLUMNS)
        table.add_rows(_row(number) for number in range(self._rows))
        table.focus()
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, self._change_cell)
        if self._ticking:
            self.set_interval(1.0, self._tick)

    @property
    def _table(self) -> DataTable[str]:
        return self.query_one(DataTable)

    def _change_cell(self) -> None:
        self._changes += 1
        self._table.update_cell_at(Coordinate(5, 0), ("queued", "waiting")[self._changes % 2])

    def _tick(self) -> None:
        self._changes += 1
        for row in range(self._rows):
            seconds = 60 + 67 * row + self._changes
            told = f"{seconds // 60}m {seconds % 60:02}s"
            self._table.update_cell_at(Coordinate(row, TOOK), told)


def _row(number: int) -> tuple[str, ...]:
    state = "failed" if number % 5 == 4 else "succeeded"
    error = "the upstream answered 502" if state == "failed" else ""
    name = f"etl-{number % 12}"
    return state, name, f"{number:08x}", "schedule", f"{number + 3}h ago", "2m 11s", error


if __name__ == "__main__":
    Bare(int(sys.argv[1]), ticking="ticking" in sys.argv).run()
