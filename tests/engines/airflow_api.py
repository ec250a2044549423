"""The few calls of Airflow's API that tests make on their own account."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx

if TYPE_CHECKING:
    from collections.abc import Mapping

ATTEMPTS = 50
PAUSE_SECONDS = 0.2


@dataclass(frozen=True)
class AirflowApi:
    """Airflow's API, with patience for a database that is busy."""

    client: httpx.Client

    def is_healthy(self) -> bool:
        """Tell whether the server answers and something schedules runs."""
        with suppress(httpx.TransportError, KeyError, ValueError):
            told = self.client.get("/api/v2/monitor/health").json()
            return all(told[part]["status"] == "healthy" for part in ("scheduler", "dag_processor"))
        return False

    def log_in(self, user: str, password: str) -> None:
        """Show a token of this user from now on."""
        body = {"username": user, "password": password}
        token = self.client.post("/auth/token", json=body).raise_for_status().json()
        self.client.headers["Authorization"] = f"Bearer {token['access_token']}"

    def get(self, path: str, **params: str | int) -> Any:
        """Return what the server has at a path."""
        return self.call("GET", path, None, params)

    def dags(self) -> set[str]:
        """Return the names of the Dags that were read."""
        return {dag["dag_id"] for dag in self.get("/dags")["dags"]}

    def unpause(self, dag: str) -> None:
        """Let runs of a Dag be executed."""
        self.call("PATCH", f"/dags/{dag}", {"is_paused": False})

    def launch(self, dag: str, conf: Mapping[str, object] | None = None) -> str:
        """Start a run of a Dag and return its id."""
        body = {"logical_date": None, "conf": dict(conf or {})}
        run_id: str = self.call("POST", f"/dags/{dag}/dagRuns", body)["dag_run_id"]
        return run_id

    def add_finished_run(self, dag: str, run_id: str, at: str, state: str) -> None:
        """Make a run of a paused Dag that nothing executes."""
        body = {"dag_run_id": run_id, "logical_date": at, "run_after": at}
        self.call("POST", f"/dags/{dag}/dagRuns", body)
        self.call("PATCH", run_path(dag, run_id), {"state": state})

    def run(self, dag: str, run_id: str) -> dict[str, Any]:
        """Return a run as the server has it now."""
        run: dict[str, Any] = self.get(run_path(dag, run_id))
        return run

    def tasks(self, dag: str, run_id: str) -> dict[str, dict[str, Any]]:
        """Return the task instances of a run that are not mapped, by task."""
        found = self.get(f"{run_path(dag, run_id)}/taskInstances", limit=100)
        return {each["task_id"]: each for each in found["task_instances"]}

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None,
        params: Mapping[str, str | int] | None = None,
    ) -> Any:
        """Send a request, again while the database is locked."""
        for _ in range(ATTEMPTS):
            answer = self.client.request(method, f"/api/v2{path}", json=body, params=params)
            if answer.status_code != httpx.codes.INTERNAL_SERVER_ERROR:
                return answer.raise_for_status().json()
            Event().wait(PAUSE_SECONDS)
        raise TimeoutError(f"{method} {path} failed {ATTEMPTS} times")


def run_path(dag: str, run_id: str) -> str:
    """Return the path of a run."""
    return f"/dags/{dag}/dagRuns/{quote(run_id, safe='')}"
