"""When runs arrive: on their schedules, or at random, thinner the further back in time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, sqrt

from runs_tui.demo.dice import digest, jitter
from runs_tui.demo.recipes import DAY, HOUR, Recipe

RECENT = HOUR
USUAL_RUNS = 5000
USUAL_SPAN = 14 * DAY
SURPLUS = 1.03


@dataclass(frozen=True, slots=True)
class Arrival:
    """A run to be created, at a second of world time."""

    at: float
    recipe: int
    source: bytes


@dataclass(frozen=True, slots=True)
class Past:
    """How far the history of a world reaches back."""

    span: float
    """Seconds before the epoch that schedules reach back."""
    stretched: float
    """The same span in the even time of the arrivals without a schedule."""

    def at(self, even: float) -> float:
        """Bring an instant of even time to world time: recent ones stay, older ones spread out."""
        beyond = -even - RECENT
        if beyond <= 0 or self.stretched <= RECENT:
            return even
        whole = self.stretched - RECENT
        spare = max(self.span - self.stretched, 0.0)
        return even - spare * (beyond / whole) ** 2


def past(recipes: Sequence[Recipe], runs: int) -> Past:
    """Find how far back a number of runs reaches."""
    wanted = runs * SURPLUS + 20
    scheduled = sum(1 / recipe.every for recipe in recipes if recipe.at is not None)
    random = sum(1 / recipe.every for recipe in recipes if recipe.at is None)
    span = USUAL_SPAN * sqrt(wanted / USUAL_RUNS)
    stretched = (wanted - span * scheduled) / random
    if stretched < RECENT:
        span = stretched = max(wanted / (scheduled + random), RECENT)
    return Past(max(span, stretched), stretched)


class Arrivals:
    """Every arrival of a world, in windows of time; what is in a window never depends on others."""

    def __init__(self, seed: int, recipes: Sequence[Recipe], midnight: float, runs: int) -> None:
        """Schedules count from a midnight, given in seconds of world time."""
        self.past = past(recipes, runs)
        self._seed = seed
        self._recipes = recipes
        self._midnight = midnight

    def before_epoch(self) -> Iterator[Arrival]:
        """Give the arrivals due before the epoch, in no order; some come a bit later."""
        yield from self._between(-self.past.span, -self.past.stretched, 0.0)

    def within(self, start: float, end: float) -> Iterator[Arrival]:
        """Give the arrivals due in a window after the epoch, in no order; some come a bit later."""
        yield from self._between(start, start, end)

    def _between(self, scheduled_from: float, random_from: float, end: float) -> Iterator[Arrival]:
        for index, recipe in enumerate(self._recipes):
            if recipe.at is None:
                yield from self._random(index, recipe, random_from, end)
            else:
                yield from self._scheduled(index, recipe, recipe.at, scheduled_from, end)

    def _random(self, index: int, recipe: Recipe, start: float, end: float) -> Iterator[Arrival]:
        for number in _numbers(0.0, recipe.every, start, end):
            source = digest(self._seed, recipe.name, number)
            even = (number + 0.6 * jitter(source)) * recipe.every
            yield Arrival(self.past.at(even), index, source)

    def _scheduled(
        self, index: int, recipe: Recipe, at: float, start: float, end: float
    ) -> Iterator[Arrival]:
        origin = self._midnight + at
        for number in _numbers(origin, recipe.every, start, end):
            source = digest(self._seed, recipe.name, "scheduled", number)
            yield Arrival(origin + number * recipe.every + jitter(source), index, source)


def _numbers(origin: float, every: float, start: float, end: float) -> range:
    """Number the beats in a window that begin at or after its start and before its end."""
    return range(ceil((start - origin) / every), ceil((end - origin) / every))
