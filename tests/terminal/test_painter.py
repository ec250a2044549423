"""Whatever is drawn, the terminal shows the same as if all of it had been sent."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len, set_cell_size

from runs_tui.model import clipboard
from runs_tui.model.passthrough import wrapped
from runs_tui.model.telling import KEEP_TITLE, TITLE_BACK, Telling, sequences
from runs_tui.terminal.known import Known
from runs_tui.terminal.painter import BEGIN, END, Painter
from tests.terminal.emulator import Emulator

WIDTH, HEIGHT = 24, 7
LEADS = "\u0301\u200b"
WORDS = [
    *["a", "B", "1", " ", "  ", "          ", "░", "─", "é", "…", "漢", "字", "e\u0301", "한"],
    *["👍", "👍🏽", "❤️", "⚠️", "👩‍💻", "🇩🇪", "🇩", "\u0301", "\xad", "\u200b"],
]
COLOURS = ["", "39", "31", "97", "38;5;200", "38;2;1;2;3", "38;2;200;210;220"]
GROUNDS = ["", "49", "44", "103", "48;5;17", "48;2;13;17;23", "48;2;33;48;74"]
MARKS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "21", "51", "53"]

texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map("".join)
styles = st.builds(
    lambda colour, ground, marks: ";".join(filter(None, [*sorted(marks), colour, ground])),
    st.sampled_from(COLOURS),
    st.sampled_from(GROUNDS),
    st.sets(st.sampled_from(MARKS), max_size=2) | st.just(set()),
)
links = st.sampled_from(["", "", "", "id=1;https://a.test", "id=2;https://b.test"])
runs = st.tuples(styles, links, texts)


@dataclass(frozen=True)
class Stroke:
    x: int
    y: int
    runs: Sequence[tuple[str, str, str]]

    @property
    def text(self) -> str:
        """Write it as Textual does: a move, and every run with its style and a reset."""
        written, left, before = [f"\x1b[{self.y + 1};{self.x + 1}H"], WIDTH - self.x, " "
        for style, link, text in self.runs:
            kept = text.lstrip(LEADS) if before.endswith(" ") else text
            kept = set_cell_size(kept, min(cell_len(kept), left))
            left -= cell_len(kept)
            run = f"\x1b[{style}m{kept}\x1b[0m" if style and kept else kept
            written.append(f"\x1b]8;{link}\x1b\\{run}\x1b]8;;\x1b\\" if link and kept else run)
            before = kept or before
        return "".join(written)


strokes = st.builds(
    Stroke,
    st.integers(0, WIDTH - 1),
    st.integers(0, HEIGHT - 1),
    st.lists(runs, min_size=1, max_size=5),
)


def frame(drawn: Sequence[Stroke], cursor: tuple[int, int]) -> str:
    lines = "\n".join(stroke.text for stroke in sorted(drawn, key=lambda stroke: stroke.y))
    x, y = cursor
    return f"{lines}\x1b[{y + 1};{x + 1}H"


frames = st.builds(
    frame,
    st.lists(strokes, max_size=8),
    st.tuples(st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1)),
)
lines = st.lists(runs, min_size=1, max_size=4)
pages = st.lists(lines, min_size=HEIGHT + 3, max_size=HEIGHT + 3)
FULL = frame([Stroke(0, y, [("48;2;13;17;23", "", " " * WIDTH)]) for y in range(HEIGHT)], (0, 0))


@dataclass
class Both:
    """A terminal that is sent everything, and one that is sent what differs."""

    painter: Painter
    whole: Emulator
    spared: Emulator

    @classmethod
    def begun(cls, *, colour: bool, knows: bool, any_character: bool = True) -> "Both":
        known = Known(feeds=knows, repeats=knows, repeats_any=any_character, margins=knows)
        painter = Painter(WIDTH, HEIGHT, known)
        whole = Emulator(WIDTH, HEIGHT, translates=True)
        spared = Emulator(
            WIDTH, HEIGHT, erases_in_colour=colour, has_margins=knows, has_repeats=knows
        )
        spared.repeats_ascii_alone = not any_character
        both = cls(painter, whole, spared)
        both.draw("\x1b[?1049h")
        both.draw(FULL)
        return both

    def draw(self, text: str) -> int:
        """Draw, send, compare, and give how much was sent."""
        self.whole.feed(text)
        self.painter.write(text)
        return self.send()

    def send(self) -> int:
        sent = self.painter.take()
        self.spared.feed(sent)
        assert self.spared.page == self.whole.page
        assert (self.spared.x, self.spared.y) == (self.whole.x, self.whole.y)
        assert self.painter.cursor == (self.spared.x, self.spared.y)
        return len(sent.encode())


@given(st.lists(frames, max_size=6), st.booleans(), st.booleans(), st.booleans())
@settings(deadline=None)
def test_frames_look_the_same(
    drawn: Sequence[str], colour: bool, knows: bool, any_character: bool
) -> None:
    both = Both.begun(colour=colour, knows=knows, any_character=any_character)
    for text in drawn:
        both.draw(text)
        assert both.draw(text) == 0


@given(st.lists(frames, min_size=1, max_size=6), st.booleans())
@settings(deadline=None)
def test_frames_left_out_on_a_slow_line_are_not_missed(drawn: Sequence[str], colour: bool) -> None:
    both = Both.begun(colour=colour, knows=False)
    for text in drawn:
        both.whole.feed(text)
        both.painter.write(text)
    both.send()


@given(pages, st.lists(st.integers(0, 3), min_size=1, max_size=6), st.booleans(), st.booleans())
@settings(deadline=None)
def test_lines_that_scroll_look_the_same(
    page: Sequence[Sequence[tuple[str, str, str]]],
    places: Sequence[int],
    colour: bool,
    knows: bool,
) -> None:
    both = Both.begun(colour=colour, knows=knows)
    for left in (0, 5):
        for at in places:
            shown = page[at : at + HEIGHT]
            wide = [[*line, ("", "", " " * WIDTH)] for line in shown]
            both.draw(frame([Stroke(left, y, line) for y, line in enumerate(wide)], (1, 1)))


@given(frames, frames, st.booleans())
@settings(deadline=None)
def test_what_somebody_else_wrote_is_drawn_over(first: str, second: str, colour: bool) -> None:
    both = Both.begun(colour=colour, knows=False)
    both.draw(first)
    both.spared.spoil()
    both.painter.forget()
    both.draw(second)


@given(frames, st.integers(5, 40), st.integers(2, 12))
@settings(deadline=None)
def test_another_size_is_drawn_whole(before: str, width: int, height: int) -> None:
    both = Both.begun(colour=True, knows=False)
    both.draw(before)
    both.spared.resize(width, height)
    both.whole.resize(width, height, " ")
    both.painter.resize(width, height)
    filled = [f"\x1b[{y + 1};1H\x1b[44m{'ab漢'.ljust(width - 1)}\x1b[0m" for y in range(height)]
    both.draw("\n".join(filled) + "\x1b[1;1H")


def test_what_is_no_drawing_passes_untouched_and_in_order() -> None:
    painter = Painter(20, 3)
    painter.write("\x1b[?1049h\x1b[?25l\x1b[1;1Hone\x1b]52;c;eA==\x07")
    painter.write("\x1b[2;1Htwo\x1bPtmux;\x1b\x1b]9;done\x07\x1b\\\x07\x1b[5 q")
    painter.write("\x1b[3;1Hthree\x1b[?2004l")
    sent = painter.take()
    said = ["\x1b[?25l", "one", "\x1b]52;c;eA==\x07", "two", "\x1b\x1b]9;done\x07\x1b\\\x07"]
    places = [sent.index(text) for text in [*said, "\x1b[5 q", "three", "\x1b[?2004l"]]
    assert places == sorted(places)
    assert painter.take() == ""


@pytest.mark.parametrize("environment", [{}, {"TMUX": "1"}, {"STY": "1"}])
@pytest.mark.parametrize("way", ["9", "99", "777"])
def test_what_is_copied_and_told_passes_whatever_stands_between(
    environment: dict[str, str], way: str
) -> None:
    notices = sequences(Telling(terminal=way), "failed", "etl-nightly", environment)
    titles = (wrapped(sequence, environment) for sequence in (KEEP_TITLE, TITLE_BACK))
    for said in (clipboard.sequence("text" * 300, environment), *notices, *titles):
        painter = Painter(20, 3)
        painter.write("\x1b[?1049h\x1b[1;1Hone")
        painter.take()
        painter.write(said)
        assert painter.take() == said
        painter.write("\x1b[1;1Hone")
        assert painter.take() == ""


@pytest.mark.parametrize(
    "unknown", ["\x1b[2T", "\x1b(0", "\x1b[3;4r", "\t", "\x1bPq#0\x1b\\", "\x85"]
)
def test_what_is_not_understood_passes_and_then_everything_is_drawn(unknown: str) -> None:
    painter = Painter(20, 3)
    whole = "\x1b[1;1Hone\n\x1b[2;1Htwo"
    painter.write("\x1b[?1049h" + whole)
    painter.take()
    painter.write(f"\x1b[2;1H{unknown}x\n")
    assert painter.take() == f"\x1b[m\x1b[2;1H{unknown}x\r\n"
    painter.write(whole)
    assert "one" in (sent := painter.take())
    assert "two" in sent


def test_a_frame_of_many_places_is_shown_at_once_where_the_program_asks_for_it() -> None:
    painter = Painter(20, 3)
    painter.write(f"{BEGIN}\x1b[1;1Ha\n\x1b[3;9Hb\x1b[1;1H{END}")
    sent = painter.take()
    assert sent.startswith(BEGIN)
    assert sent.endswith(END)
    painter.write(f"{BEGIN}\x1b[1;1Hc\x1b[1;1H{END}")
    assert painter.take() == "c\r"


def test_nothing_is_drawn_after_the_page_was_left() -> None:
    painter = Painter(20, 3)
    painter.write("\x1b[?1049h\x1b[1;1Hone")
    painter.take()
    painter.write("\x1b[?1049l\x1b[1;1Htwo")
    assert painter.take() == "\x1b[m\x1b[?1049l"
    painter.write("\x1b[?1049h")
    assert "two" in painter.take()
