"""What the keys of the feed do: levels, matches, times, wrapping, ranges, older lines."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.segment import Segment
from textual.color import Color

from runs_tui.model.feed import Feed
from runs_tui.model.run import Event, Gap
from runs_tui.model.sgr import colored
from runs_tui.widgets.feed_cells import INDENT, indexed, wrapped
from runs_tui.widgets.feed_table import FeedTable
from runs_tui.widgets.searching import FindAsked
from runs_tui.widgets.virtual_table import MARK
from tests.widgets.test_feed_table import START, come, event, marked, messages, numbered, told
from tests.widgets.test_virtual_table import lines, press, shown

LEVELS = ["debug", "info", "warning", "error"]


def said(number: int, text: str, **facts: object) -> Event:
    message, colors = colored(text)
    return event(number, message, colors=colors, **facts)


# Levels and matches


async def test_levels_in_turn_with_the_cursor_on_its_line() -> None:
    async with shown(table := FeedTable(), size=(60, 12)) as pilot:
        await come(pilot, [event(n, f"m{n}", level=level) for n, level in enumerate(LEVELS * 2)])
        await press(pilot, "k", "k")
        assert marked(table) == "m5"
        heads = []
        for _ in range(4):
            await press(pilot, "f")
            heads.append((told(table)[0], len(messages(table)), marked(table)))
        assert heads == [
            ("Events  info+", 6, "m5"),
            ("Events  warning+", 4, "WARNING m6"),
            ("Events  errors only", 2, "ERROR m7"),
            ("Events", 8, "ERROR m7"),
        ]


async def test_where_no_line_has_the_level_it_is_said_which_key_shows_others() -> None:
    async with shown(table := FeedTable(), size=(60, 5)) as pilot:
        await come(pilot, numbered(3))
        await press(pilot, "f", "f")
        assert lines(table)[0].strip() == "No line from warning on: f shows other levels"
        await come(pilot, [event(9, "hot", level="error")])
        assert messages(table) == ["ERROR hot"]


async def test_only_matches_and_all_again_with_the_cursor_on_its_line() -> None:
    async with shown(table := FeedTable(), size=(60, 5)) as pilot:
        await come(pilot, [event(n, f"{'disk' if n % 10 == 3 else 'line'} {n}") for n in range(60)])
        table.search("disk")
        await press(pilot, "N")
        assert marked(table) == "disk 43"
        assert told(table)[0] == "Events  /disk  match 5 of 6"
        await press(pilot, "ampersand")
        assert messages(table) == [f"disk {n}" for n in range(13, 54, 10)]
        assert marked(table) == "disk 43"
        assert told(table)[0] == "Events  /disk  match 5 of 6, only these"
        await come(pilot, [event(63, "disk 63"), event(64)])
        assert told(table)[0] == "Events  /disk  match 5 of 7, only these"
        await press(pilot, "ampersand")
        assert marked(table) == "disk 43"
        assert "line 42" in messages(table)


async def test_showing_only_matches_without_a_search_asks_for_one() -> None:
    async with shown(FeedTable(), size=(50, 3)) as pilot:
        await press(pilot, "ampersand")
        assert pilot.app.of(FindAsked) == 1


async def test_layers_are_taken_away_one_by_one() -> None:
    async with shown(table := FeedTable(), size=(60, 8)) as pilot:
        await come(pilot, [event(n, step="s1") for n in range(5)])
        table.only_step("s1")
        await press(pilot, "f")
        table.search("line")
        await press(pilot, "ampersand", "v")
        heads = []
        while peel := table.uppermost():
            peel()
            heads.append(told(table))
        assert heads == [
            ("Events  only s1  info+  /line  match 5 of 5, only these", "paused, F follows"),
            ("Events  only s1  info+", "paused, F follows"),
            ("Events  only s1", "paused, F follows"),
            ("Events", "following"),
        ]


async def test_a_line_is_gone_to_whatever_hides_it() -> None:
    async with shown(table := FeedTable(), size=(60, 8)) as pilot:
        await come(pilot, [event(n, step=f"s{n % 2}") for n in range(20)])
        table.only_step("s1")
        table.search("line 1")
        await press(pilot, "ampersand", "f", "f")
        table.show_line(4)
        await pilot.pause()
        assert marked(table) == "line 4"
        assert told(table)[0] == "Events  /line 1  11 matches"


# Times


@pytest.fixture
def honolulu(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Pacific/Honolulu")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("honolulu")
async def test_times_in_turn() -> None:
    async with shown(table := FeedTable(), size=(60, 4)) as pilot:
        table.tell_time(START, START + timedelta(seconds=1))
        far = START + timedelta(hours=2, seconds=4)
        await come(pilot, [event(0), event(13), event(14, at=far)])
        drawn = []
        for _ in range(5):
            drawn.append([line[1:].split("line")[0].strip() for line in lines(table)[:3]])
            await press(pilot, "t")
        assert drawn == [
            ["09:12:41", "09:12:54", "11:12:45"],
            ["23:12:41", "23:12:54", "01:12:45"],
            ["-00:01", "+00:12", "+2:00:03"],
            ["", "", ""],
            ["09:12:41", "09:12:54", "11:12:45"],
        ]


async def test_without_the_start_of_the_run_times_are_since_the_first_event() -> None:
    async with shown(table := FeedTable(), size=(60, 4)) as pilot:
        await come(pilot, [Event(id="x", message="none"), event(5), event(15)])
        await press(pilot, "t", "t")
        assert [line[:10].strip(" ▌") for line in lines(table)[:3]] == ["", "+00:00", "+00:10"]


# Wrapping and shifting


WORDS = "the quick brown fox jumps over the lazy dog"


async def test_long_lines_are_wrapped_and_cut_again() -> None:
    async with shown(table := FeedTable(), size=(34, 8)) as pilot:
        await come(pilot, [event(0, WORDS, step="s"), event(1, "short"), event(2, "x" * 30)])
        table.look_for_steps()
        await press(pilot, "w", "g")
        width = table.message_width
        drawn = [line[-width - 1 :].rstrip() for line in lines(table)]
        assert drawn[0] == "the quick brown fox"
        assert drawn[1].startswith("  ")
        assert " ".join(" ".join(drawn).split()).startswith(WORDS)
        assert told(table)[0] == "Events  wrapped"
        assert [line[0] for line in lines(table)].count(MARK) == table.height_of(0)
        await press(pilot, "w")
        assert [len(messages(table)), told(table)[0]] == [3, "Events"]


async def test_the_end_is_followed_while_lines_are_wrapped() -> None:
    async with shown(table := FeedTable(), size=(30, 7)) as pilot:
        await press(pilot, "w")
        await come(pilot, [event(n, f"{n} {WORDS}") for n in range(40)])
        await come(pilot, [event(40, f"last {WORDS}")])
        assert lines(table)[-1].rstrip().endswith(" dog")
        await press(pilot, "k", "k")
        seen = lines(table)
        await come(pilot, numbered(41, 45))
        assert lines(table) == seen
        assert told(table)[1] == "+4 new  paused, F follows"


@given(st.text(st.sampled_from("ab 日é👩\u0301"), max_size=60), st.integers(1, 20))
@settings(max_examples=200, deadline=None)
def test_wrapping_loses_nothing_but_blanks_where_it_breaks(text: str, width: int) -> None:
    spans = wrapped(text, width)
    at = 0
    for start, end in spans:
        assert text[at:start] in ("", " ")
        at = end
    assert text[at:].strip(" ") == ""
    room = [width, *[max(width - INDENT, 1)] * len(spans)]
    if text.isascii():
        assert all(end - start <= space for (start, end), space in zip(spans, room, strict=False))


async def test_long_lines_are_shifted_as_far_as_the_longest_reaches() -> None:
    async with shown(table := FeedTable(), size=(40, 4)) as pilot:
        await come(pilot, [event(0, "".join(chr(97 + n // 5) for n in range(60))), event(1, "b")])
        assert messages(table)[0].endswith("…")
        await press(pilot, "l")
        assert messages(table) == ["…dddeeeeefffffggggghhhhhiii…", ""]
        assert told(table)[0] == "Events  shifted by 16"
        for _ in range(5):
            await press(pilot, "right")
        assert messages(table)[0] == "…gghhhhhiiiiijjjjjkkkkklllll"
        assert table.shift == 32
        await press(pilot, "h", "left", "h")
        assert table.shift == 0


# Markers and gaps


async def test_a_marker_is_set_after_the_last_line_and_stays_with_its_run() -> None:
    async with shown(table := FeedTable(), size=(50, 5)) as pilot:
        await come(pilot, numbered(2), feed := Feed())
        table.tell_time(START.replace(hour=14, minute=2, second=11), None)
        await press(pilot, "m")
        await come(pilot, numbered(2, 3))
        expected = [" ── marker 14:02:11 ──", "▌09:12:43  line 2"]
        assert [line.rstrip() for line in lines(table)[2:4]] == expected
        table.show_feed(Feed())
        table.show_feed(feed)
        await pilot.pause()
        assert [line.rstrip() for line in lines(table)[2:4]] == expected


async def test_a_gap_says_what_was_lost() -> None:
    async with shown(table := FeedTable(), size=(70, 3)) as pilot:
        gap = Gap(since=START, until=START + timedelta(seconds=37), count=112)
        await come(pilot, [event(0), gap, event(40)])
        assert lines(table)[1].strip() == "┄┄ 09:12:41 37 s may be missing, 112 events lost ┄┄"


# Ranges


async def test_a_range_is_copied_without_borders_wraps_or_marks() -> None:
    async with shown(table := FeedTable(), size=(30, 9)) as pilot:
        stack = event(1, "Traceback:\n\tFile [x]\n" + "y" * 60, level="error")
        await come(pilot, [event(0), stack, Gap(since=START), event(2), event(3)])
        await press(pilot, "w", "k", "v", "k", "k", "k", "k")
        assert told(table)[1] == "5 lines chosen: y copies, escape ends"
        copied: list[FeedTable.CopyAsked] = []
        pilot.app.told.clear()
        await press(pilot, "y")
        copied = [m for m in pilot.app.told if isinstance(m, FeedTable.CopyAsked)]
        assert copied[0].text == "Traceback:\n\tFile [x]\n" + "y" * 60 + "\nline 2"
        assert copied[0].lines == 4
        assert len(table.range) == 0


async def test_a_range_is_marked_and_ended_and_follows_nothing() -> None:
    async with shown(table := FeedTable(), size=(40, 8)) as pilot:
        await come(pilot, numbered(6))
        await press(pilot, "v", "k", "k")
        assert [line[0] for line in lines(table)[:7]] == [*"   ", MARK, MARK, MARK, " "]
        await press(pilot, "j", "j")
        await come(pilot, numbered(6, 7))
        assert marked(table) == "line 5"
        assert len(table.range) == 1
        await press(pilot, "escape", "G")
        assert told(table)[1] == "following"


async def test_the_keys_of_a_range_are_left_to_others_while_there_is_none() -> None:
    async with shown(table := FeedTable(), size=(40, 8)) as pilot:
        await come(pilot, numbered(6))
        assert [table.check_action(name, ()) for name in ("copy_range", "end_range")] == [False] * 2
        await press(pilot, "v")
        assert [table.check_action(name, ()) for name in ("copy_range", "end_range")] == [True] * 2


# Going to places


async def test_digits_go_to_places() -> None:
    async with shown(table := FeedTable(), size=(50, 4)) as pilot:
        told_of = [event(n, f"at {n}", at=START + timedelta(minutes=n)) for n in range(90)]
        await come(pilot, told_of)
        found = []
        for digit in "1234560":
            await press(pilot, digit)
            found.append(marked(table))
        assert found == ["at 0", "at 88", "at 84", "at 74", "at 59", "at 29", "at 89"]
        assert told(table)[1] == "following"


# Older lines


async def test_older_lines_are_asked_for_once_where_the_first_line_is_seen() -> None:
    async with shown(table := FeedTable(), size=(50, 5)) as pilot:
        feed = Feed()
        feed.put_before(numbered(50, 70), older=True)
        await come(pilot, [], feed)
        assert pilot.app.of(FeedTable.OlderWanted) == 0
        await press(pilot, "g")
        await press(pilot, "k", "g")
        assert pilot.app.of(FeedTable.OlderWanted) == 1
        assert lines(table)[0].rstrip() == f"{MARK}── older lines: loading… ──"
        seen = messages(table)[1:]
        feed.put_before(numbered(30, 50), older=True)
        table.take_in()
        await pilot.pause()
        assert messages(table)[1:] == seen
        assert marked(table) == "line 49"
        assert pilot.app.of(FeedTable.OlderWanted) == 0


async def test_the_view_stays_on_its_lines_while_older_ones_come() -> None:
    async with shown(table := FeedTable(), size=(50, 5)) as pilot:
        feed = Feed()
        feed.put_before(numbered(50, 70), older=True)
        await come(pilot, [], feed)
        await press(pilot, "g", "j", "j", "j", "j", "j", "j")
        seen, under = messages(table), marked(table)
        feed.put_before(numbered(20, 50), older=False)
        table.take_in()
        await pilot.pause()
        assert (messages(table), marked(table)) == (seen, under)
        await press(pilot, "g")
        assert lines(table)[0].rstrip() == f"{MARK}── the beginning ──"


async def test_lines_that_do_not_fill_the_view_ask_for_older_ones_at_once() -> None:
    async with shown(table := FeedTable(), size=(50, 9)) as pilot:
        feed = Feed()
        feed.put_before(numbered(50, 53), older=True)
        await come(pilot, [], feed)
        assert pilot.app.of(FeedTable.OlderWanted) == 1
        feed.put_before(numbered(20, 50), older=True)
        table.take_in()
        await pilot.pause()
        assert marked(table) == "line 52"
        assert pilot.app.of(FeedTable.OlderWanted) == 0


async def test_after_a_failure_older_lines_can_be_asked_for_again() -> None:
    async with shown(table := FeedTable(), size=(50, 5)) as pilot:
        feed = Feed()
        feed.put_before(numbered(50, 70), older=True)
        await come(pilot, [], feed)
        await press(pilot, "g")
        table.show_trouble("the stream was cut off")
        assert "loading" in lines(table)[0]
        table.older_failed("connection refused")
        assert "scroll up for older" in lines(table)[0]
        table.take_in()
        await pilot.pause()
        assert pilot.app.of(FeedTable.OlderWanted) == 1
        await press(pilot, "k")
        assert pilot.app.of(FeedTable.OlderWanted) == 1


async def test_going_to_the_end_follows_again_also_from_the_last_line() -> None:
    async with shown(table := FeedTable(), size=(50, 5)) as pilot:
        await come(pilot, numbered(9))
        for keys in ["j", "G", "0", "pagedown"]:
            await press(pilot, "F")
            assert not table.following
            await press(pilot, keys)
            assert table.following, keys


# Colours of the log itself


def drawn_as(table: FeedTable) -> dict[str, Any]:
    """Give how the pieces of the first line are drawn."""
    return {segment.text: segment.style for segment in table.render_line(0)}


async def test_the_colours_of_a_log_are_drawn() -> None:
    async with shown(table := FeedTable(), size=(60, 4)) as pilot:
        await come(pilot, [said(0, "a \x1b[1;31mred\x1b[0m \x1b[38;2;1;2;3;4mx\x1b[0m"), event(1)])
        styles = drawn_as(table)
        assert styles["red"].bold
        assert styles["red"].color.number == 1
        assert styles["x"].color.triplet == Color(1, 2, 3).rich_color.triplet
        assert styles["x"].underline
        assert styles["a "] == table.inks.style("")
        table.search("red x")
        await pilot.pause()
        match = table.inks.style("table--match", cursor=True)
        assert "".join(s.text for s in table.render_line(0) if s.style == match) == "red x"


async def test_letters_in_black_are_seen_on_a_dark_screen() -> None:
    async with shown(table := FeedTable(), size=(60, 4)) as pilot:
        await come(pilot, [said(0, "\x1b[30mblack\x1b[0m"), event(1)])
        styles = drawn_as(table)
        assert styles["black"].color.number == 8


async def test_styles_are_not_remembered_without_end() -> None:
    async with shown(table := FeedTable(), size=(60, 4)):
        for n in range(10_000):
            table.inks.style(f"look:{n % 256}/#0000{n // 256:02x}/0000")
        assert len(table.inks._known) < 5000


def controls(segments: list[Segment]) -> set[str]:
    return {
        char
        for segment in segments
        for char in segment.text
        if ord(char) < 32 or 127 <= ord(char) < 160
    }


@pytest.mark.parametrize("seed", range(4))
async def test_nothing_of_a_log_but_its_colours_reaches_the_terminal(seed: int) -> None:
    bytes_told = bytes((n * (seed * 2 + 7) + n * n) % 256 for n in range(3000))
    texts = [bytes_told[n : n + 100].decode("latin-1") for n in range(0, 3000, 100)]
    async with shown(FeedTable(), size=(60, 30)) as pilot:
        await come(pilot, [said(n, f"\x1b[3{n % 8}m{text}") for n, text in enumerate(texts)])
        for keys in ["g", "w", "t"]:
            await press(pilot, keys)
            segments = [s for strip in pilot.app.screen._compositor.render_strips() for s in strip]
            assert controls(segments) == set()
            assert all(segment.control is None for segment in segments)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("load", "load"),
        ("resize[7]", "resize[7]"),
        ("resize-image[17]", "resize-…[17]"),
        ("resize-image[1234567]", "re…[1234567]"),
        ("a-long-name-without-any", "a-long-name-without-any"),
        ("[an odd one that is too long]", "[an odd one that is too long]"),
    ],
)
def test_the_number_of_one_of_many_alike_is_seen(name: str, told: str) -> None:
    assert indexed(name, 12) == told
