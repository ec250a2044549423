"""States and log lines, translated to events that know their place in the run."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from runs_tui.adapters.airflow.chapters import GROWING, Chapter, Look
from runs_tui.adapters.airflow.states import run_state_of, step_state_of
from runs_tui.adapters.airflow.steps import key_of
from runs_tui.adapters.airflow.wire import DagRun, LogRow, Raised, TaskInstance
from runs_tui.model.run import Event
from runs_tui.model.sgr import colored
from runs_tui.model.state import State
from runs_tui.model.text import clean, clean_value

Place = tuple[datetime, int, str, int]
"""Where an event stands: its instant, its rank within that, what tells it, its number there."""
_QUEUED, _BEGUN, _STEP_BEGUN, LINE, _STEP_ENDED, _ENDED = range(6)
"""Of one instant, a run begins first and ends last."""
_LEVELS = {"warning": "warning", "warn": "warning", "error": "error", "critical": "error",
           "debug": "debug"}  # fmt: skip
_HEAD = "::group::Log message source details"
_GROUP, _GROUP_END = "::group::", "::endgroup::"
_LEFT_OUT = frozenset({"task_id", "dag_id", "run_id", "ti_id", "map_index", "try_number"})


class Placed(NamedTuple):
    """An event and its place, by which events are ordered."""

    place: Place
    event: Event


def states_of(look: Look) -> Iterator[Placed]:
    """Give the states that a run and its task instances are known to have been in."""
    yield from _states_of_run(look.run)
    for told in look.tasks:
        yield from _states_of_step(told, over=look.over)


def end_of(chapter: Chapter) -> Place | None:
    """Give the place behind the last line of a log; None while it may grow."""
    return (chapter.last, LINE, "\U0010ffff", 0) if chapter.last else None


class Lines:
    """Translates the lines of one log as they come."""

    def __init__(self, chapter: Chapter) -> None:
        """Begin at its first line."""
        self.chapter = chapter
        """The log, as far as it is known now where it ends."""
        self.count = 0
        """How many lines came."""
        self._at = chapter.first
        self._in_head = False
        self._first: LogRow | None = None

    def take(self, rows: Sequence[LogRow], *, whole: bool = False) -> list[Placed]:
        """Translate the next lines; of no line the time is before that of the one before it.

        What came is left out of a log that is told `whole`, from its beginning; Airflow 3.0 does
        that whatever token it is shown.
        """
        kept = [row for row in rows if not self._is_wrapping(row)]
        again = whole or (bool(kept) and kept[0] == self._first)
        if kept and not self.count and kept[0].timestamp is not None:
            self._first = kept[0]
        kept = kept[self.count :] if again else kept
        return [self._placed(row) for row in kept]

    def _is_wrapping(self, row: LogRow) -> bool:
        """Tell whether a line says only where the log is kept, or where a group of lines ends."""
        if row.timestamp is None and row.event.startswith(_HEAD):
            self._in_head = True
            return True
        within = self._in_head and row.timestamp is None
        ends = row.event.strip() == _GROUP_END
        self._in_head = within and not ends
        return within or ends

    def _placed(self, row: LogRow) -> Placed:
        self._at = max(self._at, row.timestamp or self._at)
        self.count += 1
        last = self.chapter.last
        place = min(self._at, last) if last else self._at
        event = _line(row, self.chapter, self.count, self._at)
        return Placed((place, LINE, str(self.chapter), self.count), event)


def _line(row: LogRow, chapter: Chapter, number: int, at: datetime) -> Event:
    text = "\n".join([row.event, *_traceback(row.raised)])
    level = _LEVELS.get(str(row.level or "").lower(), "info")
    if text.startswith(_GROUP):
        text, level = text.removeprefix(_GROUP), "debug"
    message, colors = colored(text)
    extra = {name: told for name, told in (row.model_extra or {}).items() if name not in _LEFT_OUT}
    told = {"logger": row.logger, "try": chapter.number if chapter.number > 1 else None, **extra}
    told["error_detail"] = None if row.raised else row.error_detail
    return Event(
        id=f"{clean(str(chapter))}#{number}",
        at=at,
        step=clean(str(chapter.step)),
        level=level,
        message=message,
        colors=colors,
        details={
            clean(name): clean_value(value)
            for name, value in told.items()
            if value not in (None, "", [], {})
        },
    )


def _traceback(told: Sequence[Raised]) -> Iterator[str]:
    """Write errors as Python does, the cause first."""
    for error in reversed(told):
        if error.frames:
            yield "Traceback (most recent call last):"
        for frame in error.frames:
            yield f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
        yield f"{error.exc_type}: {error.exc_value}" if error.exc_value else error.exc_type


def _states_of_run(run: DagRun) -> Iterator[Placed]:
    state = run_state_of(run.state)
    told = [(run.queued_at, _QUEUED, "queued", State.QUEUED)]
    told.append((run.start_date, _BEGUN, "running", State.RUNNING))
    if state.terminal:
        told.append((run.end_date, _ENDED, run.state or "", state))
    for at, rank, word, entered in told:
        if at is not None:
            name = f"run/{clean(word)}/{at.isoformat()}"
            yield _state(name, at, rank, word, entered, None)


def _states_of_step(told: TaskInstance, *, over: bool) -> Iterator[Placed]:
    state = step_state_of(told.state, over=over)
    ended = state.terminal and told.state is not None
    key, number = key_of(told), told.try_number
    if number and told.start_date and (ended or told.state in GROWING):
        name = f"{key}/{number}/running"
        yield _state(name, told.start_date, _STEP_BEGUN, "running", State.RUNNING, key)
    if ended and told.end_date and told.state:
        name = f"{key}/{number}/{clean(told.state)}"
        yield _state(name, told.end_date, _STEP_ENDED, told.state, state, key)


def _state(name: str, at: datetime, rank: int, word: str, state: State, step: str | None) -> Placed:
    event = Event(
        id=name,
        at=at,
        step=step,
        level="error" if state is State.FAILED else "info",
        kind="state",
        message=clean(word),
        state=state,
    )
    return Placed((at, rank, name, 0), event)
