"""Textual's driver for Linux and macOS, but for what it sends: only the cells that changed."""

import contextlib
import os
import select
import signal
import termios
from collections import deque
from functools import partial
from threading import Event, RLock
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING, Any

from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from runs_tui.terminal.leaving import Leaving
from runs_tui.terminal.line import Line, Reading
from runs_tui.terminal.output import Output
from runs_tui.terminal.painter import Painter

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App

Place = tuple[int, int]
WHERE = "\x1b[6n"
"""Asks the terminal where its cursor stands."""
MARGINS = f"\x1b[2;2H\x1b[?69h\x1b[2;9s{WHERE}\x1b[?69l"
"""Asks whether it knows margins at the sides: if so, setting them puts the cursor to the corner."""
REPEATS = f"\x1b[2;2H \x1b[2b{WHERE}", f"\x1b[2;2H─\x1b[2b{WHERE}\x1b[2;2H{' ' * 6}"
"""Asks whether it writes its last character again when told to: a blank, and one not of ASCII."""
DRAIN = 0.5
"""The most seconds that the end waits for a terminal that takes nothing."""
RESTORE = (
    b"\x1b[m\x1b[?2026l\x1b[<u\x1b[?1000;1003;1006;1015;1004;2004l\x1b[?7h\x1b[?1049l\x1b[?25h"
)
"""Gives a terminal back as it was, as well as can be known."""


