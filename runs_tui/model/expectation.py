"""What is to be expected of a run, by how long the runs of its workflow took before."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median, quantiles

from runs_tui.model.clock import BEGINNING
from runs_tui.model.run import Run
from runs_tui.model.state import State

FEWEST = 3
"""How many past runs there must be before anything is said."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """How long the past runs of a workflow that succeeded took."""

    took: tuple[float, ...]
    """Their seconds, the shortest first; at least `FEWEST`."""

    @staticmethod
    def of(past: Iterable[Run]) -> "Expectation | None":
        """Learn from past runs; those that did not succeed are left out. None from too few."""
        told = (run.duration(BEGINNING) for run in past if run.state is State.SUCCEEDED)
        took = sorted(seconds for seconds in told if seconds is not None and seconds >= 0)
        return Expectation(tuple(took)) if len(took) >= FEWEST else None

    @property
    def usual(self) -> float:
        """Give the seconds that half of them took at most."""
        return median(self.took)

    @property
    def longest(self) -> float:
        """Give the seconds that 95 of 100 of them took at most."""
        return quantiles(self.took, n=20, method="inclusive")[-1]

    def late(self, elapsed: float) -> float | None:
        """Give by how many seconds a run is late, against the usual; None while it is not.

        A run is not called late before it has taken longer than 95 of 100 did.
        """
        return elapsed - self.usual if elapsed > self.longest else None

    def left(self, elapsed: float) -> float | None:
        """Give the seconds that a run will probably go on: the median of those that took longer.

        None where fewer than `FEWEST` past runs took longer: there is nothing to tell it by.
        """
        longer = self.took[bisect_right(self.took, elapsed) :]
        return median(longer) - elapsed if len(longer) >= FEWEST else None
