"""A real Prefect server on loopback, with real runs; run as a script it waits for Ctrl+C."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import httpx

from tests.engines.environment import ensure_environment
from tests.engines.prefect_api import PrefectApi
from tests.engines.service import (
    Service,
    free_port,
    interrupt_on_sigterm,
    keep,
    own_variables,
    running,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HERE = Path(__file__).parent
REQUIREMENTS = HERE / "prefect.txt"
FLOWS = HERE / "prefect_flows.py"
TASKS = {"diamond": 4, "fails-in-middle": 3, "fan-out": 41}
TASKS_OF_BOTH = 2 * TASKS["fails-in-middle"]
"""How many tasks a run of the flow that fails has that was retried."""
FLOW_NAMES = (*TASKS, "ticker")
ARCHIVE = "archive"
ARCHIVED_RUNS = 250
ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
START_SECONDS = 120


@dataclass(frozen=True)
class PrefectEngine:
    """A Prefect server, the process that executes its runs, and its runs that have ended."""

    url: str
    api: PrefectApi
    runner: Service
    deployments: Mapping[str, str]
    diamond: str
    failed: str
    fan_out: str

    @property
    def client(self) -> httpx.Client:
        """Return a plain client of the server."""
        return self.api.client

    def launch(self, flow: str, **parameters: object) -> str:
        """Start a run of a flow and return its id."""
        return self.api.launch(self.deployments[flow], parameters)

    def wait_for(self, run_id: str, *state_types: str, seconds: float = 60) -> dict[str, Any]:
        """Wait until a run is in one of these states and return it."""
        wait_for_run(self.api, self.runner, run_id, state_types, seconds)
        return self.api.flow_run(run_id)

    def wait_for_tasks(self, run_id: str, count: int) -> None:
        """Wait until so many tasks of a run have ended, which the server may hear of later."""
        self.runner.wait_until(
            lambda: self.api.settled_tasks(run_id) == count,
            f"{count} tasks of run {run_id} have ended",
            START_SECONDS,
        )


@contextmanager
def prefect_engine() -> Iterator[PrefectEngine]:
    """Start a server with finished runs of every kind, and end it afterwards."""
    programs = ensure_environment(REQUIREMENTS) / "bin"
    with tempfile.TemporaryDirectory(prefix="runs-tui-prefect-") as folder:
        home = Path(folder)
        port = free_port()
        url = f"http://127.0.0.1:{port}/api"
        variables = prefect_variables(home, programs, url)
        with (
            interrupt_on_sigterm(),
            httpx.Client(base_url=url, timeout=30, trust_env=False) as client,
            running("server", server_command(programs, port), variables, home) as server,
        ):
            api = PrefectApi(client)
            server.wait_until(api.is_healthy, "it is healthy", START_SECONDS)
            serve_flows = [f"{programs / 'python'}", f"{FLOWS}"]
            with running("runner", serve_flows, variables, home) as runner:
                fill_archive(api)
                yield with_finished_runs(url, api, runner)


def server_command(programs: Path, port: int) -> list[str]:
    """Return the command that starts a server on a port of the loopback interface."""
    options = ["--host", "127.0.0.1", "--port", f"{port}", "--no-ui"]
    return [f"{programs / 'prefect'}", "server", "start", *options]


def prefect_variables(home: Path, programs: Path, url: str) -> dict[str, str]:
    """Return all the variables Prefect runs with; nothing of the caller's settings gets in."""
    return {
        **own_variables(home, programs),
        "PREFECT_HOME": f"{home}",
        "PREFECT_API_URL": url,
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{home / 'prefect.db'}",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_RUNNER_POLL_FREQUENCY": "2",
    }


def fill_archive(api: PrefectApi) -> None:
    """Make more finished runs than fit on a page, one by one as SQLite takes them fastest."""
    flow_id = api.post("/flows/", {"name": ARCHIVE})["id"]
    for number in range(ARCHIVED_RUNS):
        state = {"type": "COMPLETED"}
        if number % 5 == 4:
            state = {"type": "FAILED", "message": f"shelf {number} is full"}
        api.add_finished_run(flow_id, f"{ARCHIVE}-{number:03}", state)


def with_finished_runs(url: str, api: PrefectApi, runner: Service) -> PrefectEngine:
    """Execute one run of each flow that ends by itself."""
    runner.wait_until(
        lambda: len(api.deployments()) == len(FLOW_NAMES), "its flows are deployed", START_SECONDS
    )
    deployments = api.deployments()
    runs = {flow: api.launch(deployments[flow], {}) for flow in TASKS}
    for flow, run_id in runs.items():
        wait_for_run(api, runner, run_id, ENDED, START_SECONDS)
        wait_for_rest(api, runner, run_id, TASKS[flow])
    return PrefectEngine(
        url=url,
        api=api,
        runner=runner,
        deployments=deployments,
        diamond=runs["diamond"],
        failed=runs["fails-in-middle"],
        fan_out=runs["fan-out"],
    )


def wait_for_run(
    api: PrefectApi, runner: Service, run_id: str, state_types: tuple[str, ...], seconds: float
) -> None:
    """Wait until a run is in one of these states, for as long as something executes runs."""
    runner.wait_until(
        lambda: api.flow_run(run_id)["state_type"] in state_types,
        f"run {run_id} is {' or '.join(state_types)}",
        seconds,
    )


def wait_for_rest(api: PrefectApi, runner: Service, run_id: str, tasks: int) -> None:
    """Wait for the states of tasks and the logs, which the server gets after the end of a run."""
    runner.wait_until(
        lambda: api.settled_tasks(run_id) == tasks and api.has_last_log(run_id),
        f"all of run {run_id} has arrived",
        START_SECONDS,
    )


@click.command()
def main() -> None:
    """Start a Prefect server with runs and keep it until Ctrl+C."""
    keep(prefect_engine())


if __name__ == "__main__":
    main()
