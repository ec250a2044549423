"""Task runs: the steps of one attempt of a flow run, as far as they have been submitted."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from runs_tui.demo.prefect.flow_runs import FlowRun
from runs_tui.demo.prefect.marks import derived, digest
from runs_tui.demo.prefect.stages import Stage, kind_of
from runs_tui.demo.values import WorldStep
from runs_tui.model.state import State

_FOUND = timedelta(milliseconds=1)
SUBMITTING = timedelta(milliseconds=10)
_RETRY_AFTER = timedelta(seconds=4)
RETRY_WAIT = timedelta(seconds=2)
_UNMET = (State.FAILED, State.SKIPPED, State.CANCELLED)
_NUMBER = re.compile(r"-\d+$")


@dataclass(frozen=True, slots=True)
class TaskRun:
    """A task run as it stands at one instant."""

    id: str
    name: str
    task_key: str
    run: FlowRun
    attempt: int
    step: WorldStep
    stages: tuple[Stage, ...]
    parents: Mapping[str, str]
    """The ids of the task runs whose results it takes, by the name of the parameter."""
    expected: datetime
    start: datetime | None
    end: datetime | None

    @property
    def stage(self) -> Stage:
        """Where it stands."""
        return self.stages[-1]

    @property
    def dynamic_key(self) -> str:
        """What tells it from other runs of the same task; its name begins so."""
        return derived(self.id, "dynamic key")

    @property
    def next_start(self) -> datetime | None:
        """When it is to begin again, while it waits for that."""
        return self.stage.scheduled

    @property
    def run_count(self) -> int:
        """How often it was tried."""
        return sum(stage.type == "RUNNING" for stage in self.stages)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt of a flow run and its steps."""

    run: FlowRun
    number: int
    steps: Sequence[WorldStep]
    kept: frozenset[str]
    """The ids of the steps whose results come from an earlier attempt."""
    live: bool
    """Whether more of its steps may still begin."""
    now: datetime

    @property
    def begun(self) -> datetime:
        """When the first of its own steps began."""
        own = (step.started for step in self.steps if step.id not in self.kept)
        return min((start for start in own if start is not None), default=self.run.began)


def task_runs(attempt: Attempt) -> tuple[TaskRun, ...]:
    """Give the task runs of an attempt that have been submitted so far."""
    ids = _ids(attempt)
    made: dict[str, TaskRun] = {}
    for step in attempt.steps:
        if step.key in ids:
            made[step.key] = _task_run(step, attempt, ids, made)
    return tuple(made.values())


def _id(step: WorldStep, attempt: Attempt) -> str:
    """Give a step's id; a kept result is a task run of its own in each attempt."""
    kept = step.id in attempt.kept
    return derived(step.id, "cached", str(attempt.number)) if kept else step.id


def _ids(attempt: Attempt) -> dict[str, str]:
    steps = {step.key: step for step in attempt.steps}
    ids: dict[str, str] = {}
    for step in attempt.steps:
        if _submitted(step, steps, ids, attempt):
            ids[step.key] = _id(step, attempt)
    return ids


def _submitted(
    step: WorldStep, steps: Mapping[str, WorldStep], ids: Mapping[str, str], attempt: Attempt
) -> bool:
    if step.started is not None:
        return True
    if step.state is State.SKIPPED:
        return _blocker(step, steps, ids) is not None
    return attempt.live and all(steps[key].started for key in step.parents if key in steps)


def _blocker(step: WorldStep, steps: Mapping[str, WorldStep], ids: Mapping[str, str]) -> str | None:
    """Find the parent for which a skipped step has waited in vain."""
    for key in step.parents:
        if key in ids and steps[key].state in _UNMET:
            return key
    return None


def _task_run(
    step: WorldStep, attempt: Attempt, ids: Mapping[str, str], made: Mapping[str, TaskRun]
) -> TaskRun:
    task_id = ids[step.key]
    steps = {each.key: each for each in attempt.steps}
    expected = _expected(step, attempt, made)
    kept = step.id in attempt.kept
    stages = [Stage("PENDING", "Pending", expected, "")]
    if kept:
        stages.append(Stage("COMPLETED", "Cached", expected + _FOUND, ""))
    elif step.started is not None:
        stages += _work(step, task_id, attempt)
    elif step.state is State.SKIPPED and (key := _blocker(step, steps, ids)) is not None:
        message = f"Upstream task run '{ids[key]}' did not reach a 'COMPLETED' state."
        since = max(made[key].stage.at, expected) if key in made else expected
        stages.append(Stage("PENDING", "NotReady", since + SUBMITTING, message))
    base = _NUMBER.sub("", step.key)
    return TaskRun(
        id=task_id,
        name=f"{step.key}-{derived(task_id, 'dynamic key')[:3]}",
        task_key=f"{base}-{digest(attempt.run.flow.id, base)[:8]}",
        run=attempt.run,
        attempt=attempt.number,
        step=step,
        stages=tuple(stages),
        parents={_parameter(key): ids[key] for key in step.parents if key in ids},
        expected=expected,
        start=None if kept else step.started,
        end=stages[-1].at if kept else step.finished,
    )


def _expected(step: WorldStep, attempt: Attempt, made: Mapping[str, TaskRun]) -> datetime:
    """Give when a step was submitted: as soon as those that it waits for had begun."""
    parents = [made[key] for key in step.parents if key in made]
    begun = max((parent.start or parent.expected for parent in parents), default=None)
    expected = attempt.begun if begun is None else begun + SUBMITTING
    fresh = step.started is not None and step.id not in attempt.kept
    return min(expected, step.started) if fresh and step.started else expected


def _work(step: WorldStep, task_id: str, attempt: Attempt) -> list[Stage]:
    """Give the stages from the start on; one task in eight fails first and is tried again."""
    assert step.started is not None
    stages = [Stage("RUNNING", "Running", step.started, "")]
    again = step.started + _RETRY_AFTER + RETRY_WAIT
    if int(digest(task_id)[:2], 16) % 8 == 0 and again < (step.finished or attempt.now):
        failed = step.started + _RETRY_AFTER
        stages.append(Stage("SCHEDULED", "AwaitingRetry", failed, "", scheduled=again))
        stages.append(Stage("RUNNING", "Retrying", again, ""))
    last = _now(step)
    if last is not None:
        stages.append(last)
    return stages


def _now(step: WorldStep) -> Stage | None:
    """Give the stage that a step which has begun is in, unless it just runs."""
    at = step.finished or step.started
    assert at is not None
    if step.word is None and step.state in (State.RUNNING, State.QUEUED):
        return None
    if step.word is None and step.state is State.CANCELLED:
        message = "Execution was aborted by a termination signal."
        return Stage("CRASHED", "Crashed", at, message)
    kind, name = kind_of(step.state, step.error, step.word)
    message = step.error or ""
    if kind == "FAILED":
        message = f"Task run encountered an exception {step.error}"
    return Stage(kind, name, at, message)


def _parameter(key: str) -> str:
    return key.replace("-", "_")
