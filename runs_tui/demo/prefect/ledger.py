"""What a Prefect server knows: the world's runs in its words, and what was asked of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from runs_tui.demo.prefect.flow_runs import FlowRun, deployment_of, flow_run_json, flow_run_of
from runs_tui.demo.prefect.history import history, seconds_before
from runs_tui.demo.prefect.stages import Stage
from runs_tui.demo.prefect.task_runs import Attempt, TaskRun, task_runs
from runs_tui.demo.prefect.upcoming import scheduled
from runs_tui.demo.world import Workflow, World, WorldRun

_PLANNED = 10
"""One workflow in so many has a schedule that is known ahead."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A flow that can be launched from afar."""

    id: str
    flow: Workflow


@dataclass(slots=True)
class Asked:
    """What clients asked of a flow run and the world knows nothing of."""

    cancelling: Stage | None = None
    """Since when it is to stop."""
    ended: Stage | None = None
    """How it was ended by force."""
    retrying: Stage | None = None
    """Since when it is to run again."""
    tags: tuple[str, ...] | None = None
    """The tags it was launched with."""


class Ledger:
    """The world in Prefect's terms."""

    def __init__(self, world: World, *, upcoming: bool = True) -> None:
        """Translate a world; `upcoming` adds runs that are scheduled for the future."""
        self.world = world
        self.flows = {flow.id: flow for flow in world.workflows}
        deployments = [Deployment(deployment_of(flow), flow) for flow in world.workflows]
        self.deployments = {deployment.id: deployment for deployment in deployments}
        self._planned = deployments[3::_PLANNED] if upcoming else []
        self._asked: dict[str, Asked] = {}
        self._dropped: dict[str, FlowRun] = {}
        self._translated: dict[str, tuple[WorldRun, FlowRun]] = {}
        self._owners: dict[str, str] = {}

    def flow_runs(self, now: datetime) -> list[FlowRun]:
        """Give every flow run, in no order."""
        runs = [self._translate(run, now) for run in self.world.runs(now)]
        ahead = {run.id: run for run in self._scheduled(now)}
        return [*runs, *(ahead | self._dropped).values()]

    def flow_run(self, run_id: str, now: datetime) -> FlowRun | None:
        """Give one flow run."""
        run = self.world.run(run_id, now)
        if run is not None:
            return self._translate(run, now)
        ahead = {run.id: run for run in self._scheduled(now)} | self._dropped
        return ahead.get(run_id)

    def stages(self, run: FlowRun, now: datetime) -> tuple[Stage, ...]:
        """Give the state history of a flow run."""
        lines = self.world.lines(run.id, now) if run.attempt > 1 else ()
        asked = self._asked.get(run.id)
        return history(run, lines, asked.cancelling if asked else None)

    def task_runs(self, run: FlowRun, now: datetime) -> list[TaskRun]:
        """Give the task runs of a flow run, of all its attempts."""
        if run.start is None and run.attempt < 2:
            return []
        found = [task for attempt in self._attempts(run, now) for task in task_runs(attempt)]
        self._owners.update((task.id, run.id) for task in found)
        return found

    def task_run(self, task_id: str, now: datetime) -> TaskRun | None:
        """Give one task run, wherever it belongs."""
        owner = self._owners.get(task_id)
        known = self.flow_run(owner, now) if owner is not None else None
        for run in [known] if known is not None else self.flow_runs(now):
            for task in self.task_runs(run, now):
                if task.id == task_id:
                    return task
        return None

    def json(self, run: FlowRun, now: datetime) -> dict[str, Any]:
        """Give a flow run as the server sends it."""
        earlier = seconds_before(run, self.stages(run, now)) if run.attempt > 1 else 0.0
        return flow_run_json(run, now, earlier)

    def asked(self, run_id: str) -> Asked:
        """Give what was asked of a flow run, to be changed."""
        return self._asked.setdefault(run_id, Asked())

    def forget(self, run_id: str) -> None:
        """Drop what was asked of a flow run's earlier attempt."""
        asked = self.asked(run_id)
        asked.cancelling = asked.ended = None

    def drop(self, run: FlowRun, stage: Stage) -> FlowRun:
        """Cancel a flow run that was scheduled for the future."""
        dropped = replace(run, stage=stage, end=stage.at, updated=stage.at)
        self._dropped[run.id] = dropped
        return dropped

    def live(self, run: FlowRun, now: datetime) -> bool:
        """Whether the run's process is still at work, whatever the state says."""
        known = self.world.run(run.id, now)
        return known is not None and known.finished is None

    def _scheduled(self, now: datetime) -> Iterator[FlowRun]:
        for deployment in self._planned:
            yield from scheduled(deployment.flow, deployment.id, now)

    def _translate(self, run: WorldRun, now: datetime) -> FlowRun:
        asked = self._asked.get(run.id)
        if asked is not None:
            return _as_asked(flow_run_of(run, now), asked)
        known = self._translated.get(run.id)
        if known is not None and known[0] is run and run.finished is not None:
            return known[1]
        translated = flow_run_of(run, now)
        self._translated[run.id] = run, translated
        return translated

    def _attempts(self, run: FlowRun, now: datetime) -> Iterator[Attempt]:
        seen: set[str] = set()
        live = self.live(run, now)
        for number in range(1, run.attempt + 1):
            steps = self.world.steps(run.id, now, number)
            kept = frozenset(step.id for step in steps if step.id in seen)
            seen.update(step.id for step in steps)
            newest = number == run.attempt
            if not newest or run.start is not None:
                yield Attempt(run, number, steps, kept, live and newest, now)


def _as_asked(run: FlowRun, asked: Asked) -> FlowRun:
    """Put what clients asked for over what the world says."""
    if asked.tags is not None:
        run = replace(run, tags=asked.tags)
    if asked.ended is not None:
        return replace(run, stage=asked.ended, end=asked.ended.at, updated=asked.ended.at)
    stuck = run.deployment_id is None or run.stage.type == "CANCELLING"
    if asked.cancelling is not None and stuck:
        since = asked.cancelling.at
        return replace(run, stage=asked.cancelling, end=None, updated=max(since, run.updated))
    if asked.retrying is not None and run.stage.name == "AwaitingRetry":
        return replace(run, stage=asked.retrying)
    return run
