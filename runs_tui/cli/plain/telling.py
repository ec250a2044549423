"""Runs and steps as lines that are heard: the state first, as a word, and no sign alone."""

from collections.abc import Sequence
from datetime import datetime

from runs_tui import looks
from runs_tui.model.plan import Plan
from runs_tui.model.run import Run, Step
from runs_tui.model.text import one_line
from runs_tui.model.words import several

GAP = "  "
LONGEST = 200
"""How many characters of an error stand in the line of a run; `facts` tells all of it."""


def joined(*parts: str | None) -> str:
    """Put the parts that say something behind one another."""
    return GAP.join(part for part in parts if part and part != looks.NOTHING)


def run_words(run: Run, now: datetime, name: str) -> str:
    """Say a run in one line; `name` is what its source and id are written as."""
    began = looks.started(run, now)
    if began == looks.NOTHING and run.created_at is not None:
        began = f"created {looks.ago(run.created_at, now)}"
    took = looks.took(run, now)
    return joined(
        looks.word(run),
        run.workflow,
        name,
        began,
        f"for {took}" if run.active and took != looks.NOTHING else took,
        f"attempt {run.attempt}" if run.attempt and run.attempt > 1 else None,
        one_line(run.error, LONGEST) if run.error else None,
    )


def step_words(step: Step, plan: Plan, now: datetime) -> str:
    """Say a step in one line, with the steps that it comes after by their names."""
    took = step.duration(now)
    about = " or so" if "state" in step.derived else ""
    return joined(
        f"{step.state.value}{about}",
        step.name,
        looks.duration(took) if took is not None else None,
        f"attempt {step.attempt}" if step.attempt and step.attempt > 1 else None,
        _after(step, plan),
        one_line(step.error, LONGEST) if step.error else None,
    )


def _after(step: Step, plan: Plan) -> str | None:
    names = [plan.steps[key].name if key in plan.steps else key for key in step.depends_on]
    return f"after {several(names, 5)}" if names else None


def steps_counted(plan: Plan) -> str:
    """Say how many steps stand how."""
    states: dict[str, int] = {}
    for step in plan.wholes:
        states[step.state.value] = states.get(step.state.value, 0) + 1
    counts = ", ".join(f"{count} {state}" for state, count in states.items())
    return f"{looks.counted(len(plan.wholes), 'step')}: {counts}" if states else "no steps are told"


def short_ids(runs: Sequence[Run]) -> dict[tuple[str, str], str]:
    """Give each run the shortest beginning of its id that no other of its source has."""
    found = {}
    for source in {run.source for run in runs}:
        ids = {run.id for run in runs if run.source == source}
        for size in (8, 12, 16):
            if len({each[:size] for each in ids}) == len(ids):
                break
        else:
            size = max(map(len, ids))
        for each in ids:
            found[source, each] = each if len(each) <= size + 1 else f"{each[:size]}…"
    return found
