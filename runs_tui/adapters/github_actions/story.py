"""What a run tells, in order: its jobs begin, their steps end, their logs come, they end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from runs_tui.adapters.github_actions.states import COMPLETED, reason_of, state_of, word_of
from runs_tui.adapters.github_actions.steps import has_begun, step_key
from runs_tui.adapters.github_actions.wire import WireJob, WireRun, WireStep
from runs_tui.adapters.rewinding import LONG_AGO, NEVER
from runs_tui.model.run import Event
from runs_tui.model.state import State
from runs_tui.model.text import clean

LATER = "its log comes when it is over"
"""What is said of a job that begins, for GitHub gives no log of one that runs."""

Order = tuple[int, datetime, int, int, int]
"""The attempt, the second, the job, what of it, and which of its steps."""
_BEGIN, _STEP, _LOG, _END = range(4)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the story: one event, or the log of a job."""

    id: str
    """What names it; that of an event is the id of the event."""
    order: Order
    """Where it stands."""
    event: Event | None = None
    """The event."""
    job: WireJob | None = None
    """The job whose log it is."""

    @property
    def at(self) -> datetime:
        """The second of its place."""
        return self.order[1]


def story_of(run: WireRun, jobs: Sequence[WireJob]) -> list[Chapter]:
    """Give the chapters so far, in order; how the run ended is the last."""
    chapters = [chapter for job in jobs for chapter in _of_job(job)]
    if run.status == COMPLETED:
        chapters.append(_end_of_run(run))
    return sorted(chapters, key=lambda chapter: chapter.order)


def log_id(job_id: int | str) -> str:
    """Give the id of the chapter that is the log of a job."""
    return f"{job_id}.log"


def chapter_id(event_id: str) -> str:
    """Give the id of the chapter that an event is in: its own, or that of its job's log."""
    job, dot, line = event_id.partition(".")
    return log_id(job) if dot and line.isdecimal() and job.isdecimal() else event_id


def line_number(event_id: str) -> int:
    """Give the number of the line that an event tells; 0 where it is none."""
    line = event_id.partition(".")[2]
    return int(line[:18]) if line.isascii() and line.isdecimal() else 0


def _of_job(job: WireJob) -> Iterator[Chapter]:
    begun, state = has_begun(job), state_of(job.status, job.conclusion)
    name = clean(job.name)
    if begun and job.started_at is not None:
        where = f" on {clean(job.runner_name)}" if job.runner_name else ""
        again = f", attempt {job.attempt}" if job.attempt > 1 else ""
        said = f"{name} began{where}{again}: {LATER}"
        yield _told(job, _BEGIN, job.started_at, "begin", said, State.RUNNING)
    for step in job.steps or ():
        done = state_of(step.status, step.conclusion)
        if step.completed_at is not None and done.terminal and _matters(step, done):
            yield _step(job, step, done)
    if job.status == COMPLETED and job.completed_at is not None:
        if begun:
            order = _order(job, job.completed_at, _LOG)
            yield Chapter(log_id(job.id), order, job=job)
        word = clean(word_of(job.status, job.conclusion))
        said = f"{name}: {reason_of(word) or word}"
        yield _told(job, _END, job.completed_at, "end", said, state)


def _matters(step: WireStep, state: State) -> bool:
    """Tell whether the end of a step is worth a line: most end within their first second."""
    if state is State.SUCCEEDED:
        return step.started_at is not None and step.started_at != step.completed_at
    return state is not State.SKIPPED


def _step(job: WireJob, step: WireStep, state: State) -> Chapter:
    assert step.completed_at is not None
    at = min(step.completed_at, job.completed_at or step.completed_at)
    word = clean(word_of(step.status, step.conclusion))
    event = Event(
        id=f"{job.id}.step.{step.number}",
        at=at,
        step=step_key(job, step),
        level="error" if state is State.FAILED else "info",
        kind="state",
        message=f"{clean(job.name)}: {clean(step.name)}: {word}",
        state=state,
    )
    return Chapter(event.id or "", _order(job, at, _STEP, step.number), event)


def _told(job: WireJob, what: int, at: datetime, name: str, said: str, state: State) -> Chapter:
    event = Event(
        id=f"{job.id}.{name}",
        at=at,
        step=str(job.id),
        level="error" if state is State.FAILED else "info",
        kind="state",
        message=said,
        state=state,
    )
    return Chapter(event.id or "", _order(job, at, what), event)


def _end_of_run(run: WireRun) -> Chapter:
    state = state_of(run.status, run.conclusion)
    word = clean(word_of(run.status, run.conclusion))
    event = Event(
        id=f"end.{run.attempt}",
        at=run.updated_at,
        level="error" if state is State.FAILED else "info",
        kind="state",
        message=reason_of(word) or word,
        state=state,
    )
    return Chapter(event.id or "", (run.attempt, NEVER, 0, 0, 0), event)


def _order(job: WireJob, at: datetime, what: int, number: int = 0) -> Order:
    return job.attempt, (at or LONG_AGO).replace(microsecond=0), job.id, what, number
