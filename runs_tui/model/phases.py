"""What a step did when, on a time axis that all steps of a run share."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from runs_tui.model.plan import Plan
from runs_tui.model.run import Run, Step

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
TICKS = (
    *(1, 2, 5, 10, 15, 30),
    *(_MINUTE * n for n in (1, 2, 5, 10, 15, 30)),
    *(_HOUR * n for n in (1, 2, 3, 6, 12)),
    *(_DAY * n for n in (1, 2, 7, 14, 28)),
)
"""The seconds that two ticks of an axis may lie apart."""


class Phase(StrEnum):
    """What a step does during a stretch of time."""

    QUEUED = "queued"
    RUNNING = "running"
    RETRIED = "retried"
    """It ran in more than one attempt."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A phase with its first and its last instant, as timestamps in seconds."""

    phase: Phase
    start: float
    end: float


def phases(plan: Plan, step: Step, now: datetime) -> Iterator[Stretch]:
    """Give what a step did, in order: it waited for its turn, then it ran."""
    ready, start = _ready(plan, step), step.started_at
    until = start or (now if step.state.active else None)
    if ready and until and ready < until:
        yield Stretch(Phase.QUEUED, ready.timestamp(), until.timestamp())
    if start:
        end = now if step.state.active else step.finished_at or start
        phase = Phase.RETRIED if step.attempt and step.attempt > 1 else Phase.RUNNING
        yield Stretch(phase, start.timestamp(), max(end, start).timestamp())


def _ready(plan: Plan, step: Step) -> datetime | None:
    """Give when nothing but a free place stood in the way of a step; None where that is not known.

    That is when its last parent ended, or when it came to be if that was later.
    """
    parents = [plan.steps[key] for key in step.depends_on if key in plan.steps]
    ends = [parent.finished_at for parent in parents if parent.finished_at]
    if len(ends) < len(parents):
        return None
    return max([*ends, *filter(None, [step.created_at])], default=None)


@dataclass(frozen=True, slots=True)
class Axis:
    """A stretch of time that is drawn across some cells."""

    start: float
    """Its first instant, a timestamp in seconds."""
    end: float
    """Its last."""

    @staticmethod
    def of(run: Run, steps: Iterable[Step], now: datetime) -> "Axis":
        """Give the time from the beginning of a run, or of its first step, to the last end."""
        told = list(steps)
        starts = [step.started_at for step in told if step.started_at]
        ends = [step.finished_at for step in told if step.finished_at]
        starts += [run.started_at] if run.started_at else []
        ends += [run.finished_at] if run.finished_at else []
        start = min(starts, default=now).timestamp()
        end = now if run.active else max(ends, default=now)
        return Axis(start, max(end.timestamp(), start + 0.001))

    def until(self, now: datetime) -> "Axis":
        """Give the axis of the same beginning that ends now."""
        return Axis(self.start, max(now.timestamp(), self.start + 0.001))

    def with_room(self) -> "Axis":
        """Give a longer axis, so that what goes on has room and is seldom drawn anew."""
        return Axis(self.start, self.start + _room(self.seconds))

    @property
    def seconds(self) -> float:
        """Give how long it is."""
        return self.end - self.start

    def cell(self, instant: float, width: int) -> int:
        """Give the cell that an instant falls into, at most `width`."""
        return max(min(int((instant - self.start) / self.seconds * width), width), 0)

    def ticks(self, width: int, apart: int) -> Sequence[tuple[int, int]]:
        """Give the cells of ticks with their seconds from the start, at least so many apart."""
        most = width // apart
        if not most:
            return [(0, 0)]
        step = next((tick for tick in TICKS if self.seconds / tick <= most), None)
        step = step or TICKS[-1] * int(self.seconds / TICKS[-1] / most + 1)
        count = int(self.seconds / step)
        return [(round(n * step / self.seconds * width), n * step) for n in range(count + 1)]


def _room(elapsed: float) -> float:
    """Give a length that leaves room: the next of 10, 15, 20, 30, 40, 60, 80, 120, ... seconds."""
    length = 10.0
    while length <= elapsed:
        length *= 1.5 if length / 10.0 in _POWERS else 4 / 3
    return length


_POWERS = frozenset(2.0**n for n in range(64))
