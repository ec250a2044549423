"""Task runs and subflow runs, translated to steps."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from runs_tui.adapters.prefect.attempts import attempts_of, newest
from runs_tui.adapters.prefect.runs import cleaned, error_of, filled, left_over, seconds_of
from runs_tui.adapters.prefect.states import state_of
from runs_tui.adapters.prefect.wire import Graph, Node, TaskRun
from runs_tui.model.run import Step
from runs_tui.model.state import State
from runs_tui.model.text import clean

_CACHED = "Cached"
_LEFT_OUT = ("flow_run_id", "created", "updated", "dynamic_key")


def steps_of(tasks: Sequence[TaskRun], graph: Graph | None, *, over: bool) -> list[Step]:
    """Give the steps of a flow run; `over` tells whether it has ended."""
    nodes = {node.id: node for _, node in graph.nodes} if graph else {}
    shown = newest(tasks)
    attempts = attempts_of(tasks)
    keys = _keys(tasks, shown)
    steps = [
        _task_step(task, nodes.get(task.child_flow_run_id or task.id), keys, attempts, over=over)
        for task in shown
    ]
    strays = [node for node in nodes.values() if node.kind == "flow-run" and node.id not in keys]
    return [*steps, *(_subflow_step(node, keys) for node in strays)]


def _keys(tasks: Sequence[TaskRun], shown: Sequence[TaskRun]) -> dict[str, str]:
    """Give the key of the step that each id stands for.

    It is the id of a task run, since names are not unique and change. A subflow has the id of its
    place; a task run that was repeated in a later attempt leads to the one that took its part.
    """
    keys = {task.id: task.id for task in tasks}
    counts = Counter(task.task_key for task in shown)
    heirs = {task.task_key: task.id for task in shown if counts[task.task_key] == 1}
    alive = {task.id for task in shown}
    for task in tasks:
        if task.id not in alive:
            keys[task.id] = heirs.get(task.task_key, task.id)
        if task.child_flow_run_id:
            keys[task.child_flow_run_id] = keys[task.id]
    return keys


def _task_step(
    task: TaskRun,
    node: Node | None,
    keys: Mapping[str, str],
    attempts: Mapping[str, int],
    *,
    over: bool,
) -> Step:
    state = state_of(task.state_type)
    if over and state is State.QUEUED:
        state = State.SKIPPED
    parents = _parents_of_node(node) if node else _parents_by_inputs(task)
    subflow = task.child_flow_run_id
    name = node.label if node and subflow else task.name
    return Step(
        key=clean(task.id),
        name=cleaned(name) or clean(task.id),
        part=cleaned(task.task_key) or None,
        state=state,
        status=clean(task.state_name or task.state_type or ""),
        depends_on=_distinct(parents, keys),
        created_at=task.expected_start_time,
        started_at=task.start_time,
        finished_at=task.end_time,
        took=seconds_of(task, state),
        attempt=max(task.run_count, attempts[task.id]) if task.run_count else None,
        error=error_of(task, state),
        child_run=cleaned(subflow),
        reused=task.state_name == _CACHED,
        details=_details(task),
    )


def _details(task: TaskRun) -> dict[str, object]:
    told = {
        "task_key": task.task_key,
        "run_count": task.run_count,
        "flow_run_run_count": task.flow_run_run_count,
        "message": task.state.message if task.state else None,
    }
    rest = {name: value for name, value in left_over(task).items() if name not in _LEFT_OUT}
    return filled(told) | rest


def _subflow_step(node: Node, keys: Mapping[str, str]) -> Step:
    """Translate a subflow run whose place among the task runs is not known."""
    state = state_of(node.state_type)
    return Step(
        key=clean(node.id),
        name=clean(node.label) or clean(node.id),
        state=state,
        status=clean(node.state_type or ""),
        depends_on=_distinct(_parents_of_node(node), keys),
        started_at=None if state is State.QUEUED else node.start_time,
        finished_at=node.end_time,
        child_run=clean(node.id),
    )


def _parents_of_node(node: Node) -> list[str]:
    return [edge.id for edge in (*node.parents, *node.encapsulating)]


def _parents_by_inputs(task: TaskRun) -> list[str]:
    return [told.id for taken in task.task_inputs.values() for told in taken if told.id]


def _distinct(ids: Iterable[str], keys: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(clean(keys.get(parent, parent)) for parent in ids))
