import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from runs_tui.model.sgr import PLAIN, Look, Stretch, colored
from runs_tui.model.text import clean_log

ESC = "\x1b"


def looks(text: str) -> list[tuple[str, Look]]:
    """Give the pieces of a text that look otherwise, and how."""
    cleaned, stretches = colored(text)
    return [(cleaned[each.start : each.end], each.look) for each in stretches]


def test_a_log_without_escapes_has_no_colours() -> None:
    assert colored("a [31m b") == ("a [31m b", ())
    assert colored("") == ("", ())


def test_stretches_are_places_in_the_cleaned_text() -> None:
    told = colored(f"a {ESC}[31mred{ESC}[0m b{ESC}[2J{ESC}]0;x\x07")
    assert told == ("a red b", (Stretch(2, 5, Look(color=1)),))


@pytest.mark.parametrize(
    ("code", "look"),
    [
        ("1", Look(bold=True)),
        ("2", Look(dim=True)),
        ("3", Look(italic=True)),
        ("4", Look(underline=True)),
        ("4:3", Look(underline=True)),
        ("21", Look(underline=True)),
        ("30", Look(color=0)),
        ("37", Look(color=7)),
        ("97", Look(color=15)),
        ("44", Look(background=4)),
        ("101", Look(background=9)),
        ("1;31", Look(color=1, bold=True)),
        ("38;5;208", Look(color=208)),
        ("38:5:208", Look(color=208)),
        ("48;5;0;4", Look(background=0, underline=True)),
        ("38;2;255;0;16", Look(color="#ff0010")),
        ("38:2:255:0:16", Look(color="#ff0010")),
        ("38:2::255:0:16", Look(color="#ff0010")),
        ("48;2;1;2;3", Look(background="#010203")),
        ("031", Look(color=1)),
    ],
)
def test_what_a_sequence_says(code: str, look: Look) -> None:
    assert looks(f"{ESC}[{code}mx") == [("x", look)]
    assert looks(f"\x9b{code}mx") == [("x", look)]


@pytest.mark.parametrize(
    "code",
    ["", "0", "1;0", "5", "7", "8", "28", "38", "38;5", "38;5;256", "38;2;1;2", "38;9", "99999"],
)
def test_what_says_nothing_of_colour_leaves_the_text_plain(code: str) -> None:
    assert colored(f"{ESC}[{code}mx") == ("x", ())


@pytest.mark.parametrize(
    ("on", "off"),
    [("31", "39"), ("41", "49"), ("1", "22"), ("2", "22"), ("3", "23"), ("4", "24"), ("4", "4:0")],
)
def test_each_is_switched_off_again(on: str, off: str) -> None:
    assert looks(f"{ESC}[{on}ma{ESC}[{off}mb")[0][0] == "a"
    assert len(looks(f"{ESC}[{on}ma{ESC}[{off}mb")) == 1


def test_a_colour_goes_on_over_line_ends_and_over_other_escapes() -> None:
    assert looks(f"{ESC}[32ma\r\nb{ESC}[Kc{ESC}[1md\n") == [
        ("a\nbc", Look(color=2)),
        ("d", Look(color=2, bold=True)),
    ]


PIECES = st.sampled_from(
    ["a", " ", "\n", "\r", "\t", "\x1b", "[", "m", "\x1b[", "\x9b", "31", "38;5;", ";", ":", "0m",
     "\x1b[31m", "\x1b[0m", "\x1b[38;2;1;2;3m", "\x1b]0;x\x07", "\x00", "\u202e", "é", "日", "\x85"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map("".join) | st.text())
@settings(max_examples=400, deadline=None)
@example("\r\x1b[31m\n")
def test_the_text_is_the_cleaned_one_and_stretches_lie_in_it_in_order(text: str) -> None:
    cleaned, stretches = colored(text)
    assert cleaned == clean_log(text)
    at = 0
    for stretch in stretches:
        assert at <= stretch.start < stretch.end <= len(cleaned)
        assert stretch.look != PLAIN
        at = stretch.end


@example("38;:")
@given(st.text("0123456789;:", max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_parameters_give_colours_that_can_be_drawn(parameters: str) -> None:
    for _, look in looks(f"{ESC}[{parameters}mx"):
        for color in (look.color, look.background):
            match color:
                case int():
                    assert 0 <= color < 256
                case str():
                    assert len(bytes.fromhex(color[1:])) == 3
