"""The lines of a run as the events of Dagster's log."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from runs_tui.demo.dagster.naming import StepKeys
from runs_tui.demo.values import Line, WorldRun
from runs_tui.model.state import State

Event = dict[str, Any]

_IN_STEP = re.compile(r'Step ".*?" failed: ', re.DOTALL)
_CANCELLING = "cancellation was asked for"
_RUN_ENDS = {
    State.SUCCEEDED: ("RunSuccessEvent", "RUN_SUCCESS", "DEBUG", "Finished execution of run for"),
    State.CANCELLED: ("RunCanceledEvent", "RUN_CANCELED", "ERROR", "Canceled execution of run for"),
}


def events_of(run: WorldRun, lines: Sequence[Line]) -> list[Event]:
    """Write all events of a run up to now, in order."""
    keys = StepKeys(run.workflow.steps)
    return [event for line in lines for event in _events(run, line, keys)]


def _events(run: WorldRun, line: Line, keys: StepKeys) -> Iterator[Event]:
    step = keys.of(line.step) if line.step is not None else None
    if line.state is None:
        if line.step is None and line.message == _CANCELLING:
            yield _event(
                run, line, "EngineEvent", "ENGINE_EVENT", "INFO", "Sending run termination request."
            )
            yield _event(run, line, "RunCancelingEvent", "RUN_CANCELING", "INFO", "")
        else:
            level = line.level.upper()
            yield _event(run, line, "LogMessageEvent", None, level, line.message, step)
    elif step is None:
        yield from _run_events(run, line, line.state)
    else:
        yield from _step_events(run, line, line.state, step)


def _run_events(run: WorldRun, line: Line, state: State) -> Iterator[Event]:
    job = f'"{run.workflow.name}"'
    if state is State.QUEUED:
        yield _event(run, line, "RunEnqueuedEvent", "RUN_ENQUEUED", "INFO", "")
    elif state is State.RUNNING:
        yield _event(run, line, "RunStartingEvent", "RUN_STARTING", "INFO", "")
        said = f"Started execution of run for {job}."
        yield _event(run, line, "RunStartEvent", "RUN_START", "DEBUG", said)
    elif state is State.FAILED:
        said = f"Execution of run for {job} failed."
        made = _event(run, line, "RunFailureEvent", "RUN_FAILURE", "ERROR", said)
        yield made | {"error": _error("Steps failed", line.message)}
        yield _exited(run, line)
    else:
        kind, event_type, level, said = _RUN_ENDS[state]
        yield _event(run, line, kind, event_type, level, f"{said} {job}.")
        yield _exited(run, line)


def _step_events(run: WorldRun, line: Line, state: State, step: str) -> Iterator[Event]:
    named = f'"{step}"'
    match state:
        case State.RUNNING | State.WAITING:
            said = f"Started execution of step {named}."
            yield _event(run, line, "ExecutionStepStartEvent", "STEP_START", "DEBUG", said, step)
        case State.SUCCEEDED:
            said = f"Finished execution of step {named}."
            kind = "ExecutionStepSuccessEvent"
            yield _event(run, line, kind, "STEP_SUCCESS", "DEBUG", said, step)
        case State.FAILED:
            said = f"Execution of step {named} failed."
            kind = "ExecutionStepFailureEvent"
            made = _event(run, line, kind, "STEP_FAILURE", "ERROR", said, step)
            outer = f"Error occurred while executing op {named}:"
            yield made | {"error": _error(outer, _trouble(run, line))}
        case State.CANCELLED:
            said = f"Execution of step {named} was interrupted."
            yield _event(run, line, "LogMessageEvent", None, "WARNING", said, step)
        case _:
            said = f"Dependencies for step {step} failed. Not executing."
            yield _event(run, line, "LogMessageEvent", None, "ERROR", said, step)


def _trouble(run: WorldRun, line: Line) -> str:
    """Give what went wrong, without the step that it went wrong in."""
    return _IN_STEP.sub("", run.error or line.message)


def _exited(run: WorldRun, line: Line) -> Event:
    return _event(
        run, line, "EngineEvent", "ENGINE_EVENT", "INFO", "Process for run exited (pid: 71)."
    )


def _event(
    run: WorldRun,
    line: Line,
    kind: str,
    event_type: str | None,
    level: str,
    message: str,
    step: str | None = None,
) -> Event:
    return {
        "__typename": kind,
        "runId": run.id,
        "message": message,
        "timestamp": str(int(line.at.timestamp() * 1000)),
        "level": level,
        "stepKey": step,
        "eventType": event_type,
        "error": None,
    }


def _error(outer: str, inner: str) -> Event:
    """Write an error with the one that is behind it."""
    cause = {
        "message": f"Exception: {inner}\n",
        "className": "Exception",
        "stack": [],
        "errorChain": [],
    }
    return {
        "message": f"dagster._core.errors.DagsterExecutionStepExecutionError: {outer}\n",
        "className": "DagsterExecutionStepExecutionError",
        "stack": [
            '  File "dagster/_core/execution/plan/utils.py", line 57, in boundary\n    yield\n'
        ],
        "errorChain": [{"isExplicitLink": True, "error": cause}],
    }
