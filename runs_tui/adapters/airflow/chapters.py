"""What one look at a run tells: its states, and which logs there are, from when to when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from runs_tui.adapters.airflow.address import RunName, StepName
from runs_tui.adapters.airflow.client import Client
from runs_tui.adapters.airflow.note import was_cancelled
from runs_tui.adapters.airflow.pace import LATE
from runs_tui.adapters.airflow.states import run_state_of
from runs_tui.adapters.airflow.wire import DagRun, TaskInstance
from runs_tui.adapters.rewinding import LONG_AGO, NEVER
from runs_tui.model.clock import Clock
from runs_tui.transport.together import both

GROWING = frozenset({
    "running", "restarting", "deferred", "awaiting_input", "up_for_reschedule",
})  # fmt: skip
"""The states of a task instance whose log may grow."""
MOST_TRIES = 200
"""How many tries of a task instance are told, the newest ones."""
_AWAITING = frozenset({"scheduled", "queued"})
"""The states of a task instance whose newest try has no log yet."""
_LATE = timedelta(seconds=LATE)


@dataclass(frozen=True, slots=True)
class Chapter:
    """The log of one try of a task instance: a run has no log but these."""

    step: StepName
    """The task instance."""
    number: int
    """Which try it is, from 1."""
    first: datetime
    """The instant before which it has no line."""
    last: datetime | None
    """The instant after which it has none; None while it may grow."""

    def __str__(self) -> str:
        """Write what names it within its run."""
        return f"{self.step}/{self.number}"


@dataclass(frozen=True, slots=True)
class Look:
    """A run and its task instances at an instant."""

    at: datetime
    """The instant before anything was asked."""
    run: DagRun
    """The run."""
    tasks: Sequence[TaskInstance]
    """Its task instances."""

    @property
    def over(self) -> bool:
        """Whether the run has ended."""
        return run_state_of(self.run.state).terminal

    @property
    def stopped(self) -> bool:
        """Whether somebody has stopped the run."""
        return was_cancelled(self.run)

    @property
    def chapters(self) -> list[Chapter]:
        """The logs that there are."""
        late = _writing_on(self.run, self.tasks)
        return [
            chapter
            for task in self.tasks
            for chapter in _chapters(task, over=self.over, late=task is late)
        ]


async def look_at(client: Client, name: RunName, clock: Clock) -> Look:
    """Look at a run: two requests, and one more for each further hundred task instances."""
    at = clock.now()
    run, tasks = await both(client.run(name), client.task_instances(name))
    return Look(at, run, tasks)


def _writing_on(run: DagRun, tasks: Sequence[TaskInstance]) -> TaskInstance | None:
    """Give the task whose process writes on for a while after its run was stopped.

    Where there are several, their late lines count as their last ones: else none of their logs
    could be told without all others.
    """
    stopped = [task for task in tasks if task.state == "failed"] if was_cancelled(run) else []
    return stopped[0] if len(stopped) == 1 else None


def _chapters(told: TaskInstance, *, over: bool, late: bool) -> list[Chapter]:
    step = StepName(told.task_id, told.map_index)
    begun = told.try_number - (told.state in _AWAITING)
    edges = (told.scheduled_when, told.queued_when, told.start_date)
    first = min((edge for edge in edges if edge), default=LONG_AGO)
    oldest = max(begun - MOST_TRIES, 1)
    found = [Chapter(step, number, LONG_AGO, first) for number in range(oldest, begun)]
    if begun < 1:
        return found
    if told.state in _AWAITING:
        return [*found, Chapter(step, begun, LONG_AGO, first)]
    grows = told.state in GROWING or (told.end_date is None and not over)
    end = None if grows and not over else told.end_date or first
    if end is not None and late:
        end = min(end, NEVER - _LATE) + _LATE
    return [*found, Chapter(step, begun, min(first, end or first), end)]
