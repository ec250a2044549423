"""Task runs as the server sends them."""

from datetime import datetime
from typing import Any

from runs_tui.demo.prefect.marks import stamp, stamp_or_none
from runs_tui.demo.prefect.stages import stage_json
from runs_tui.demo.prefect.task_runs import RETRY_WAIT, SUBMITTING, TaskRun

_LEFT_OUT = frozenset(
    {
        "cache_key",
        "cache_expiration",
        "dynamic_key",
        "expected_start_time",
        "flow_run_run_count",
        "labels",
        "next_scheduled_start_time",
        "run_count",
        "state_name",
        "state_type",
    }
)


def task_run_json(task: TaskRun, now: datetime) -> dict[str, Any]:
    """Give a task run as the server sends it."""
    total = (task.end - task.start).total_seconds() if task.end and task.start else 0.0
    live = (now - task.start).total_seconds() if task.start and not task.end else total
    return {
        "id": task.id,
        "created": stamp(task.expected + SUBMITTING),
        "updated": stamp(max(task.stage.at, task.expected + SUBMITTING)),
        "name": task.name,
        "flow_run_id": task.run.id,
        "task_key": task.task_key,
        "dynamic_key": task.dynamic_key,
        "cache_key": None,
        "cache_expiration": None,
        "task_version": None,
        "empirical_policy": {
            "max_retries": 0,
            "retry_delay_seconds": 0.0,
            "retries": 2,
            "retry_delay": int(RETRY_WAIT.total_seconds()),
            "retry_jitter_factor": None,
        },
        "tags": [],
        "labels": {},
        "state_id": task.stage.id(task.id),
        "task_inputs": {
            name: [{"input_type": "task_run", "id": parent}]
            for name, parent in task.parents.items()
        }
        or {"settings": []},
        "state_type": task.stage.type,
        "state_name": task.stage.name,
        "run_count": task.run_count,
        "flow_run_run_count": task.attempt if task.run_count else 0,
        "expected_start_time": stamp(task.expected),
        "next_scheduled_start_time": stamp_or_none(task.next_start),
        "start_time": stamp_or_none(task.start),
        "end_time": stamp_or_none(task.end),
        "total_run_time": total,
        "estimated_run_time": live,
        "estimated_start_time_delta": max(
            ((task.start or now) - task.expected).total_seconds(), 0.0
        ),
        "state": stage_json(task.stage, task.run.id, task.id),
    }


def short_json(task: TaskRun, now: datetime) -> dict[str, Any]:
    """Give a task run as the paginated list has it, which is in fewer fields."""
    whole = task_run_json(task, now)
    return {name: value for name, value in whole.items() if name not in _LEFT_OUT}
