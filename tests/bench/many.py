"""What 100,000 runs on the board cost, in time and in memory, beside what 100 cost."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.rounds import Pair, paired
from tests.bench.starting import NotMeasuredError
from tests.bench.table import Finding
from tests.bench.terminal import Terminal

MANY, FEW = 100_000, 100
AGAINST = f"with {FEW} runs"
PRESSES = 5
"""How often a key is pressed in a round."""
SETTLE = 0.4
"""For how many seconds the cursor rests on a run before the run is read."""
FILTER = "etl lock"
"""What is typed as a filter."""
REST = 0.2
"""For how many seconds nothing is written before a key counts as answered."""


def keys(rounds: int) -> Iterator[Finding]:
    """Measure the time from a key to the last byte that it causes on the terminal."""
    with _boards() as (many, few):
        for name, strokes in (("j", "jj"), ("ctrl+d, ctrl+u", "\x04\x15")):
            times: list[tuple[float, float]] = []
            for number in range(rounds * PRESSES):
                key = strokes[number % 2]
                times.append((many.press(key, REST).seconds, few.press(key, REST).seconds))
            yield _key(f"{name}, with {MANY:,} runs", paired(times), budget=1.5)
            slowest = [max(many for many, _ in times), max(few for _, few in times)]
            yield _key(f"{name}, the slowest of {len(times)}", paired([(slowest[0], slowest[1])]))


def typing(rounds: int) -> Iterator[Finding]:
    """Measure the time from a letter of a filter to the last byte that it causes."""
    with _boards() as (many, few):
        times: list[tuple[float, float]] = []
        for _ in range(rounds):
            for terminal in (many, few):
                terminal.press("/", REST)
            times += [
                (many.press(letter, REST).seconds, few.press(letter, REST).seconds)
                for letter in FILTER
            ]
            for terminal in (many, few):
                terminal.press("\x15\r", REST)
                terminal.settle()
        pair = paired(times)
        yield Finding(
            group="keys",
            what=f"a letter of a filter to its paint, with {MANY:,} runs",
            unit="ms",
            measured=pair.measured * 1000,
            yardstick=pair.yardstick * 1000,
            told_ratio=pair.ratio,
            against=AGAINST,
            budget=1.5,
            of_ratio=True,
        )


def memory(_rounds: int) -> Iterator[Finding]:
    """Measure the resident memory of runs as an adapter makes them; once, for it hardly varies."""
    with _boards("--decoded") as (many, few):
        for terminal in (many, few):
            terminal.settle()
        found = _resident(many), _resident(few)
    for place, what in enumerate(("memory", "memory, at its peak")):
        yield Finding(
            group="memory",
            what=f"{what}, with {MANY:,} runs",
            unit="MB",
            measured=found[0][place],
            yardstick=found[1][place],
            against=AGAINST,
            budget=2,
            of_ratio=True,
        )


@contextmanager
def _boards(*options: str) -> Iterator[tuple[Terminal, Terminal]]:
    child = ("tests.bench.child_board", "--settle", str(SETTLE), *options)
    with (
        Terminal(*child, "--runs", str(MANY)) as many,
        Terminal(*child, "--runs", str(FEW)) as few,
    ):
        few.wait_for(f"of {FEW}\\b")
        many.wait_for(f"of {MANY:,}")
        many.press("j", quiet=1.0)
        few.press("j", quiet=1.0)
        yield many, few


def _key(what: str, pair: Pair, budget: float | None = None) -> Finding:
    return Finding(
        group="keys",
        what=f"key to paint: {what}",
        unit="ms",
        measured=pair.measured * 1000,
        yardstick=pair.yardstick * 1000,
        told_ratio=pair.ratio,
        against=AGAINST,
        budget=budget,
        of_ratio=True,
    )


def _resident(terminal: Terminal) -> tuple[float, float]:
    """Give the megabytes that a program holds, and held at its peak."""
    try:
        text = Path(f"/proc/{terminal.pid}/status").read_text("utf-8")
    except FileNotFoundError:
        raise NotMeasuredError("this system has no /proc to read memory from") from None
    told = dict(line.split(":", 1) for line in text.splitlines())
    return _megabytes(told["VmRSS"]), _megabytes(told["VmHWM"])


def _megabytes(told: str) -> float:
    return int(told.split()[0]) * 1024 / 1e6
