"""A real Dagster server on loopback, with real runs; run as a script it waits for Ctrl+C."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import httpx

from tests.engines.dagster_api import ENDED, LOCATION, DagsterApi
from tests.engines.environment import ensure_environment
from tests.engines.service import (
    Service,
    free_port,
    interrupt_on_sigterm,
    keep,
    own_variables,
    running,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
REQUIREMENTS = HERE / "dagster.txt"
DEFINITIONS = HERE / "dagster_definitions.py"
ARCHIVING = HERE / "dagster_archive.py"
ARCHIVE = "archive"
ARCHIVED_RUNS = 130
JOBS = ("diamond", "fails_in_middle", "fan_out")
HELD = (("hold", "on"),)
"""The tags of a run that stays in the queue."""
START_SECONDS = 120
INSTANCE = """\
telemetry:
  enabled: false
run_coordinator:
  module: dagster._core.run_coordinator
  class: QueuedRunCoordinator
  config:
    max_concurrent_runs: 4
    dequeue_interval_seconds: 1
    tag_concurrency_limits:
      - key: hold
        limit: 0
"""
WORKSPACE = f"""\
load_from:
  - python_file:
      relative_path: {DEFINITIONS.name}
      location_name: {LOCATION}
"""


@dataclass(frozen=True)
class DagsterEngine:
    """A Dagster webserver, the daemon that executes its runs, and runs of it that have ended."""

    url: str
    api: DagsterApi
    daemon: Service
    diamond: str
    failed: str
    fan_out: str

    def launch(
        self, job: str, *, seconds: int | None = None, tags: tuple[tuple[str, str], ...] = ()
    ) -> str:
        """Start a run of a job, which may go on for so many seconds, and return its id."""
        config = {"ops": {"tick": {"config": {"seconds": seconds}}}} if seconds else {}
        return self.api.launch(job, config, tags)

    def wait_for(self, run_id: str, *statuses: str, seconds: float = 60) -> dict[str, Any]:
        """Wait until a run has one of these statuses and return it."""
        wait_for_run(self.api, self.daemon, run_id, statuses, seconds)
        return self.api.run(run_id)


@contextmanager
def dagster_engine() -> Iterator[DagsterEngine]:
    """Start a server with finished runs of every kind, and end it afterwards."""
    programs = ensure_environment(REQUIREMENTS) / "bin"
    with tempfile.TemporaryDirectory(prefix="runs-tui-dagster-") as folder:
        home = Path(folder)
        (home / "dagster.yaml").write_text(INSTANCE)
        (home / "workspace.yaml").write_text(WORKSPACE)
        shutil.copy(DEFINITIONS, home)
        variables = dagster_variables(home, programs)
        fill_archive(programs, variables, home)
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        webserver = [f"{programs / 'dagster-webserver'}", "-h", "127.0.0.1", "-p", f"{port}"]
        with (
            interrupt_on_sigterm(),
            httpx.Client(base_url=url, timeout=30, trust_env=False) as client,
            running("webserver", webserver, variables, home) as server,
            running("daemon", [f"{programs / 'dagster-daemon'}", "run"], variables, home) as daemon,
        ):
            api = DagsterApi(client)
            server.wait_until(api.is_there, "it answers", START_SECONDS)
            daemon.wait_until(api.takes_runs, "it takes runs from the queue", START_SECONDS)
            yield with_finished_runs(url, api, daemon)


def dagster_variables(home: Path, programs: Path) -> dict[str, str]:
    """Return all the variables Dagster runs with; nothing of the caller's settings gets in."""
    return {
        **own_variables(home, programs),
        "DAGSTER_HOME": f"{home}",
        "DAGSTER_DISABLE_TELEMETRY": "1",
    }


def fill_archive(programs: Path, variables: dict[str, str], home: Path) -> None:
    """Make more finished runs than fit on a page."""
    command = [f"{programs / 'python'}", f"{ARCHIVING}", ARCHIVE, f"{ARCHIVED_RUNS}"]
    subprocess.run(command, check=True, cwd=home, env=variables, timeout=START_SECONDS)


def with_finished_runs(url: str, api: DagsterApi, daemon: Service) -> DagsterEngine:
    """Execute one run of each job that ends by itself."""
    runs = {job: api.launch(job, {}, [("team", job)]) for job in JOBS}
    for run_id in runs.values():
        wait_for_run(api, daemon, run_id, ENDED, START_SECONDS)
    return DagsterEngine(
        url=url,
        api=api,
        daemon=daemon,
        diamond=runs["diamond"],
        failed=runs["fails_in_middle"],
        fan_out=runs["fan_out"],
    )


def wait_for_run(
    api: DagsterApi, daemon: Service, run_id: str, statuses: tuple[str, ...], seconds: float
) -> None:
    """Wait until a run has one of these statuses, for as long as something executes runs."""
    daemon.wait_until(
        lambda: api.run(run_id)["status"] in statuses,
        f"run {run_id} is {' or '.join(statuses)}",
        seconds,
    )


@click.command()
def main() -> None:
    """Start a Dagster server with runs and keep it until Ctrl+C."""
    keep(dagster_engine())


if __name__ == "__main__":
    main()
