"""What Dags, runs and tasks of the world are called in Airflow, where no id has odd characters."""

import re
from datetime import datetime
from zlib import crc32

from runs_tui.demo.values import StepSpec, Workflow, WorldRun, WorldStep

_PLAIN = re.compile(r"[\w.-]{1,200}", re.ASCII)
_ODD = re.compile(r"[^\w.-]+", re.ASCII)
_ONE_OF_MANY = re.compile(r"(.+)-([1-9]\d*)")
RUN_TYPES = {
    "schedule": "scheduled",
    "manual": "manual",
    "webhook": "manual",
    "event": "asset_triggered",
}
"""What has triggered a run, in Airflow's words."""


def dag_id_of(workflow: Workflow) -> str:
    """Give the id of the Dag that a workflow is."""
    return _plain(workflow.name)


def run_id_of(run: WorldRun) -> str:
    """Give what a run is called, which is unique within its Dag alone."""
    return f"{RUN_TYPES[run.trigger]}__{run.created.isoformat()}"


def task_of(step: StepSpec | WorldStep) -> tuple[str, int]:
    """Give the task that a step is, and its map index: `page-3` is the third of the task `page`."""
    found = _ONE_OF_MANY.fullmatch(step.key)
    if found is None:
        return _plain(step.key), -1
    return _plain(found[1]), int(found[2]) - 1


def display_of(step: StepSpec | WorldStep) -> str:
    """Give the name of a task for people."""
    found = _ONE_OF_MANY.fullmatch(step.name)
    return found[1] if found and task_of(step)[1] >= 0 else step.name


def stamp(instant: datetime | None) -> str | None:
    """Write an instant, if there is one."""
    return instant.isoformat().replace("+00:00", "Z") if instant else None


def _plain(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    return f"{_ODD.sub('_', text)[:60]}_{crc32(text.encode('utf-8', 'replace')):08x}"
