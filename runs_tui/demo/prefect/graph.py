"""The graph of a flow run: its task runs, with their edges both ways."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from runs_tui.demo.prefect.flow_runs import FlowRun
from runs_tui.demo.prefect.marks import stamp, stamp_or_none
from runs_tui.demo.prefect.stages import Stage
from runs_tui.demo.prefect.task_runs import TaskRun


def graph_json(run: FlowRun, stages: Sequence[Stage], tasks: Sequence[TaskRun]) -> dict[str, Any]:
    """Give the graph as the server sends it, nodes in the order in which they began."""
    children: dict[str, list[str]] = {task.id: [] for task in tasks}
    for task in tasks:
        for parent in task.parents.values():
            children[parent].append(task.id)
    ordered = sorted(tasks, key=_began)
    return {
        "start_time": stamp_or_none(run.start),
        "end_time": stamp_or_none(run.end),
        "root_node_ids": [task.id for task in ordered if not task.parents],
        "nodes": [[task.id, _node(task, children[task.id])] for task in ordered],
        "artifacts": [],
        "states": [
            {
                "id": stage.id(run.id),
                "timestamp": stamp(stage.at),
                "type": stage.type,
                "name": stage.name,
            }
            for stage in stages
        ],
    }


def _node(task: TaskRun, children: Sequence[str]) -> dict[str, Any]:
    return {
        "kind": "task-run",
        "id": task.id,
        "label": task.name,
        "state_type": task.stage.type,
        "start_time": stamp(_began(task)),
        "end_time": stamp_or_none(task.end),
        "parents": [{"id": parent} for parent in task.parents.values()],
        "children": [{"id": child} for child in children],
        "encapsulating": [],
        "artifacts": [],
    }


def _began(task: TaskRun) -> datetime:
    return task.start or task.expected
