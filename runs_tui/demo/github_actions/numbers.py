"""The numbers by which GitHub names what the world names by UUIDs."""

from datetime import datetime

from runs_tui.demo.world import Workflow, World, WorldRun, WorldStep

_RUNS = 10**13
_JOBS = 4 * 10**13
_WORKFLOWS = 10**7


def run_number(run_id: str) -> int:
    """Give the id of a run."""
    return _RUNS + _part(run_id)


def job_number(step: WorldStep) -> int:
    """Give the id of the job that a step of the world is; a kept one keeps it."""
    return _JOBS + _part(step.id)


def workflow_number(workflow: Workflow) -> int:
    """Give the id of a workflow."""
    return _WORKFLOWS + int(workflow.id[:6], 16)


def _part(uuid: str) -> int:
    return int(uuid.replace("-", "")[:11], 16)


class Register:
    """Finds runs and jobs by their numbers."""

    def __init__(self, world: World) -> None:
        """Begin with none known."""
        self._world = world
        self._runs: dict[int, str] = {}
        self._jobs: dict[int, tuple[str, str]] = {}

    def run(self, number: int, now: datetime) -> WorldRun | None:
        """Give a run."""
        if number not in self._runs:
            self._runs = {run_number(run.id): run.id for run in self._world.runs(now)}
        known = self._runs.get(number)
        return None if known is None else self._world.run(known, now)

    def note(self, run: WorldRun, step: WorldStep) -> None:
        """Remember the job that a step of a run is."""
        self._jobs[job_number(step)] = run.id, step.id

    def job(self, number: int, now: datetime) -> tuple[WorldRun, WorldStep] | None:
        """Give a job that was told of, with its run."""
        run_id, step_id = self._jobs.get(number, ("", ""))
        run = self._world.run(run_id, now)
        if run is None:
            return None
        for attempt in range(run.attempt, 0, -1):
            for step in self._world.steps(run.id, now, attempt):
                if step.id == step_id:
                    return run, step
        return None
