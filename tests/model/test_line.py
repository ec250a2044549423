from datetime import UTC, datetime, timedelta

import pytest

from runs_tui.model.line import Line, Note, is_error, sentence_of
from runs_tui.model.run import Event, Gap
from runs_tui.model.sgr import Look, Stretch, colored
from runs_tui.model.state import State

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "count", "sentence"),
    [
        (37, 112, "37 s may be missing, 112 events lost"),
        (0.2, None, "1 s may be missing"),
        (119, None, "119 s may be missing"),
        (720, 1, "12 min may be missing, 1 event lost"),
        (5 * 3600, 12_000, "5 h may be missing, 12,000 events lost"),
        (None, 3, "3 events lost"),
        (None, None, "lines may be missing here"),
        (0, 0, "lines may be missing here"),
    ],
)
def test_a_gap_says_for_how_long_and_how_much(
    seconds: float | None, count: int | None, sentence: str
) -> None:
    until = None if seconds is None else NOON + timedelta(seconds=seconds)
    assert sentence_of(Gap(since=NOON, until=until, count=count)) == sentence


def of(message: str, text: str, start: int) -> Line:
    cleaned, colors = colored(message)
    return Line(0, Event(message=cleaned, colors=colors), text, start)


def test_a_line_knows_its_own_colours_where_its_tabs_are_blanks() -> None:
    message = "one\n\ta\x1b[31mb\tc\x1b[0md\nthree"
    line = of(message, "    ab  cd", 4)
    assert line.raw == "\tab\tcd"
    assert line.colors == (Stretch(5, 9, Look(color=1)),)
    assert line.text[5:9] == "b  c"
    assert of(message, "one", 0).colors == of(message, "three", 11).colors == ()


def test_a_colour_that_goes_on_over_lines_is_on_each() -> None:
    message = "a\x1b[32mb\ncd\nef\x1b[0mg"
    green = Look(color=2)
    assert of(message, "ab", 0).colors == (Stretch(1, 2, green),)
    assert of(message, "cd", 3).colors == (Stretch(0, 2, green),)
    assert of(message, "efg", 6).colors == (Stretch(0, 2, green),)


def test_how_grave_lines_are() -> None:
    def grave(**told: object) -> int:
        return Line(0, Event(**told), "").grave  # type: ignore[arg-type]

    assert [grave(level=level) for level in ("debug", "info", "warning", "error")] == [0, 1, 2, 3]
    assert grave(level=None) == grave(level="odd") == grave(level="info")
    assert grave(level="info", state=State.FAILED) == grave(level="error")
    assert Line(0, Gap(since=NOON), "").grave > 3
    assert Line(0, Note(), "").grave > 3


def test_an_error_is_found_by_its_first_line() -> None:
    error = Event(level="error", message="a\nb")
    assert is_error(Line(0, error, "a"))
    assert not is_error(Line(1, error, "b", 2))
    assert not is_error(Line(0, Gap(since=NOON), ""))
