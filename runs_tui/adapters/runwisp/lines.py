"""Lines of a log and the end of a run, translated to events."""

from datetime import UTC, datetime

from runs_tui.adapters.runwisp.wire import WireLine
from runs_tui.model.run import Event, Run
from runs_tui.model.sgr import colored
from runs_tui.model.state import State
from runs_tui.model.text import clean

ENDED = "ended"
"""The id of the event that tells of the end; lines have their numbers."""


def event_of(line: WireLine) -> Event:
    """Translate a line; no level is told, only which stream it came by."""
    details: dict[str, object] = {"stream": clean(line.stream)} if line.stream else {}
    if line.continued:
        details["continued"] = True
    if line.frames:
        details["frame_count"] = line.frames
    message, colors = colored(line.text)
    return Event(
        id=str(line.n), at=_instant(line.ts), message=message, colors=colors, details=details
    )


def end_of(run: Run) -> Event:
    """Tell of the end of a run."""
    told = run.error or (None if run.state is State.SUCCEEDED else run.reason)
    return Event(
        id=ENDED,
        at=run.finished_at,
        level="error" if run.state is State.FAILED else "info",
        kind="state",
        message=f"{run.state.value}: {told}" if told else run.state.value,
        state=run.state,
        details={"reason": run.reason} if run.reason else {},
    )


def number_of(event_id: str | None) -> int | None:
    """Give the number of the line that an event tells; None where it is no line."""
    known = event_id is not None and event_id.isascii() and event_id.isdecimal()
    return int(event_id[:18]) if known and event_id else None


def _instant(milliseconds: int) -> datetime | None:
    if milliseconds <= 0:
        return None
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None
