"""The tries of a step, read from the changes of its state."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from runs_tui.model.line import Line
from runs_tui.model.run import Event, Step
from runs_tui.model.state import State


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt of a step."""

    number: int
    """Which one, from 1."""
    started_at: datetime | None
    """When it began, UTC."""
    finished_at: datetime | None
    """When it ended, UTC; None while it goes on."""
    failed: bool
    """Whether it failed: told so, or followed by another one."""


def tries(step: Step, lines: Iterable[Line]) -> Sequence[Try]:
    """Give the attempts that are known, the last one as the step tells it; older ones may lack."""
    spans = list(_spans(step.key, lines)) or [(step.started_at, None)]
    start, end = spans.pop()
    ended = None if step.state.active else step.finished_at or end
    spans.append((step.started_at or start, ended))
    count = max(step.attempt or 1, len(spans))
    first = count - len(spans) + 1
    return tuple(
        Try(number, start, end, number < count or step.state is State.FAILED)
        for number, (start, end) in enumerate(spans, first)
    )


def _spans(step: str, lines: Iterable[Line]) -> Iterable[tuple[datetime | None, datetime | None]]:
    """Give when each attempt began and ended, as the events tell."""
    start: datetime | None = None
    working = False
    for line in lines:
        told = line.told
        if not isinstance(told, Event) or told.step != step or told.state is None or not line.first:
            continue
        if told.state is State.RUNNING:
            if working and start is not None:
                yield start, None
            start, working = told.at, True
        elif working or told.state is State.FAILED:
            yield start if working else None, told.at
            working = False
    if working:
        yield start, None
