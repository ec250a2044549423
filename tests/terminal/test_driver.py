"""The driver in a real pseudo-terminal: drawn, resized, stopped, overwritten, cut off."""

import fcntl
import os
import select
import signal
import struct
import termios
from concurrent.futures import ThreadPoolExecutor
from threading import RLock

import pytest

from runs_tui.terminal.choice import driver_class, reports_mouse
from runs_tui.terminal.driver import CellDriver
from runs_tui.terminal.line import Line, Reading
from tests.terminal.emulator import Drawn
from tests.terminal.session import Session

LEFT = ("\x1b[?1049l", "\x1b[?25h", "\x1b[?1004l", "\x1b[?2004l")
"""What gives a terminal back."""


def test_it_draws_spares_and_gives_the_terminal_back() -> None:
    with Session() as session:
        session.until_shown("begun 漢字 👍🏽")
        session.type("n")
        session.until_shown("number 1")
        before = len(session.sent)
        session.type("n")
        session.until_shown("number 2")
        assert len(session.sent) - before < 100
        assert not termios.tcgetattr(session.theirs)[1] & termios.OPOST
        session.type("q")
        assert session.ended() == 0
        session.until(lambda: set(LEFT) <= set(session.emulator.aside))
        assert termios.tcgetattr(session.theirs) == session.before


def test_what_somebody_else_wrote_is_drawn_over_when_the_focus_comes_back() -> None:
    with Session() as session:
        session.until_shown("begun")
        session.type("n")
        session.until_shown("number 1")
        session.emulator.spoil()
        session.type("\x1b[O\x1b[I")
        session.until_shown("number 1")
        assert Drawn("?") not in [drawn for row in session.emulator.rows for drawn in row]


@pytest.mark.parametrize("sizes", [[(70, 15)], [(30, 5), (90, 20)], [(40, 8), (60, 12)]])
def test_another_size_is_drawn_whole_even_back_and_forth(sizes: list[tuple[int, int]]) -> None:
    with Session() as session:
        session.until_shown("begun")
        for size in sizes:
            session.resize(*size)
        session.until_shown("begun")
        session.until(lambda: "?" not in session.text)


def test_the_last_of_many_sizes_in_a_row_is_drawn_whole() -> None:
    with Session() as session:
        session.until_shown("begun")
        session.emulator.clamps = True
        for _ in range(60):
            for size in ((30, 5), (90, 20)):
                session.resize(*size)
            session.until(lambda: "begun" in session.text and "?" not in session.text)


def test_a_size_that_is_not_true_moves_nothing() -> None:
    told = {"COLUMNS": "60", "LINES": "14"}
    with Session(size=(60, 12), environment=told) as session:
        session.emulator.clamps = True
        session.until_shown("begun")
        session.type("n")
        session.until_shown("number 1")
        assert session.text.startswith("number 1")


def test_it_tells_of_the_line() -> None:
    with Session() as session:
        session.until_shown("begun")
        session.until(lambda: session.sent.count(b"\x1b[6n"))
        session.type("n")
        session.until_shown("number 1")
        session.type("l")
        session.until_shown("True True True")


def test_the_line_is_read_while_nothing_is_counted() -> None:
    driver = CellDriver.__new__(CellDriver)
    driver._lock = RLock()

    class Watched(Line):
        def read(self, now: float) -> Reading:
            with ThreadPoolExecutor(1) as other:
                assert not other.submit(driver._lock.acquire, blocking=False).result()
            return super().read(now)

    driver._line = Watched()
    assert driver.line.sent == 0


def test_suspended_and_resumed_it_draws_everything() -> None:
    with Session() as session:
        session.until_shown("begun")
        session.type("z")
        session.until(lambda: os.waitpid(session.process.pid, os.WNOHANG | os.WUNTRACED)[0])
        session.until(lambda: "\x1b[?1049l" in session.emulator.aside)
        assert termios.tcgetattr(session.theirs) == session.before
        session.emulator.spoil()
        session.process.send_signal(signal.SIGCONT)
        session.until_shown("begun")
        session.until(lambda: "?" not in session.text)
        session.type("n")
        session.until_shown("number 1")


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
@pytest.mark.parametrize("kind", ["quick", "slow", "busy"])
def test_a_signal_ends_it_in_time_and_gives_the_terminal_back(
    number: signal.Signals, kind: str
) -> None:
    with Session("-m", "tests.terminal.program", kind) as session:
        session.until_shown("number 3" if kind == "busy" else "begun")
        session.process.send_signal(number)
        assert session.ended() == 128 + number
        session.until(lambda: {"\x1b[?1049l", "\x1b[?25h"} <= set(session.emulator.aside))
        assert termios.tcgetattr(session.theirs) == session.before


@pytest.mark.parametrize("kind", ["quick", "slow", "busy"])
@pytest.mark.parametrize("controlling", [True, False], ids=["hang-up", "no signal"])
def test_it_ends_when_its_terminal_is_gone(kind: str, controlling: bool) -> None:
    with Session("-m", "tests.terminal.program", kind, controlling=controlling) as session:
        session.until_shown("number 3" if kind == "busy" else "begun")
        session.close()
        assert session.ended() == 128 + signal.SIGHUP


def test_a_key_does_not_wait_for_a_terminal_that_takes_nothing() -> None:
    with Session("-m", "tests.terminal.program", "busy") as session:
        session.until_shown("number 3")
        session.reading.clear()
        session.type("q")
        assert session.ended() == 0


def test_an_answer_on_its_way_does_not_reach_the_shell() -> None:
    with Session() as session:
        session.until_shown("begun")
        session.type("n")
        session.until_shown("number 1")
        session.reading.clear()
        session.type("nq")
        session.until(lambda: select.select([session.ours], [], [], 0)[0])
        session.reading.set()
        assert session.ended() == 0
        waiting = fcntl.ioctl(session.theirs, termios.FIONREAD, struct.pack("i", 0))
        assert struct.unpack("i", waiting) == (0,)


def test_only_what_draws_and_types_on_one_terminal_has_it() -> None:
    assert driver_class({"TEXTUAL_DRIVER": "some:Driver"}) is None
    code = "from runs_tui.terminal.choice import driver_class; print(driver_class({}))"
    with Session("-c", code) as session:
        session.until(lambda: b"CellDriver" in session.sent)


@pytest.mark.parametrize(
    ("asked", "over", "told"),
    [(None, "", True), (None, "1.2.3.4", False), (True, "1.2.3.4", True), (False, "", False)],
)
def test_the_mouse_is_not_reported_over_ssh_unless_asked_for(
    asked: bool | None, over: str, told: bool
) -> None:
    assert reports_mouse(asked, {"SSH_CONNECTION": over} if over else {}) is told
