from typing import Any, ClassVar

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip

from runs_tui.keys import key, quiet
from runs_tui.model.grammar import FilterError
from runs_tui.model.query import Query
from runs_tui.widgets.feed_table import FeedTable
from runs_tui.widgets.filter_bar import FilterBar
from runs_tui.widgets.key_line import KeyLine
from runs_tui.widgets.parts_line import PartsLine
from runs_tui.widgets.plan_table import PlanTable
from tests.widgets.test_virtual_table import Host, Inked, lines, shown

# Lines of parts


class CountedLine(PartsLine):
    """A line that remembers what it drew."""

    def __init__(self) -> None:
        super().__init__()
        self.redrawn: list[int] = []

    def render_line(self, y: int) -> Strip:
        self.redrawn.append(y)
        return super().render_line(y)


LEFT = [("12 running", "state--running"), (" · 3 failed", "state--failed")]
RIGHT = [("42 of 1,240", "table--dim")]


async def test_what_is_right_stands_at_the_right_end() -> None:
    async with shown(line := PartsLine(), size=(40, 3)) as pilot:
        line.show((LEFT, RIGHT))
        await pilot.pause()
        assert lines(line) == ["12 running · 3 failed        42 of 1,240"]
        assert line.text() == lines(line)[0]


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (33, "12 running · 3 failed 42 of 1,240"),
        (30, "12 running · 3 fa… 42 of 1,240"),
        (20, "12 running · 3 fail…"),
        (5, "12 r…"),
    ],
)
async def test_where_it_is_narrow_the_left_end_is_cut_and_the_right_goes(
    width: int, text: str
) -> None:
    async with shown(line := PartsLine(), size=(width, 3)) as pilot:
        line.show((LEFT, RIGHT))
        await pilot.pause()
        assert lines(line) == [text]


async def test_any_text_fills_a_line_exactly() -> None:
    async with shown(line := PartsLine(), size=(21, 3)) as pilot:
        for text in ["[/x] [b]", "日本語のワークフロー", "e\u0301", "x" * 200, ""]:
            for right in ["", text[:8]]:
                line.show(([(text, "")], [(right, "")] if right else ()))
                await pilot.pause()
                assert cell_len(line.text()) == 21
                assert line.text().startswith(text[:4])


async def test_only_a_line_that_changed_is_drawn_anew() -> None:
    async with shown(line := CountedLine(), size=(40, 5)) as pilot:
        line.styles.height = 3
        line.show((LEFT, ()), (RIGHT, ()))
        await pilot.pause()
        line.redrawn.clear()
        line.show((list(LEFT), ()), (RIGHT, ()))
        await pilot.pause()
        assert line.redrawn == []
        line.show((LEFT, ()), (LEFT, ()))
        await pilot.pause()
        assert set(line.redrawn) == {1}


# The keys


