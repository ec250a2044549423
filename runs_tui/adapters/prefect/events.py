"""Log lines and states, translated to events."""

from runs_tui.adapters.prefect.states import NOT_READY, STATES, is_final, state_of
from runs_tui.adapters.prefect.wire import LogLine, TaskRun, WireState
from runs_tui.adapters.rewinding import LONG_AGO, Place
from runs_tui.model.run import Event
from runs_tui.model.sgr import colored
from runs_tui.model.state import State
from runs_tui.model.text import clean, clean_log

_LEVELS = ((40, "error"), (30, "warning"), (20, "info"))


def event_of_line(line: LogLine) -> Event:
    """Translate a line of the log."""
    message, colors = colored(line.message)
    return Event(
        id=clean(line.id),
        at=line.timestamp,
        step=clean(line.task_run_id) if line.task_run_id else None,
        level=next((name for least, name in _LEVELS if line.level >= least), "debug"),
        message=message,
        colors=colors,
        details={"name": clean(line.name)} if line.name else {},
    )


def events_of_run(states: list[WireState]) -> list[Event]:
    """Translate the states that a flow run has been in."""
    return [_event(state, None) for state in states if state.id and state.timestamp]


def is_settled(task: TaskRun) -> bool:
    """Tell whether a task run is where it will stay."""
    known = task.state_type in STATES
    return is_final(task.state_type) or task.state_name == NOT_READY or not known


def events_of_task(task: TaskRun) -> list[Event]:
    """Translate what a task run tells of its states: that it began, and where it ended.

    What was between is not told later, so it is not told at all: a log is the same each time.
    """
    events = []
    if task.start_time is not None:
        began = WireState(
            id=f"{task.id}/began", type="RUNNING", name="Running", timestamp=task.start_time
        )
        events.append(_event(began, task))
    if task.state and task.state.id and task.state.timestamp and is_settled(task):
        events.append(_event(task.state, task))
    return events


def place_of_line(line: LogLine) -> Place:
    """Give where the event of a line stands."""
    return line.timestamp, 1, clean(line.id)


def place_of(event: Event) -> Place:
    """Give what events are ordered by: of one instant, a run begins first and ends last."""
    at, told = event.at or LONG_AGO, event.id or ""
    if event.kind == "log":
        return at, 1, told
    if event.step is not None:
        return at, 2, told
    return at, 3 if event.state and event.state.terminal else 0, told


def _event(told: WireState, task: TaskRun | None) -> Event:
    state = state_of(told.type)
    if told.name == NOT_READY:
        state = State.SKIPPED
    word = clean(told.name or told.type or "")
    message = clean_log(told.message) if told.message else ""
    return Event(
        id=clean(told.id or ""),
        at=told.timestamp,
        step=clean(task.id) if task else None,
        level="error" if state is State.FAILED else "info",
        kind="state",
        message=f"{word}: {message}" if message else word,
        state=state,
        details={"task_run_name": clean(task.name)} if task and task.name else {},
    )
