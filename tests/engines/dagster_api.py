"""The few questions and wishes that tests have for a Dagster server on their own account."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LOCATION = "jobs"
REPOSITORY = "__repository__"
ENDED = ("SUCCESS", "FAILURE", "CANCELED")

_RUN = """
query($id: ID!) {
  runOrError(runId: $id) {
    ... on Run {
      id status rootRunId parentRunId stepKeysToExecute tags { key value }
      stepStats { stepKey status }
    }
  }
}
"""
_COUNT = "query($f: RunsFilter) { runsOrError(filter: $f) { ... on Runs { count } } }"
_LOG = """
query($id: ID!) {
  logsForRun(runId: $id) {
    ... on EventConnection { events { ... on MessageEvent { message eventType stepKey level } } }
  }
}
"""
_LAUNCH = """
mutation($p: ExecutionParams!) {
  launchRun(executionParams: $p) {
    __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message }
  }
}
"""
_HEALTH = "{ instance { daemonHealth { allDaemonStatuses { daemonType healthy } } } }"


@dataclass(frozen=True)
class DagsterApi:
    """Dagster's API, asked in plain GraphQL."""

    client: httpx.Client

    def ask(self, query: str, **variables: object) -> dict[str, Any]:
        """Return what the server answers to a query."""
        body = {"query": query, "variables": variables}
        answer = self.client.post("/graphql", json=body).raise_for_status().json()
        data: dict[str, Any] = answer["data"]
        return data

    def is_there(self) -> bool:
        """Tell whether the server answers."""
        with suppress(httpx.TransportError):
            return self.client.get("/server_info").is_success
        return False

    def takes_runs(self) -> bool:
        """Tell whether something takes runs from the queue."""
        told = self.ask(_HEALTH)["instance"]["daemonHealth"]["allDaemonStatuses"]
        return any(
            each["daemonType"] == "QUEUED_RUN_COORDINATOR" and each["healthy"] for each in told
        )

    def run(self, run_id: str) -> dict[str, Any]:
        """Return a run as the server has it now."""
        run: dict[str, Any] = self.ask(_RUN, id=run_id)["runOrError"]
        return run

    def count(self, **filters: object) -> int:
        """Return how many runs pass a filter of the server."""
        count: int = self.ask(_COUNT, f=filters)["runsOrError"]["count"]
        return count

    def log(self, run_id: str) -> list[dict[str, Any]]:
        """Return all events of a run."""
        events: list[dict[str, Any]] = self.ask(_LOG, id=run_id)["logsForRun"]["events"]
        return events

    def launch(
        self, job: str, config: Mapping[str, object], tags: Iterable[tuple[str, str]]
    ) -> str:
        """Start a run of a job and return its id."""
        params = {
            "selector": {
                "repositoryLocationName": LOCATION,
                "repositoryName": REPOSITORY,
                "jobName": job,
            },
            "runConfigData": config,
            "mode": "default",
            "executionMetadata": {"tags": [{"key": key, "value": value} for key, value in tags]},
        }
        told = self.ask(_LAUNCH, p=params)["launchRun"]
        run_id: str = told["run"]["runId"]
        return run_id
