"""The task instances of a run, and their tries."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from runs_tui.demo.airflow.ledger import Ledger
from runs_tui.demo.airflow.names import dag_id_of, display_of, run_id_of, stamp, task_of
from runs_tui.demo.world import WorldRun, WorldStep
from runs_tui.model.state import State

_STATES = {
    State.RUNNING: "running",
    State.WAITING: "awaiting_input",
    State.SUCCEEDED: "success",
    State.FAILED: "failed",
    State.SKIPPED: "upstream_failed",
}
_SCHEDULED, _QUEUED = timedelta(milliseconds=60), timedelta(milliseconds=30)
_GROWING = frozenset({"running", "awaiting_input"})


@dataclass(frozen=True, slots=True)
class Instance:
    """A task instance, as its newest try has it or as an earlier one had it."""

    step: WorldStep
    """The step that was tried."""
    state: str | None
    number: int
    """Which try it is; 0 where there was none."""
    start: datetime | None
    end: datetime | None
    scheduled: datetime | None = None
    """When its next try was scheduled, where it waits for that."""

    @property
    def grows(self) -> bool:
        """Whether its log may grow."""
        return self.state in _GROWING


def instances_of(ledger: Ledger, run: WorldRun, now: datetime) -> list[Instance]:
    """Give the task instances of a run."""
    steps = ledger.world.steps(run.id, now)
    return [_instance(ledger, run, steps, step, now) for step in steps]


def tries_of(ledger: Ledger, run: WorldRun, key: str, now: datetime) -> list[WorldStep]:
    """Give each step that was started in the place of this one, the first one first."""
    tried: dict[str, WorldStep] = {}
    for attempt in range(1, run.attempt + 1):
        found = ledger.world.steps(run.id, now, attempt)
        tried |= {step.id: step for step in found if step.key == key and step.started}
    return list(tried.values())


def try_json(ledger: Ledger, run: WorldRun, key: str, now: datetime) -> list[dict[str, Any]]:
    """Write the tries of a task instance."""
    newest = next(each for each in instances_of(ledger, run, now) if each.step.key == key)
    tried = tries_of(ledger, run, key, now)
    told: list[Instance] = []
    for number, step in enumerate(tried, start=1):
        if step.id == newest.step.id:
            told.append(newest)
        else:
            state = "success" if step.state is State.SUCCEEDED else "failed"
            told.append(Instance(step, state, number, step.started, step.finished))
    return [instance_json(run, each) for each in told]


def instance_json(run: WorldRun, told: Instance) -> dict[str, Any]:
    """Write a task instance."""
    task, index = task_of(told.step)
    took = (told.end - told.start).total_seconds() if told.end and told.start else None
    ran = told.number > 0 and told.start is not None
    scheduled = told.scheduled or (told.start - _SCHEDULED if ran and told.start else None)
    return {
        "id": told.step.id,
        "task_id": task,
        "dag_id": dag_id_of(run.workflow),
        "dag_run_id": run_id_of(run),
        "map_index": index,
        "run_after": stamp(run.created),
        "start_date": stamp(told.start),
        "end_date": stamp(told.end),
        "duration": took,
        "state": told.state,
        "try_number": told.number,
        "max_tries": 0,
        "task_display_name": display_of(told.step),
        "dag_display_name": run.workflow.name,
        "hostname": "worker-1" if ran else "",
        "unixname": "airflow",
        "pool": "default_pool",
        "pool_slots": 1,
        "queue": "default",
        "operator_name": f"@task.{told.step.kind}",
        "queued_when": stamp(told.start - _QUEUED if ran and told.start else None),
        "scheduled_when": stamp(scheduled),
        "note": None,
        "rendered_map_index": told.step.name if index >= 0 else None,
    }


def _instance(
    ledger: Ledger, run: WorldRun, steps: tuple[WorldStep, ...], step: WorldStep, now: datetime
) -> Instance:
    tried = tries_of(ledger, run, step.key, now) if run.attempt > 1 else [step] * bool(step.started)
    number = len(tried)
    stop = ledger.stop_of(run, now)
    if step.word is not None:
        return Instance(step, step.word, number, step.started, step.finished)
    if step.started is None:
        return _idle(steps, step, tried, stop.at if stop else None, run)
    if step.state is State.CANCELLED or (stop and not step.state.terminal):
        end = min(stop.at, step.finished or stop.at) if stop else step.finished
        return Instance(step, "failed", number, step.started, end)
    return Instance(step, _STATES.get(step.state), number, step.started, step.finished)


def _idle(
    steps: tuple[WorldStep, ...],
    step: WorldStep,
    tried: list[WorldStep],
    stopped: datetime | None,
    run: WorldRun,
) -> Instance:
    """Give one that was not started in this attempt."""
    last = tried[-1] if tried else None
    start, end = (last.started, last.finished) if last else (None, None)
    if step.state is State.CANCELLED or stopped:
        at = stopped or run.finished
        return Instance(step, "skipped", len(tried), at, at)
    if step.state is State.SKIPPED:
        at = max((each.finished for each in steps if each.finished), default=run.updated)
        return Instance(step, "upstream_failed", len(tried), at, at)
    parents = {each.key: each for each in steps if each.key in step.parents}
    ready = run.started is not None and all(
        each.state is State.SUCCEEDED for each in parents.values()
    )
    if not ready:
        return Instance(last or step, None, len(tried), start, end)
    at = max((each.finished for each in parents.values() if each.finished), default=run.started)
    return Instance(step, "scheduled", len(tried) + 1, start, end, at)
