"""How many bytes are written to the terminal, each beside what Textual's own widgets write."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from threading import Event
from time import perf_counter

from tests.bench.table import Finding, Unit
from tests.bench.terminal import Terminal

BOARD, BARE, BARE_LOG = (
    "tests.bench.child_board",
    "tests.bench.child_bare",
    "tests.bench.child_bare_log",
)
ROWS = 100
TICKING = 50
REST = 0.4
"""For how many seconds nothing is written before a change counts as drawn: a run is read, too."""
IDLE = 5.0
AGAIN = 2.0
TICKS = 10.0
SHOWN = r"rows 1–\d+ of "
DOWN = "\x1b[B"
DATA_TABLE, RICH_LOG = "DataTable", "RichLog"


def sizes(rounds: int) -> Iterator[Finding]:
    """Measure the bytes of every kind of change, on a screen of 120 × 40."""
    yield from _changes(rounds)
    yield from _rest()
    for lines in ("alike", "varied"):
        yield _followed(lines, rounds)


def _changes(rounds: int) -> Iterator[Finding]:
    with Terminal(BOARD, "--still") as board, Terminal(BARE, str(ROWS)) as bare:
        for terminal, text in ((board, SHOWN), (bare, "Quit")):
            terminal.wait_for(text)
            terminal.settle(1.0)
        yield _size("first paint, with its rows", board.received, bare.received, DATA_TABLE, 20_000)
        down = [(board.press("j", REST).size, bare.press(DOWN, REST).size) for _ in range(rounds)]
        yield _sizes("cursor one down, the run beside it", down, DATA_TABLE, 500)
        board.press("p", REST)
        down = [(board.press("j", REST).size, bare.press(DOWN, REST).size) for _ in range(rounds)]
        yield _sizes("cursor one down, no run pane", down, DATA_TABLE, 500)
        board.press("p", REST)
        cell = [(board.poke(REST).size, bare.poke(REST).size) for _ in range(rounds)]
        yield _sizes("one cell changes", cell, DATA_TABLE, 150)


def _rest() -> Iterator[Finding]:
    """Count while time passes, side by side."""
    with (
        Terminal(BOARD, "--still") as still,
        Terminal(BOARD, "--again", str(AGAIN)) as again,
        Terminal(BOARD, "--running", str(TICKING)) as ticking,
        Terminal(BARE, str(TICKING), "ticking") as bare,
    ):
        for terminal, text in ((still, SHOWN), (again, SHOWN), (ticking, SHOWN), (bare, "Quit")):
            terminal.wait_for(text)
        still.settle(1.0)
        counts = [_Count(terminal) for terminal in (still, again, ticking, bare)]
        Event().wait(IDLE)
        yield _size(f"nothing changing for {IDLE:.0f} s", counts[0].size, budget=0)
        Event().wait(TICKS - IDLE)
        readings = TICKS / AGAIN
        yield _size("nothing changing, a list read again", counts[1].size / readings, budget=0)
        running, table = counts[2].rate, counts[3].rate
        what = f"{TICKING} running rows ticking"
        yield _size(what, running, table, DATA_TABLE, 1500, unit="bytes/s")


def _followed(lines: str, rounds: int) -> Finding:
    with Terminal(BOARD, "--still", "--lines", lines) as board, Terminal(BARE_LOG, lines) as bare:
        board.wait_for(SHOWN)
        board.press("L", 1.0)
        bare.wait_for(r"09:01:40")
        board.wait_for(r"09:01:40")
        told = [(board.poke(REST).size, bare.poke(REST).size) for _ in range(rounds)]
    return _sizes(f"a followed log line, lines {lines}", told, RICH_LOG, 300)


@dataclass(slots=True)
class _Count:
    """Counts what a terminal writes from now on."""

    terminal: Terminal
    began: float = 0.0
    before: int = 0

    def __post_init__(self) -> None:
        self.began, self.before = perf_counter(), self.terminal.received

    @property
    def size(self) -> int:
        return self.terminal.received - self.before

    @property
    def rate(self) -> float:
        return self.size / (perf_counter() - self.began)


def _sizes(what: str, found: list[tuple[int, int]], against: str, budget: float) -> Finding:
    measured, yardstick = zip(*found, strict=True)
    return _size(what, median(measured), median(yardstick), against, budget)


def _size(
    what: str,
    measured: float,
    yardstick: float | None = None,
    against: str = "",
    budget: float | None = None,
    unit: Unit = "bytes",
) -> Finding:
    return Finding(
        group="bytes",
        what=f"bytes: {what}",
        unit=unit,
        measured=measured,
        yardstick=yardstick,
        against=against,
        budget=budget,
    )
