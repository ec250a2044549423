"""A run as one of its earlier attempts left it."""

from dataclasses import replace
from datetime import datetime

from runs_tui.demo.world import World, WorldRun
from runs_tui.model.state import State


def as_attempt(world: World, run: WorldRun, number: int, now: datetime) -> WorldRun:
    """Give a run as it stood at the end of an attempt that another one followed."""
    steps = world.steps(run.id, now, number)
    own = [step for step in steps if step.attempt == number]
    starts = [step.started for step in own if step.started]
    ends = [step.finished for step in own if step.finished]
    states = {step.state for step in steps}
    if State.FAILED in states:
        state = State.FAILED
    else:
        state = State.CANCELLED if State.CANCELLED in states else State.SUCCEEDED
    begun = min(starts, default=run.created)
    ended = max(ends, default=begun)
    return replace(run, attempt=number, state=state, started=begun, finished=ended, updated=ended)
