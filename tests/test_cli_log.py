"""`--log FILE`: what stands in it, and what happens where it cannot be written."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from runs_tui.cli.commands import program
from runs_tui.demo.faults import Fault
from runs_tui.demo.server import DemoServer
from tests.test_cli_dashboard import STARTING, dashboard, read_until

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (INFO|WARNING|ERROR) +\S|    \| ")


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    server = DemoServer(["noxus"], runs=30)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def log(server: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    config = tmp_path / "config.toml"
    url = server.urls["noxus"]
    config.write_text(f'[sources.lab]\napi = "noxus"\nurl = "{url}"\ntoken_env = "LAB_TOKEN"\n')
    monkeypatch.setenv("RUNS_TUI_CONFIG", str(config))
    monkeypatch.setenv("LAB_TOKEN", "planted-token")
    monkeypatch.setenv("TERM", "xterm-planet")
    monkeypatch.setenv("TERM_PROGRAM", "planets")
    server.faults["noxus"].clear()
    return tmp_path / "the log"


def call(*args: str) -> Result:
    return CliRunner().invoke(program, args)


@pytest.mark.parametrize("place", ["before", "after"])
def test_it_tells_what_was_done(log: Path, server: DemoServer, place: str) -> None:
    option = ["--log", str(log)]
    words = [*option, "list", "--limit", "1"] if place == "before" else ["list", *option]
    assert call(*words).exit_code == 0
    told = log.read_text()
    lines = told.splitlines()
    assert all(LINE.match(line) for line in lines)
    for part in (
        "runs-tui 0.",
        "Python 3.",
        "TERM=xterm-planet",
        "TERM_PROGRAM=planets",
        f"configuration {log.parent / 'config.toml'}",
        "the command is runs-tui list",
        f"source lab: api noxus, url {server.urls['noxus']}, credential from LAB_TOKEN",
        "lab: GET http://",
        "/v1/runs?page=1",
        "for list",
    ):
        assert part in told, part
    assert re.search(r"-> 200 in \d+\.\d", told)
    assert lines[-1].endswith("it ends with status 0")
    assert log.stat().st_mode & 0o777 == 0o600


def test_it_goes_on_behind_what_was_there(log: Path) -> None:
    log.write_text("precious\n")
    call("config", "path", "--log", str(log))
    call("config", "path", "--log", str(log))
    told = log.read_text()
    assert told.startswith("precious\n")
    assert told.count("the command is runs-tui config path") == 2


def test_each_try_and_the_sentence_that_was_said_stand_in_it(log: Path, server: DemoServer) -> None:
    body = b'{"detail": "no planted-token\\n2026-01-01T00:00:00.000Z INFO    forged"}'
    server.faults["noxus"].add(Fault(status=503, times=1))
    server.faults["noxus"].add(Fault(status=403, times=None, body=body))
    assert call("list", "--log", str(log)).exit_code == 5
    told = log.read_text()
    assert "-> 503 in" in told
    assert "-> 403 in" in told
    assert "try 2" in told
    assert "runs-tui: lab: not allowed: no *** 2026" in told
    assert not re.search("^2026-01-01", told, re.MULTILINE)
    assert "planted-token" not in told


def test_a_missing_credential_stands_in_it(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAB_TOKEN")
    assert call("list", "--log", str(log)).exit_code == 5
    assert "WARNING lab: not allowed: the variable LAB_TOKEN is not set" in log.read_text()


@pytest.mark.parametrize("command", [["list"], ["config", "path"], ["sources"], ["demo"], []])
def test_a_file_that_cannot_be_written_is_one_sentence(log: Path, command: list[str]) -> None:
    for words in ([*command, "--log", "/nowhere/x"], ["--log", str(log.parent), *command]):
        result = call(*words)
        assert result.exit_code == 2
        assert len(result.stderr.splitlines()) == 1
        assert re.fullmatch(r"runs-tui: --log: \S+ cannot be written: [^:]+\n", result.stderr)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_a_disk_that_is_full_spoils_nothing_else(log: Path) -> None:
    result = call("list", "--log", "/dev/full")
    assert result.exit_code == 0
    assert "the file of --log could not be written to its end" in result.stderr
    assert "Traceback" not in result.output


def test_nothing_is_left_of_it_afterwards(log: Path) -> None:
    before = list(logging.getLogger().handlers)
    call("list", "--log", str(log))
    assert logging.getLogger().handlers == before
    assert logging.getLogger("runs_tui").level == logging.NOTSET


def test_the_help_of_every_command_tells_it(log: Path) -> None:
    for words in ([], ["list"], ["tail"], ["cancel"], ["config"], ["config", "show"], ["demo"]):
        assert "--log FILE" in call(*words, "--help").stdout


BREAKING = """
import os, sys
from runs_tui.adapters.base import Credential

def broken(*_):
    hidden = os.environ["PLANTED"] + "-in-a-variable"
    Credential(os.environ["PLANTED"])
    raise ZeroDivisionError(f"{os.environ['PLANTED']} is not good" if hidden else "")

async def broken_worker(*_):
    broken()

if os.environ["LOG"]:
    sys.argv += ["--log", os.environ["LOG"]]
"""
SCREEN = "from runs_tui.screens.runs import RunsScreen; RunsScreen.tick = broken\n"
WORKER = "from runs_tui.screens.reading import ListReader; ListReader.read = broken_worker\n"


@pytest.mark.parametrize("debug", ["", "1"])
@pytest.mark.parametrize("logged", [False, True])
def test_an_error_inside_shows_no_secret(tmp_path: Path, debug: str, *, logged: bool) -> None:
    log = tmp_path / "log"
    told = {"PLANTED": "pl4nted-secret", "RUNS_TUI_DEBUG": debug, "LOG": str(log) if logged else ""}
    program = BREAKING + SCREEN + STARTING
    with dashboard(program, tmp_path, **told) as (process, terminal):
        drawn = read_until(terminal).decode("utf-8", "replace")
        assert process.wait(40) == 70
    written = log.read_text() if logged else ""
    assert "ended by an error inside the program" in drawn
    assert ("ZeroDivisionError: *** is not good" in drawn) == bool(debug)
    assert ("    | ZeroDivisionError: *** is not good" in written) == logged
    assert "pl4nted" not in drawn + written


@pytest.mark.parametrize("logged", [False, True])
def test_a_defect_of_a_worker_shows_no_secret(tmp_path: Path, *, logged: bool) -> None:
    log = tmp_path / "log"
    told = {"PLANTED": "pl4nted-secret", "RUNS_TUI_DEBUG": "1", "LOG": str(log) if logged else ""}
    program = BREAKING + WORKER + STARTING
    with dashboard(program, tmp_path, **told) as (process, terminal):
        drawn = read_until(terminal, b"defect of runs-tui").decode("utf-8", "replace")
        process.terminate()
        drawn += read_until(terminal).decode("utf-8", "replace")
    written = log.read_text() if logged else ""
    assert "ZeroDivisionError" in drawn
    assert ("ERROR   a defect" in written) == logged
    assert ("    | ZeroDivisionError: *** is not good" in written) == logged
    assert "pl4nted" not in drawn + written
