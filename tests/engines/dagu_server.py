"""A real Dagu server on loopback, with real runs and copies of one that lie long ago."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from tests.engines.dagu_dags import write_dags
from tests.engines.npm_package import ensure_package
from tests.engines.service import Service, free_ports, interrupt_on_sigterm, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PACKAGES = Path(__file__).parent / "dagu.txt"
ARCHIVES = ("alpha", "beta", "gamma", "delta")
ARCHIVED_RUNS = 2400
ARCHIVE_STEP = timedelta(minutes=11)
ENDED = ("succeeded", "failed", "aborted", "partially_succeeded")
START_SECONDS = 60
NO_AUTH = "auth:\n  mode: none\n"
USER, PASSWORD = "admin", "s3cret-of-dagu"
BASIC = f"auth:\n  mode: basic\n  basic:\n    username: {USER}\n    password: {PASSWORD}\n"
BUILTIN = f"""auth:
  mode: builtin
  builtin:
    admin:
      username: {USER}
      password: {PASSWORD}
    token:
      secret: {"of-tokens" * 4}
"""


@dataclass(frozen=True)
class DaguEngine:
    """A Dagu server, asked in plain HTTP by the tests on their own account."""

    url: str
    home: Path
    client: httpx.Client
    server: Service

    def get(self, path: str, **params: str | int) -> Any:
        """Return what the server has at a path."""
        return self.client.get(path, params=params).raise_for_status().json()

    def launch(self, dag: str, params: str = "") -> str:
        """Start a run of a DAG and return its id."""
        body = {"params": params} if params else {}
        answer = self.client.post(f"/dags/{dag}/start", json=body).raise_for_status()
        run_id: str = answer.json()["dagRunId"]
        return run_id

    def run(self, dag: str, run_id: str) -> dict[str, Any]:
        """Return a run as the server has it now."""
        run: dict[str, Any] = self.get(f"/dag-runs/{dag}/{run_id}")["dagRunDetails"]
        return run

    def label(self, dag: str, run_id: str) -> str:
        """Return where a run stands; empty while it is not there yet."""
        answer = self.client.get(f"/dag-runs/{dag}/{run_id}")
        found = answer.json().get("dagRunDetails", {}) if answer.is_success else {}
        return str(found.get("statusLabel", ""))

    def wait_for(self, dag: str, run_id: str, *labels: str, seconds: float = 30) -> dict[str, Any]:
        """Wait until a run stands at one of these, and where that is an end, until it is over.

        It is told to have ended before its handlers run, its log is whole and its status is put
        away, for which it is not there for a moment; then its process leaves.
        """

        def reached() -> bool:
            label = self.label(dag, run_id)
            return label in labels and not (label in ENDED and self._works_on(run_id))

        goal = f"run {run_id} is {' or '.join(labels)}"
        self.server.wait_until(reached, goal, seconds)
        return self.run(dag, run_id)

    def wait_for_steps(self, dag: str, run_id: str, *names: str, seconds: float = 30) -> None:
        """Wait until these steps of a run go on: what stops a run before has no effect."""

        def go_on() -> bool:
            if self.label(dag, run_id) != "running":
                return False
            nodes = self.run(dag, run_id)["nodes"]
            return {n["step"]["name"] for n in nodes if n["statusLabel"] == "running"} >= {*names}

        goal = f"{' and '.join(names)} of run {run_id} go on"
        self.server.wait_until(go_on, goal, seconds)

    def _works_on(self, run_id: str) -> bool:
        """Tell whether there is still a process for a run."""
        return any((self.home / "data" / "proc").glob(f"**/*_{run_id}.proc"))

    def finished(self, dag: str, params: str = "") -> str:
        """Start a run, wait for its end and return its id."""
        run_id = self.launch(dag, params)
        self.wait_for(dag, run_id, *ENDED)
        return run_id

    def asked(self) -> int:
        """Count the requests that the server has noted down."""
        return self.server.log.read_text(errors="replace").count("httpRequest:")


def dagu_program() -> Path:
    """Return the program, installed if need be."""
    return ensure_package(PACKAGES) / "bin" / "dagu"


@contextmanager
def dagu_engine(auth: str = NO_AUTH) -> Iterator[DaguEngine]:
    """Start a server, and end it and all that it has started afterwards."""
    program = dagu_program()
    with tempfile.TemporaryDirectory(prefix="runs-tui-dagu-") as folder:
        home = Path(folder)
        (home / "dags").mkdir()
        write_dags(home / "dags")
        (home / "config.yaml").write_text(f"skipExamples: true\n{auth}")
        port, coordinator = free_ports(2)
        url = f"http://127.0.0.1:{port}"
        with (
            interrupt_on_sigterm(),
            httpx.Client(base_url=f"{url}/api/v2", timeout=30, trust_env=False) as client,
            running(
                "dagu", command(program, home, port, coordinator), variables(home), home
            ) as server,
        ):

            def healthy() -> bool:
                with suppress(httpx.TransportError):
                    return client.get("/health").is_success
                return False

            server.wait_until(healthy, "it is healthy", START_SECONDS)
            yield DaguEngine(url, home, client, server)


def command(program: Path, home: Path, port: int, coordinator: int) -> list[str]:
    """Return the command that starts all of a server on the loopback interface."""
    options = {
        "--config": home / "config.yaml",
        "--dags": home / "dags",
        "--host": "127.0.0.1",
        "--port": port,
        "--coordinator.port": coordinator,
    }
    return [f"{program}", "start-all", *(f"{key}={value}" for key, value in options.items())]


def variables(home: Path) -> dict[str, str]:
    """Return all the variables that it runs with; nothing of the caller's settings gets in."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": f"{home}",
        "TMPDIR": f"{home}",
        "DAGU_HOME": f"{home}",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
    }


def fill_archives(engine: DaguEngine, model: str) -> Mapping[str, str]:
    """Copy a finished run of the diamond to long ago; give the words of the copies by their ids."""
    runs = engine.home / "data" / "dag-runs"
    (whole,) = runs.glob(f"diamond/dag-runs/*/*/*/dag-run_*_{model}")
    first = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
    told: dict[str, str] = {}
    for number in range(ARCHIVED_RUNS):
        at = first - number * ARCHIVE_STEP
        run_id = f"{int(at.timestamp() * 1000):012x}"
        run_id = f"{run_id[:8]}-{run_id[8:]}-7000-8000-{number:012x}"
        name = ARCHIVES[number % len(ARCHIVES)]
        folder = f"dag-run_{at:%Y%m%d_%H%M%SZ}_{run_id}"
        copy = runs / name / "dag-runs" / f"{at:%Y}" / f"{at:%m}" / f"{at:%d}" / folder
        shutil.copytree(whole, copy)
        told[run_id] = "failed" if number % 9 == 0 else "succeeded"
        (status,) = copy.glob("attempt_*/status.jsonl")
        _rewrite(status, name, run_id, at, failed=number % 9 == 0)
    return told


def _rewrite(status: Path, name: str, run_id: str, at: datetime, *, failed: bool) -> None:
    """Make the status of a copied run that of another one."""
    told = json.loads(status.read_text().splitlines()[-1])
    told |= {
        "name": name,
        "dagRunId": run_id,
        "root": {"name": name, "id": run_id},
        "status": 2 if failed else 4,
        "startedAt": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "finishedAt": f"{at + timedelta(seconds=2):%Y-%m-%dT%H:%M:%SZ}",
        "log": f"/logs/{name}/dag-run_{at:%Y%m%d_%H%M%SZ}_{run_id}/dag-run.log",
    }
    status.write_text(json.dumps(told) + "\n")
