"""What a line of a plan says: the step with its name, its time, and what is special about it."""

from collections.abc import Sequence
from datetime import datetime

from rich.cells import cell_len

from runs_tui import looks
from runs_tui.model.folding import tally
from runs_tui.model.outline import Outline, OutlineRow
from runs_tui.model.reasons import blamed
from runs_tui.model.state import State
from runs_tui.widgets.columns import Cell, Part

CLOSED, OPEN = "▸", "▾"
"""Stand behind what can be opened, and what can be closed."""

_QUIET = (State.SKIPPED, State.CANCELLED, State.QUEUED)


def in_tree(row: OutlineRow, deepest: int) -> Cell:
    """Give a step with the lines that lead to it from so many steps above it."""
    place = row.place
    prefix = place.prefix if place.depth <= deepest else f"‥{place.prefix[-2 * deepest :]}"
    return [(prefix, "table--dim"), *named(row)]


def width_in_tree(row: OutlineRow, deepest: int) -> int:
    """Give the cells that a step takes with the lines that lead to it."""
    depth = row.place.depth
    lead = 2 * depth if depth <= deepest else 2 * deepest + 1
    return lead + width(row)


def width(row: OutlineRow) -> int:
    """Give the cells that the glyph, the name and the counts of a step take."""
    if row.inside:
        return sum(cell_len(text) for text, _ in named(row))
    return 2 + cell_len(row.step.name)


def in_order(row: OutlineRow) -> Cell:
    """Give a step without what leads to it."""
    return [("  " * row.indent, ""), *named(row)]


def named(row: OutlineRow) -> Sequence[Part]:
    """Give the glyph and the name of a step, and the count of what its line hides."""
    step = row.step
    parting = looks.ABOUT if "state" in step.derived else " "
    glyph = (looks.glyph(step.state) + parting, looks.css_class(step.state))
    parts: list[Part] = [glyph, (called(row), "table--dim" if step.state in _QUIET else "")]
    if row.inside:
        parts.append((f" {OPEN if row.is_open else CLOSED}", "table--accent"))
        for state, count in tally(row.inside):
            parts.append((f" {count} {looks.glyph(state)}", looks.css_class(state)))
    return parts


def called(row: OutlineRow) -> str:
    """Give the name of a step, or that of a group with the count of its steps."""
    return f"{row.step.name} ×{len(row.group.steps)}" if row.group else row.step.name


def took(row: OutlineRow, now: datetime) -> Cell:
    """Give how long a step took."""
    seconds = row.step_at(now).duration(now)
    if seconds is None:
        return []
    about = looks.ABOUT if row.step.derived & {"started_at", "finished_at", "took"} else ""
    return [(about + looks.duration(seconds), "")]


def note(outline: Outline, row: OutlineRow) -> Cell:
    """Say what is special about a step: its error, what it waits for, why it was skipped."""
    step, place = row.step, row.place
    if step.error and step.state is State.FAILED:
        return [(step.error, "state--failed")]
    if place.in_cycle:
        return [("depends on itself in a circle", "table--warning")]
    if place.missing:
        return [(f"after {_names(place.missing)}, not told", "table--warning")]
    if step.state is State.SKIPPED:
        return [(_because(outline, row), "table--dim")]
    if step.state in (State.QUEUED, State.WAITING) and (awaited := _awaited(outline, row)):
        return [(awaited, "table--dim")]
    if step.state is State.UNKNOWN and step.status:
        return [(step.status, looks.css_class(step.state))]
    if step.attempt and step.attempt > 1:
        return [(f"attempt {step.attempt}", "table--dim")]
    if place.others:
        names = [outline.name(key) for key in place.others]
        return [(f"also after {_names(names)}", "table--dim")]
    return []


def _awaited(outline: Outline, row: OutlineRow) -> str:
    key = outline.line_of(row.step.key)
    names = [outline.name(parent) for parent in outline.folding.plan.waits_for(key)]
    if names:
        return f"waits for {_names(names)}"
    if row.step.state is State.WAITING:
        told = row.step.status.replace("_", " ")
        return told if told.casefold() != State.WAITING.value else ""
    return ""


def _because(outline: Outline, row: OutlineRow) -> str:
    told = row.group.steps[0] if row.group else row.step
    blame = blamed(outline.plan, told.key)
    if not blame:
        return "skipped"
    what = "failed" if blame[0].state is State.FAILED else "was cancelled"
    return f"skipped: {_names([step.name for step in blame])} {what}"


def _names(names: Sequence[str]) -> str:
    if len(names) > 2:
        return f"{names[0]} and {len(names) - 1} more"
    return " and ".join(names)
