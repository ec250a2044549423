from __future__ import annotations

import os
import select
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.engines.environment import (
    InstallError,
    NetworkUnavailableError,
    ensure_environment,
    environment_folder,
    install_failure,
)
from tests.engines.prefect_server import ARCHIVED_RUNS, FLOW_NAMES, TASKS
from tests.engines.service import ServiceError, running

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engines.prefect_server import PrefectEngine


def test_server_tells_its_version(prefect: PrefectEngine) -> None:
    assert prefect.client.get("/admin/version").json() == "3.8.8"


def test_every_flow_can_be_launched(prefect: PrefectEngine) -> None:
    assert sorted(prefect.deployments) == sorted(FLOW_NAMES)


def test_runs_do_not_fit_on_one_page(prefect: PrefectEngine) -> None:
    finished = {"flow_runs": {"state": {"type": {"any_": ["COMPLETED", "FAILED"]}}}}
    assert prefect.client.post("/flow_runs/count", json=finished).json() > ARCHIVED_RUNS
    answer = prefect.client.post("/flow_runs/filter", json={"limit": 201})
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY


def test_runs_ended_as_they_should(prefect: PrefectEngine) -> None:
    runs = [prefect.api.flow_run(each) for each in (prefect.diamond, prefect.fan_out)]
    assert [run["state_type"] for run in runs] == ["COMPLETED", "COMPLETED"]


def test_failed_run_tells_why_and_its_last_task_never_ran(prefect: PrefectEngine) -> None:
    run = prefect.api.flow_run(prefect.failed)
    assert run["state_type"] == "FAILED"
    assert "order A-2 has no customer" in run["state"]["message"]
    assert task_states(prefect, prefect.failed) == ["Completed", "Failed", "NotReady"]


def test_fan_out_has_many_tasks(prefect: PrefectEngine) -> None:
    assert task_states(prefect, prefect.fan_out) == ["Completed"] * TASKS["fan-out"]


def test_launched_run_is_executed(prefect: PrefectEngine) -> None:
    run_id = prefect.launch("ticker", seconds=2)
    run = prefect.wait_for(run_id, "COMPLETED")
    assert run["parameters"] == {"seconds": 2}


def task_states(prefect: PrefectEngine, run_id: str) -> list[str]:
    """Return the states of a run's tasks in alphabetical order."""
    body = {"flow_runs": {"id": {"any_": [run_id]}}, "limit": 200}
    tasks = prefect.client.post("/task_runs/filter", json=body).json()
    return sorted(task["state_name"] for task in tasks)


def test_missing_network_is_told_from_other_trouble() -> None:
    retry = "WARNING: Retrying after connection broken by 'NewConnectionError': /simple/prefect/"
    missing = "ERROR: No matching distribution found for prefect==0"
    without_network = install_failure(f"Collecting prefect\n{retry}\n{missing}\n")
    assert isinstance(without_network, NetworkUnavailableError)
    assert str(without_network) == retry
    assert isinstance(install_failure(missing), InstallError)


def test_half_made_environment_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNS_TUI_ENGINES", str(tmp_path / "engines"))
    requirements = tmp_path / "nothing.txt"
    requirements.touch()
    folder = environment_folder(requirements)
    folder.mkdir(parents=True)
    (folder / "leftover").touch()
    assert ensure_environment(requirements) == folder
    assert not (folder / "leftover").exists()
    made = (folder / "complete").stat()
    ensure_environment(requirements)
    assert (folder / "complete").stat() == made


def test_program_that_ends_too_soon_shows_its_log(tmp_path: Path) -> None:
    command = ["/bin/sh", "-c", "echo no such table; exit 3"]
    with (
        pytest.raises(ServiceError, match=r"(?s)teller ended with 3 .*no such table"),
        running("teller", command, {}, tmp_path) as teller,
    ):
        teller.wait_until(lambda: False, "it answers", 20)


def test_program_is_ended_with_its_children(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "alive")
    with os.fdopen(os.open(tmp_path / "alive", os.O_RDONLY | os.O_NONBLOCK), "rb") as alive:
        command = ["/bin/sh", "-c", "exec 3> alive; sleep 300 & echo started; wait"]
        with running("parent", command, {"PATH": os.defpath}, tmp_path) as parent:
            parent.wait_until(lambda: bool(parent.log.read_bytes()), "it started", 20)
            assert not select.select([alive], [], [], 0)[0]
        assert select.select([alive], [], [], 20)[0]
        assert alive.read() == b""