class CellDriver(LinuxDriver):
    """Keeps in mind what the terminal shows, and sends what is to be shown else."""

    def __init__(
        self,
        app: "App[Any]",
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        """Take what Textual gives its drivers."""
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._lock = RLock()
        self._painter = Painter(*(size or self._get_terminal_size()))
        self._line = Line()
        self._answer = Event()
        self._hearers: deque[Callable[[Place], None]] = deque()
        """Who takes the answers that are expected, in order."""
        self._doubted = False
        self._feeds = False
        self._listening = False
        """Whether what the terminal answers is read, and not echoed."""
        self._resizes = self._told_sizes = 0
        """How often the size has changed, and up to which of these it was told."""
        self._telling_size = False
        self._output: Output | None = None
        self._leaving = Leaving(self._leave, self._restore, getattr(app, "INTERRUPTED", None))

    @property
    def line(self) -> Reading:
        """Tell how fast the line to the terminal is."""
        with self._lock:
            return self._line.read(monotonic())

    def redraw(self) -> None:
        """Draw the whole screen anew, whatever the terminal shows."""
        with self._lock:
            self._painter.forget()
        self.flush()

    # What Textual asks of a driver

    def write(self, data: str) -> None:
        """Take what is drawn, and what is said to the terminal."""
        with self._lock:
            size = self._app.size
            if size != self._painter.size:
                self._painter.resize(*size)
            self._painter.write(data)

    def flush(self) -> None:
        """Send what was written, as soon as the line is ready for it."""
        if self._output is not None:
            self._output.wake()

    def start_application_mode(self) -> None:
        """Take the terminal."""
        self._line = Line()
        self._output = Output(self._target, self._take, self._wait, self._hang_up)
        self._output.start()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._keep_line_feeds()
        self._listen_for_sizes()
        self._leaving.listen()
        self._listening = True
        self._meet()

    def stop_application_mode(self) -> None:
        """Give the terminal back."""
        self._listening = self._feeds = False
        if self._output is not None:
            self._output.drain(DRAIN)
        with self._lock:
            patience = self._line.patience(monotonic())
        if patience:
            self._answer.wait(min(patience, DRAIN))
        super().stop_application_mode()

    def close(self) -> None:
        """Send what is left."""
        super().close()
        if not self._leaving.begun:
            self._leaving.ignore()
        if self._output is not None:
            self._output.stop(DRAIN)

    def process_message(self, message: Message) -> None:
        """Take what the terminal tells of itself; this runs on the thread of the input."""
        if isinstance(message, events.CursorPosition):
            self._take_answer((message.x, message.y))
            return
        if isinstance(message, events.AppFocus):
            self._doubt()
        elif isinstance(message, events.Resize):
            with self._lock:
                self._painter.forget()
        super().process_message(message)

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except OSError:
            self._hang_up()

    # What is sent, and when

    def _take(self) -> bytes:
        """Give what is to be sent now; this runs on the thread of the output."""
        now = monotonic()
        with self._lock:
            self._painter.known.feeds = self._fits()
            text = self._painter.take()
            if text and self._listening and self._line.asks(now):
                text += self._question()
            data = text.encode(errors="replace")
            if data:
                self._line.sent(len(data), now)
        return data

    def _wait(self) -> float:
        with self._lock:
            return self._line.wait(monotonic())

    def _meet(self) -> None:
        """Ask what the terminal knows, while nothing is drawn."""
        with self._lock:
            self._expect(self._hear_margins, self._hear_repeats, self._hear_repeats_any)
            self._painter.ask(MARGINS + "".join(REPEATS))
            self._painter.forget()
        self.flush()

    def _question(self) -> str:
        """Ask whether the cursor stands where it was put."""
        place = self._painter.cursor
        if place is None:
            return ""
        self._expect(partial(self._hear_place, place))
        return WHERE

    def _expect(self, *hearers: "Callable[[Place], None]") -> None:
        self._hearers = deque(hearers)
        self._answer.clear()
        self._line.asked(monotonic())

    def _take_answer(self, place: Place) -> None:
        """Hear where the cursor stands."""
        with self._lock:
            if not self._hearers:
                return
            self._hearers.popleft()(place)
            if self._hearers:
                return
            self._line.answered(monotonic())
        self._answer.set()
        self.flush()

    def _hear_margins(self, place: Place) -> None:
        self._painter.known.margins = place == (0, 0)

    def _hear_repeats(self, place: Place) -> None:
        self._painter.known.repeats = place == (4, 1)

    def _hear_repeats_any(self, place: Place) -> None:
        self._painter.known.repeats_any = place == (4, 1)

    def _hear_place(self, expected: Place, place: Place) -> None:
        """Where the cursor is not where it was put, somebody else has written."""
        moved = place != expected
        if moved and not self._doubted:
            self._painter.forget()
        self._doubted = moved

    def _doubt(self) -> None:
        """Ask whether somebody else has written; without an answer, draw everything anew."""
        with self._lock:
            if self._line.asking:
                return
            question = self._question() if self._line.answers else ""
            if question:
                self._painter.say(question)
            else:
                self._painter.forget()
        self.flush()

    # The terminal itself

    def _keep_line_feeds(self) -> None:
        """Let a line feed reach the terminal as it is."""
        with contextlib.suppress(termios.error):
            attributes = termios.tcgetattr(self.fileno)
            attributes[1] &= ~termios.OPOST
            termios.tcsetattr(self.fileno, termios.TCSANOW, attributes)
            self._feeds = True

    def _send_where_it_fits(self) -> None:
        if self._is_drawn_size():
            self.flush()

    def _fits(self) -> bool:
        """Tell whether a line feed is safe: not translated, and the size the one that is drawn."""
        return self._feeds and self._is_drawn_size()

    def _is_drawn_size(self) -> bool:
        """Tell whether the terminal has the size that is drawn."""
        try:
            return os.get_terminal_size(self._target) == self._painter.size
        except OSError:
            return False

    def _listen_for_sizes(self) -> None:
        """Forget what the terminal shows whenever its size changes, be it back and forth.

        A signal may come while the one before is heard: told within it, the newer size would come
        first, and the older one would stay. So it is told behind it.
        """
        before = signal.getsignal(signal.SIGWINCH)
        if not callable(before):
            return
        listening: Callable[[int, FrameType | None], object] = before

        def on_resize(number: int, frame: FrameType | None) -> None:
            self._resizes += 1
            while not self._telling_size and (heard := self._resizes) != self._told_sizes:
                self._telling_size = True
                with self._lock:
                    self._painter.forget()
                with contextlib.suppress(RuntimeError):
                    listening(number, frame)
                    # Textual draws nothing where the size is again what it was.
                    self._loop.call_soon_threadsafe(self._send_where_it_fits)
                self._told_sizes, self._telling_size = heard, False

        signal.signal(signal.SIGWINCH, on_resize)

    @property
    def _target(self) -> int:
        """Give the file that is drawn to, as Textual chose it."""
        assert self._file is not None
        return self._file.fileno()

    def _hang_up(self) -> None:
        self._leaving.begin(signal.SIGHUP)

    def _leave(self, status: int) -> None:
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(lambda: self._app.exit(return_code=status))

    def _restore(self) -> None:
        """Give the terminal back in haste, if it takes anything."""
        with contextlib.suppress(OSError, termios.error):
            if self.attrs_before is not None:
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
            if select.select([], [self._target], [], 0)[1]:
                os.write(self._target, RESTORE)
