"""The critical path: the chain of steps that determined when a run ended."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from runs_tui.model.run import Step


def critical_path(steps: Mapping[str, Step], now: datetime) -> Sequence[str]:
    """Give the keys of the chain that leads to the last end, the first step of it first.

    The last to end is where it ends, and before each step stands the last of its parents to end. A
    step that runs ends `now`; one without times determined nothing. A circle is followed once.
    """
    ends = {key: end for key, step in steps.items() if (end := _end(step, now)) is not None}
    if not ends:
        return ()
    key: str | None = _last(ends, steps)
    chain: dict[str, None] = {}
    while key is not None:
        chain[key] = None
        parents = steps[key].depends_on
        before = {p: ends[p] for p in parents if p in ends and p not in chain}
        key = _last(before, steps) if before else None
    return tuple(reversed(chain))


def _last(ends: Mapping[str, datetime], steps: Mapping[str, Step]) -> str:
    """Give the last to end; of several the one that began first, then the one told first."""

    def place(key: str) -> tuple[float, float]:
        start = steps[key].started_at or ends[key]
        return ends[key].timestamp(), -start.timestamp()

    return max(ends, key=place)


def _end(step: Step, now: datetime) -> datetime | None:
    if step.started_at is None:
        return None
    return now if step.state.active else step.finished_at
