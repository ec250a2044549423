"""Log lines and states of a run, translated to events."""

from runs_tui.adapters.lightning.runs import run_state
from runs_tui.adapters.lightning.wire import LogLine, WireRun
from runs_tui.adapters.rewinding import LONG_AGO, NEVER, Place
from runs_tui.model.run import Event
from runs_tui.model.sgr import colored
from runs_tui.model.state import State
from runs_tui.model.text import clean, clean_log

_LEVELS = {
    "debug": "debug",
    "info": "info",
    "always": "info",
    "success": "info",
    "warn": "warning",
    "error": "error",
}
_STARTED = "started"


def event_of_line(line: LogLine, step: str | None) -> Event:
    """Translate a line of the log, which a step of some key wrote."""
    told = {"source": line.source, "level": line.level, "step_id": line.step_id}
    message, colors = colored(line.message or "")
    return Event(
        id=clean(line.id),
        at=line.timestamp,
        step=step and clean(step),
        level=_LEVELS.get(line.level or ""),
        message=message,
        colors=colors,
        details={name: clean(text) for name, text in told.items() if text},
    )


def place_of_line(line: LogLine) -> Place:
    """Give where the event of a line stands."""
    return line.timestamp, 1, clean(line.id)


def place_of(event: Event) -> Place:
    """Give where an event stands: that a run started is the first, how it ended the last."""
    if event.kind == "log":
        return event.at or LONG_AGO, 1, event.id or ""
    return (LONG_AGO if event.state is State.RUNNING else NEVER), 0, event.id or ""


def start_of(row: WireRun) -> list[Event]:
    """Give the event that a run has started, where it has."""
    return [_state(row, _STARTED, State.RUNNING)] if row.started_at else []


def end_of(row: WireRun) -> Event:
    """Give the event that a run is over."""
    return _state(row, row.state or "finished", run_state(row))


def _state(row: WireRun, word: str, state: State) -> Event:
    word = clean(word)
    over = state is not State.RUNNING
    error = f": {clean_log(row.error_type)}" if over and row.error_type else ""
    return Event(
        id=f"state/{word}",
        at=row.finished_at if over else row.started_at,
        level="error" if state is State.FAILED else "info",
        kind="state",
        message=word + error,
        state=state,
    )
