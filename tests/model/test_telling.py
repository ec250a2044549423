"""What is written to a terminal so that it notifies, and that strangers cannot write more."""

import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs_tui.model.passthrough import wrapped
from runs_tui.model.telling import BELL, WAYS, Telling, sequences, way_of

PLAIN: Mapping[str, str] = {"TERM": "xterm-256color"}


@pytest.mark.parametrize(
    ("environment", "way"),
    [
        ({}, "9"),
        (PLAIN, "9"),
        ({"TERM": "xterm-kitty"}, "99"),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, "99"),
        ({"TERM": "foot"}, "777"),
        ({"TERM": "rxvt-unicode-256color"}, "777"),
    ],
)
def test_the_sequence_is_the_one_of_the_terminal(environment: dict[str, str], way: str) -> None:
    assert way_of(environment) == way
    told = sequences(Telling(), "etl failed", "prod/1", environment)
    assert any(each.startswith(f"\x1b]{way};") for each in told)


def test_each_way_says_title_and_text() -> None:
    told = {
        way: sequences(Telling(terminal=way, bell=False, title=False), "etl; x", "502", PLAIN)
        for way in WAYS
    }
    assert told["9"] == ("\x1b]9;etl; x: 502\x07",)
    assert told["777"] == ("\x1b]777;notify;etl, x;502\x07",)
    assert told["99"] == ("\x1b]99;i=runs-tui:d=0;etl; x\x1b\\\x1b]99;i=runs-tui:p=body;502\x1b\\",)


def test_what_is_not_wanted_is_not_written() -> None:
    assert sequences(Telling(bell=False, terminal="off", title=False), "a", "b", PLAIN) == ()
    assert sequences(Telling(terminal="off", title=False), "a", "b", PLAIN) == (BELL,)
    assert sequences(Telling(bell=False, terminal="off"), "a", "b", PLAIN) == ("\x1b]2;a\x07",)


def test_tmux_and_screen_pass_it_on() -> None:
    assert wrapped("\x1b]9;a\x07", {"TMUX": "1"}) == "\x1bPtmux;\x1b\x1b]9;a\x07\x1b\\"
    assert wrapped("\x1b]9;a\x07", {"STY": "1"}) == "\x1bP\x1b]9;a\x07\x1b\\"
    told = sequences(Telling(), "a", "b", {"TMUX": "1"})
    assert told[-1] == BELL


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(WAYS))
def test_a_stranger_can_end_no_sequence_early(title: str, text: str, way: str) -> None:
    for told in sequences(Telling(terminal=way), title, text, PLAIN):
        inner = re.sub(r"^\x1b\][^\x1b\x07]*(\x07|\x1b\\)", "", told)
        while inner.startswith("\x1b]"):
            inner = re.sub(r"^\x1b\][^\x1b\x07]*(\x07|\x1b\\)", "", inner)
        assert inner in ("", BELL)
