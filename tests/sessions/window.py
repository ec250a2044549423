"""A terminal window: what a command shows in it, what is typed into it, and how it is closed."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import threading
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from types import TracebackType
from typing import Self

import pyte

WIDTH, HEIGHT = 120, 40
PATIENCE = 40.0
"""For how many seconds anything is waited for."""
_QUESTIONS = {
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
    b"\x1b[?2048$p": b"\x1b[?2048;0$y",
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b[>c": b"\x1b[>0;10;1c",
    b"\x1b[6n": b"\x1b[1;1R",
}


class Window:
    """Runs a command in a terminal of its own until it is closed."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command = command
        self._environment = environment
        self._screen = pyte.Screen(WIDTH, HEIGHT)
        self._stream = pyte.ByteStream(self._screen)
        self._drawn = threading.Condition()
        self._ended = False
        self._gone = False

    def __enter__(self) -> Self:
        self._ours, theirs = pty.openpty()
        self._woken, self._waker = os.pipe()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
        self.process = subprocess.Popen(
            self._command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=self._environment,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(theirs)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.kill()
        self.hang_up()

    def kill(self) -> None:
        """End the command at once, as when its machine loses its power."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)

    def hang_up(self) -> None:
        """Take the terminal away, as when its window is closed."""
        if not self._gone:
            self._gone = True
            os.write(self._waker, b"x")
            self._reader.join(PATIENCE)
            for end in (self._ours, self._waker, self._woken):
                os.close(end)

    def wait(self) -> int:
        """Wait until the command ends by itself, and give its status."""
        return self.process.wait(PATIENCE)

    def press(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    @property
    def lines(self) -> list[str]:
        with self._drawn:
            return [line.rstrip() for line in self._screen.display]

    def until(self, *patterns: str) -> list[str]:
        """Wait until every pattern is found on the screen, and give its lines."""
        return self._until(lambda shown: all(re.search(one, shown) for one in patterns), patterns)

    def until_gone(self, pattern: str) -> list[str]:
        """Wait until a pattern is nowhere on the screen."""
        return self._until(lambda shown: not re.search(pattern, shown), ("without", pattern))

    def _until(self, holds: Callable[[str], bool], told: Sequence[str]) -> list[str]:
        deadline = monotonic() + PATIENCE
        with self._drawn:
            while not holds("\n".join(self._screen.display)):
                left = deadline - monotonic()
                if left <= 0 or self._ended:
                    shown = "\n".join(line.rstrip() for line in self._screen.display)
                    raise AssertionError(f"waited for {told} on\n{shown}")
                self._drawn.wait(min(left, 1.0))
            return [line.rstrip() for line in self._screen.display]

    def _read(self) -> None:
        while True:
            ready, _, _ = select.select([self._ours, self._woken], [], [])
            if self._woken in ready:
                return
            try:
                told = os.read(self._ours, 65536)
            except OSError:
                told = b""
            with self._drawn:
                if not told:
                    self._ended = True
                    self._drawn.notify_all()
                    return
                self._stream.feed(told)
                self._drawn.notify_all()
            for question, answer in _QUESTIONS.items():
                if question in told:
                    os.write(self._ours, answer)
