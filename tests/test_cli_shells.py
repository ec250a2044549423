"""Completion in the real shells: what a person gets who types and presses Tab."""

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from select import select

import pyte
import pytest

from runs_tui.demo.server import DemoServer

LIMIT = 40
START = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], 'eval "$(runs-tui completion bash)"'),
    "zsh": (
        ["zsh", "-f", "-i"],
        'autoload -U compinit; compinit -u -D; eval "$(runs-tui completion zsh)"',
    ),
    "fish": (["fish", "--no-config", "-i"], "runs-tui completion fish | source"),
}


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    server = DemoServer(["prefect", "runwisp"], runs=60)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def home(tmp_path: Path, server: DemoServer) -> dict[str, str]:
    config = tmp_path / "config.toml"
    config.write_text(
        f'[sources.prod]\napi = "prefect"\nurl = "{server.urls["prefect"]}"\n'
        f'[sources.lab]\napi = "runwisp"\nurl = "{server.urls["runwisp"]}"\n'
    )
    program = tmp_path / "bin" / "runs-tui"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m runs_tui "$@"\n')
    program.chmod(0o755)
    return {
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "PYTHONPATH": str(Path(__file__).parent.parent),
        "RUNS_TUI_CONFIG": str(config),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "PS1": "> ",
    }


class Shell:
    """A shell on a terminal, that has learned to complete."""

    def __init__(self, name: str, home: dict[str, str]) -> None:
        command, learns = START[name]
        self.screen = pyte.Screen(110, 40)
        self._stream = pyte.ByteStream(self.screen)
        self._pid, self._fd = pty.fork()
        if not self._pid:
            os.chdir(home["HOME"])
            os.execvpe(command[0], command, home)
        self.type(f"{learns}; clear; echo rea''dy\r")
        self.wait(lambda: self.shows("ready") and not self.shows("eval") and self._prompts)

    def type(self, text: str) -> None:
        os.write(self._fd, text.encode())

    def shows(self, text: str) -> bool:
        return any(text in line for line in self.screen.display)

    @property
    def _prompts(self) -> bool:
        """Say whether a line is read; what is typed before then is drawn twice."""
        return self.screen.display[self.screen.cursor.y].rstrip().endswith((">", "#"))

    def wait(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + LIMIT
        while not condition():
            assert time.monotonic() < deadline, "\n".join(self.screen.display).rstrip()
            if select([self._fd], [], [], 0.1)[0]:
                told = os.read(self._fd, 65536)
                self._answer(told)
                self._stream.feed(told)

    def _answer(self, told: bytes) -> None:
        """Answer what a shell asks its terminal before it goes on."""
        if b"\x1b[c" in told or b"\x1b[0c" in told:
            os.write(self._fd, b"\x1b[?62;c")
        if b"\x1b[6n" in told:
            os.write(self._fd, b"\x1b[1;1R")

    def complete(self, line: str, then: str) -> None:
        """Type a line, ask what it can go on as, and wait for what is shown then."""
        self.type(f"\x15{line}\t")
        self.wait(lambda: self.shows(then))

    def end(self) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._fd)


@pytest.fixture(params=START)
def shell(request: pytest.FixtureRequest, home: dict[str, str]) -> Iterator[Shell]:
    if shutil.which(request.param) is None:
        pytest.skip(f"there is no {request.param} here")
    shell = Shell(request.param, home)
    yield shell
    shell.end()


@pytest.fixture
def bash(home: dict[str, str]) -> Iterator[Shell]:
    if shutil.which("bash") is None:
        pytest.skip("there is no bash here")
    bash = Shell("bash", home)
    yield bash
    bash.end()


def first_run(home: dict[str, str], source: str) -> str:
    told = subprocess.run(
        ["runs-tui", "list", "--source", source, "--limit", "1", "--json"],
        env=home,
        capture_output=True,
        text=True,
        check=True,
    )
    return str(json.loads(told.stdout)["runs"][0]["id"])


def test_commands_sources_runs_and_filters_complete(shell: Shell, home: dict[str, str]) -> None:
    shell.complete("runs-tui wat", "runs-tui watch")
    shell.complete("runs-tui list --source pr", "runs-tui list --source prod")
    shell.complete("runs-tui list stat", "runs-tui list state:")
    shell.complete("runs-tui list state:fa", "runs-tui list state:failed")
    shell.complete("runs-tui list 'state:failed source:la", "'state:failed source:lab")
    run_id = first_run(home, "lab")
    shell.complete(f"runs-tui show lab/{run_id[:-2]}", f"runs-tui show lab/{run_id}")


