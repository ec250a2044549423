"""What a key costs in the plan of a run with many steps, beside what it costs with few."""

from collections.abc import Iterator
from contextlib import ExitStack

from tests.bench.rounds import Pair, paired
from tests.bench.table import Finding
from tests.bench.terminal import Terminal

FEW, SCROLLED = 20, 60
"""The steps of a short plan, and of one that is just longer than what is seen of it."""
UNDRAWN = 210
"""The steps of a plan that is too large for a graph, so that `t` goes the same ways."""
DRAWINGS = (("tree", 2_000, ""), ("timeline", 2_000, "t"), ("graph", 200, "tt"))
"""The drawings of a plan, with the steps of a long one and the keys that lead there."""
AROUND = "ttt"
"""The keys that lead from a drawing to itself."""
PRESSES = 5
"""How often a key is pressed in a round."""
REST = 0.2
"""For how many seconds nothing is written before a key counts as answered."""


def plan(rounds: int) -> Iterator[Finding]:
    """Measure the time from a key to the last byte that it causes, in every drawing."""
    for name, steps, keys in DRAWINGS:
        with ExitStack() as stack:
            turned = FEW if name == "graph" else UNDRAWN
            many, few, scrolled, turning = (
                stack.enter_context(Terminal("tests.bench.child_plan", "--steps", str(count)))
                for count in (steps, FEW, SCROLLED, turned)
            )
            for terminal in (many, few, scrolled, turning):
                terminal.wait_for("Steps")
                terminal.press("\r", 1.0)
                for key in keys:
                    terminal.press(key, 1.0)
            of = f"the {name} of {steps:,} steps"
            yield _finding(f"j in {of}", FEW, _pressed(many, few, "jk", rounds))
            pages = _pressed(many, scrolled, "\x04\x15", rounds)
            yield _finding(f"ctrl+d, ctrl+u in {of}", SCROLLED, pages)
            yield _finding(f"t, for {of}", turned, _drawn(many, turning, rounds))


def _pressed(many: Terminal, few: Terminal, strokes: str, rounds: int) -> Pair:
    times: list[tuple[float, float]] = []
    for number in range(rounds * PRESSES):
        key = strokes[number % 2]
        times.append((many.press(key, REST).seconds, few.press(key, REST).seconds))
    return paired(times)


def _drawn(many: Terminal, few: Terminal, rounds: int) -> Pair:
    times: list[tuple[float, float]] = []
    for _ in range(rounds):
        for terminal in (many, few):
            for key in AROUND[1:]:
                terminal.press(key, REST)
        times.append((many.press("t", REST).seconds, few.press("t", REST).seconds))
    return paired(times)


def _finding(what: str, few: int, pair: Pair) -> Finding:
    return Finding(
        group="plan",
        what=what,
        unit="ms",
        measured=pair.measured * 1000,
        yardstick=pair.yardstick * 1000,
        told_ratio=pair.ratio,
        against=f"with {few} steps",
        budget=1.5,
        of_ratio=True,
    )
