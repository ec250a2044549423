"""The events of a run's log, translated to events."""

from runs_tui.adapters.dagster.failing import words_of
from runs_tui.adapters.dagster.log_wire import WireError, WireEvent
from runs_tui.adapters.dagster.states import entered
from runs_tui.model.run import Event
from runs_tui.model.sgr import colored
from runs_tui.model.text import clean, one_line

_LEVELS = {"CRITICAL": "error"}
_AUTHORS = "LogMessageEvent"
_STEP_FAILED = "ExecutionStepFailureEvent"
_RUN_FAILED = "RunFailureEvent"


def event_of(told: WireEvent, number: int) -> Event:
    """Translate an event; its number counts from 1 in its run's log, and is its id."""
    state = entered(told.type)
    message, colors = colored(_text(told))
    kind = told.type or told.kind
    return Event(
        id=str(number),
        at=told.at,
        step=clean(told.step) if told.step else None,
        level=_LEVELS.get(told.level, clean(told.level).lower()) or None,
        kind="log" if told.kind == _AUTHORS else "state" if state else clean(kind).lower(),
        message=message,
        colors=colors,
        state=state,
        details={"eventType": clean(told.type)} if told.type else {},
    )


def ends_run(told: WireEvent) -> bool:
    """Tell whether a run is over with an event."""
    state = entered(told.type)
    return told.step is None and state is not None and state.terminal


def step_error(told: WireEvent) -> str | None:
    """Give in one line why a step failed, where an event tells that."""
    return _cause(told) if told.kind == _STEP_FAILED else None


def run_error(told: WireEvent) -> str | None:
    """Give in one line why a run failed, where an event tells that."""
    return _cause(told) if told.kind == _RUN_FAILED else None


def _cause(told: WireEvent) -> str:
    """Give the error at the bottom: those above it say only that something failed."""
    error = told.error
    if error is None:
        return one_line(told.message) or clean(told.kind)
    innermost = error.chain[-1].error if error.chain else error
    return one_line(innermost.message) or one_line(words_of(error.message)) or clean(told.kind)


def _text(told: WireEvent) -> str:
    lines = [told.message or told.type or told.kind]
    if told.error is not None:
        lines += _traceback(told.error)
    return "\n".join(line.rstrip("\n") for line in lines if line.strip())


def _traceback(error: WireError) -> list[str]:
    """Give an error and those behind it, with where each was raised."""
    told = [error.message, *error.stack]
    for link in error.chain:
        told += ["caused by:", link.error.message, *link.error.stack]
    return told
