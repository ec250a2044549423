"""Leaving in time when the terminal is gone, or when the system asks for it."""

import os
import signal
from collections.abc import Callable
from threading import Timer
from types import FrameType
from typing import Any

GRACE = 1.2
"""The seconds in which the program may end by itself."""
SIGNALS = (signal.SIGHUP, signal.SIGTERM)


class Leaving:
    """Lets the program end by itself, and ends it if it does not."""

    def __init__(
        self, leave: Callable[[int], None], restore: Callable[[], None], status: int | None = None
    ) -> None:
        """Take how it ends by itself, which is given its exit status, and what is done else.

        `leave` is called on any thread. The status is the same however it ends; without one, it
        is that of a program which the signal has ended.
        """
        self._leave = leave
        self._restore = restore
        self._status = status
        self.begun = False
        """Whether the program is to end."""
        self._before: dict[int, Any] = {}

    def listen(self) -> None:
        """End on the signals that ask for it, wherever the program is, unless they are ignored."""
        for number in SIGNALS:
            before = signal.getsignal(number)
            if before not in (signal.SIG_IGN, None, self._on_signal):
                self._before[number] = before
                signal.signal(number, self._on_signal)

    def ignore(self) -> None:
        """Leave the signals to who had them before."""
        while self._before:
            signal.signal(*self._before.popitem())

    def begin(self, number: int) -> None:
        """End as if by a signal."""
        if self.begun:
            return
        self.begun = True
        status = 128 + number if self._status is None else self._status
        timer = Timer(GRACE, self._end, [status])
        timer.daemon = True
        timer.start()
        self._leave(status)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.begin(number)

    def _end(self, status: int) -> None:
        try:
            self._restore()
        finally:
            os._exit(status)