def test_what_completed_is_run(shell: Shell) -> None:
    shell.type("runs-tui list --source la\t --limit 1 --js\t\r")
    shell.wait(lambda: shell.shows('"runs"'))


def test_an_unreachable_source_is_silent(shell: Shell, home: dict[str, str]) -> None:
    Path(home["RUNS_TUI_CONFIG"]).write_text(
        '[sources.gone]\napi = "prefect"\nurl = "http://127.0.0.1:9"\n'
    )
    shell.complete("runs-tui show gone/", "runs-tui show gone/")
    shell.complete("runs-tui list --source go", "runs-tui list --source gone")
    assert not shell.shows("Traceback")
    assert not shell.shows("not reachable")


def test_a_value_behind_an_equals_sign_completes(shell: Shell) -> None:
    shell.complete("runs-tui list --source=pr", "runs-tui list --source=prod")
    shell.complete("runs-tui list --api=pr", "runs-tui list --api=prefect")
    shell.complete("runs-tui retry --mode=fa", "runs-tui retry --mode=failed")


def test_values_behind_an_equals_sign_are_told_apart(bash: Shell) -> None:
    bash.complete("runs-tui list --source='la", "runs-tui list --source='lab'")
    bash.complete("runs-tui list --source=\t", "prod  lab")


def test_a_value_completes_whatever_breaks_words(bash: Shell) -> None:
    bash.type("COMP_WORDBREAKS=${COMP_WORDBREAKS//[:=]}\r")
    bash.complete("runs-tui list --source=pr", "runs-tui list --source=prod")
    bash.complete("runs-tui list state:fa", "runs-tui list state:failed")


@pytest.mark.parametrize("mark", ["'", '"'])
def test_a_quoted_filter_completes_term_by_term(bash: Shell, mark: str) -> None:
    bash.complete(f"runs-tui list {mark}sou", f"list {mark}source:")
    bash.type("pr\t")
    bash.wait(lambda: bash.shows(f"list {mark}source:prod{mark}"))
    bash.complete(f"runs-tui list {mark}state:failed sou", f"list {mark}state:failed source:")
    bash.type("pr\t")
    bash.wait(lambda: bash.shows(f"list {mark}state:failed source:prod{mark}"))


@pytest.mark.parametrize("mark", ["'", '"'])
def test_a_filter_goes_on_behind_its_quotation(bash: Shell, mark: str) -> None:
    whole = r"list state:failed\ source:prod"
    bash.complete(f"runs-tui list {mark}state:failed source:{mark}pr", whole)
    bash.complete(f"runs-tui list {mark}state:failed {mark}source:pr", f"{mark}source:prod")
    bash.complete(f"runs-tui list state:{mark}failed {mark}sou", r"list state:failed\ source:")
    bash.complete(f"runs-tui list state:failed{mark} sou", f"list state:failed{mark} source:")
    bash.type("pr\t")
    bash.wait(lambda: bash.shows(f"list state:failed{mark} source:prod{mark}"))


STUB = """#!{python}
import json, sys
import click
from click.shell_completion import CompletionItem
from runs_tui.cli.program import COMPLETE
from runs_tui.cli.shells import SHELLS, register

register()
NAME = {name!r}

@click.command()
@click.argument("run", shell_complete=lambda *_: [CompletionItem(NAME)])
def main(run):
    print("was told", json.dumps(run))

if sys.argv[1:2] == ["completion"]:
    print(SHELLS[sys.argv[2]](main, {{}}, "runs-tui", COMPLETE).source())
else:
    main(prog_name="runs-tui", complete_var=COMPLETE)
"""


@pytest.mark.parametrize("mark", ["", "'", '"'])
@pytest.mark.parametrize("name", ["a$(touch x)`touch x`", "a'; touch x; '", 'a"; touch x; "'])
def test_no_name_of_a_run_is_carried_out(
    home: dict[str, str], tmp_path: Path, name: str, mark: str
) -> None:
    if shutil.which("bash") is None:
        pytest.skip("there is no bash here")
    program = tmp_path / "bin" / "runs-tui"
    program.write_text(STUB.format(python=sys.executable, name=name))
    shell = Shell("bash", home)
    try:
        shell.complete(f"runs-tui {mark}a", "touch")
        shell.type("\r")
        shell.wait(lambda: shell.shows(f"was told {json.dumps(name)}"))
        assert not (tmp_path / "x").exists()
    finally:
        shell.end()
