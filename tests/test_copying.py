"""Copying, seen from a terminal, and from a real tmux."""

import os
import re
import shutil
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.test_cli_dashboard import LIMIT, dashboard, read_until

ROOT = Path(__file__).parents[1]
PROGRAM = "from tests.screens.stage import Stage; Stage(runs=30).app.run()"
IN_TMUX = re.compile(rb"\x1b\]52;\w*;([A-Za-z0-9+/=]+)\x07")
OSC_52 = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")


def typed(terminal: int, keys: bytes) -> None:
    os.write(terminal, keys)


@contextmanager
def watching(home: Path, **more: str) -> Iterator[int]:
    """Start the dashboard over a small world, with a run under the cursor."""
    environment = {"PYTHONPATH": str(ROOT), **more}
    with dashboard(PROGRAM, home, **environment) as (_, terminal):
        read_until(terminal, b" done")
        yield terminal


def copied(written: bytes) -> str:
    sequence = OSC_52.search(written)
    assert sequence
    return b64decode(sequence[1]).decode()


def test_an_id_goes_to_the_clipboard_of_the_terminal_and_stands_on_the_screen(
    tmp_path: Path,
) -> None:
    with watching(tmp_path) as terminal:
        typed(terminal, b"y")
        written = read_until(terminal, b"\x07")
        told = f"Copied {copied(written)}".encode()
        assert told in written + (b"" if told in written else read_until(terminal, told))


def test_where_tmux_cannot_be_reached_its_terminal_is_told_through_it(tmp_path: Path) -> None:
    with watching(tmp_path, TMUX="/nowhere,1,0") as terminal:
        typed(terminal, b"y")
        written = read_until(terminal, b"Copied ")
        assert b"\x1bPtmux;\x1b\x1b]52;c;" in written
        assert b"into the buffer" not in written


def test_through_screen_it_goes_in_pieces(tmp_path: Path) -> None:
    with watching(tmp_path, STY="1.pts-0.host") as terminal:
        typed(terminal, b"y")
        assert b"\x1bP\x1b]52;c;" in read_until(terminal, b"Copied ")


# In tmux


class Tmux:
    """A tmux server of its own, with the dashboard in its only window."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "tmux"

    def __call__(self, *words: str) -> str:
        command = ["tmux", "-S", str(self.socket), "-f", "/dev/null", *words]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        return ended.stdout

    def until(self, condition: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + LIMIT
        while time.monotonic() < deadline:
            if condition():
                return
        pytest.fail(f"{what}; on the screen:\n{self('capture-pane', '-p')}")

    def shows(self, text: str) -> None:
        self.until(lambda: text in self("capture-pane", "-p"), f"{text} is not shown")


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    server = Tmux(tmp_path)
    program = [sys.executable, "-c", PROGRAM]
    window = ["new-session", "-d", "-x", "100", "-y", "30"]
    server(*window, "-e", f"PYTHONPATH={ROOT}", *program)
    try:
        server.shows("✓ Ingest")
        yield server
    finally:
        server("kill-server")


def test_in_tmux_its_buffer_has_the_text(tmux: Tmux) -> None:
    tmux("send-keys", "y")
    tmux.shows("into the buffer of tmux")
    buffer = tmux("show-buffer")
    assert f"Copied {buffer} into" in tmux("capture-pane", "-p")


def test_in_tmux_a_whole_document_is_in_its_buffer(tmux: Tmux) -> None:
    tmux("send-keys", "i", "Y")
    tmux.shows("Enter copies")
    tmux("send-keys", "G", "Enter")
    tmux.shows("Copied JSON")
    assert '"steps": [' in tmux("show-buffer")


def test_tmux_hands_the_text_on_to_its_terminal(tmux: Tmux, tmp_path: Path) -> None:
    words = ["tmux", "-S", str(tmux.socket), "attach"]
    attaching = f"import os; os.execvp('tmux', {words!r})"
    with dashboard(attaching, tmp_path) as (_, terminal):
        read_until(terminal, b" done")
        typed(terminal, b"y")
        written = read_until(terminal, b"\x1b]52;")
        written += b"" if IN_TMUX.search(written) else read_until(terminal, b"\x07")
        sequence = IN_TMUX.search(written)
        assert sequence
        assert b64decode(sequence[1]).decode() == tmux("show-buffer")
