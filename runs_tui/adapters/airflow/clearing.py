"""Retrying: Airflow clears task instances of a run, which are then run again in it."""

from collections.abc import Mapping

from runs_tui.adapters.airflow.address import API, RunName, StepName
from runs_tui.adapters.airflow.client import Client
from runs_tui.adapters.airflow.wire import DAG_RUN, TASK_INSTANCES, DagRun, TaskInstance
from runs_tui.model.errors import Conflict, NotFound, Refused
from runs_tui.model.run import RetryMode
from runs_tui.transport.http import decode, segment

_NOTHING = {
    RetryMode.FULL: "the run has no task that could be cleared",
    RetryMode.FAILED: "no task of it has failed",
    RetryMode.STEP: "no task was cleared",
}
_IS_MAPPED = "is mapped"
Body = Mapping[str, object]


async def clear(client: Client, name: RunName, mode: RetryMode, step: str | None) -> DagRun:
    """Clear tasks of a run that has ended, once, and give it as it is then."""
    path, body = _asked(name, mode, step)
    if mode is RetryMode.STEP:
        await _check(client, name, StepName.of(step or ""))
    try:
        answer = await client.write(path, {**body, "dry_run": False})
    except NotFound as error:
        raise Refused(error.detail) from None
    if mode is RetryMode.STEP:
        if not decode(answer, TASK_INSTANCES).task_instances:
            raise Conflict(_NOTHING[mode])
        return await client.run(name)
    run = decode(answer, DAG_RUN)
    if run.state in {"success", "failed"}:
        raise Conflict(_NOTHING[mode])
    return run


async def would_clear(
    client: Client, name: RunName, mode: RetryMode, step: str | None
) -> list[TaskInstance]:
    """Give the task instances that would be cleared; nothing is changed."""
    path, body = _asked(name, mode, step)
    found = await client.ask(path, {**body, "dry_run": True}, TASK_INSTANCES)
    return found.task_instances


def _asked(name: RunName, mode: RetryMode, step: str | None) -> tuple[str, Body]:
    """Give what is asked to be cleared; what is not said is what the server's default is not."""
    if mode is not RetryMode.STEP:
        path = f"{name.path.removeprefix(API)}/clear"
        return path, {"only_failed": mode is RetryMode.FAILED}
    if not step:
        raise Refused("a retry from a step needs the key of the step")
    task, index = StepName.of(step)
    return f"/dags/{segment(name.dag)}/clearTaskInstances", {
        "dag_run_id": name.run,
        "task_ids": [task if index < 0 else [task, index]],
        "only_failed": False,
        "include_downstream": True,
        "reset_dag_runs": True,
    }


async def _check(client: Client, name: RunName, step: StepName) -> None:
    """Raise Refused where there is no such step; the name of a mapped task means all of it."""
    try:
        await client.task_instance(name, step)
    except NotFound as error:
        if step.place >= 0 or _IS_MAPPED not in error.detail:
            raise Refused(f"the run has no step {step}") from None
