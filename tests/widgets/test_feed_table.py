from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.cells import cell_len
from textual import events
from textual.pilot import Pilot

from runs_tui.model.feed import Feed
from runs_tui.model.run import Event, Gap
from runs_tui.model.state import State
from runs_tui.widgets.feed_table import FeedTable
from runs_tui.widgets.searching import FindAsked
from runs_tui.widgets.virtual_table import MARK
from tests.widgets.test_virtual_table import lines, press, shown, turn

START = datetime(2026, 11, 2, 9, 12, 41, tzinfo=UTC)


def event(number: int, message: str = "", **told: Any) -> Event:
    text = message or f"line {number}"
    at = START + timedelta(seconds=number)
    facts: dict[str, Any] = {"id": str(number), "at": at, "message": text}
    return Event(**(facts | told))


def messages(table: FeedTable) -> list[str]:
    """Give what the lines on the screen say."""
    start = message_at(table)
    return [line[start:].rstrip() for line in lines(table) if line.strip()]


def message_at(table: FeedTable) -> int:
    """Give where the messages begin on a line."""
    return table.size.width - table.message_width - 1


def told(table: FeedTable) -> tuple[str, str]:
    """Give what stands above the feed, at its left and at its right."""
    left, right = table.told()
    return "".join(text for text, _ in left), "".join(text for text, _ in right)


def marked(table: FeedTable) -> str | None:
    """Give what the line under the cursor says, if it is on the screen."""
    start = message_at(table)
    drawn = (line[start:].rstrip() for line in lines(table) if line.startswith(MARK))
    return next(drawn, None)


async def come(pilot: Pilot[Any], arrived: Iterable[Event | Gap], feed: Feed | None = None) -> None:
    """Let events come in, into a new feed where one is given."""
    table = pilot.app.query_one(FeedTable)
    if feed is not None:
        table.show_feed(feed)
    table.feed.add(arrived)
    table.take_in()
    await pilot.pause()


def numbered(*span: int) -> list[Event]:
    return [event(number) for number in range(*span)]


async def test_a_line_tells_time_step_and_message() -> None:
    async with shown(table := FeedTable(), size=(66, 8)) as pilot:
        table.name_steps({"s1": "load"})
        await come(
            pilot,
            [
                event(0, "upstream answered 502", step="s1", level="error"),
                event(1, "first\n  second", step="s2", level="info"),
                event(2, "slow", level="warning"),
                event(3, "load failed", kind="state", state=State.FAILED),
                Gap(since=START),
                Event(message="no time"),
            ],
        )
        assert [line.rstrip() for line in lines(table)[:7]] == [
            " 09:12:41  load          ERROR upstream answered 502",
            " 09:12:42  s2            first",
            "                           second",
            " 09:12:43                WARNING slow",
            " 09:12:44                ✗ load failed",
            " ┄┄ 09:12:41 lines may be missing here ┄┄",
            "▌                        no time",
        ]


async def test_foreign_text_is_drawn_as_it_is() -> None:
    texts = ["[/x] [bold]b[/]", "日本語のログ", "e\u0301 👩\u200d🔧", "x" * 300, ""]
    async with shown(table := FeedTable(), size=(50, 6)) as pilot:
        await come(pilot, [event(n, text, step=text) for n, text in enumerate(texts)])
        drawn = lines(table)
        assert {cell_len(line) for line in drawn} == {50}
        assert all(text[:20] in line for text, line in zip(texts, drawn, strict=False))


# Following


async def test_the_end_is_followed() -> None:
    async with shown(table := FeedTable(), size=(50, 5)) as pilot:
        await come(pilot, numbered(20))
        assert messages(table) == [f"line {n}" for n in range(15, 20)]
        await come(pilot, numbered(20, 22))
        assert marked(table) == "line 21"
        assert told(table) == ("Events", "following")


async def test_moving_up_stops_following() -> None:
    async with shown(table := FeedTable(), size=(50, 5)) as pilot:
        for key in ["k", "up", "ctrl+u", "g", "pageup"]:
            await come(pilot, numbered(20), Feed())
            await press(pilot, key)
            assert not table.following, key
            seen = lines(table)
            await come(pilot, numbered(20, 23))
            await come(pilot, numbered(23, 25))
            assert lines(table) == seen, key
            assert told(table) == ("Events", "+5 new  paused, F follows"), key


async def test_coming_back_to_the_end_follows_again() -> None:
    async with shown(table := FeedTable(), size=(50, 5)) as pilot:
        for keys in ["G", "j j", "pagedown", "F"]:
            await come(pilot, numbered(20), Feed())
            await press(pilot, "k")
            await come(pilot, numbered(20, 21))
            await press(pilot, *keys.split())
            assert told(table) == ("Events", "following"), keys
            await come(pilot, numbered(21, 25))
            assert messages(table) == [f"line {n}" for n in range(20, 25)], keys
            assert marked(table) == "line 24", keys


