"""The program as a process: signals, pipes, terminals, encodings, and what it imports."""

import json
import os
import pty
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from runs_tui.adapters import api_names
from runs_tui.cli.commands import program
from runs_tui.demo.faults import Fault
from runs_tui.demo.server import DemoServer

PROGRAM = (sys.executable, "-m", "runs_tui")
LIMIT = 60


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    server = DemoServer(["prefect"], runs=150)
    server.start()
    yield server
    server.stop()


def home_of(tmp_path: Path, server: DemoServer) -> dict[str, str]:
    """Give an environment with one source, lab, and nothing of the machine's own."""
    path = tmp_path / "config.toml"
    path.write_text(f'[sources.lab]\napi = "prefect"\nurl = "{server.urls["prefect"]}"\n')
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG")}
    told = {"RUNS_TUI_CONFIG": str(path), "HOME": str(tmp_path), "PYTHONWARNINGS": "error"}
    return kept | told


@pytest.fixture
def home(tmp_path: Path, server: DemoServer) -> dict[str, str]:
    return home_of(tmp_path, server)


def ended(home: dict[str, str], *args: str, **more: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*PROGRAM, *args],
        env=home,
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        timeout=LIMIT,
        check=False,
        **more,
    )


@pytest.mark.parametrize("command", ["list", "sources", "watch"])
def test_what_is_wrong_is_said_once(command: str, home: dict[str, str]) -> None:
    with Path(home["RUNS_TUI_CONFIG"]).open("a") as config:
        config.write('token_env = "NOT_SET"\n')
    done = ended(home, command, *(["lab/r1"] if command == "watch" else []))
    assert done.returncode == 5
    assert done.stderr.count("the variable NOT_SET is not set") == 1, done.stderr


def test_a_defect_is_said_in_one_sentence(home: dict[str, str]) -> None:
    program = "import runs_tui.cli.endings as ends; ends.told(RuntimeError('a defect'))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=home,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=True,
    )
    (sentence,) = done.stderr.splitlines()
    assert sentence.startswith("runs-tui: an error inside the program: RuntimeError;")


