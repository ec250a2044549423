"""Every change of style leads to what is wanted, by the shortest way there is."""

from itertools import combinations, product

import pytest

from runs_tui.terminal.style import PLAIN, Style, Unclear, change, for_blank, told
from tests.terminal.emulator import Drawn, Emulator, Look

MARKS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "21", "51", "52", "53"]
PAIRS = [frozenset(pair) for count in (0, 1, 2) for pair in combinations(MARKS, count)]
SOME = [
    Style(fore, back, frozenset(marks))
    for fore, back, marks in product(
        ("", "31", "38;5;9", "38;2;1;2;3"), ("", "44", "48;2;4;5;6"), ((), ("1",), ("1", "7"))
    )
]


def look(style: Style) -> Look:
    return Look(style.fore, style.back, frozenset(map(int, style.marks)), style.link)


def after(style: Style, text: str) -> Look:
    terminal = Emulator(2, 2, look=look(style))
    terminal.feed(text)
    return terminal.look


@pytest.mark.parametrize("old", PAIRS, ids=lambda marks: "+".join(sorted(marks)) or "plain")
def test_marks_change_to_any_others(old: frozenset[str]) -> None:
    before = Style("31", "", old)
    for marks in PAIRS:
        new = Style("31", "", marks)
        assert after(before, change(before, new)) == look(new)


def test_colours_change_to_any_others_and_never_longer_than_all_anew() -> None:
    for old, new in product(SOME, SOME):
        told_anew = ";".join(["", *sorted(new.marks), *filter(None, new[:2])])
        assert after(old, change(old, new)) == look(new)
        assert len(change(old, new)) <= len(f"\x1b[{told_anew}m")


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (PLAIN, PLAIN, ""),
        (Style("31", "44"), PLAIN, "\x1b[m"),
        (Style("31", "44"), Style("32", "44"), "\x1b[32m"),
        (Style("38;2;1;2;3", "44"), Style("38;2;1;2;3"), "\x1b[49m"),
        (Style(marks=frozenset({"1", "2"})), Style(marks=frozenset("1")), "\x1b[;1m"),
        (Style("31", link="id=1;https://a.test"), Style("31"), "\x1b]8;;\x1b\\"),
    ],
)
def test_the_shortest_is_taken(old: Style, new: Style, text: str) -> None:
    assert change(old, new) == text


def test_a_blank_looks_the_same_in_the_style_that_is_near() -> None:
    for pen, style in product(SOME, SOME):
        blank = style.of_blank
        near = for_blank(pen, blank)
        pages = []
        for worn in (near, style):
            terminal = Emulator(1, 1, rows=[[Drawn()]], look=look(worn))
            terminal.feed(" ")
            pages.append(terminal.page)
        assert pages[0] == pages[1]
        assert len(change(pen, near)) <= len(change(pen, blank))


def test_codes_are_told_one_after_the_other() -> None:
    assert told(PLAIN, "1;38;2;1;2;3;48;5;7") == Style("38;2;1;2;3", "48;5;7", frozenset("1"))
    assert told(Style("31", "44", frozenset("1"), "link"), "0;4") == Style(
        "", "", frozenset("4"), "link"
    )
    assert told(Style("31", "44", frozenset("1")), "39") == Style("", "44", frozenset("1"))
    assert told(Style("31", "44", frozenset("1")), "49") == Style("31", "", frozenset("1"))


@pytest.mark.parametrize("codes", ["22", "38", "38;2;1;2", "38;9;1", "48;5;x", "99", "38;5;"])
def test_what_is_not_known_is_not_guessed(codes: str) -> None:
    with pytest.raises(Unclear):
        told(PLAIN, codes)
