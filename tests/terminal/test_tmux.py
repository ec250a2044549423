"""The driver inside tmux: what it shows, a client that is lost, a pane that is closed."""

import os
import pty
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from tests.terminal.session import PATIENCE, ROOT

pytestmark = [
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
    pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="only Linux tells of any process"),
]


@dataclass
class Tmux:
    """A server of its own with one pane, in which the program runs."""

    socket: Path

    def __call__(self, *arguments: str) -> str:
        told = subprocess.run(
            [*self.command, *arguments], capture_output=True, text=True, timeout=PATIENCE
        )
        assert told.returncode == 0, told.stderr
        return told.stdout

    @property
    def command(self) -> list[str]:
        return ["tmux", "-S", str(self.socket), "-f", "/dev/null"]

    @property
    def pid(self) -> int:
        return int(self("display-message", "-p", "#{pane_pid}"))

    def until_shown(self, text: str) -> None:
        deadline = monotonic() + PATIENCE
        while text not in (shown := self("capture-pane", "-p")):
            assert monotonic() < deadline, shown
            Event().wait(0.05)


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    tmux = Tmux(tmp_path / "socket")
    program = f"cd {ROOT} && PYTHONPATH={ROOT} exec {sys.executable} -m tests.terminal.program"
    tmux("new-session", "-d", "-x", "80", "-y", "24", program)
    yield tmux
    subprocess.run([*tmux.command, "kill-server"], capture_output=True, timeout=PATIENCE)


def has_ended(fileno: int) -> bool:
    return bool(select.select([fileno], [], [], PATIENCE / 3)[0])


def test_it_shows_what_it_draws(tmux: Tmux) -> None:
    tmux.until_shown("begun 漢字")
    tmux.until_shown(f"┌{'─' * 40}┐")
    for number in range(1, 4):
        tmux("send-keys", "n")
        tmux.until_shown(f"number {number}\n")
    lines = tmux("capture-pane", "-p").splitlines()
    assert [line for line in lines if line.strip()] == ["number 3"]


@pytest.mark.parametrize("closing", ["kill-pane", "kill-session", "kill-server"])
def test_it_ends_with_its_pane(tmux: Tmux, closing: str) -> None:
    tmux.until_shown("begun")
    process = os.pidfd_open(tmux.pid)
    tmux(closing)
    assert has_ended(process)
    os.close(process)


def test_it_outlives_a_client_that_is_killed(tmux: Tmux) -> None:
    tmux.until_shown("begun")
    ours, theirs = pty.openpty()
    client = subprocess.Popen(
        [*tmux.command, "attach"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm-256color"},
        start_new_session=True,
    )
    os.close(theirs)
    assert select.select([ours], [], [], PATIENCE)[0]
    client.kill()
    client.wait(PATIENCE)
    os.close(ours)
    tmux("send-keys", "n")
    tmux.until_shown("number 1")


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_suspended_and_resumed_it_is_whole(tmp_path: Path) -> None:
    tmux = Tmux(tmp_path / "socket")
    program = f"cd {ROOT} && PYTHONPATH={ROOT} {sys.executable} -m tests.terminal.program"
    shell = "PS1='shell> ' exec bash --norc --noprofile -i"
    try:
        tmux("new-session", "-d", "-x", "200", "-y", "24", shell)
        tmux.until_shown("shell>")
        tmux("send-keys", program, "Enter")
        tmux.until_shown(f"┌{'─' * 40}┐")
        tmux("send-keys", "z")
        tmux.until_shown("Stopped")
        tmux("send-keys", "fg", "Enter")
        tmux.until_shown(f"\n┌{'─' * 40}┐")
    finally:
        subprocess.run([*tmux.command, "kill-server"], capture_output=True, timeout=PATIENCE)
