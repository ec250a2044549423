"""`runs-tui watch` as a process: against a served world, on a terminal, interrupted."""

import json
import os
import pty
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pyte
import pytest

from runs_tui.cli.status import Status
from runs_tui.demo.faults import Fault
from runs_tui.demo.server import DemoServer
from tests.test_cli_process import LIMIT, PROGRAM, begun, ended, home_of, running


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    server = DemoServer(["prefect"], runs=150, speed=60)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def home(tmp_path: Path, server: DemoServer) -> dict[str, str]:
    return home_of(tmp_path, server)


@pytest.fixture
def lasting(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Give a world whose time passes as ours does, so that what runs is not over in a moment."""
    server = DemoServer(["prefect"], runs=150)
    server.start()
    yield home_of(tmp_path, server)
    server.stop()


def newest(home: dict[str, str]) -> str:
    """Name the newest run that goes on, and that is over before a test loses its patience."""
    wanted = "state:running -workflow:release-production"
    told = ended(home, "list", wanted, "--limit", "1", "--json")
    return str(json.loads(told.stdout)["runs"][0]["id"])


def test_a_running_run_is_followed_to_its_end(home: dict[str, str]) -> None:
    run_id = newest(home)
    watched = ended(home, "watch", run_id, "--json", "--timeout", "50")
    told = [json.loads(line)["run"] for line in watched.stdout.splitlines()]
    end = json.loads(ended(home, "show", run_id, "--json").stdout)["run"]
    assert told[-1]["state"] == end["state"]
    assert watched.returncode == {"succeeded": 0, "failed": 1, "cancelled": 3}[end["state"]]
    assert end["url"] in watched.stderr


def test_a_server_that_fails_on_the_way_is_waited_for(
    home: dict[str, str], server: DemoServer
) -> None:
    run_id = newest(home)
    faults = server.faults["prefect"]
    with begun(home, "watch", run_id, "--json", "--timeout", "50") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        faults.add(Fault(status=503, times=None))
        told = process.stderr.readline()
        faults.clear()
        assert "trying again" in told or run_id in told
        status = process.wait(LIMIT)
        process.stdout.read()
        process.stderr.read()
    end = json.loads(ended(home, "show", run_id, "--json").stdout)["run"]
    assert status == {"succeeded": 0, "failed": 1, "cancelled": 3}[end["state"]]


def test_an_interrupt_is_130_and_changes_nothing(lasting: dict[str, str]) -> None:
    run_id = running(lasting)
    with begun(lasting, "watch", run_id, "--json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(LIMIT) == 130
        assert "Traceback" not in process.stderr.read()
    told = json.loads(ended(lasting, "show", run_id, "--json").stdout)["run"]
    assert told["state"] != "cancelled"


def test_a_terminal_shows_a_tree_that_stays_in_its_place(home: dict[str, str]) -> None:
    run_id = newest(home)
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, "watch", run_id, "--timeout", "4"],
        env=home | {"TERM": "xterm-256color", "COLUMNS": "100", "LINES": "60"},
        stdin=subprocess.DEVNULL,
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    screen = pyte.Screen(100, 60)
    stream = pyte.ByteStream(screen)
    sent = b""
    deadline = time.monotonic() + LIMIT
    while time.monotonic() < deadline:
        try:
            more = os.read(master, 65536)
        except OSError:
            break
        sent += more
        stream.feed(more)
    os.close(master)
    assert process.wait(LIMIT) in (0, 1, 3, 8)
    heads = [line for line in screen.display if f"lab/{run_id}" in line]
    assert len([line for line in heads if not line.startswith(("lab/", "  next"))]) == 1
    steps = [line for line in screen.display if line.startswith(("  ●", "  ○", "  ✓", "  ✗"))]
    assert steps
    assert sent.rstrip().endswith(b"ended") or sent.rfind(b"\x1b[?25h") > sent.rfind(b"\x1b[?25l")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_an_output_that_cannot_be_written_is_one_sentence(home: dict[str, str]) -> None:
    run_id = newest(home)
    with open("/dev/full", "w") as full:
        watched = subprocess.run(
            [*PROGRAM, "watch", run_id], env=home, stdout=full, stderr=subprocess.PIPE, text=True
        )
    told = "runs-tui: standard output cannot be written: No space left on device\n"
    assert (watched.returncode, watched.stderr) == (Status.BROKEN, told)
