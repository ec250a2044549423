"""Task instances, translated to steps, with the edges of their Dag."""

from collections.abc import Mapping, Sequence

from runs_tui.adapters.airflow.address import StepName
from runs_tui.adapters.airflow.runs import filled
from runs_tui.adapters.airflow.states import step_state_of
from runs_tui.adapters.airflow.wire import Task, TaskInstance
from runs_tui.model.run import Step
from runs_tui.model.state import State
from runs_tui.model.text import clean

MOST_EDGES = 20_000
"""From how many edges between two mapped tasks on each instance names only its counterpart."""
_LEFT_OUT = frozenset({
    "id", "dag_id", "dag_run_id", "dag_display_name", "logical_date", "run_after", "unixname",
    "operator", "pool_slots", "priority_weight", "executor_config", "dag_version",
    "rendered_fields",
})  # fmt: skip
_NO_STATUS = "no status"


def steps_of(told: Sequence[TaskInstance], tasks: Sequence[Task], *, over: bool) -> list[Step]:
    """Give the steps of a run; `over` tells whether it has ended."""
    instances: dict[str, list[TaskInstance]] = {}
    for each in told:
        instances.setdefault(each.task_id, []).append(each)
    upstream = _upstream(tasks)
    mapped = {task.task_id for task in tasks if task.is_mapped}
    steps: list[Step] = []
    for task, those in instances.items():
        those.sort(key=lambda each: each.map_index)
        parents = {
            above: instances[above] for above in upstream.get(task, ()) if above in instances
        }
        edges = _edges(those, parents, free=task in mapped)
        steps += [step_of(each, after, over=over) for each, after in zip(those, edges, strict=True)]
    return steps


def step_of(told: TaskInstance, parents: tuple[str, ...] = (), *, over: bool) -> Step:
    """Translate one task instance."""
    state = step_state_of(told.state, over=over)
    began = told.try_number > 0 and state is not State.QUEUED
    return Step(
        key=key_of(told),
        name=_name(told),
        state=state,
        status=clean(told.state or _NO_STATUS),
        depends_on=parents,
        created_at=told.scheduled_when or told.queued_when,
        started_at=told.start_date if began else None,
        finished_at=told.end_date if began and state.terminal else None,
        took=told.duration if began and state.terminal else None,
        attempt=told.try_number or None,
        details=_details(told),
    )


def key_of(told: TaskInstance) -> str:
    """Give the key of the step that a task instance is."""
    return str(StepName(clean(told.task_id), told.map_index))


def _name(told: TaskInstance) -> str:
    """Give its name, with its label in brackets where it is one of many."""
    name = clean(told.task_display_name or "") or clean(told.task_id)
    if told.map_index < 0:
        return name
    return f"{name} [{clean(told.rendered_map_index or '') or told.map_index}]"


def _details(told: TaskInstance) -> dict[str, object]:
    extra = told.model_extra or {}
    return filled({name: value for name, value in extra.items() if name not in _LEFT_OUT})


def _upstream(tasks: Sequence[Task]) -> Mapping[str, Sequence[str]]:
    above: dict[str, list[str]] = {}
    for task in tasks:
        for below in task.downstream_task_ids or ():
            above.setdefault(below, []).append(task.task_id)
    return above


def _edges(
    those: Sequence[TaskInstance], parents: Mapping[str, Sequence[TaskInstance]], *, free: bool
) -> list[tuple[str, ...]]:
    """Give the parents of each instance of a task.

    Where a group of tasks is mapped as a whole, each instance follows those of its own index; such
    a task is mapped without being told so, which `free` would be.
    """
    count = len(those)
    shared: list[str] = []
    own: list[list[str]] = [[] for _ in those]
    for above in parents.values():
        many = count > 1 and len(above) > 1
        if many and (not free or count * len(above) > MOST_EDGES):
            for place, keys in enumerate(own):
                keys.append(key_of(above[place % len(above)]))
        else:
            shared += [key_of(each) for each in above]
    common = tuple(sorted(shared))
    return [tuple(sorted([*common, *keys])) if keys else common for keys in own]
