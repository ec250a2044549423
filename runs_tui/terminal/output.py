"""Sends to the terminal on a thread of its own, so that nothing else waits for a slow line."""

import os
import select
import sys
from collections.abc import Callable
from threading import Condition, Thread

BEAT = 0.5
"""The seconds between two looks at whether the terminal is still there."""


class Output(Thread):
    """Takes what is to be sent whenever it could send the last, and when it should."""

    def __init__(
        self,
        fileno: int,
        take: Callable[[], bytes],
        wait: Callable[[], float],
        gone: Callable[[], None],
    ) -> None:
        """Take the terminal, what is asked for what to send and how long to wait, and whom to tell.

        `gone` is called once, on this thread, when the terminal is no more.
        """
        super().__init__(daemon=True, name="terminal-output")
        self._fileno = fileno
        self._take = take
        self._wait = wait
        self._gone = gone
        self._changed = Condition()
        self._asked = self._done = 0
        self._hurried = False
        self._ending = False

    def wake(self) -> None:
        """Send what there is, when its time has come."""
        with self._changed:
            self._asked += 1
            self._changed.notify_all()

    def drain(self, seconds: float) -> bool:
        """Send what there is now; tell whether all was sent in so many seconds."""
        with self._changed:
            self._hurried = True
            self.wake()
            asked = self._asked
            return self._changed.wait_for(lambda: self._done >= asked, seconds)

    def stop(self, seconds: float) -> None:
        """Send what there is, and end; a terminal that takes nothing is left alone."""
        self._ending = self._hurried = True
        self.wake()
        self.join(seconds)

    def run(self) -> None:
        """Send until it is stopped or the terminal is gone."""
        try:
            while not self._step():
                pass
        except OSError:
            self._gone()

    def _step(self) -> bool:
        """Send once, if it is time, or look after the terminal; tell whether it was the last."""
        with self._changed:
            self._changed.wait_for(lambda: self._asked != self._done, BEAT)
            asked, ending = self._asked, self._ending
        self._look()
        pause = 0.0 if self._hurried else min(self._wait(), BEAT)
        if pause:
            with self._changed:
                self._changed.wait(pause)
            return False
        self._send(self._take())
        with self._changed:
            self._done = asked
            self._changed.notify_all()
        return ending

    def _send(self, data: bytes) -> None:
        while data:
            try:
                data = data[os.write(self._fileno, data) :]
            except BlockingIOError:
                select.select([], [self._fileno], [], BEAT)

    def _look(self) -> None:
        """Find out whether the terminal is gone, where that can be asked."""
        if sys.platform != "linux":
            return
        poll = select.poll()
        poll.register(self._fileno, 0)
        if any(event & (select.POLLHUP | select.POLLERR) for _, event in poll.poll(0)):
            raise BrokenPipeError