async def test_the_wheel_stops_following_and_follows_again() -> None:
    async with shown(table := FeedTable(), size=(50, 5)) as pilot:
        await come(pilot, numbered(20))
        await turn(pilot, events.MouseScrollUp)
        await come(pilot, numbered(20, 21))
        assert messages(table) == [f"line {n}" for n in range(12, 17)]
        assert told(table)[1] == "+1 new  paused, F follows"
        for _ in range(3):
            await turn(pilot, events.MouseScrollDown)
        await press(pilot, "G")
        assert told(table)[1] == "following"


async def test_following_is_switched_off_where_one_stands() -> None:
    async with shown(table := FeedTable(), size=(50, 5)) as pilot:
        await come(pilot, numbered(20))
        await press(pilot, "F")
        await come(pilot, numbered(20, 24))
        assert marked(table) == "line 19"
        assert told(table)[1] == "+4 new  paused, F follows"
        await press(pilot, "F")
        assert marked(table) == "line 23"


async def test_lines_that_are_new_are_counted_although_old_ones_are_forgotten() -> None:
    async with shown(table := FeedTable(), size=(50, 5)) as pilot:
        await come(pilot, numbered(100), Feed(cap=100))
        await press(pilot, "k")
        for start in range(100, 150, 10):
            await come(pilot, numbered(start, start + 10))
        assert told(table)[1] == "+50 new  paused, F follows"


async def test_the_view_stays_on_its_lines_while_older_ones_are_forgotten() -> None:
    async with shown(table := FeedTable(), size=(50, 5)) as pilot:
        await come(pilot, numbered(40), Feed(cap=40))
        await press(pilot, "k")
        seen = messages(table)
        await come(pilot, numbered(40, 60))
        assert table.feed.dropped == 20
        assert messages(table) == seen
        assert marked(table) == "line 38"


async def test_what_was_forgotten_is_told() -> None:
    async with shown(table := FeedTable(), size=(50, 5)) as pilot:
        await come(pilot, numbered(1500), Feed(cap=100))
        assert marked(table) == "line 1499"
        await press(pilot, "g")
        assert lines(table)[0].rstrip() == "▌── 1,400 older lines dropped to keep 100 ──"


async def test_another_feed_is_shown_at_its_end_as_a_whole() -> None:
    async with shown(table := FeedTable(), size=(50, 5)) as pilot:
        await come(pilot, [event(n, step="s1") for n in range(20)])
        await press(pilot, "g")
        table.search("line")
        table.only_step("s1")
        other = Feed()
        other.add(numbered(100, 130))
        table.show_feed(other)
        await pilot.pause()
        assert messages(table) == [f"line {n}" for n in range(125, 130)]
        assert told(table) == ("Events", "following")
        table.show_feed(Feed())
        await pilot.pause()
        assert messages(table) == []
        assert told(table) == ("Events", "")


async def test_a_line_that_is_followed_redraws_no_more_than_the_screen() -> None:
    async with shown(table := FeedTable(), size=(50, 5)) as pilot:
        await come(pilot, numbered(2))
        pilot.app.told.clear()
        await come(pilot, numbered(2, 3))
        assert messages(table) == ["line 0", "line 1", "line 2"]
        assert pilot.app.of(FeedTable.Changed) == 1


# Searching


@pytest.fixture
def words() -> list[Event]:
    said = ["start", "Disk 1 ok", "warn", "disk 2 [/x]", "DISK 3", "end"]
    return [event(n, message) for n, message in enumerate(said)]


async def test_a_search_begins_at_the_end_and_goes_round(words: list[Event]) -> None:
    async with shown(table := FeedTable(), size=(50, 10)) as pilot:
        await come(pilot, words)
        table.search("Disk")
        assert marked(table) == "DISK 3"
        assert told(table)[0] == "Events  /Disk  match 3 of 3"
        found = []
        for key in ["n", "n", "n", "N", "N"]:
            await press(pilot, key)
            found.append(marked(table))
        assert found == ["Disk 1 ok", "disk 2 [/x]", "DISK 3", "disk 2 [/x]", "Disk 1 ok"]


async def test_a_search_while_typing_stays_on_the_line_that_still_matches(
    words: list[Event],
) -> None:
    async with shown(table := FeedTable(), size=(50, 10)) as pilot:
        await come(pilot, words)
        for typed in ["d", "di", "disk", "disk ", "disk 2"]:
            table.search(typed)
        assert marked(table) == "disk 2 [/x]"
        table.search("[/x]")
        assert marked(table) == "disk 2 [/x]"
        assert told(table)[0] == "Events  /[/x]  match 1 of 1"


