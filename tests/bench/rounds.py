"""Two things measured in turn, round by round, so that a busy machine is busy for both."""

from collections.abc import Callable, Sequence
from statistics import median
from time import process_time
from typing import NamedTuple

Measure = Callable[[], float]


class Pair(NamedTuple):
    """Two things that were measured in turn."""

    measured: float
    """The median of the first."""
    yardstick: float
    """The median of the second."""
    ratio: float
    """The median of the ratios of every round, which a machine that is busy for a while spares."""


def paired(found: Sequence[tuple[float, float]]) -> Pair:
    """Give what was found in every round as one pair."""
    return Pair(
        median(first for first, _ in found),
        median(second for _, second in found),
        median(first / second for first, second in found),
    )


def in_turn(measured: Measure, yardstick: Measure, rounds: int) -> Pair:
    """Measure both once for nothing, then both in every round."""
    measured(), yardstick()
    return paired([(measured(), yardstick()) for _ in range(rounds)])


def milliseconds(work: Callable[[], object]) -> Measure:
    """Give a measure of the processor time that some work in this process takes."""

    def measure() -> float:
        start = process_time()
        work()
        return (process_time() - start) * 1000

    return measure
