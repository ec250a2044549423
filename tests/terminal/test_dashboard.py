"""The dashboard itself in a terminal: over SSH, and cut off."""

import random
import shlex
import shutil
import signal
import sys
from pathlib import Path

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


@pytest.mark.parametrize("asked", [True, False])
def test_the_mouse_is_reported_where_it_is_asked_for(tmp_path: Path, asked: bool) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f"mouse = {str(asked).lower()}\n")
    there = {"SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22"} if asked else {}
    environment = {"RUNS_TUI_CONFIG": str(path), **there}
    with Session("-m", "runs_tui", "demo", size=(100, 30), environment=environment) as session:
        session.until_shown("rows 1–")
        assert (MOUSE in session.emulator.aside) is asked


def test_it_tells_how_fast_the_line_is() -> None:
    with Session("-m", "runs_tui", "demo", size=(100, 30)) as session:
        session.until_shown("rows 1–")
        session.type("j")
        session.until(lambda: session.sent.count(b"\x1b[6n"))
        session.type("\x07")
        session.until_shown("there and back")
        assert "kB in all" in session.text


@pytest.mark.parametrize("made", ["night", "terminal", "terminal-light", "without"])
def test_in_the_colours_of_the_terminal_as_little_is_sent(tmp_path: Path, made: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text("" if made == "without" else f'theme = "{made}"\n')
    there = {"RUNS_TUI_CONFIG": str(path), "NO_COLOR": "1" if made == "without" else ""}
    with Session("-m", "runs_tui", "demo", size=(140, 40), environment=there) as session:
        session.until_shown("rows 1–")
        assert b"\x1b[39;49m" not in session.sent
        assert len(session.sent) < 40_000


def test_its_size_changes_while_events_stream() -> None:
    chance = random.Random(7)
    arguments = ("-m", "runs_tui", "demo", "--speed", "20")
    with Session(*arguments, size=(120, 40)) as session:
        session.emulator.clamps = True
        session.until_shown("rows 1–")
        session.type("/state:running\r")
        session.until_shown("▌● running")
        session.type("zL")
        session.until_shown("▸Events")
        for _ in range(25):
            session.resize(chance.randint(40, 140), chance.randint(12, 45))
            session.type(chance.choice("jkGF"))
            seen = len(session.sent)
            session.until(lambda seen=seen: len(session.sent) > seen)  # type: ignore[misc]
        session.resize(110, 33)
        session.until(lambda: "▸Events" in session.text and "?" * 8 not in session.text)
        session.type("q")
        session.until_shown("rows 1–")
        session.type("q")
        assert session.ended() == 0


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_suspended_to_the_shell_and_resumed_it_is_drawn_again() -> None:
    shell = ["bash", "--norc", "--noprofile", "-i"]
    environment = {"PS1": "shell> ", "PROMPT_COMMAND": ""}
    with Session(size=(100, 30), environment=environment, command=shell) as session:
        session.until_shown("shell>")
        session.type(f"{shlex.quote(sys.executable)} -m runs_tui demo\r")
        session.until_shown("rows 1–")
        session.type("j\x1a")
        session.until_shown("Stopped")
        assert "\x1b[?1049l" in session.emulator.aside
        session.type("echo 'back' again\r")
        session.until_shown("back again")
        drawn = session.emulator.aside.count("\x1b[?1049h")
        session.type("fg\r")
        session.until(lambda: session.emulator.aside.count("\x1b[?1049h") > drawn)
        session.until(lambda: "rows 1–" in session.text and "Stopped" not in session.text)
        session.until(lambda: session.text.splitlines()[1].startswith(" / all runs"))
        session.type("q")
        session.until_shown("shell>")
        session.type("exit\r")
        assert session.ended() == 0