class KeyScreen(Inked):
    """A screen with two tables and a line of keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("X", "cancel", "run.cancel", "cancel", "Cancel the run; asks first"),
        key("slash", "filter", "runs.filter", "filter", "Filter the runs", display="/"),
        key("w", "watch", "run.watch", "watch", "Watch the run"),
        quiet("z", "zoom", "pane.zoom", "zoom", "The run on the whole screen"),
        key("escape", "back", "view.back", "back", "One layer back"),
        key("q", "back_or_quit", "view.quit", "quit", "One layer back, or leave"),
    ]
    possible: bool | None = True
    over_board = False
    objection: str | None = None

    def compose(self) -> ComposeResult:
        yield PlanTable(id="plan")
        yield FeedTable(id="feed")
        yield KeyLine()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return {"watch": self.possible, "back": self.over_board}.get(action, True)

    def why_not(self, action: str) -> str | None:
        return self.objection if action == "cancel" else None

    def action_cancel(self) -> None: ...
    def action_watch(self) -> None: ...


class KeyHost(Host):
    """Shows the screen with the keys."""

    def get_default_screen(self) -> Screen[Any]:
        return KeyScreen()


def keys_shown(pilot: Pilot[Any]) -> str:
    return " ".join(pilot.app.screen.query_one(KeyLine).text().split())


def ink_of(pilot: Pilot[Any], text: str) -> object:
    line = pilot.app.screen.query_one(KeyLine)
    return next(segment.style for segment in line.render_line(0) if segment.text == text)


async def test_the_keys_that_work_here_are_shown() -> None:
    async with KeyHost().run_test(size=(100, 10)) as pilot:
        pilot.app.screen.query_one(PlanTable).focus()
        await pilot.pause()
        told = keys_shown(pilot)
        assert "X cancel" in told
        assert "/ filter" in told
        assert "w watch" in told
        assert "zoom" not in told
        assert "follow" not in told


async def test_where_not_all_fit_the_last_key_stands_and_none_is_cut() -> None:
    async with KeyHost().run_test(size=(160, 10)) as pilot:
        pilot.app.screen.query_one(PlanTable).focus()
        await pilot.pause()
        every = keys_shown(pilot)
        assert every.endswith("q quit")
        for width in (60, 30, 10):
            await pilot.resize_terminal(width, 10)
            await pilot.pause()
            some, _, last = keys_shown(pilot).rpartition("q quit")
            assert every.startswith(some.strip())
            assert not last
            assert "…" not in some
        await pilot.resize_terminal(160, 10)
        await pilot.pause()
        assert keys_shown(pilot) == every


async def test_other_keys_are_shown_where_the_focus_is_elsewhere() -> None:
    async with KeyHost().run_test(size=(160, 10)) as pilot:
        pilot.app.screen.query_one(PlanTable).focus()
        await pilot.pause()
        assert "its events" in keys_shown(pilot)
        pilot.app.screen.query_one(FeedTable).focus()
        await pilot.pause()
        told = keys_shown(pilot)
        assert "F follow" in told
        assert "n next" in told
        assert "/ search" in told
        assert "filter" not in told
        assert "its events" not in told


async def test_a_key_that_means_nothing_is_left_out_and_an_impossible_one_is_dim() -> None:
    async with KeyHost().run_test(size=(160, 10)) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, KeyScreen)
        assert ink_of(pilot, "w") == ink_of(pilot, "X")
        screen.possible, screen.objection = False, "it is already over"
        screen.refresh_bindings()
        await pilot.pause()
        assert "watch" not in keys_shown(pilot)
        dim = ink_of(pilot, " cancel ")
        assert ink_of(pilot, "X") == dim != ink_of(pilot, "/")
        screen.possible = None
        screen.refresh_bindings()
        await pilot.pause()
        assert ink_of(pilot, "w") == dim


async def test_of_going_back_and_leaving_the_one_is_shown_that_comes_first() -> None:
    async with KeyHost().run_test(size=(160, 10)) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, KeyScreen)
        assert "q quit" in keys_shown(pilot)
        assert "back" not in keys_shown(pilot)
        screen.over_board = True
        screen.refresh_bindings()
        await pilot.pause()
        assert "esc back" in keys_shown(pilot)
        assert "quit" not in keys_shown(pilot)


async def test_an_action_is_shown_once() -> None:
    async with KeyHost().run_test(size=(160, 10)) as pilot:
        pilot.app.screen.query_one(FeedTable).focus()
        await pilot.pause()
        words = keys_shown(pilot).split()
        assert words.count("search") == words.count("follow") == words.count("cancel") == 1


# The filter


def terminal(pilot: Pilot[Any]) -> list[str]:
    """Give what stands on the terminal, line by line."""
    strips = pilot.app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip) for strip in strips]


def cells(line: str, start: int, end: int) -> str:
    """Give what stands between two cells of a line."""
    return Strip([Segment(line)]).crop(start, end).text


async def test_the_terms_of_a_query_are_shown_with_where_they_ran() -> None:
    query = Query.parse('state:failed workflow:~"night etl" [/x]')
    where = {query.terms[0]: ["server"], query.terms[1]: ["here"]}
    async with Host(bar := FilterBar()).run_test(size=(80, 4)) as pilot:
        bar.show_query(query, where)
        await pilot.pause()
        told = bar.told.text().rstrip()
        assert told == ' / state:failed [server]  workflow:~"night etl" [here]  [/x]'
        bar.show_query(Query(), {})
        await pilot.pause()
        assert bar.told.text().rstrip() == " / all runs"


async def test_where_terms_ran_is_told_as_fully_as_there_is_room() -> None:
    query = Query.parse("state:failed workflow:etl")
    words = ["server; here: lightning, noxus", "server; here: 2 sources", "server, here"]
    where = dict.fromkeys(query.terms, words)
    async with Host(bar := FilterBar()).run_test(size=(110, 4)) as pilot:
        bar.show_query(query, where)
        for width, word in ((110, words[0]), (85, words[1]), (60, words[2]), (30, words[2])):
            await pilot.resize_terminal(width, 4)
            await pilot.pause()
            told = f" / state:failed [{word}]  workflow:etl [{word}]"
            assert bar.told.text().rstrip() == (told if width > 30 else told[:29] + "…")
        assert str(bar.told.tooltip) == f"state:failed: {words[0]}\nworkflow:etl: {words[0]}"


async def test_editing_begins_at_the_end_of_the_filter() -> None:
    async with Host(bar := FilterBar()).run_test(size=(80, 4)) as pilot:
        bar.edit("state:failed")
        await pilot.pause()
        await pilot.press(*",queued")
        assert bar.has_class("-editing")
        assert bar.input.value == "state:failed,queued"
        bar.leave()
        assert not bar.has_class("-editing")


async def test_a_caret_stands_under_what_is_wrong() -> None:
    wrongs = {
        "state:faled": "faled",
        "stat:failed etl": "stat",
        "etl state:failed,runing more": "runing",
        "etl created:>yesterday": ">yesterday",
        'etl workflow:"nightly': '"nightly',
        "etl - more": "-",
        "日本語 state:faled": "faled",
        "e\u0301te\u0301 state:faled": "faled",
        "workflow:日本 source:prod stat:失敗": "stat",
        "state:失敗,failed": "失敗",
    }
    async with Host(bar := FilterBar()).run_test(size=(120, 5)) as pilot:
        for text, wrong in wrongs.items():
            with pytest.raises(FilterError) as raised:
                Query.parse(text)
            bar.edit(text)
            bar.show_error(raised.value)
            await pilot.pause()
            drawn = terminal(pilot)
            at = next(y for y, line in enumerate(drawn) if "^" in line)
            caret = drawn[at]
            start = cell_len(caret[: caret.index("^")])
            end = cell_len(caret[: caret.rindex("^") + 1])
            assert cells(drawn[at - 1], start, end) == wrong
            assert raised.value.message in caret + drawn[at + 1]
            assert bar.line.has_class("-wrong")
            bar.show_error(None)
            assert not bar.line.has_class("-wrong")


async def test_a_caret_follows_a_filter_that_is_longer_than_the_line() -> None:
    text = "workflow:~etl source:prod,stage,lab trigger:cron state:faled"
    with pytest.raises(FilterError) as raised:
        Query.parse(text)
    async with Host(bar := FilterBar()).run_test(size=(40, 5)) as pilot:
        bar.edit(text[:-1])
        await pilot.press(text[-1])
        bar.show_error(raised.value)
        await pilot.pause()
        above, caret = terminal(pilot)[1:3]
        assert "^" * len("faled") in caret
        assert caret.index("^") == above.index("faled")


async def test_the_end_of_a_long_filter_is_seen_when_its_editing_begins() -> None:
    text = "workflow:~etl source:prod,stage,lab trigger:cron state:failed"
    async with Host(bar := FilterBar()).run_test(size=(40, 5)) as pilot:
        bar.edit(text)
        await pilot.pause()
        assert any("state:failed" in line for line in terminal(pilot))