def begun(home: dict[str, str], *args: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*PROGRAM, *args],
        env=home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def running(home: dict[str, str]) -> str:
    """Name a run that will run for a while, and that no test has cancelled."""
    slow = "clickstream-backfill,churn-model-training,ranking-model-training,risk-simulation"
    told = ended(home, "list", f"state:running workflow:{slow}", "--limit", "20", "--json")
    running = [run for run in json.loads(told.stdout)["runs"] if run["status"] == "Running"]
    return str(running[0]["id"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_during_tail_is_130_and_silent(
    home: dict[str, str], number: signal.Signals
) -> None:
    with begun(home, "tail", running(home), "--json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["at"]
        process.send_signal(number)
        assert process.wait(LIMIT) == 130
        assert process.stderr.read() == ""


@pytest.mark.parametrize(
    "args", [("list",), ("list", "--json"), ("--help",), ("--version",), ("completion", "bash")]
)
def test_a_reader_that_has_enough(home: dict[str, str], args: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.run(
        [*PROGRAM, *args], env=home, stdout=writing, stderr=subprocess.PIPE, timeout=LIMIT
    )
    os.close(writing)
    assert process.returncode == 0
    assert b"Traceback" not in process.stderr
    assert b"Broken" not in process.stderr
    assert b"Exception" not in process.stderr


def test_a_tail_ends_when_its_reader_has_enough(home: dict[str, str]) -> None:
    with begun(home, "tail", running(home)) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(LIMIT) == 0
        assert process.stderr.read() == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
@pytest.mark.parametrize("args", [("list",), ("list", "--help")])
def test_a_disk_that_is_full(home: dict[str, str], args: tuple[str, ...]) -> None:
    with open("/dev/full", "w") as full:
        process = subprocess.run(
            [*PROGRAM, *args], env=home, stdout=full, stderr=subprocess.PIPE, timeout=LIMIT
        )
    assert process.returncode == 70
    assert process.stderr.startswith(b"runs-tui: standard output cannot be written: No space left")
    assert process.stderr.count(b"\n") == 1


def test_a_character_that_the_encoding_has_not_is_replaced(home: dict[str, str]) -> None:
    ascii_only = home | {"PYTHONIOENCODING": "ascii:strict"}
    table = ended(ascii_only, "list", "--limit", "3")
    assert table.returncode == 0
    assert table.stdout.isascii()
    document = ended(ascii_only, "list", "--limit", "3", "--json")
    assert document.stdout.isascii()
    assert len(json.loads(document.stdout)["runs"]) == 3


@pytest.mark.parametrize("args", [(), ("demo",)])
def test_the_dashboard_needs_a_terminal(home: dict[str, str], args: tuple[str, ...]) -> None:
    process = ended(home, *args)
    assert process.returncode == 2
    assert process.stdout == ""
    assert process.stderr.startswith("runs-tui: the dashboard needs a terminal")


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["lst"], "there is no command 'lst': did you mean 'list'?"),
        (["list", "--sorce", "x"], "there is no option '--sorce': did you mean '--source'?"),
        (["--sorce", "x"], "there is no option '--sorce': did you mean '--source'?"),
        (["list", "--token=planted"], "there is no option '--token': did you mean '--token-env'?"),
        (["list", "-state:failed"], "-- goes before an argument that begins with -"),
        (["list", "state:failed", "workflow:etl"], "the filter is one argument: put it in quotes"),
        (["list", "--limit", "0"], "0 is not in the range x>=1"),
        (["watch", "x", "--timeout", "nan"], "nan is no number"),
        (["watch", "x", "--timeout", "0"], "0.0 is not in the range x>0"),
        (["retry", "x", "--mode", "fulll"], "did you mean 'full'?"),
        (["config"], "say what: runs-tui config path, show, validate or schema"),
        (["config", "shw"], "there is no command 'shw': did you mean 'show'?"),
        (["config", "path", "--jsn"], "there is no option '--jsn': did you mean '--json'?"),
        (["--source", "a", "config", "path"], "only config show takes source options"),
        (["cancel"], "missing argument 'RUN...'"),
        (["show", "lab/a\x1b[2Jb"], "the id of a run has no control characters: 'lab/a\\x1b[2Jb'"),
        (
            [
                "list",
                "--api",
                "prefect",
                "--url",
                "http://[::1]:1",
                "--token-env",
                f"ghp_{'a1' * 18}",
            ],
            "--token-env: this is not the name of a variable; the credential itself never stands",
        ),
        (["demo", "--source", "lab"], "there is no option '--source'"),
        (["--source", "lab", "demo"], "leave the source options out"),
    ],
)
def test_a_wrong_command_line(home: dict[str, str], args: list[str], sentence: str) -> None:
    process = ended(home, *args)
    assert process.returncode == 2
    assert process.stdout == ""
    assert process.stderr.startswith("runs-tui: ")
    assert sentence in process.stderr
    assert "planted" not in process.stderr


def test_a_wrong_filter_is_shown_with_a_caret(home: dict[str, str]) -> None:
    process = ended(home, "list", "workflow:数据 state:faild created:>2h")
    assert process.returncode == 2
    assert process.stderr.splitlines()[:3] == [
        "runs-tui: the filter: there is no state 'faild': did you mean 'failed'?",
        "  workflow:数据 state:faild created:>2h",
        "                      ^^^^^",
    ]


def test_a_filter_may_begin_with_a_minus(home: dict[str, str]) -> None:
    process = ended(home, "list", "--json", "--limit", "20", "--", "-state:failed")
    states = {run["state"] for run in json.loads(process.stdout)["runs"]}
    assert states
    assert "failed" not in states


def test_demo_serves_until_interrupted(home: dict[str, str]) -> None:
    with begun(home, "demo", "--serve", "--runs", "5", "--seed", "3", "--speed", "10") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        urls = dict(process.stdout.readline().split() for _ in api_names())
        assert set(urls) == set(api_names())
        assert all(re.fullmatch(r"http://127\.0\.0\.1:\d+/\S+", url) for url in urls.values())
        told = ended(home, "list", "--json", "--api", "prefect", "--url", urls["prefect"])
        assert json.loads(told.stdout)["runs"]
        process.send_signal(signal.SIGINT)
        assert process.wait(LIMIT) == 130
        assert process.stderr.read() == ""


def test_a_port_that_is_taken(home: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = ended(home, "demo", "--serve", "--runs", "1", "--port", str(port))
    assert process.returncode == 2
    assert process.stderr.startswith("runs-tui: the demo cannot listen on 127.0.0.1")


class Terminal:
    """A terminal at which the program asks, and somebody answers."""

    def __init__(self, home: dict[str, str], *args: str) -> None:
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [*PROGRAM, *args],
            env=home | {"TERM": "xterm-256color"},
            stdin=slave,
            stderr=slave,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        os.close(slave)
        self.shown = ""

    def wait_for(self, text: str) -> None:
        while text not in self.shown:
            self.shown += os.read(self.master, 4096).decode()

    def answer(self, prompt: str, text: str) -> None:
        self.wait_for(prompt)
        os.write(self.master, text.encode())

    def end(self) -> int:
        output, _ = self.process.communicate(timeout=LIMIT)
        self.output = output.decode()
        try:
            while more := os.read(self.master, 4096):
                self.shown += more.decode()
        except OSError:
            os.close(self.master)
        return self.process.returncode


def test_no_is_the_answer_where_nothing_is_said(home: dict[str, str]) -> None:
    run_id = running(home)
    terminal = Terminal(home, "cancel", run_id, "--json")
    terminal.answer("Cancel this run? [y/N] ", "\n")
    assert terminal.end() == 1
    assert "cancel 1 run:" in terminal.shown
    assert f"lab/{run_id}" in terminal.shown
    assert "● running" in terminal.shown
    (told,) = json.loads(terminal.output)["results"]
    assert (told["ok"], told["error"]) == (False, "refused: it was not confirmed")
    assert told["run"]["status"] == "Running"


def test_yes_is_done(home: dict[str, str]) -> None:
    run_id = running(home)
    terminal = Terminal(home, "cancel", run_id, run_id)
    terminal.answer("Cancel this run? [y/N] ", "y\n")
    assert terminal.end() == 0
    assert terminal.output.startswith(f"lab/{run_id}: cancel")


def test_an_interrupt_at_the_question_changes_nothing(home: dict[str, str]) -> None:
    run_id = running(home)
    terminal = Terminal(home, "cancel", run_id)
    terminal.wait_for("[y/N] ")
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.end() == 130
    assert "Traceback" not in terminal.shown
    assert "ancel" not in json.loads(ended(home, "show", run_id, "--json").stdout)["run"]["status"]


@pytest.mark.parametrize(("typed", "status"), [("lab\n", 0), ("y\n", 1), ("\x04", 1)])
def test_a_protected_source_wants_its_name(home: dict[str, str], typed: str, status: int) -> None:
    with open(home["RUNS_TUI_CONFIG"], "a") as config:
        config.write("protected = true\n")
    run_id = running(home)
    terminal = Terminal(home, "cancel", run_id, "--yes")
    terminal.answer("lab is protected. Type its name to cancel: ", typed)
    assert terminal.end() == status


def test_a_run_that_has_ended_is_not_asked_about(home: dict[str, str]) -> None:
    told = ended(home, "list", "state:succeeded", "--limit", "1", "--json")
    (run,) = json.loads(told.stdout)["runs"]
    terminal = Terminal(home, "cancel", run["id"])
    assert terminal.end() == 1
    assert "it is already succeeded" in terminal.shown
    assert "[y/N]" not in terminal.shown


def test_where_nothing_can_be_changed_nobody_is_wanted_at_a_terminal(home: dict[str, str]) -> None:
    with open(home["RUNS_TUI_CONFIG"], "a") as config:
        config.write("read_only = true\n")
    done = ended(home, "cancel", "lab/x")
    assert (done.returncode, done.stdout) == (7, "")
    assert "lab is set to read_only" in done.stderr


def test_a_run_of_a_source_that_is_left_out_is_told_to_be(home: dict[str, str]) -> None:
    with open(home["RUNS_TUI_CONFIG"], "a") as config:
        config.write('[sources.other]\napi = "noxus"\nurl = "http://127.0.0.1:1"\n')
    done = ended(home, "show", "--source", "lab", "other/r1")
    assert done.returncode == 2
    assert "'other/r1' is of other, which --source leaves out" in done.stderr


def test_a_latency_is_that_of_an_answer_and_not_of_a_memory(
    home: dict[str, str], server: DemoServer
) -> None:
    server.faults["prefect"].add(Fault(delay=0.05, times=None))
    try:
        (told,) = json.loads(ended(home, "sources", "--json").stdout)["sources"]
    finally:
        server.faults["prefect"].clear()
    assert told["latency_ms"] >= 50


class _Site(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """Serve web pages, none of which anybody asks for."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("api", sorted({*api_names()} - {"github_actions"}))
def test_a_web_server_is_told_to_be_no_api(home: dict[str, str], site: str, api: str) -> None:
    done = ended(home, "list", "--api", api, "--url", site)
    assert (done.returncode, done.stdout) == (6, ""), done.stderr
    assert f"is {site}" in done.stderr


def test_settings_that_lack_what_an_api_needs_are_wrong_and_say_how_to_mend_it(
    home: dict[str, str], site: str
) -> None:
    for asked in (["list"], ["show", "1"], ["tail", "1"], ["cancel", "1", "--yes"]):
        done = ended(home, *asked, "--api", "github_actions", "--url", site)
        assert (done.returncode, done.stdout) == (2, ""), done.stderr
        assert "no repository is named (give --option repository=OWNER/NAME" in done.stderr


def test_nothing_is_doubtful_where_nothing_was_sent(home: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    done = ended(home, "cancel", "r1", "--yes", "--api", "prefect", "--url", address)
    assert done.returncode == 6
    assert "not known" not in done.stderr


def test_a_run_that_is_not_there_is_not_asked_about(home: dict[str, str]) -> None:
    terminal = Terminal(home, "cancel", "00000000-0000-4000-8000-000000000000")
    assert terminal.end() == 4
    assert "[y/N]" not in terminal.shown


IMPORTS = """
import sys
sys.argv = ["runs-tui", *{args}]
from runs_tui.cli import main
try:
    main()
except SystemExit:
    pass
print(*sorted(name for name in {names} if name in sys.modules), file=sys.stderr)
"""


LITTLE = ["httpx", "pydantic", "textual", "rich", "asyncio", "starlette", "tomlkit"]


@pytest.mark.parametrize(
    ("args", "names"),
    [
        (["--help"], LITTLE),
        (["list", "--help"], LITTLE),
        (["config", "path"], LITTLE),
        (["list", "--limit", "1"], ["textual", "starlette", "uvicorn", "tomlkit"]),
    ],
)
def test_no_command_imports_what_it_does_not_need(
    home: dict[str, str], args: list[str], names: list[str]
) -> None:
    code = IMPORTS.format(args=args, names=names)
    process = subprocess.run(
        [sys.executable, "-c", code], env=home, capture_output=True, text=True, timeout=LIMIT
    )
    assert process.stderr.splitlines()[-1] == "", process.stderr


def examples() -> list[str]:
    found = []
    for command in program.commands.values():
        text = command.help or ""
        found += [line.strip() for line in text.splitlines() if line.strip().startswith("runs-tui")]
    return found


@pytest.mark.parametrize("example", examples())
def test_every_example_of_the_help_can_be_typed(example: str) -> None:
    typed = shlex.split(example.split(" | ")[0].split(" && ")[0])
    _, name, *words = typed
    program.commands[name].make_context(name, words)
