"""Which task runs stand for a flow run that was run more than once."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from runs_tui.adapters.prefect.wire import TaskRun

_NEVER = datetime.min.replace(tzinfo=UTC)


def newest(tasks: Sequence[TaskRun]) -> list[TaskRun]:
    """Give the task runs of the newest attempt, and those of earlier ones that it did not repeat.

    A retry makes task runs of its own, but a subflow that succeeded is kept as it is.
    """
    attempts = attempts_of(tasks)
    highest: dict[str, int] = {}
    for task in tasks:
        highest[task.task_key] = max(attempts[task.id], highest.get(task.task_key, 0))
    return [task for task in tasks if attempts[task.id] == highest[task.task_key]]


def attempts_of(tasks: Sequence[TaskRun]) -> dict[str, int]:
    """Give the attempt that made each task run.

    Those that never ran, and the places of subflows, count 0: they belong to the attempt in whose
    time they were made.
    """
    starts = _starts(tasks)
    return {task.id: task.flow_run_run_count or _made_in(task, starts) for task in tasks}


def _starts(tasks: Sequence[TaskRun]) -> dict[int, datetime]:
    """Give when each attempt began: halfway between its first task run and the one before that."""
    counted = [task for task in tasks if task.flow_run_run_count]
    starts = {}
    for attempt in {task.flow_run_run_count for task in counted}:
        first = min(_expected(task) for task in counted if task.flow_run_run_count == attempt)
        earlier = (_expected(task) for task in counted if task.flow_run_run_count < attempt)
        before = max(earlier, default=_NEVER)
        starts[attempt] = first - (first - before) / 2
    return starts


def _made_in(task: TaskRun, starts: Mapping[int, datetime]) -> int:
    begun = (attempt for attempt, start in starts.items() if start <= _expected(task))
    return max(begun, default=min(starts, default=1))


def _expected(task: TaskRun) -> datetime:
    return task.expected_start_time or task.start_time or _NEVER
