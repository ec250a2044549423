"""The few calls of Prefect's API that tests make on their own account."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Mapping

ATTEMPTS = 50
PAUSE_SECONDS = 0.1
SETTLED = ("Completed", "Failed", "NotReady")


@dataclass(frozen=True)
class PrefectApi:
    """Prefect's API, with patience for a database that is busy."""

    client: httpx.Client

    def get(self, path: str) -> Any:
        """Return what the server has at a path."""
        return self._call("GET", path, None)

    def post(self, path: str, body: Mapping[str, object]) -> Any:
        """Send a body to a path and return the answer."""
        return self._call("POST", path, body)

    def is_healthy(self) -> bool:
        """Tell whether the server answers."""
        with suppress(httpx.TransportError):
            return self.client.get("/health").is_success
        return False

    def flow_run(self, run_id: str) -> dict[str, Any]:
        """Return a run as the server has it now."""
        run: dict[str, Any] = self.get(f"/flow_runs/{run_id}")
        return run

    def settled_tasks(self, run_id: str) -> int:
        """Return how many tasks of a run have nothing more to do."""
        body = {
            "flow_runs": {"id": {"any_": [run_id]}},
            "task_runs": {"state": {"name": {"any_": SETTLED}}},
        }
        count: int = self.post("/task_runs/count", body)
        return count

    def has_last_log(self, run_id: str) -> bool:
        """Tell whether the line with which a run ends has arrived."""
        logs = {"flow_run_id": {"any_": [run_id]}, "task_run_id": {"is_null_": True}}
        found = self.post("/logs/filter", {"logs": logs, "limit": 200})
        return any(log["message"].startswith("Finished in state") for log in found)

    def deployments(self) -> dict[str, str]:
        """Return the ids of the deployments by the names of their flows."""
        flows = {flow["id"]: flow["name"] for flow in self.post("/flows/filter", {})}
        found = self.post("/deployments/filter", {})
        return {flows[each["flow_id"]]: each["id"] for each in found}

    def launch(self, deployment_id: str, parameters: Mapping[str, object]) -> str:
        """Start a run of a deployment and return its id."""
        body = {"parameters": dict(parameters), "idempotency_key": str(uuid.uuid4())}
        run_id: str = self.post(f"/deployments/{deployment_id}/create_flow_run", body)["id"]
        return run_id

    def add_finished_run(self, flow_id: str, name: str, state: Mapping[str, str]) -> None:
        """Make a run that nothing executes, from its start to its final state."""
        run = {
            "flow_id": flow_id,
            "name": name,
            "idempotency_key": name,
            "state": {"type": "RUNNING"},
        }
        run_id = self.post("/flow_runs/", run)["id"]
        self.post(f"/flow_runs/{run_id}/set_state", {"state": state})

    def _call(self, method: str, path: str, body: Mapping[str, object] | None) -> Any:
        """Ask again after the server called itself unavailable, which also drops the connection."""
        for _ in range(ATTEMPTS):
            with suppress(httpx.ReadError, httpx.RemoteProtocolError):
                answer = self.client.request(method, path, json=body)
                if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                    return answer.raise_for_status().json()
            Event().wait(PAUSE_SECONDS)
        raise TimeoutError(f"{method} {path} was refused {ATTEMPTS} times")
