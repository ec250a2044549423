import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from runs_tui.model.text import clean, clean_log, clean_value, one_line, shorten

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
FRAGMENTS = [
    *["\x1b", "\x1b[", "\x1b]", "\x1bP", "\x1b\\", "\x1b[31m", "\x1b[2", "\x1b(B", "\x1bc"],
    *["\x9b", "\x9b2J", "\x90", "\x9d", "\x9c", "\x07", "\x7f", "\x85", "\x00", "\x08"],
    *["[31m", "]0;title", "0m", ";", "m", "\\", "?", " ", "\t", "\n", "\r", "\r\n", "\x0b", "\x0c"],
    *["\u2028", "\u2029", "\ufeff", "\ud800", "\udfff", *BIDI],
    *["etl", "日本", "e\u0301", "🚚", "👩\u200d🔧", "[/x]", "[bold]", "שלום"],
]
ANY_TEXT = st.text(max_size=40) | st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join)
WHOLE_TEXT = settings(max_examples=100, deadline=None)


def dangerous(text: str, kept: str = "") -> set[str]:
    """Give what a terminal may obey, or what turns the order of the text around."""
    return {
        mark
        for mark in text
        if mark not in kept
        and (unicodedata.category(mark) in {"Cc", "Cs", "Zl", "Zp"} or mark in BIDI + "\ufeff")
    }


@given(ANY_TEXT)
@example("\x1b\x1b[31m[31m")
@example("\x1b]0;\x1b]0;title\x07\x07")
@WHOLE_TEXT
def test_clean_leaves_nothing_that_a_terminal_obeys(text: str) -> None:
    assert not dangerous(clean(text))


@given(ANY_TEXT)
@WHOLE_TEXT
def test_clean_is_idempotent(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(ANY_TEXT)
@WHOLE_TEXT
def test_clean_log_leaves_line_ends_and_tabs_only(text: str) -> None:
    assert not dangerous(clean_log(text), kept="\n\t")


@given(ANY_TEXT)
@example("a\r\r\n\n")
@WHOLE_TEXT
def test_clean_log_is_idempotent(text: str) -> None:
    assert clean_log(clean_log(text)) == clean_log(text)


@given(ANY_TEXT, st.integers(0, 60))
@WHOLE_TEXT
def test_one_line_is_one_clean_short_line(text: str, width: int) -> None:
    line = one_line(text, width)
    assert not dangerous(line)
    assert len(line) <= width
    assert line == " ".join(line.split())
    assert one_line(line, width) == line


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=40))
@settings(max_examples=100, deadline=None)
def test_harmless_text_is_kept_letter_by_letter(text: str) -> None:
    harmless = "".join(mark for mark in text if mark not in BIDI + "\ufeff")
    assert clean(harmless) == harmless
    assert clean_log(harmless) == harmless


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [
        ("\x1b[31mfailed\x1b[0m", "failed"),
        ("\x1b[38;2;255;0;0mred\x1b[m", "red"),
        ("\x9b31mred", "red"),
        ("\x1b]0;you have been owned\x07etl", "etl"),
        ("\x1b]8;;http://x.test\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bP1$r0m\x1b\\etl", "etl"),
        ("\x9d0;title\x9cetl", "etl"),
        ("\x1b(Betl\x1b=", "etl"),
        ("etl\x1b[", "etl"),
        ("etl\x1b", "etl"),
        ("a\x08b\x00c\x7fd\x80e", "abcde"),
        ("night\nly\tetl", "night ly etl"),
        ("one\r\ntwo", "one  two"),
        ("one\u2028two\u2029three\x85four", "one two three four"),
        ("abc\u202ecba\u202c", "abccba"),
        ("\u2066etl\u2069\u200f", "etl"),
        ("\ufeffetl", "etl"),
        ("lone \ud83d half", "lone  half"),
        ("etl\n", "etl"),
        ("[/x] [bold]y[/bold] \\[z]", "[/x] [bold]y[/bold] \\[z]"),
        ("日本 e\u0301 👩\u200d🔧 שלום", "日本 e\u0301 👩\u200d🔧 שלום"),
    ],
)
def test_one_line_of_foreign_text(dirty: str, cleaned: str) -> None:
    assert clean(dirty) == cleaned


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [
        ("one\ntwo\n", "one\ntwo"),
        ("one\r\ntwo\r\n\r\n", "one\ntwo"),
        ("one\rtwo", "one\ntwo"),
        ("one\u2028two\u2029three\x85four", "one\ntwo\nthree\nfour"),
        ("\tindented\n\n  more", "\tindented\n\n  more"),
        ("\x1b[31mERROR\x1b[0m disk\x07 full\x0b\x0c", "ERROR disk full"),
        ("first\x1b[2K\nsecond", "first\nsecond"),
    ],
)
def test_log_text_keeps_its_lines(dirty: str, cleaned: str) -> None:
    assert clean_log(dirty) == cleaned


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=6,
)


def texts_in(value: object) -> list[str]:
    match value:
        case str():
            return [value]
        case dict():
            return [*value, *(text for item in value.values() for text in texts_in(item))]
        case list():
            return [text for item in value for text in texts_in(item)]
        case _:
            return []


@given(VALUES)
@settings(max_examples=100, deadline=None)
def test_every_text_in_a_value_is_clean(value: object) -> None:
    cleaned = clean_value(value)
    assert not any(dangerous(text, kept="\n\t") for text in texts_in(cleaned))
    assert clean_value(cleaned) == cleaned


def test_a_value_keeps_its_shape() -> None:
    value = {"a\x1b[1m": [1, 2.5, None, True, "b\x07"], 3: ("c\n", {"d": ""})}
    assert clean_value(value) == {"a": [1, 2.5, None, True, "b"], "3": ["c", {"d": ""}]}


@pytest.mark.parametrize(
    ("text", "width", "cut"),
    [
        ("workflow", 8, "workflow"),
        ("workflow", 7, "workfl…"),
        ("night shift", 7, "night…"),
        ("workflow", 1, "…"),
        ("workflow", 0, ""),
        ("", 0, ""),
    ],
)
def test_an_ellipsis_stands_for_what_was_cut(text: str, width: int, cut: str) -> None:
    assert shorten(text, width) == cut


def test_many_lines_become_one() -> None:
    told = "Traceback:\n  File \x1b[1mx.py\x1b[0m,\r\n\tline 3\n"
    assert one_line(told) == "Traceback: File x.py, line 3"
    assert len(one_line("word " * 200)) <= 300
