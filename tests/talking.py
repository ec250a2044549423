"""A conversation with the line mode over a pipe, or over a terminal that a test holds."""

import os
import pty
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fcntl import ioctl
from struct import pack

PROGRAM = (sys.executable, "-m", "runs_tui")
LIMIT = 40.0
"""The seconds after which what was waited for will not come."""


def told(home: Mapping[str, str], script: str, *args: str) -> "subprocess.CompletedProcess[str]":
    """Give what is said to a script."""
    return subprocess.run(
        [*PROGRAM, *(args or ("--plain",))],
        env=home,
        input=script,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=LIMIT,
        check=False,
    )


class Talk:
    """A terminal at which somebody talks."""

    def __init__(self, process: "subprocess.Popen[bytes]", terminal: int) -> None:
        self.process = process
        self.terminal = terminal
        self.raw = b""
        self._read = 0

    def until(self, text: str) -> str:
        """Read until a text comes that was not read before; give all up to it."""
        wanted = text.encode()
        deadline = time.monotonic() + LIMIT
        while (at := self.raw.find(wanted, self._read)) < 0:
            assert time.monotonic() < deadline, self.raw[self._read :]
            more = self._more()
            assert more, (text, self.raw[self._read :])
            self.raw += more
        start, self._read = self._read, at + len(wanted)
        return self.raw[start : self._read].decode("utf-8", "replace")

    def ask(self, line: str, wanted: str = "\n> ") -> str:
        """Type a line, and give what is said up to a text; to the next prompt at first."""
        self.type(f"{line}\n")
        return self.until(wanted)

    def type(self, text: str) -> None:
        os.write(self.terminal, text.encode())

    def hang_up(self) -> None:
        """Take the terminal away."""
        os.close(self.terminal)
        self.terminal = -1

    def end(self) -> int:
        """Wait for the end, and give the exit status."""
        while more := self._more():
            self.raw += more
        return self.process.wait(LIMIT)

    def _more(self) -> bytes:
        try:
            return os.read(self.terminal, 65536)
        except OSError:
            return b""


@contextmanager
def talking(
    home: Mapping[str, str], *args: str, term: str = "dumb", width: int = 100
) -> Iterator[Talk]:
    """Talk on a terminal that echoes nothing and that adds nothing to the end of a line."""
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, pack("HHHH", 30, width, 0, 0))
    settings = termios.tcgetattr(theirs)
    settings[1] &= ~termios.OPOST
    settings[3] &= ~termios.ECHO
    termios.tcsetattr(theirs, termios.TCSANOW, settings)
    process = subprocess.Popen(
        [*PROGRAM, *(args or ("--plain",))],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**home, "TERM": term},
        preexec_fn=lambda: _own(theirs),
        start_new_session=True,
    )
    os.close(theirs)
    try:
        talk = Talk(process, ours)
        yield talk
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if talk.terminal >= 0:
            os.close(ours)


def _own(terminal: int) -> None:
    """Make a terminal the one that interrupts come from."""
    ioctl(terminal, termios.TIOCSCTTY, 0)
