"""The jobs of a run: each step of the world is one, and has steps of its own."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from runs_tui.demo.dice import digest
from runs_tui.demo.framing import instant
from runs_tui.demo.github_actions.numbers import job_number, run_number
from runs_tui.demo.github_actions.words import standing
from runs_tui.demo.world import World, WorldRun, WorldStep
from runs_tui.model.state import State

_SET_UP = timedelta(seconds=1)
_LAST = 9
"""The number of the last step: there is a gap before it, as there is before real ones."""


def jobs_of(world: World, run: WorldRun, now: datetime, *, every: bool) -> list[WorldStep]:
    """Give the steps that are jobs by now, of the latest attempt or of all of them."""
    found: dict[str, WorldStep] = {}
    for attempt in range(1 if every else run.attempt, run.attempt + 1):
        found |= {step.id: step for step in world.steps(run.id, now, attempt) if _is_told(step)}
    return list(found.values())


def _is_told(step: WorldStep) -> bool:
    """Tell whether GitHub would know of a job: not of one that waits for others."""
    return step.state is not State.QUEUED or not step.parents


def second(moment: datetime | None) -> str | None:
    """Write an instant, to the second."""
    return instant(moment and moment.replace(microsecond=0))


def job_of(run: WorldRun, step: WorldStep, repository: str, sha: str) -> dict[str, Any]:
    """Show a job."""
    number, of = job_number(step), run_number(run.id)
    status, conclusion = standing(step)
    taken = step.started is not None and step.state is not State.WAITING
    begun = step.started or run.started or run.created
    over = conclusion is not None
    api, page = f"https://api.github.com/repos/{repository}", f"https://github.com/{repository}"
    host = int.from_bytes(digest(step.id)[:2]) % 900 + 100
    return {
        "id": number,
        "run_id": of,
        "workflow_name": run.workflow.name,
        "head_branch": "main",
        "run_url": f"{api}/actions/runs/{of}",
        "run_attempt": step.attempt,
        "node_id": f"CR_{number}",
        "head_sha": sha,
        "url": f"{api}/actions/jobs/{number}",
        "html_url": f"{page}/actions/runs/{of}/job/{number}",
        "status": status,
        "conclusion": conclusion,
        "created_at": second(begun),
        "started_at": second(begun),
        "completed_at": second(step.finished or run.finished or begun) if over else None,
        "name": step.name,
        "steps": list(_steps(step)) if taken else [],
        "check_run_url": f"{api}/check-runs/{number}",
        "labels": ["ubuntu-latest"],
        "runner_id": host if taken else None,
        "runner_name": f"GitHub Actions {host}" if taken else None,
        "runner_group_id": 0 if taken else None,
        "runner_group_name": "GitHub Actions" if taken else None,
    }


def _steps(step: WorldStep) -> Iterator[dict[str, Any]]:
    """Give the steps of a job that a runner has taken."""
    assert step.started is not None
    ready = step.started + _SET_UP
    end = step.finished
    set_up = min(ready, end) if end else ready
    yield _step(1, "Set up job", step.started, set_up, "success")
    if end is None:
        yield _step(2, f"Run {step.name}", ready, None, None)
        yield _step(_LAST, "Complete job", None, None, None)
        return
    conclusion = standing(step).conclusion
    skipped = "success" if step.state is State.SUCCEEDED else "skipped"
    yield _step(2, f"Run {step.name}", set_up, end, conclusion)
    yield _step(3, "Upload report", end, end, skipped)
    yield _step(_LAST, "Complete job", end, end, "success")


def _step(
    number: int,
    name: str,
    started: datetime | None,
    finished: datetime | None,
    conclusion: str | None,
) -> dict[str, Any]:
    begun = "in_progress" if started else "queued"
    return {
        "name": name,
        "status": "completed" if conclusion else begun,
        "conclusion": conclusion,
        "number": number,
        "started_at": second(started),
        "completed_at": second(finished) if conclusion else None,
    }
