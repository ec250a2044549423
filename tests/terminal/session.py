"""A program in a pseudo-terminal with a strict emulator at its other end."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import threading
from codecs import getincrementaldecoder
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any, Self

from tests.terminal.emulator import Emulator

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
_BEGUN = re.compile(r"\x1b(?:\[[0-9;?<=> $]*|\][^\x07\x1b]*\x1b?|P[^\x1b]*)?\Z")
"""A sequence that is not over yet."""


class Session:
    """Runs a program; what it writes is read and answered on a thread of its own."""

    def __init__(
        self,
        *arguments: str,
        size: tuple[int, int] = (60, 12),
        environment: Mapping[str, str] | None = None,
        controlling: bool = True,
        command: Sequence[str] = (),
    ) -> None:
        self.emulator = Emulator(*size, erases_in_colour=False, has_margins=True, has_repeats=True)
        self.sent = b""
        self.reading = threading.Event()
        self.reading.set()
        self._closing = threading.Event()
        self._changed = threading.Condition()
        self._controlling = controlling
        module = arguments or ("-m", "tests.terminal.program")
        self._command = command or (sys.executable, *module)
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}
        told = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        self._environment = {**kept, **told, "PYTHONPATH": str(ROOT), **(environment or {})}
        self._failure: BaseException | None = None

    def __enter__(self) -> Self:
        self.ours, self.theirs = pty.openpty()
        self.resize(self.emulator.width, self.emulator.height, tell=False)
        self.before = termios.tcgetattr(self.theirs)
        self.process = subprocess.Popen(
            self._command,
            stdin=self.theirs,
            stdout=self.theirs,
            stderr=self.theirs,
            cwd=ROOT,
            env=self._environment,
            start_new_session=True,
            preexec_fn=self._take_control if self._controlling else None,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)
        self.close()
        if self._failure is not None:
            raise self._failure

    def _take_control(self) -> None:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    @property
    def text(self) -> str:
        return "\n".join("".join(drawn.text for drawn in row) for row in self.emulator.rows)

    def type(self, keys: str) -> None:
        os.write(self.ours, keys.encode())

    def resize(self, width: int, height: int, *, tell: bool = True) -> None:
        with self._changed:
            if tell:
                self.emulator.resize(width, height)
            size = struct.pack("HHHH", height, width, 0, 0)
            fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, size)

    def until(self, holds: Callable[[], Any]) -> None:
        """Wait until something holds, which is looked at whenever something was drawn."""
        deadline = monotonic() + PATIENCE
        with self._changed:
            while not holds():
                if self._failure is not None:
                    raise self._failure
                left = deadline - monotonic()
                assert left > 0, f"{self.text}\n{self.sent[-300:]!r}"
                self._changed.wait(min(left, 0.1))

    def until_shown(self, text: str) -> None:
        self.until(lambda: text in self.text)

    def ended(self) -> int:
        """Give the exit status of the program, which is to end now."""
        return self.process.wait(PATIENCE / 3)

    def close(self) -> None:
        """Take the terminal away."""
        self._closing.set()
        self.reading.set()
        self._reader.join(PATIENCE)
        for fileno in (self.theirs, self.ours):
            if fileno >= 0:
                os.close(fileno)
        self.ours = self.theirs = -1

    def _read(self) -> None:
        decode = getincrementaldecoder("utf-8")().decode
        rest = ""
        while not self._closing.is_set():
            self.reading.wait(PATIENCE)
            if not select.select([self.ours], [], [], 0.05)[0]:
                continue
            try:
                data = os.read(self.ours, 4096)
            except OSError:
                return
            with self._changed:
                self.sent += data
                try:
                    rest = self._feed(rest + decode(data))
                except BaseException as failure:
                    self._failure = failure
                    return
                replies, self.emulator.replies = "".join(self.emulator.replies), []
                if replies:
                    os.write(self.ours, replies.encode())
                self._changed.notify_all()

    def _feed(self, text: str) -> str:
        """Feed what is whole, and give the rest."""
        begun = _BEGUN.search(text)
        end = begun.start() if begun else len(text)
        self.emulator.feed(text[:end])
        return text[end:]
