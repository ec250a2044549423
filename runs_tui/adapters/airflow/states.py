"""Airflow's states in our words, and the other way."""

from collections.abc import Iterable

from runs_tui.model.state import State

RUN_STATES = {
    "queued": State.QUEUED,
    "running": State.RUNNING,
    "success": State.SUCCEEDED,
    "failed": State.FAILED,
}
"""Every state of a run there is; a state that is not here is unknown."""
RUN_TYPES = frozenset({"backfill", "scheduled", "manual", "asset_triggered"})
"""Every type of a run that each server of this API knows."""
_STEP_STATES = RUN_STATES | {
    "scheduled": State.QUEUED,
    "restarting": State.RUNNING,
    "up_for_retry": State.QUEUED,
    "up_for_reschedule": State.QUEUED,
    "deferred": State.RUNNING,
    "awaiting_input": State.WAITING,
    "upstream_failed": State.SKIPPED,
    "skipped": State.SKIPPED,
    "removed": State.SKIPPED,
}
CANCELLED_AS = "failed"
"""What a run becomes that is stopped: the API has no state of its own for that."""


def run_state_of(told: str | None) -> State:
    """Translate the state of a run."""
    return RUN_STATES.get(told or "", State.UNKNOWN)


def step_state_of(told: str | None, *, over: bool) -> State:
    """Translate the state of a task instance; `over` tells whether its run has ended."""
    if told is None:
        return State.SKIPPED if over else State.QUEUED
    state = _STEP_STATES.get(told, State.UNKNOWN)
    return State.SKIPPED if over and state is State.QUEUED else state


def run_states_of(states: Iterable[State]) -> list[str]:
    """Give the states of runs among which all are that stand for some of our states."""
    wanted = frozenset(states)
    if State.CANCELLED in wanted:
        wanted |= {State.FAILED}
    return [told for told, state in RUN_STATES.items() if state in wanted]
