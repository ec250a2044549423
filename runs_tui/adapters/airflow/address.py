"""The addresses of an Airflow server, of its runs, and of its pages for people."""

import re
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from runs_tui.model.errors import NotFound
from runs_tui.transport.address import page_below
from runs_tui.transport.http import segment

API = "/api/v2"
"""Where the API is below the server's own address."""
_STEP = re.compile(r"(.+)\[(\d{1,9})\]", re.DOTALL)
_PAGE = re.compile(r"/dags/([^/]+)/runs/([^/]+)(?:/.*)?")


class RunName(NamedTuple):
    """What names a run: ids of runs are unique within their Dag alone."""

    dag: str
    run: str

    @staticmethod
    def of(run_id: str) -> "RunName":
        """Read it as it is written; raise NotFound for what cannot be one."""
        dag, _, run = run_id.partition("/")
        if not dag.strip() or not run.strip():
            raise NotFound("there is no such run", "its id is DAG/RUN")
        return RunName(dag, run)

    def __str__(self) -> str:
        """Write it as the id of a run; no id of a Dag has a slash."""
        return f"{self.dag}/{self.run}"

    @property
    def path(self) -> str:
        """Where the API has it."""
        return f"{API}/dags/{segment(self.dag)}/dagRuns/{segment(self.run)}"


class StepName(NamedTuple):
    """What names a task instance within its run."""

    task: str
    place: int = -1
    """Its place among those of a mapped task; -1 where the task is not mapped."""

    @staticmethod
    def of(key: str) -> "StepName":
        """Read it as it is written."""
        found = _STEP.fullmatch(key)
        return StepName(found[1], int(found[2])) if found else StepName(key)

    def __str__(self) -> str:
        """Write it as the key of a step."""
        return self.task if self.place < 0 else f"{self.task}[{self.place}]"


def root_of(url: str) -> str:
    """Give the address of a server, which may be told with the path of its API."""
    return url.strip().rstrip("/").removesuffix(API).rstrip("/")


def web_of(url: str) -> str | None:
    """Give where the pages of a server are; None where its address is none."""
    try:
        parts = urlsplit(root_of(url))
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def page_of(web: str | None, name: RunName) -> str | None:
    """Give the address of the page that shows a run."""
    return f"{web}/dags/{segment(name.dag)}/runs/{segment(name.run)}" if web else None


def run_id_in(address: str, web: str | None) -> str | None:
    """Give the id of the run that a page below an address shows."""
    found = _PAGE.fullmatch(page_below(address, web) or "")
    return str(RunName(unquote(found[1]), unquote(found[2]))) if found else None
