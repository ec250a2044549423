"""The dashboard itself in a terminal: over SSH, and cut off."""

import signal

import pytest

from tests.terminal.session import Session

MOUSE = "\x1b[?1000h"


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_it_is_drawn_and_ends_when_it_is_told_to(number: signal.Signals) -> None:
    there = {"SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22"} if number == signal.SIGHUP else {}
    with Session("-m", "runs_tui", "demo", size=(120, 40), environment=there) as session:
        session.until_shown("rows 1–")
        session.type("j")
        session.until_shown("rows 1–")
        session.type("?")
        session.until_shown("Keys that work here")
        assert (MOUSE in session.emulator.aside) is not bool(there)
        session.process.send_signal(number)
        assert session.ended() == 130
        session.until(lambda: {"\x1b[?1049l", "\x1b[?25h"} <= set(session.emulator.aside))
        shown = session.sent.rpartition(b"\x1b[?1049l")[2]
        assert b"Traceback" not in shown
        assert b"error" not in shown
