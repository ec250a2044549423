"""Bars on a time axis: how long a step waited, how long it ran, and where now is."""

from collections.abc import Sequence
from datetime import datetime

from runs_tui import looks
from runs_tui.model.phases import Axis, Phase, Stretch
from runs_tui.model.run import Step
from runs_tui.widgets.columns import Part

GLYPHS = {Phase.QUEUED: "·", Phase.RUNNING: "▇", Phase.RETRIED: "▒"}
NOW = "▸"
"""The end of a bar that goes on."""
CRITICAL = "*"
"""Stands before the steps of the critical path."""
APART = 9
"""The cells from one tick of an axis to the next, at least."""


def short(axis: Axis, step: Step, now: datetime, width: int) -> Sequence[Part]:
    """Draw when a step ran, in a few cells."""
    if step.started_at is None:
        return []
    cells = width / axis.seconds
    start = step.started_at.timestamp() - axis.start
    last = step.finished_at or (now if step.state.active else step.started_at)
    first_cell = max(min(int(start * cells), width - 1), 0)
    length = round((last.timestamp() - axis.start) * cells)
    last_cell = min(max(length, first_cell + 1), width)
    bar = GLYPHS[Phase.RUNNING] * (last_cell - first_cell)
    return [(" " * first_cell, ""), (bar, looks.css_class(step.state))]


def bar(
    axis: Axis, stretches: Sequence[Stretch], ink: str, width: int, *, goes_on: bool
) -> Sequence[Part]:
    """Draw what a step did when; the end of what goes on is marked."""
    cells = [" "] * width
    last = -1
    for stretch in stretches:
        first = min(axis.cell(stretch.start, width), width - 1)
        end = max(axis.cell(stretch.end, width), first + 1)
        cells[first:end] = GLYPHS[stretch.phase] * (end - first)
        last = end - 1
    if last >= 0 and goes_on and stretches[-1].phase is not Phase.QUEUED:
        cells[last] = NOW
    drawn = "".join(cells).rstrip()
    bare = drawn.rstrip(NOW + GLYPHS[Phase.RUNNING] + GLYPHS[Phase.RETRIED])
    return [(bare, "table--dim"), (drawn[len(bare) :], ink)]


def scale(axis: Axis, now: float | None, width: int) -> str:
    """Write an axis: its ticks with their times from the start, and a mark where now is."""
    cells = [" "] * width
    present = -1 if now is None else min(axis.cell(now, width), width - 1)
    for at, seconds in axis.ticks(width, APART):
        label = f"╷{looks.tick(seconds)}"
        label = "╷" if at < present < at + len(label) else label
        if at + len(label) <= width:
            cells[at : at + len(label)] = label
    if now is not None:
        cells[present] = "▼"
    return "".join(cells)
