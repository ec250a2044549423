"""The end of `runs-tui show` for a run that failed: which step, its error, what it blocked."""

from collections.abc import Sequence
from datetime import datetime

from runs_tui import looks
from runs_tui.model.plan import Plan
from runs_tui.model.run import Run, Step
from runs_tui.model.text import one_line
from runs_tui.model.why import blocked_by, first_failed
from runs_tui.model.words import several


def answer(run: Run, plan: Plan, now: datetime) -> list[str]:
    """Give the lines that say why a run failed; none where no step of it did."""
    told = failure_of(run, plan, now)
    lines = [f"  {name:<9} {text}" for name, text in told.items()]
    return ["", "Why it failed", *lines] if lines else []


def failure_of(run: Run, plan: Plan, now: datetime) -> dict[str, str]:
    """Give what is told of a failure by what it is called; nothing where no step failed."""
    step = first_failed(plan)
    if step is None:
        return {}
    took = step.duration(now)
    after = f", after {looks.duration(took)}" if took is not None else ""
    at = f" {looks.ago(step.finished_at, now)}" if step.finished_at else ""
    others = [other for other in plan.failed if other is not step]
    told = {
        "failed": f"{step.name}{at}{after}",
        "error": one_line(step.error or run.error or run.reason or ""),
        "child run": f"{run.source}/{step.child_run}" if step.child_run else None,
        "blocked": _names(blocked_by(plan, step, run)),
        "as well": _names(others),
    }
    return {name: text for name, text in told.items() if text}


def _names(steps: Sequence[Step]) -> str:
    names = several([step.name for step in steps], 5)
    return f"{looks.counted(len(steps), 'step')}: {names}" if steps else ""
