"""When each step of an attempt begins and ends, in seconds of world time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import heapreplace

from runs_tui.demo.dice import Rolls, digest, rolls, uuid
from runs_tui.demo.recipes import Recipe
from runs_tui.demo.troubles import Trouble, trouble
from runs_tui.demo.values import StepSpec
from runs_tui.model.state import State

WORKERS = 8
CANCEL_SECONDS = 3.0

_WEIGHTS = {
    "extract": 4.0, "transform": 3.0, "load": 4.0, "http": 1.0, "sync": 8.0, "query": 1.2,
    "train": 30.0, "evaluate": 3.0, "media": 5.0, "image": 2.0, "build": 4.0, "test": 8.0,
    "deploy": 4.0, "approval": 80.0, "notify": 0.5, "check": 2.0, "backup": 8.0, "report": 2.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Placed:
    """A step with its place in time."""

    spec: StepSpec
    id: str
    attempt: int
    state: State
    """How it ends."""
    start: float | None
    """None where it never starts."""
    end: float
    planned: float
    """When it would have ended if nobody had cancelled."""
    fails: bool
    """Whether it would have failed by then."""


@dataclass(slots=True)
class Attempt:
    """One attempt of a run: what was decided about it, and what was asked of it since."""

    number: int
    source: bytes
    asked: float
    started: float
    finished: float
    culprit: StepSpec | None = None
    trouble: Trouble | None = None
    kept: Mapping[str, Placed] = field(default_factory=dict)
    cancel_asked: float | None = None
    cancelled: float | None = None

    @property
    def end(self) -> float:
        """When it is over."""
        return self.finished if self.cancelled is None else self.cancelled

    @property
    def outcome(self) -> State:
        """How it ends."""
        if self.cancelled is not None:
            return State.CANCELLED
        return State.SUCCEEDED if self.culprit is None else State.FAILED

    def cancel(self, at: float) -> None:
        """End it early: a queued one at once, a running one some seconds later, never too late."""
        self.cancel_asked = at
        left = (self.finished - at) / 2
        self.cancelled = at if at < self.started else at + min(CANCEL_SECONDS, left)


def draw(
    recipe: Recipe,
    source: bytes,
    asked: float,
    number: int = 1,
    kept: Mapping[str, Placed] | None = None,
) -> Attempt:
    """Decide how an attempt goes, from what its recipe makes likely."""
    dice = rolls(source)
    kept = kept or {}
    failing = recipe.failing if number == 1 else recipe.failing / 3
    lower, upper = recipe.seconds
    seconds = lower + (upper - lower) * dice.length**2
    culprit = None
    if dice.outcome < failing:
        open_steps = [step for step in recipe.steps if step.key not in kept]
        culprit = open_steps[int(dice.culprit * len(open_steps))]
        seconds *= _share(recipe.steps, culprit)
    if kept:
        seconds *= 1 - len(kept) / (len(recipe.steps) + 1)
    shortest, longest = recipe.queued
    started = asked + shortest + (longest - shortest) * dice.queue
    attempt = Attempt(number, source, asked, started, started + max(seconds, 1.0), kept=kept)
    if culprit is not None:
        attempt.culprit = culprit
        attempt.trouble = _trouble(recipe, culprit, dice)
    elif dice.outcome > 1 - recipe.cancelled and number == 1:
        attempt.cancel(started + seconds * (0.1 + 0.8 * dice.cut))
    return attempt


def _trouble(recipe: Recipe, culprit: StepSpec, dice: Rolls) -> Trouble:
    return Trouble(recipe.error, ()) if recipe.error else trouble(culprit.kind, dice.trouble)


@lru_cache(maxsize=1024)
def _share(steps: tuple[StepSpec, ...], culprit: StepSpec) -> float:
    """How much of a run's usual time passes when one of its steps fails."""
    ends = {key: end for key, (_, end) in _schedule(steps, b"\x80").items()}
    skipped = descendants(steps, [culprit.key])
    ran = max(end for key, end in ends.items() if key not in skipped)
    return ran / max(ends.values())


def descendants(steps: Iterable[StepSpec], keys: Iterable[str]) -> frozenset[str]:
    """Find the steps that need one of the given ones, at any distance; cycles are no trouble."""
    roots = set(keys)
    found: set[str] = set()
    grown = True
    while grown:
        reached = roots | found
        more = {step.key for step in steps if not reached.isdisjoint(step.parents)} - reached
        grown = bool(more)
        found |= more
    return frozenset(found)


def _schedule(steps: Iterable[StepSpec], source: bytes) -> dict[str, tuple[float, float]]:
    """Place steps behind their parents, some at a time, in no unit in particular."""
    workers = [0.0] * WORKERS
    placed: dict[str, tuple[float, float]] = {}
    for index, step in enumerate(steps):
        ready = max((placed[key][1] for key in step.parents if key in placed), default=0.0)
        start = max(ready, workers[0])
        weight = _WEIGHTS.get(step.kind, 2.0) * (0.6 + source[index % len(source)] / 320)
        heapreplace(workers, start + weight)
        placed[step.key] = (start, start + weight)
    return placed


def place(recipe: Recipe, attempt: Attempt) -> tuple[Placed, ...]:
    """Give every step of an attempt its place in time."""
    todo = [step for step in recipe.steps if step.key not in attempt.kept]
    culprit = attempt.culprit
    skipped = descendants(todo, [culprit.key]) if culprit else frozenset()
    rough = _schedule(todo, attempt.source)
    last = max(end for key, (_, end) in rough.items() if key not in skipped)
    scale = (attempt.finished - attempt.started) / last

    def at(key: str) -> tuple[float, float]:
        start, end = rough[key]
        return attempt.started + start * scale, attempt.started + end * scale

    def placed(step: StepSpec) -> Placed:
        if step.key in attempt.kept:
            return attempt.kept[step.key]
        name = uuid(digest(attempt.source.hex(), step.key))
        if culprit and step.key in skipped:
            failed = at(culprit.key)[1]
            whole = Placed(step, name, attempt.number, State.SKIPPED, None, failed, failed, False)
        else:
            fails = step is culprit
            state = State.FAILED if fails else State.SUCCEEDED
            start, end = at(step.key)
            whole = Placed(step, name, attempt.number, state, start, end, end, fails)
        return whole if attempt.cancelled is None else _cut(whole, attempt.cancelled)

    return tuple(placed(step) for step in recipe.steps)


def _cut(step: Placed, at: float) -> Placed:
    if step.end <= at:
        return step
    start = step.start if step.start is not None and step.start < at else None
    return Placed(
        step.spec, step.id, step.attempt, State.CANCELLED, start, at, step.planned, step.fails
    )
