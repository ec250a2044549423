"""The steps of a run in dependency order, as a tree in which each step stands once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from runs_tui.model.run import Step
from runs_tui.model.state import State


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One step in its place."""

    step: Step
    """The step."""
    depth: int
    """How many steps it stands under."""
    prefix: str
    """The lines that lead to it, two characters for each step above it."""
    parent: str | None
    """The key of the step it stands under."""
    others: tuple[str, ...]
    """The keys of its other parents that are known."""
    missing: tuple[str, ...]
    """The keys of parents that nobody told of."""
    in_cycle: bool
    """Whether it depends on itself by a circle, which was cut here."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of one run, parents before children wherever they form no cycle."""

    rows: tuple[PlanRow, ...] = ()
    """The steps in the order of drawing."""
    steps: Mapping[str, Step] = None  # type: ignore[assignment]
    """The steps by their keys."""

    def __post_init__(self) -> None:
        """Make the empty plan's mapping."""
        if self.steps is None:
            object.__setattr__(self, "steps", {row.step.key: row.step for row in self.rows})

    @staticmethod
    def of(steps: Iterable[Step]) -> "Plan":
        """Order steps; of two with one key the last told counts."""
        known = {step.key: step for step in steps}
        placed, cut = _place(known)
        hosted: dict[str | None, list[str]] = {}
        for key, parent in placed.items():
            hosted.setdefault(parent, []).append(key)
        rows = tuple(_rows(known, hosted, cut))
        return Plan(rows, {row.step.key: row.step for row in rows})

    def waits_for(self, key: str) -> tuple[str, ...]:
        """Give the keys of the parents that have not succeeded yet."""
        step = self.steps[key]
        done = (State.SUCCEEDED, State.SKIPPED)
        return tuple(
            parent
            for parent in step.depends_on
            if parent in self.steps and self.steps[parent].state not in done
        )

    @property
    def wholes(self) -> tuple[Step, ...]:
        """Give the steps that are parts of no other, which is what is counted."""
        return tuple(step for step in self.steps.values() if step.whole not in self.steps)

    @property
    def failed(self) -> tuple[Step, ...]:
        """Give the failed steps, the first to fail first, and no parts that failed with them."""
        failed = {row.step.key: row.step for row in self.rows if row.step.state is State.FAILED}
        steps = [step for step in failed.values() if step.whole not in failed]
        ended = [step for step in steps if step.finished_at]
        return (
            *sorted(
                ended, key=lambda step: step.finished_at.timestamp() if step.finished_at else 0
            ),
            *(step for step in steps if not step.finished_at),
        )


def _place(known: Mapping[str, Step]) -> tuple[dict[str, str | None], set[str]]:
    """Give each step, in order, the parent it stands under; and the steps where a cycle was cut.

    A step stands under the last of its parents to be placed, so that all of them come before it.
    """
    waiting = {
        key: len({parent for parent in step.depends_on if parent in known})
        for key, step in known.items()
    }
    children: dict[str, list[str]] = {key: [] for key in known}
    for key, step in known.items():
        for parent in dict.fromkeys(step.depends_on):
            if parent in known:
                children[parent].append(key)
    placed: dict[str, str | None] = {}
    cut: set[str] = set()
    _descend([key for key in known if not waiting[key]], waiting, children, placed)
    for key in known:
        while key not in placed:
            first = _first_of_circle(key, known, placed)
            cut.add(first)
            _descend([first], waiting, children, placed)
    return placed, cut


def _first_of_circle(key: str, known: Mapping[str, Step], placed: Mapping[str, object]) -> str:
    """Climb from a step to a circle that waits for nothing but itself, and give where to cut it."""

    def waits_for(key: str) -> Sequence[str]:
        return [p for p in known[key].depends_on if p in known and p not in placed]

    path = {key: 0}
    while above := [parent for parent in waits_for(key) if parent not in path]:
        key = above[0]
        path[key] = len(path)
    start = min(path[parent] for parent in waits_for(key))
    circle = dict.fromkeys(list(path)[start:])
    return next(key for key in circle if all(parent in circle for parent in waits_for(key)))


def _descend(
    roots: Sequence[str],
    waiting: dict[str, int],
    children: Mapping[str, Sequence[str]],
    placed: dict[str, str | None],
) -> None:
    stack: list[tuple[str, str | None]] = [(key, None) for key in reversed(roots)]
    while stack:
        key, parent = stack.pop()
        if key in placed:
            continue
        placed[key] = parent
        ready = []
        for child in children[key]:
            waiting[child] -= 1
            if waiting[child] == 0 and child not in placed:
                ready.append((child, key))
        stack.extend(reversed(ready))


def _rows(
    known: Mapping[str, Step], hosted: Mapping[str | None, Sequence[str]], cut: set[str]
) -> Iterable[PlanRow]:
    stack: list[tuple[str, str | None, str, bool]] = [
        (key, None, "", False) for key in reversed(hosted.get(None, ()))
    ]
    while stack:
        key, parent, lead, last = stack.pop()
        step = known[key]
        parents = tuple(dict.fromkeys(step.depends_on))
        nested = parent is not None
        yield PlanRow(
            step=step,
            depth=len(lead) // 2 + nested,
            prefix=lead + (("└ " if last else "├ ") if nested else ""),
            parent=parent,
            others=tuple(p for p in parents if p in known and p != parent),
            missing=tuple(p for p in parents if p not in known),
            in_cycle=key in cut,
        )
        below = lead + (("  " if last else "│ ") if nested else "")
        inner = hosted.get(key, ())
        stack.extend(
            (child, key, below, place == len(inner) - 1)
            for place, child in reversed(list(enumerate(inner)))
        )
