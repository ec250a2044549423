"""What is said of two runs that are held against each other."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from runs_tui import looks
from runs_tui.adapters.partners import Side
from runs_tui.model.diff import Diff
from runs_tui.model.run import Run
from runs_tui.model.state import State
from runs_tui.model.step_diff import StepDiff
from runs_tui.model.text import shorten
from runs_tui.widgets.columns import Part
from runs_tui.widgets.diff_tables import SIGNS
from runs_tui.widgets.inks import source_ink
from runs_tui.widgets.parts_line import Parts, width_of

NAMED = 2
"""How many steps are named before the rest are counted."""


def called(run: Run) -> str:
    """Give what a person calls a run, without its source."""
    return run.name or shorten(run.id, 12)


def titles(before: Run, after: Run) -> tuple[str, str]:
    """Give the titles of the columns of two runs; with their sources where these differ."""
    told = [called(run) for run in (before, after)]
    if before.source != after.source:
        told = [f"{run.source}/{called(run)}" for run in (before, after)]
    return f"{SIGNS[0]} {told[0]}", f"{SIGNS[1]} {told[1]}"


def heads(
    sides: Sequence[Side], now: datetime, colors: Mapping[str, str | None]
) -> Sequence[Parts]:
    """Give a line for each of two runs, its parts under those of the other."""
    signs = SIGNS[-len(sides) :]
    rows = [_head(*told, now, colors) for told in zip(signs, sides, strict=True)]
    widths = [max(map(width_of, column)) for column in zip(*rows, strict=True)]
    return [
        [
            part
            for cell, width in zip(row, widths, strict=True)
            for part in (*cell, (" " * (width - width_of(cell) + (2 if width else 0)), ""))
        ]
        for row in rows
    ]


def _head(
    sign: str, side: Side, now: datetime, colors: Mapping[str, str | None]
) -> Sequence[Parts]:
    run = side.run
    state = f"{looks.glyph(run.state)} {looks.word(run)}"
    return [
        [(f" {sign}", "table--strong")],
        [(state, looks.css_class(run.state))],
        [(looks.took(run, now), "")],
        [(looks.started(run, now), "table--dim")],
        [
            (run.source, source_ink(colors.get(run.source), "table--dim")),
            (f"/{called(run)}", "table--dim"),
        ],
        [(f"version {shorten(run.version, 12)}" if run.version else "", "table--dim")],
        [(side.trouble, "table--warning")],
    ]


def verdict(diff: Diff) -> Parts:
    """Say in one line what is different: how steps ended, the time, and what was run."""
    told = [part for part in (_ends(diff), _time(diff), _told_otherwise(diff)) if part]
    if not told and (diff.changed or diff.facts):
        told = [_small(diff)]
    if not told:
        so_far = " so far" if diff.before.active or diff.after.active else ""
        return [(f" Nothing differs{so_far} but when they ran", "state--succeeded")]
    parts: list[Part] = [(" ", "")]
    for place, part in enumerate(told):
        parts += [("; " if place else "", "table--dim"), *part]
    return parts


def _ends(diff: Diff) -> Parts:
    """Say which steps ended otherwise, those that failed by their names."""
    failed = [step for step in diff.changed if _failed(step.after) and not _failed(step.before)]
    healed = [step for step in diff.changed if _failed(step.before) and not _failed(step.after)]
    again = [step for step in diff.changed if step.fails_otherwise]
    others = [step for step in diff.changed if step.turned or step.alone]
    rest = sum(not _failed(step.before) and not _failed(step.after) for step in others)
    told: list[Part] = []
    if failed:
        told.append((f"{_names(failed)} failed", "state--failed"))
    if healed:
        told.append((f"{_names(healed)} did not fail", "state--succeeded"))
    if again:
        told.append((f"{_names(again)} failed with another error", "state--failed"))
    going = diff.before.active or diff.after.active
    if not told and not going and diff.before.state is not diff.after.state:
        told.append(
            (f"{diff.after.state}, not {diff.before.state}", looks.css_class(diff.after.state))
        )
    if rest:
        told.append(
            (f"{looks.counted(rest, 'other step' if told else 'step')} ended otherwise", "")
        )
    return _joined(told)


def _small(diff: Diff) -> Parts:
    """Say how much differs where nothing of it is large."""
    counts = [(len(diff.changed), "step"), (len(diff.facts), "fact")]
    told = [f"{looks.counted(count, noun)}" for count, noun in counts if count]
    alone = len(diff.changed) + len(diff.facts) == 1
    return [(f"{' and '.join(told)} differ{'s' if alone else ''}, no more than that", "")]


def _time(diff: Diff) -> Parts:
    change, culprit = diff.change, diff.culprit
    parts: list[Part] = []
    if diff.timed and change is not None:
        longer = "longer" if change > 0 else "shorter"
        ink = "table--warning" if change > 0 else ""
        parts = [(f"{looks.duration(abs(change))} {longer}", ink)]
    if culprit is not None and culprit.change is not None and parts:
        moved, name = looks.duration(abs(culprit.change)), (culprit.name, "table--strong")
        if abs(culprit.change) <= abs(change or 0.0):
            parts += [(f", {moved} of it in ", ""), name]
        else:
            parts += [(", ", ""), name, (f" alone {moved}", "")]
    return parts


def _told_otherwise(diff: Diff) -> Parts:
    names = [fact.name.rpartition(".")[2] for fact in diff.facts if fact.cause]
    if not names:
        return []
    if len(names) > NAMED:
        return [(f"{looks.counted(len(names), 'input')} differ", "")]
    return [(f"{' and '.join(names)} differ{'s' if len(names) == 1 else ''}", "")]


def _joined(told: Iterable[Part]) -> Parts:
    parts: list[Part] = []
    for part in told:
        parts += [(", ", "table--dim")] if parts else []
        parts.append(part)
    return parts


def _names(steps: Sequence[StepDiff]) -> str:
    names = [step.name for step in steps[:NAMED]]
    more = len(steps) - len(names)
    return f"{', '.join(names)} and {more} more" if more else " and ".join(names)


def _failed(step: object) -> bool:
    return getattr(step, "state", None) is State.FAILED


def as_text(lines: Iterable[Parts]) -> str:
    """Give lines of parts as plain text."""
    return "\n".join("".join(text for text, _ in line).rstrip() for line in lines)


def copied(diff: Diff, first: Iterable[Parts]) -> Iterator[str]:
    """Give the whole diff as lines of plain text."""
    yield as_text(first)
    for fact in diff.facts:
        yield f"{fact.name}: {fact.before or looks.NOTHING} → {fact.after or looks.NOTHING}"
    for step in diff.changed:
        yield f"{step.name}: {_stood(step, 0)} → {_stood(step, 1)}"
    if diff.unchanged:
        yield f"{looks.counted(len(diff.unchanged), 'step')} alike"


def _stood(step: StepDiff, side: int) -> str:
    told = (step.before, step.after)[side]
    if told is None:
        return looks.NOTHING
    seconds = (step.seconds_before, step.seconds_after)[side]
    took = f" {looks.duration(seconds)}" if seconds is not None else ""
    error = f" ({told.error})" if told.error else ""
    return f"{told.state}{took}{error}"
