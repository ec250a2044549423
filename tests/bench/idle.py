"""What the program costs while nothing happens."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from time import perf_counter

from tests.bench.starting import NotMeasuredError
from tests.bench.table import Finding
from tests.bench.terminal import Terminal

SECONDS = 20.0
SETTLED = 4.0
"""The seconds after which what a start leaves to be done is over."""
SHOWN = r"rows 1–\d+ of "


def idle(_rounds: int) -> Iterator[Finding]:
    """Measure the processor time of some seconds, and the bytes; once, for they are many."""
    with (
        Terminal("tests.bench.child_board", "--still") as board,
        Terminal("tests.bench.child_bare", "100") as bare,
    ):
        board.wait_for(SHOWN)
        bare.wait_for("Quit")
        Event().wait(SETTLED)
        began, received = perf_counter(), board.received
        before = _busy(board), _busy(bare)
        Event().wait(SECONDS)
        seconds = perf_counter() - began
        spent = _busy(board) - before[0], _busy(bare) - before[1]
        written = board.received - received
    yield Finding(
        group="idle",
        what=f"processor, nothing changing for {SECONDS:.0f} s",
        unit="%",
        measured=100 * spent[0] / seconds,
        yardstick=100 * spent[1] / seconds,
        against="bare application",
        budget=0.5,
    )
    yield Finding(
        group="idle",
        what=f"bytes: nothing changing for {SECONDS:.0f} s",
        unit="bytes",
        measured=written,
        budget=0,
    )


def _busy(terminal: Terminal) -> float:
    """Give the seconds that all threads of a program have used the processor."""
    told = list(Path(f"/proc/{terminal.pid}/task").glob("*/schedstat"))
    if not told:
        raise NotMeasuredError("this system has no /proc to read processor time from")
    return sum(int(one.read_text("utf-8").split()[0]) for one in told) / 1e9
