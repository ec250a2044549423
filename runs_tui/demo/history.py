"""The runs of a world in the order in which they come into being, known as far as was asked."""

from bisect import bisect_right, insort
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import heappop, heappush
from typing import Any, overload

from runs_tui.demo.arrivals import Arrival, Arrivals
from runs_tui.demo.dice import digest, outcome, rolls, uuid
from runs_tui.demo.recipes import HOUR, Recipe
from runs_tui.demo.timeline import Attempt, Placed, draw, place
from runs_tui.demo.values import WorldRun
from runs_tui.model.state import State

WINDOW = 600.0
MOST_ATTEMPTS = 3
MOST_AGAIN = 3


class Slot:
    """A place in history that a run takes: how it came to be, and what becomes of it."""

    __slots__ = (
        "_attempts", "_places", "again", "child", "closed", "created", "dropped", "final", "id",
        "kept", "parameters", "recipe", "repeats", "retry_of", "source",
    )  # fmt: skip

    def __init__(self, created: float, recipe: Recipe, source: bytes) -> None:
        """Take a place at a second of world time."""
        self.created = created
        self.recipe = recipe
        self.source = source
        self.id = uuid(source)
        self.retry_of: str | None = None
        self.again = 0
        """How many runs it is the repetition of."""
        self.repeats = 0
        """How many runs people have started to repeat it."""
        self.parameters: Mapping[str, Any] | None = None
        """What somebody has started it with."""
        self.kept: dict[str, Placed] = {}
        self.child: Slot | None = None
        """The run that somebody starts again after this one failed."""
        self.dropped = False
        self.final: WorldRun | None = None
        """How it stands once nothing more happens to it."""
        self.closed = 0.0
        """The second from which the final view holds."""
        self._attempts: list[Attempt] | None = None
        self._places: dict[int, tuple[Placed, ...]] = {}

    @property
    def attempts(self) -> list[Attempt]:
        """Every attempt, those to come included."""
        if self._attempts is None:
            self._attempts = self._live()
        return self._attempts

    @attempts.setter
    def attempts(self, attempts: list[Attempt]) -> None:
        self._attempts = attempts
        self._places.clear()
        self.final = None

    def attempt(self, seconds: float) -> Attempt:
        """Give the newest attempt at a second."""
        begun = [attempt for attempt in self.attempts if attempt.asked <= seconds]
        return begun[-1] if begun else self.attempts[0]

    def placed(self, attempt: Attempt) -> tuple[Placed, ...]:
        """Give the steps of an attempt in time."""
        if attempt.number not in self._places:
            self._places[attempt.number] = place(self.recipe, attempt)
        return self._places[attempt.number]

    def repeat(self, created: float, source: bytes) -> "Slot":
        """Take the place of a new run that repeats this one."""
        slot = Slot(created, replace(self.recipe, failing=self.recipe.failing / 3), source)
        slot.retry_of = self.id
        slot.again = self.again + 1
        return slot

    def _live(self) -> list[Attempt]:
        attempts = [draw(self.recipe, self.source, self.created, kept=self.kept)]
        while len(attempts) < MOST_ATTEMPTS and attempts[-1].outcome is State.FAILED:
            source = digest(attempts[-1].source.hex(), "attempt")
            if rolls(source).again >= self.recipe.restarts:
                break
            number = len(attempts) + 1
            attempts.append(draw(self.recipe, source, attempts[-1].end, number, self.kept))
        return attempts


def _created(slot: Slot) -> float:
    return slot.created


class History:
    """Every slot up to some second, in order; grows as later ones are asked for."""

    def __init__(self, arrivals: Arrivals, recipes: Sequence[Recipe], runs: int) -> None:
        """Begin with so many runs before the epoch, as soon as anything is asked."""
        self._arrivals = arrivals
        self._recipes = recipes
        self._runs = runs
        self._slots: list[Slot] = []
        self._by_id: dict[str, Slot] = {}
        self._coming: list[tuple[float, str, Slot]] = []
        self._known: float | None = None

    def until(self, seconds: float) -> list[Slot]:
        """Give every slot created up to a second, oldest first."""
        self._reach(seconds)
        return self._slots[: bisect_right(self._slots, seconds, key=_created)]

    def find(self, run_id: str, seconds: float) -> Slot | None:
        """Give the slot of a run that exists at a second."""
        self._reach(seconds)
        slot = self._by_id.get(run_id)
        return slot if slot is not None and slot.created <= seconds else None

    def add(self, slot: Slot) -> None:
        """Put in a run that somebody started."""
        if self._slots and self._slots[-1].created > slot.created:
            insort(self._slots, slot, key=_created)
        else:
            self._slots.append(slot)
        self._by_id[slot.id] = slot

    def forget_child(self, slot: Slot) -> None:
        """Let nobody repeat a run whose fate has changed."""
        child, slot.child = slot.child, None
        if child is None:
            return
        self.forget_child(child)
        child.dropped = True
        if self._by_id.pop(child.id, None):
            self._slots.remove(child)

    def _reach(self, seconds: float) -> None:
        if self._known is None:
            self._expect(self._arrivals.before_epoch())
            self._settle(0.0)
            self._trim()
            self._known = 0.0
        while self._known <= seconds:
            end = self._known + WINDOW
            self._expect(self._arrivals.within(self._known, end))
            self._settle(end)
            self._known = end

    def _expect(self, arrivals: Iterator[Arrival]) -> None:
        for arrival in arrivals:
            self._await(Slot(arrival.at, self._recipes[arrival.recipe], arrival.source))

    def _await(self, slot: Slot) -> None:
        heappush(self._coming, (slot.created, slot.id, slot))

    def _settle(self, end: float) -> None:
        while self._coming and self._coming[0][0] < end:
            slot = heappop(self._coming)[2]
            if slot.dropped:
                continue
            self.add(slot)
            self._repeat(slot)

    def _repeat(self, slot: Slot) -> None:
        if outcome(slot.source) >= slot.recipe.failing:
            return
        dice = rolls(slot.source)
        if dice.again >= slot.recipe.again:
            return
        last = slot.attempts[-1]
        if last.outcome is State.FAILED and slot.again < MOST_AGAIN:
            created = last.end + 20 + 580 * dice.delay
            slot.child = slot.repeat(created, digest(slot.source.hex(), "again"))
            self._await(slot.child)

    def _trim(self) -> None:
        surplus = len(self._slots) - self._runs
        kept: list[Slot] = []
        for slot in self._slots:
            if surplus > 0 and not (slot.recipe.long and slot.created > -HOUR):
                surplus -= 1
            else:
                kept.append(slot)
        self._slots = kept
        self._by_id = {slot.id: slot for slot in kept}


class Known(Sequence[WorldRun]):
    """Runs at an instant, newest first, each looked at when it is asked for."""

    def __init__(self, slots: list[Slot], look: Callable[[Slot], WorldRun]) -> None:
        """Hold slots, oldest first."""
        self._slots = slots
        self._look = look

    def __len__(self) -> int:
        """Count the runs."""
        return len(self._slots)

    @overload
    def __getitem__(self, index: int) -> WorldRun: ...
    @overload
    def __getitem__(self, index: slice) -> list[WorldRun]: ...
    def __getitem__(self, index: int | slice) -> WorldRun | list[WorldRun]:
        """Look at one run, or at some."""
        if isinstance(index, slice):
            return [self._look(slot) for slot in self._slots[::-1][index]]
        return self._look(self._slots[-1 - index if index >= 0 else ~index])

    def __iter__(self) -> Iterator[WorldRun]:
        """Look at every run, newest first."""
        return map(self._look, reversed(self._slots))
