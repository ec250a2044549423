"""Lines of the scheduler's log and of steps, and how steps and runs ended, as events."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from runs_tui.adapters.dagu.runs import reason_of
from runs_tui.adapters.dagu.wire import WireNode
from runs_tui.model.run import Event, Run
from runs_tui.model.sgr import colored
from runs_tui.model.state import State
from runs_tui.model.text import clean, clean_log

ENDED = "ended"
"""The id of the event that tells how the run ended."""
_STEP_STARTED = "Step started"
_RUN_STARTED = frozenset({"DAG run started", "DAG run retry started"})
_LEVELS = {"DEBUG": "debug", "INFO": "info", "WARN": "warning", "ERROR": "error"}
_PAIR = re.compile(r'(?<![A-Za-z0-9_.-])([A-Za-z0-9_.-]+)=("(?:[^"\\]|\\.)*"|\S*)')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MEANT = {"n": "\n", "t": "\t", "r": "\n"}
_OF_EVERY_LINE = frozenset({
    "time", "level", "msg", "name", "run-id", "attempt-id", "dag", "step", "root", "parent",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the scheduler's log, read."""

    number: int
    """Which line it is, from 1."""
    at: datetime | None
    """When it was written, UTC."""
    level: str
    """`debug`, `info`, `warning` or `error`."""
    message: str
    """What it says, and what it names besides."""
    step: str | None
    """The name of the step that it is about, as the server writes it."""
    starts: bool
    """Whether it says that the step began."""
    opens: bool = False
    """Whether it says that the run did, or began anew."""

    @property
    def id(self) -> str:
        """What names it among the events of its run."""
        return f"r-{self.number}"

    def event(self) -> Event:
        """Tell it."""
        return Event(
            id=self.id,
            at=self.at,
            step=clean(self.step) if self.step else None,
            level=self.level,
            kind="state" if self.starts else "log",
            message=self.message,
            state=State.RUNNING if self.starts else None,
        )


def entry_of(number: int, line: str, before: Entry | None) -> Entry:
    """Read a line; one that is no list of pairs goes on with what is before it."""
    pairs = {name: _unquoted(value) for name, value in _PAIR.findall(line)}
    at = _instant(pairs.get("time", ""))
    if at is None or "msg" not in pairs:
        since, level = (before.at, before.level) if before else (None, "info")
        return Entry(number, since, level, clean_log(line), None, starts=False)
    said = pairs["msg"]
    rest = [f"{name}={value}" for name, value in pairs.items() if name not in _OF_EVERY_LINE]
    step = pairs.get("step") or None
    return Entry(
        number,
        at,
        _LEVELS.get(pairs.get("level", ""), "info"),
        clean_log(" ".join([said, *rest])),
        step,
        starts=step is not None and said == _STEP_STARTED,
        opens=said in _RUN_STARTED,
    )


def line_of(label: str, number: int, text: str, step: str, stream: str) -> Event:
    """Tell a line that a step wrote; when it did is not known."""
    message, colors = colored(text)
    return Event(
        id=f"{label}-{number}",
        step=clean(step),
        message=message,
        colors=colors,
        details={"stream": stream},
    )


def rest_of(line: Event) -> Event:
    """Tell the rest of a line that was told before it was whole."""
    return replace(line, id=f"{line.id}+", details={**line.details, "continued": True})


def end_of_step(label: str, node: WireNode, state: State) -> Event:
    """Tell how a step ended."""
    error = reason_of(node.error) if node.error and state is not State.SUCCEEDED else ""
    return Event(
        id=f"{label}-{ENDED}",
        at=node.finished_at,
        step=clean(node.step.name),
        level=_level_of(state),
        kind="state",
        message=f"{state}: {error}" if error else str(state),
        state=state,
        details={"status": clean(node.label)},
    )


def end_of_run(run: Run) -> Event:
    """Tell how a run ended."""
    why = run.error or run.reason
    return Event(
        id=ENDED,
        at=run.finished_at,
        level=_level_of(run.state),
        kind="state",
        message=f"{run.state}: {why}" if why else str(run.state),
        state=run.state,
        details={"status": run.status},
    )


def _level_of(state: State) -> str:
    return {State.FAILED: "error", State.CANCELLED: "warning"}.get(state, "info")


def _unquoted(value: str) -> str:
    if not value.startswith('"'):
        return value
    return _ESCAPED.sub(lambda found: _MEANT.get(found[1], found[1]), value[1:-1])


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
