"""The dashboard as a process on a terminal of its own."""

import os
import pty
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

LIMIT = 40
BREAKING = """
from runs_tui.screens.runs import RunsScreen

def broken(self):
    raise ZeroDivisionError("of a stranger")

RunsScreen.tick = broken
"""
STARTING = "from runs_tui.cli import main; main()"


@contextmanager
def dashboard(
    program: str, home: Path, arguments: Sequence[str] = ("demo",), **more: str
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Start a program with a terminal of its own, and give it with that terminal's other end."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color", "RUNS_TUI_CONFIG": str(home / "c"), **more},
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield process, ours
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def read_until(terminal: int, text: bytes = b"\0never") -> bytes:
    """Read what is drawn until a text comes, or nothing more does."""
    drawn = b""
    deadline = time.monotonic() + LIMIT
    while text not in drawn and time.monotonic() < deadline:
        try:
            more = os.read(terminal, 65536)
        except OSError:
            break
        if not more:
            break
        drawn += more
    return drawn


@pytest.mark.parametrize("debug", ["", "1"])
def test_an_error_inside_is_one_sentence(tmp_path: Path, debug: str) -> None:
    with dashboard(BREAKING + STARTING, tmp_path, RUNS_TUI_DEBUG=debug) as (process, terminal):
        drawn = read_until(terminal)
        assert process.wait(LIMIT) == 70
    assert b"ended by an error inside the program" in drawn
    assert (b"Traceback" in drawn) == bool(debug)


def test_it_starts_shows_runs_and_leaves(tmp_path: Path) -> None:
    with dashboard(STARTING, tmp_path) as (process, terminal):
        drawn = read_until(terminal, b"succeeded")
        assert b"demo" in drawn
        os.write(terminal, b"q")
        drawn = read_until(terminal)
        assert process.wait(LIMIT) == 0
    assert b"\x1b[?1049l" in drawn


def test_a_command_for_a_credential_has_the_terminal_for_itself(tmp_path: Path) -> None:
    """It may ask for a password, so nothing is drawn before it has ended."""
    (tmp_path / "c").write_text(
        '[sources.lab]\napi = "automation_runs"\nurl = "http://127.0.0.1:9"\n'
        "token_command = ['sh', '-c', 'printf asking >/dev/tty; echo secret']\n"
    )
    program = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n" + STARTING
    with dashboard(program, tmp_path, arguments=()) as (_, terminal):
        drawn = read_until(terminal, b"lab")
    assert drawn.index(b"asking") < drawn.index(b"\x1b[?1049h")
    assert b"secret" not in drawn
