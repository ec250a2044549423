"""What an action would do to each of some runs, before anything is sent."""

from dataclasses import dataclass

from runs_tui.adapters.acts import unable
from runs_tui.adapters.base import Action, Retries, Source
from runs_tui.model.plan import Plan
from runs_tui.model.run import RetryMode, Run
from runs_tui.model.state import State


@dataclass(frozen=True, slots=True)
class Intent:
    """What is about to be done to one run, or why it will not be."""

    run: Run
    """The run as it is known now."""
    action: Action
    """What is to be done."""
    will: str
    """What will happen, or what stands in the way."""
    can: bool
    """Whether anything will be sent for it."""
    mode: RetryMode | None = None
    """From where a retry starts."""
    step: str | None = None
    """The key of the step that it starts from."""


def why_not(source: Source, action: Action, run: Run) -> str | None:
    """Say why an action cannot be done to a run; None where it can."""
    unable_at_all = unable(source, action)
    if unable_at_all is not None:
        return unable_at_all.detail
    return source.objection(action, run)


def intent(
    source: Source,
    action: Action,
    run: Run,
    plan: Plan | None,
    mode: RetryMode | None = None,
    step: str | None = None,
) -> Intent:
    """Say what an action would do to a run whose steps are these, as far as they are known."""
    objection = why_not(source, action, run) or _lacks(source, action, mode)
    if objection is not None:
        return Intent(run, action, objection, can=False, mode=mode, step=step)
    will = _stops(run, plan) if action == "cancel" else _runs_again(plan, mode, step)
    return Intent(run, action, will, can=True, mode=mode, step=step)


def _lacks(source: Source, action: Action, mode: RetryMode | None) -> str | None:
    if action != "retry" or mode is None or not isinstance(source, Retries):
        return None
    return None if mode in source.modes else f"the {source.api} API has no retry of that kind"


def _stops(run: Run, plan: Plan | None) -> str:
    if run.state is State.QUEUED:
        return "would take it out of the queue"
    steps = plan.wholes if plan else ()
    working = sum(step.state is State.RUNNING for step in steps)
    if not working:
        return "would stop it"
    return f"would stop {working} running step{'s' if working > 1 else ''}"


def _runs_again(plan: Plan | None, mode: RetryMode | None, step: str | None) -> str:
    steps = plan.steps if plan else {}
    if mode is RetryMode.STEP and step is not None and step in steps:
        return f"would run again from {steps[step].name}"
    if mode is RetryMode.FAILED:
        failed = plan.failed if plan else ()
        return f"would run again from {failed[0].name}" if failed else "would run what failed again"
    count = len(plan.wholes) if plan else 0
    if count:
        return f"would run all {count} steps again" if count > 1 else "would run it again"
    return "would run all of it again"
