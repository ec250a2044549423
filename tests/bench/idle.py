"""What the program costs while nothing happens."""

import os
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
    """Give the seconds that a program has used the processor."""
    try:
        text = Path(f"/proc/{terminal.pid}/schedstat").read_text("utf-8")
        return int(text.split()[0]) / 1e9
    except (FileNotFoundError, IndexError, ValueError):
        pass
    try:
        told = Path(f"/proc/{terminal.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except FileNotFoundError:
        raise NotMeasuredError("this system has no /proc to read processor time from") from None
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
