"""A real Airflow server on loopback, with real runs; run as a script it waits for Ctrl+C."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import httpx

from tests.engines.airflow_api import AirflowApi
from tests.engines.environment import ensure_environment
from tests.engines.service import (
    Service,
    ServiceError,
    free_port,
    interrupt_on_sigterm,
    keep,
    own_variables,
    running,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HERE = Path(__file__).parent
REQUIREMENTS = HERE / "airflow.txt"
DAGS = HERE / "airflow_dags.py"
USED = ("diamond", "fails_in_middle", "fan_out", "ticker")
ARCHIVE = "archive"
ARCHIVED_RUNS = 130
SECRET = "admin:admin"
VIEWER = "viewer:viewer"
START_SECONDS = 180
PROCESSES = ("scheduler", "dag-processor")
ENDED = ("success", "failed")


@dataclass(frozen=True)
class AirflowEngine:
    """An Airflow server, the process that schedules its runs, and its runs that have ended."""

    url: str
    api: AirflowApi
    scheduler: Service
    dags: Path
    """The folder with the Dags."""
    runs: dict[str, str]
    """A finished run of each Dag that ends by itself."""

    def wait_for(self, dag: str, run_id: str, *states: str, seconds: float = 90) -> dict[str, Any]:
        """Wait until a run is in one of these states and return it."""
        self.scheduler.wait_until(
            lambda: self.api.run(dag, run_id)["state"] in states,
            f"run {run_id} is {' or '.join(states)}",
            seconds,
        )
        return self.api.run(dag, run_id)

    def mended(self, *, yes: bool) -> None:
        """Let the task that fails succeed from now on, or fail again."""
        mark = self.dags / "mended"
        mark.touch() if yes else mark.unlink(missing_ok=True)


@contextmanager
def airflow_engine(archived: int = ARCHIVED_RUNS) -> Iterator[AirflowEngine]:
    """Start a server with finished runs of every kind, and end it afterwards.

    `archived` is how many of them nothing has executed.
    """
    programs = ensure_environment(REQUIREMENTS) / "bin"
    with tempfile.TemporaryDirectory(prefix="runs-tui-airflow-", ignore_cleanup_errors=True) as at:
        home = Path(at)
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        variables = airflow_variables(home, programs, port)
        command = f"{programs / 'airflow'}"
        with ExitStack() as stack:
            stack.enter_context(interrupt_on_sigterm())
            client = stack.enter_context(httpx.Client(base_url=url, timeout=60, trust_env=False))
            api = AirflowApi(client)
            prepare(command, variables, home)
            server = stack.enter_context(
                running("api-server", [command, "api-server"], variables, home)
            )
            others = [
                stack.enter_context(running(name, [command, name], variables, home))
                for name in PROCESSES
            ]
            server.wait_until(api.is_healthy, "it is healthy", START_SECONDS)
            api.log_in(*SECRET.split(":"))
            yield with_finished_runs(url, api, others[0], home / "dags", archived)


def prepare(command: str, variables: Mapping[str, str], home: Path) -> None:
    """Make the database."""
    done = subprocess.run(
        [command, "db", "migrate"],
        check=False,
        cwd=home,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=START_SECONDS,
    )
    if done.returncode:
        raise ServiceError(f"the database cannot be made:\n{done.stdout[-4000:]}")


def airflow_variables(home: Path, programs: Path, port: int) -> dict[str, str]:
    """Return all the variables Airflow runs with; nothing of the caller's settings gets in."""
    dags = home / "dags"
    dags.mkdir()
    shutil.copy(DAGS, dags / "runs.py")
    passwords = home / "passwords.json"
    passwords.write_text(json.dumps(dict([SECRET.split(":"), VIEWER.split(":")])))
    address = f"http://127.0.0.1:{port}"
    return {
        **own_variables(home, programs),
        "AIRFLOW_HOME": f"{home}",
        "AIRFLOW__CORE__DAGS_FOLDER": f"{dags}",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "false",
        "AIRFLOW__CORE__PARALLELISM": "8",
        "AIRFLOW__CORE__MAX_ACTIVE_TASKS_PER_DAG": "8",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin,viewer:viewer",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": f"{passwords}",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": f"{port}",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__API_AUTH__JWT_SECRET": "a secret of these tests alone, and long enough",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}?timeout=60",
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "3600",
    }


def with_finished_runs(
    url: str, api: AirflowApi, scheduler: Service, dags: Path, archived: int
) -> AirflowEngine:
    """Fill the archive, and execute one run of each Dag that ends by itself."""
    scheduler.wait_until(lambda: api.dags() >= {*USED, ARCHIVE}, "its Dags are read", START_SECONDS)
    fill_archive(api, archived)
    for dag in USED:
        api.unpause(dag)
    runs = {dag: api.launch(dag) for dag in USED if dag != "ticker"}
    engine = AirflowEngine(url, api, scheduler, dags, runs)
    for dag, run_id in runs.items():
        engine.wait_for(dag, run_id, *ENDED, seconds=START_SECONDS)
    return engine


def fill_archive(api: AirflowApi, count: int) -> None:
    """Make more finished runs than fit on a page, while nothing else is executed."""
    noon = datetime(2026, 1, 2, 12, tzinfo=UTC)
    for number in range(count):
        at = (noon + timedelta(minutes=number)).isoformat()
        state = "failed" if number % 5 == 4 else "success"
        api.add_finished_run(ARCHIVE, f"{ARCHIVE}-{number:03}", at, state)


@click.command()
def main() -> None:
    """Start an Airflow server with runs and keep it until Ctrl+C."""
    keep(airflow_engine())


if __name__ == "__main__":
    main()
