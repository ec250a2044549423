"""Ids of what a Lightning server has and the world has not."""

from functools import lru_cache

from runs_tui.demo.dice import digest, uuid
from runs_tui.demo.values import Workflow

PROJECTS = ("analytics", "shop", "operations")


@lru_cache(maxsize=65536)
def named(*words: str) -> str:
    """Give a UUID that depends on the words alone."""
    return uuid(digest("lightning", *words))


def project_id(name: str) -> str:
    """Give the id of a project."""
    return named("project", name)


def project_of(workflow: Workflow) -> str:
    """Give the id of the project that a workflow belongs to."""
    return project_id(PROJECTS[digest(workflow.name)[0] % len(PROJECTS)])


def job_id(workflow: Workflow, key: str) -> str:
    """Give the id of the job that stands for a step of a workflow."""
    return named("job", workflow.id, key)


def trigger_id(workflow: Workflow) -> str:
    """Give the id of the trigger of a workflow."""
    return named("trigger", workflow.id)


def step_id(run_id: str, key: str) -> str:
    """Give the id of the execution of a job in a run."""
    return named("step", run_id, key)
