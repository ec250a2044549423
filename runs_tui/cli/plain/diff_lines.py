"""What differs from one run to another, in lines."""

from collections.abc import Iterator

from runs_tui import looks
from runs_tui.model.diff import Diff
from runs_tui.model.step_diff import StepDiff
from runs_tui.model.text import one_line

NOTHING = "nothing"
"""What is said where a run has not what the other one has."""


def diff_lines(diff: Diff) -> Iterator[str]:
    """Say the facts that differ, then the steps, the largest change first."""
    if not diff.facts and not diff.changed and not diff.timed:
        yield "nothing differs but when they ran"
    if diff.timed and diff.change is not None:
        longer = "longer" if diff.change > 0 else "shorter"
        yield f"it took {looks.duration(abs(diff.change))} {longer}"
    for fact in diff.facts:
        before, after = (one_line(told or NOTHING) for told in (fact.before, fact.after))
        yield f"{fact.name}: was {before}, is {after}"
    for step in diff.changed:
        yield f"step {step.name}: was {_stood(step, 0)}, is {_stood(step, 1)}"
    if diff.unchanged:
        yield f"{looks.counted(len(diff.unchanged), 'step')} alike"


def _stood(step: StepDiff, side: int) -> str:
    told = (step.before, step.after)[side]
    if told is None:
        return "not there"
    seconds = (step.seconds_before, step.seconds_after)[side]
    took = f" after {looks.duration(seconds)}" if seconds is not None else ""
    return f"{told.state}{took}{f' ({one_line(told.error)})' if told.error else ''}"
