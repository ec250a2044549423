"""How many bytes are written to the terminal, each beside what Textual's own widgets write."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from threading import Event
from time import perf_counter

from tests.bench.rounds import paired
from tests.bench.table import Finding, Unit
from tests.bench.terminal import SIZE, Terminal

BOARD, BARE, BARE_LOG = (
    "tests.bench.child_board",
    "tests.bench.child_bare",
    "tests.bench.child_bare_log",
)
ROWS = 100
TICKING = 50
REST = 0.4
"""For how many seconds nothing is written before a change counts as drawn: a run is read, too."""
AGAIN = 2.0
TICKS = 10.0
SHOWN = r"rows 1–\d+ of "
DOWN, PAGE_DOWN, PAGE_UP = "\x1b[B", "\x1b[6~", "\x1b[5~"
DATA_TABLE, RICH_LOG, UNDIFFED = "DataTable", "RichLog", "undiffed"
SMALL, LARGE = (80, 24), (200, 60)
LINES = ("alike", "varied")
PRESSES = 40
"""How often the cursor is moved for the time that a frame takes."""

Place = tuple[int, int]
Strokes = tuple[str, str]
"""The keys of one round, and those of the next."""


def sizes(rounds: int) -> Iterator[Finding]:
    """Measure the bytes of every kind of change, on a screen of 120 × 40."""
    yield from _changes(rounds, SIZE)
    yield from _rest(SIZE)
    for lines in LINES:
        yield from _followed(lines, rounds, SIZE)


def other_sizes(rounds: int) -> Iterator[Finding]:
    """Measure the same on a smaller and on a larger screen."""
    for size in (SMALL, LARGE):
        yield from _changes(rounds, size)
        yield from _ticking(size)
        for lines in LINES:
            yield from _followed(lines, rounds, size)


def frames(rounds: int) -> Iterator[Finding]:
    """Measure the processor time of a frame with the driver that spares bytes, and without."""
    for name, strokes in (("j", "jk"), ("page down, page up", (PAGE_DOWN, PAGE_UP))):
        with (
            Terminal(BOARD, "--still") as board,
            Terminal(BOARD, "--still", undiffed=True) as whole,
        ):
            for terminal in (board, whole):
                terminal.wait_for(SHOWN)
                terminal.settle(1.0)
            found = [
                (_busy(board, strokes) * 1000, _busy(whole, strokes) * 1000) for _ in range(rounds)
            ]
        pair = paired(found)
        yield Finding(
            group="frames",
            what=f"processor time of {name}, all its frames",
            unit="ms",
            measured=pair.measured,
            yardstick=pair.yardstick,
            told_ratio=pair.ratio,
            against=UNDIFFED,
            budget=1.2,
            of_ratio=True,
        )


def _busy(terminal: Terminal, strokes: Sequence[str]) -> float:
    """Give the seconds of a processor that a key takes."""
    before = terminal.processor_time
    for number in range(PRESSES):
        terminal.press(strokes[number % 2], 0.05)
    return (terminal.processor_time - before) / PRESSES


def _changes(rounds: int, size: Place) -> Iterator[Finding]:
    with (
        Terminal(BOARD, "--still", size=size) as board,
        Terminal(BARE, str(ROWS), size=size) as bare,
        Terminal(BOARD, "--still", size=size, undiffed=True) as whole,
    ):
        terminals = (board, bare, whole)
        for terminal, text in zip(terminals, (SHOWN, "Quit", SHOWN), strict=True):
            terminal.wait_for(text)
            terminal.settle(1.0)
        painted = [tuple(terminal.received for terminal in terminals)]
        yield from _sizes("first paint, with its rows", size, painted, DATA_TABLE, 20_000)

        def told(ours: Strokes, theirs: Strokes) -> list[tuple[int, ...]]:
            return [
                (
                    board.press(ours[number % 2], REST).size,
                    bare.press(theirs[number % 2], REST).size,
                    whole.press(ours[number % 2], REST).size,
                )
                for number in range(rounds)
            ]

        down = told(("j", "j"), (DOWN, DOWN))
        yield from _sizes("cursor one down, the run beside it read", size, down, DATA_TABLE, 1000)
        for terminal in (board, whole):
            terminal.press("p", REST)
        down = told(("j", "j"), (DOWN, DOWN))
        yield from _sizes("cursor one down, no run pane", size, down, DATA_TABLE, 500)
        pages = told(("\x04", "\x15"), (PAGE_DOWN, PAGE_UP))
        yield from _sizes("a page down, no run pane", size, pages, DATA_TABLE, 4000)
        for terminal in (board, whole):
            terminal.press("gg", REST)
            terminal.press("p", REST)
        cell = [tuple(terminal.poke(REST).size for terminal in terminals) for _ in range(rounds)]
        yield from _sizes("one cell changes", size, cell, DATA_TABLE, 150)


def _rest(size: Place) -> Iterator[Finding]:
    """Count while no news come."""
    with (
        Terminal(BOARD, "--still", size=size) as still,
        Terminal(BOARD, "--again", str(AGAIN), size=size) as again,
    ):
        for terminal in (still, again):
            terminal.wait_for(SHOWN)
        still.settle(1.0)
        counts = [_Count(terminal) for terminal in (still, again)]
        Event().wait(TICKS)
        yield _size(f"nothing changing for {TICKS:.0f} s", size, counts[0].size, budget=0)
        readings = TICKS / AGAIN
        what = "nothing changing, a list read again"
        yield _size(what, size, counts[1].size / readings, budget=0)
    yield from _ticking(size)


def _ticking(size: Place) -> Iterator[Finding]:
    """Count while time passes, side by side."""
    arguments = ("--running", str(TICKING))
    with (
        Terminal(BOARD, *arguments, size=size) as board,
        Terminal(BARE, str(TICKING), "ticking", size=size) as bare,
        Terminal(BOARD, *arguments, size=size, undiffed=True) as whole,
    ):
        terminals = (board, bare, whole)
        for terminal, text in zip(terminals, (SHOWN, "Quit", SHOWN), strict=True):
            terminal.wait_for(text)
            terminal.settle(0.3)
        counts = [_Count(terminal) for terminal in terminals]
        Event().wait(TICKS)
        rates = [tuple(count.rate for count in counts)]
    what = f"{TICKING} running rows ticking"
    yield from _sizes(what, size, rates, DATA_TABLE, 1500, unit="bytes/s")


def _followed(lines: str, rounds: int, size: Place) -> Iterator[Finding]:
    arguments = ("--still", "--lines", lines)
    with (
        Terminal(BOARD, *arguments, size=size, margins=True) as board,
        Terminal(BARE_LOG, lines, size=size) as bare,
        Terminal(BOARD, *arguments, size=size) as plain,
        Terminal(BOARD, *arguments, size=size, undiffed=True) as whole,
    ):
        for terminal in (board, plain, whole):
            terminal.wait_for(SHOWN)
            terminal.press("L", 1.0)
        terminals = (board, bare, plain, whole)
        for terminal in terminals:
            terminal.wait_for(r"09:01:40")
        told = [tuple(terminal.poke(REST).size for terminal in terminals) for _ in range(rounds)]
    what = f"a followed log line, lines {lines}"
    with_margins = [(ours, theirs, undiffed) for ours, theirs, _, undiffed in told]
    yield from _sizes(f"{what}, side margins", size, with_margins, RICH_LOG, 300)
    without = median(plainly for _, _, plainly, _ in told)
    yield _size(f"{what}, none", size, without, median(bare for _, bare, _, _ in told), RICH_LOG)


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


def _sizes(
    what: str,
    size: Place,
    found: Sequence[Sequence[float]],
    against: str,
    budget: float | None,
    unit: Unit = "bytes",
) -> Iterator[Finding]:
    """Give the medians of ours, beside a widget of Textual's and beside ourselves undiffed."""
    ours, theirs, whole = (median(column) for column in zip(*found, strict=True))
    yield _size(what, size, ours, theirs, against, budget, unit)
    yield _size(what, size, ours, whole, UNDIFFED, unit=unit)


def _size(
    what: str,
    size: Place,
    measured: float,
    yardstick: float | None = None,
    against: str = "",
    budget: float | None = None,
    unit: Unit = "bytes",
) -> Finding:
    width, height = size
    return Finding(
        group="bytes",
        what=f"{width} × {height}: {what}",
        unit=unit,
        measured=measured,
        yardstick=yardstick,
        against=against,
        budget=budget,
    )