async def test_a_search_without_a_match_moves_nothing(words: list[Event]) -> None:
    async with shown(table := FeedTable(), size=(50, 10)) as pilot:
        await come(pilot, words)
        await press(pilot, "k")
        table.search("nowhere")
        await press(pilot, "n", "N")
        assert marked(table) == "DISK 3"
        assert told(table)[0] == "Events  /nowhere  no match"
        table.search("")
        await press(pilot, "n")
        assert told(table)[0] == "Events"
        assert marked(table) == "DISK 3"


async def test_an_empty_feed_can_be_searched() -> None:
    async with shown(table := FeedTable(), size=(50, 10)) as pilot:
        table.search("disk")
        await press(pilot, "n", "N", "e", "E", "F", "F")
        assert told(table)[0] == "Events  /disk  no match"


async def test_lines_that_come_while_searching_are_counted(words: list[Event]) -> None:
    async with shown(table := FeedTable(), size=(50, 10)) as pilot:
        await come(pilot, words)
        table.search("disk")
        await come(pilot, [event(10, "disk 4")])
        assert told(table)[0] == "Events  /disk  match 3 of 4"


async def test_what_was_found_is_highlighted() -> None:
    cases = [
        ("a DISK full", "disk", "DISK"),
        ("disk disk", "disk", "disk disk"),
        ("日本 disk", "disk", "disk"),
        ("Straße zu Ende", "ende", "Ende"),
        ("İstanbul is down", "down", "down"),
        ("load (etl", "(e", "(e"),
    ]
    async with shown(table := FeedTable(), size=(50, 3)) as pilot:
        for message, searched, found in cases:
            await come(pilot, [event(0, message)], Feed())
            table.search(searched)
            await pilot.pause()
            ink = table.inks.style("table--match", cursor=True)
            strip = table.render_line(0)
            assert message in strip.text
            assert [segment.text for segment in strip if segment.style == ink] == found.split()


async def test_levels_and_states_have_their_inks() -> None:
    arrived = [
        event(0, "boom", level="error", state=State.SUCCEEDED),
        event(1, "slow", level="warning"),
        event(2, "done", kind="state", state=State.SUCCEEDED),
        event(3, "quiet"),
    ]
    async with shown(table := FeedTable(), size=(50, 6)) as pilot:
        await come(pilot, [*arrived, event(4)])
        for y, ink in enumerate(["state--failed", "table--warning", "state--succeeded", ""]):
            told = next(s for s in table.render_line(y) if arrived[y].message in s.text)
            assert told.style == table.inks.style(ink)


async def test_searching_is_asked_for_by_a_key() -> None:
    async with shown(FeedTable(), size=(50, 3)) as pilot:
        await pilot.press("/")
        assert pilot.app.of(FindAsked) == 1


async def test_errors_are_visited_in_turn() -> None:
    arrived: list[Event | Gap] = [
        event(0),
        event(1, "boom\n  at x\n  at y", level="error"),
        event(2, "ERROR in words only"),
        event(3, "load failed", kind="state", state=State.FAILED),
        Gap(since=START),
        event(4, "fine", level="info"),
    ]
    async with shown(table := FeedTable(), size=(50, 10)) as pilot:
        await come(pilot, arrived)
        found = []
        for key in ["e", "e", "e", "E"]:
            await press(pilot, key)
            found.append(marked(table))
        assert found == ["ERROR boom", "✗ load failed", "ERROR boom", "✗ load failed"]


# One step


async def test_only_one_step() -> None:
    async with shown(table := FeedTable(), size=(50, 5)) as pilot:
        table.name_steps({"s1": "load", "s2": "clean"})
        await come(pilot, [event(n, step=f"s{n % 3}") for n in range(30)])
        table.only_step("s1")
        await pilot.pause()
        assert messages(table) == [f"line {n}" for n in (16, 19, 22, 25, 28)]
        assert told(table) == ("Events  only load", "following")
        await come(pilot, [event(n, step=f"s{n % 3}") for n in range(30, 36)])
        assert marked(table) == "line 34"
        await press(pilot, "k")
        await come(pilot, [event(n, step=f"s{n % 3}") for n in range(36, 42)])
        assert marked(table) == "line 31"
        assert told(table)[1] == "+2 new  paused, F follows"
        table.only_step(None)
        await pilot.pause()
        assert messages(table) == [f"line {n}" for n in range(37, 42)]


async def test_a_step_of_which_nothing_was_told() -> None:
    async with shown(table := FeedTable(), size=(50, 5)) as pilot:
        await come(pilot, numbered(5))
        table.only_step("quiet")
        await press(pilot, "j", "e", "k")
        assert lines(table)[0].strip() == "quiet has said nothing; escape shows all steps"
        assert told(table) == ("Events  only quiet", "")


async def test_steps_get_their_names_when_they_are_known() -> None:
    async with shown(table := FeedTable(), size=(50, 5)) as pilot:
        await come(pilot, [event(0, step="s1")])
        assert " s1 " in lines(table)[0]
        table.name_steps({"s1": "load"})
        await pilot.pause()
        assert " load " in lines(table)[0]
