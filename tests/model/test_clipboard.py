import re
from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs_tui.model.clipboard import LARGEST, fits, sequence

TMUX = {"TMUX": "/tmp/tmux-1000/default,1,0"}
SCREEN = {"STY": "1234.pts-0.host"}


def as_tmux_passes_it_on(told: str) -> str:
    """Undo what tmux undoes in a sequence that it lets through."""
    wrapped = re.fullmatch(r"\x1bPtmux;((?:[^\x1b]|\x1b\x1b)*)\x1b\\", told)
    assert wrapped
    return wrapped[1].replace("\x1b\x1b", "\x1b")


def as_screen_passes_it_on(told: str) -> str:
    """Put together what GNU screen passes on, which reads at most 256 bytes at once."""
    parts = re.findall(r"\x1bP(.{1,252}?)\x1b\\", told, re.DOTALL)
    assert sum(len(part) + 4 for part in parts) == len(told)
    return "".join(parts)


def clipboard(told: str) -> str:
    """Read a sequence as a terminal does."""
    read = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", told)
    assert read
    return b64decode(read[1]).decode()


@given(st.text())
def test_a_terminal_gets_the_text(text: str) -> None:
    text = text.encode(errors="replace").decode()
    assert clipboard(sequence(text, {})) == text


@given(st.text(st.characters(codec="utf-8"), max_size=1000))
def test_a_terminal_behind_tmux_gets_it_whether_tmux_reads_it_or_lets_it_through(text: str) -> None:
    plain, wrapped = sequence(text, TMUX).split("\x07", 1)
    assert clipboard(plain + "\x07") == text
    assert clipboard(as_tmux_passes_it_on(wrapped)) == text


@given(st.text(st.characters(codec="utf-8"), max_size=1000))
def test_a_terminal_behind_screen_gets_it_in_pieces(text: str) -> None:
    assert clipboard(as_screen_passes_it_on(sequence(text, SCREEN))) == text


@pytest.mark.parametrize(
    ("text", "small"),
    [("", True), ("x" * LARGEST, True), ("x" * (LARGEST + 1), False), ("é" * LARGEST, False)],
)
def test_a_text_fits_up_to_a_size_in_bytes(text: str, small: bool) -> None:
    assert fits(text) is small
    assert not small or len(sequence(text, {})) <= 100_000
