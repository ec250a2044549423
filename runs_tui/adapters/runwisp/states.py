"""RunWisp's phases and end reasons in our words, and the other way."""

from collections.abc import Set

from runs_tui.model.state import State

SUCCEEDED = {False: "success", True: "succeeded"}
"""The reason of a run that did well, by whether the daemon writes names in camel case."""
_PHASES = {"pending": State.QUEUED, "running": State.RUNNING}
_REASONS = {
    "success": State.SUCCEEDED,
    "succeeded": State.SUCCEEDED,
    "failed": State.FAILED,
    "timeout": State.FAILED,
    "crashed": State.FAILED,
    "log_overflow": State.FAILED,
    "start_failed": State.FAILED,
    "stopped": State.CANCELLED,
    "daemon_stopped": State.CANCELLED,
    "skipped": State.SKIPPED,
    "queue_full": State.SKIPPED,
    "dst_skipped": State.SKIPPED,
    "missed": State.SKIPPED,
}
_ENDED = "ended"
_RETRIED = frozenset({"failed", "timeout", "crashed", "log_overflow"})
_FOUND_DEAD = -2
_ERRORS = {
    "timeout": "timeout",
    "crashed": "crashed",
    "log_overflow": "log full",
    "start_failed": "gave up",
}
_OF_FOUND_DEAD = "found dead when the daemon started"
_IN_ANY_EXIT = frozenset("exit -0123456789")


def state_of(phase: str, reason: str | None) -> State:
    """Translate a phase and the reason of an end; a run that ended without one was stopped."""
    if phase != _ENDED:
        return _PHASES.get(phase, State.UNKNOWN)
    return _REASONS.get(reason, State.UNKNOWN) if reason else State.CANCELLED


def may_be_retried(phase: str, reason: str | None) -> bool:
    """Tell whether the daemon may have started another attempt after a run that stands so."""
    return phase == _ENDED and reason in _RETRIED


def error_of(state: State, reason: str | None, exit_code: int | None) -> str | None:
    """Say in one line why a run failed, where it did."""
    if state is not State.FAILED:
        return None
    if exit_code == _FOUND_DEAD:
        return _OF_FOUND_DEAD
    told = _ERRORS.get(reason or "")
    return told or ("failed" if exit_code is None else f"exit {exit_code}")


def may_be_in_error(text: str) -> bool:
    """Tell whether the line of an error may hold a text; the server does not search there."""
    lines = (*_ERRORS.values(), _OF_FOUND_DEAD, "failed")
    return any(text in line for line in lines) or set(text) <= _IN_ANY_EXIT


def words_of(states: Set[State], *, camel: bool) -> tuple[list[str], bool] | None:
    """Give the words that a list is asked for, and whether they let these states pass alone.

    Runs that ended without a reason can only be asked for with all that have ended, and so can
    those that older daemons skipped, whose words they do not know themselves. None where no words
    name every run that may be in one of the states.
    """
    if State.UNKNOWN in states:
        return None
    phases = [word for word, state in _PHASES.items() if state in states]
    if State.CANCELLED in states or (State.SKIPPED in states and not camel):
        return [*phases, _ENDED], False
    other = SUCCEEDED[not camel]
    reasons = [word for word, state in _REASONS.items() if state in states and word != other]
    return [*phases, *reasons], True


def one_word_of(states: Set[State], *, camel: bool) -> tuple[list[str], bool] | None:
    """Give the one word that stands for some states, for a list that takes no more."""
    found = words_of(states, camel=camel)
    if found is None or len(found[0]) == 1:
        return found
    return ([_ENDED], False) if all(state.terminal for state in states) else None
