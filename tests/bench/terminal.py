"""A program in a terminal of its own: started, typed to, read, and ended by its process id."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import threading
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Self

from tests.bench.screen import Screen, Stream
from tests.bench.starting import PATIENCE, ROOT, NotMeasuredError, terminal_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType

SIZE = (120, 40)
"""The columns and lines of a usual terminal."""
UNDIFFED = {"TEXTUAL_DRIVER": "textual.drivers.linux_driver:LinuxDriver"}
"""The environment in which a program sends all that Textual draws."""
PAUSE = 0.03
"""For how many seconds a program is silent before what it drew is looked at."""

_QUESTIONS = {
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
    b"\x1b[?2048$p": b"\x1b[?2048;0$y",
}
"""What a terminal is asked, and what a common one answers: it draws whole frames at once."""
_WHERE = b"\x1b[6n"
"""Asks where the cursor stands."""
_NEVER = "(?!)"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program wrote after it was prompted."""

    size: int
    """How many bytes."""
    seconds: float
    """From the prompt to the last of them."""


class Terminal:
    """Runs a module of this interpreter in a pseudo-terminal until it is left."""

    def __init__(
        self,
        module: str,
        *arguments: str,
        size: tuple[int, int] = SIZE,
        undiffed: bool = False,
        margins: bool = False,
    ) -> None:
        """Take what is run, whether by Textual's own driver, and what the terminal says it knows.

        Nothing is started yet.
        """
        self._margins = margins
        self._size = size
        self._environment = {**terminal_environment(), **(UNDIFFED if undiffed else {})}
        self._command = [sys.executable, "-m", "tests.bench.child", module, *arguments]
        self._name = " ".join([module, *arguments])
        self._screen = Screen(*size)
        self._stream = Stream(self._screen)
        self._chunks: list[tuple[float, bytes]] = []
        self._drawn = 0
        self._arrived = threading.Condition()
        self._closed = False
        self.started = 0.0
        """When it was started, as `perf_counter` tells."""

    def __enter__(self) -> Self:
        """Start the program, and read all that it writes."""
        self._ours, theirs = pty.openpty()
        width, height = self._size
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self._reader = threading.Thread(target=self._read, name="terminal", daemon=True)
        self.started = perf_counter()
        self._process = subprocess.Popen(
            self._command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=ROOT,
            env=self._environment,
            start_new_session=True,
        )
        os.close(theirs)
        self._reader.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the program."""
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
        self._reader.join(5)
        os.close(self._ours)

    @property
    def pid(self) -> int:
        """Give the process id of the program."""
        return self._process.pid

    @property
    def received(self) -> int:
        """Count the bytes that the program has written so far."""
        return sum(len(chunk) for _, chunk in list(self._chunks))

    @property
    def processor_time(self) -> float:
        """Give the seconds of a processor that the program has used, all its threads together."""
        try:
            told = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            raise NotMeasuredError("processes tell nothing of their time here") from None
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")

    def wait_for(self, *texts: str) -> float:
        """Give the moment at which all texts, which are patterns, stood on the screen."""
        deadline = perf_counter() + PATIENCE
        while True:
            if self._shows(texts) or self._draw_until(texts):
                return self._chunks[self._drawn - 1][0]
            self._wait_for_more(deadline, f"{' and '.join(texts)!r} on the screen")
            self._wait_for_pause(PAUSE, deadline)

    def press(self, keys: str, quiet: float = 0.1) -> Answer:
        """Press keys, and take what is written until it is quiet for some seconds."""
        return self._prompt(lambda: os.write(self._ours, keys.encode()), quiet, f"to {keys!r}")

    def poke(self, quiet: float = 0.1) -> Answer:
        """Ask the program for its next change by a signal, and take what it writes."""
        return self._prompt(lambda: os.kill(self.pid, signal.SIGUSR1), quiet, "to its signal")

    def settle(self, quiet: float = 0.5) -> None:
        """Wait until nothing has been written for some seconds."""
        self._wait_for_pause(quiet, perf_counter() + PATIENCE)

    def _prompt(self, prompt: Callable[[], object], quiet: float, what: str) -> Answer:
        before = len(self._chunks)
        start = perf_counter()
        prompt()
        deadline = start + PATIENCE
        while len(self._chunks) == before:
            self._wait_for_more(deadline, f"an answer {what}", drawn=before)
        self._wait_for_pause(quiet, deadline)
        chunks = self._chunks[before:]
        return Answer(sum(len(chunk) for _, chunk in chunks), chunks[-1][0] - start)

    def _answering(self) -> Screen:
        def answer(data: bytes) -> None:
            os.write(self._ours, data)

        return Screen(*self._size, answer=answer, margins=self._margins)

    def _shows(self, texts: Iterable[str]) -> bool:
        shown = "\n".join(self._screen.display)
        return all(re.search(text, shown) for text in texts)

    def _draw_until(self, texts: Iterable[str]) -> bool:
        """Draw what has come, piece by piece, until the texts are seen; tell whether they are."""
        while self._drawn < len(self._chunks):
            self._stream.feed(self._chunks[self._drawn][1])
            self._drawn += 1
            if self._shows(texts):
                return True
        return False

    def _wait_for_more(self, deadline: float, what: str, drawn: int | None = None) -> None:
        known = self._drawn if drawn is None else drawn
        with self._arrived:
            while len(self._chunks) <= known:
                left = deadline - perf_counter()
                if self._closed or left <= 0:
                    raise NotMeasuredError(self._trouble(what))
                self._arrived.wait(min(left, 0.5))

    def _wait_for_pause(self, quiet: float, deadline: float) -> None:
        began = perf_counter()
        with self._arrived:
            while not self._closed:
                latest = self._chunks[-1][0] if self._chunks else began
                left = latest + quiet - perf_counter()
                if left <= 0:
                    return
                if perf_counter() > deadline:
                    raise NotMeasuredError(self._trouble("silence"))
                self._arrived.wait(left)

    def _trouble(self, what: str) -> str:
        self._draw_until([_NEVER])
        ended = "it ended" if self._closed else f"{PATIENCE:.0f} s have passed"
        lines = [line.strip() for line in self._screen.display if line.strip()]
        return f"{self._name}: waited for {what}, but {ended}; last lines: {' / '.join(lines[-3:])}"

    def _read(self) -> None:
        where = Stream(self._answering())
        unread = 0
        while True:
            try:
                chunk = os.read(self._ours, 65536)
            except OSError:
                chunk = b""
            moment = perf_counter()
            with self._arrived:
                self._closed = not chunk
                if chunk:
                    self._chunks.append((moment, chunk))
                self._arrived.notify_all()
            if not chunk:
                return
            for question, answer in _QUESTIONS.items():
                if question in chunk:
                    os.write(self._ours, answer)
            if _WHERE in chunk:
                for _, earlier in self._chunks[unread:]:
                    where.feed(earlier)
                unread = len(self._chunks)
