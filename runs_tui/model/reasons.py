"""Why a step has not run: what it waits for, or what made it be skipped."""

from collections.abc import Sequence

from runs_tui.model.plan import Plan
from runs_tui.model.run import Step
from runs_tui.model.state import State

_PASSED_ON = (State.SKIPPED, State.CANCELLED)


def blamed(plan: Plan, key: str) -> Sequence[Step]:
    """Give the steps because of which one was skipped: those above it that failed.

    They are looked for through all that was skipped or cancelled between; where none failed, those
    that were cancelled are blamed.
    """
    failed: dict[str, Step] = {}
    cancelled: dict[str, Step] = {}
    seen = {key}
    waiting = [key]
    while waiting:
        for parent in plan.steps[waiting.pop()].depends_on:
            step = plan.steps.get(parent)
            if step is None or parent in seen:
                continue
            seen.add(parent)
            if step.state is State.FAILED:
                failed[parent] = step
            elif step.state in _PASSED_ON:
                waiting.append(parent)
                if step.state is State.CANCELLED:
                    cancelled[parent] = step
    return tuple(failed.values()) or tuple(cancelled.values())
