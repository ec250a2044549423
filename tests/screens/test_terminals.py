"""Any terminal: every place at the smallest sizes, in ASCII, and without colour."""

from collections.abc import Iterator

import pytest
from rich.segment import Segment
from textual.app import App
from textual.widgets import Input, OptionList

from runs_tui.widgets.virtual_table import MARK, VirtualTable
from tests.screens.stage import Stage, until
from tests.screens.walk import PLACES, run

SMALL = [(80, 24), (40, 12)]


def cursor_line(app: App[None], lines: list[str]) -> str:
    """Give the line of the screen that the cursor of what has the focus stands on."""
    held = app.focused
    assert held is not None
    region = held.region
    shown = region.intersection(app.screen.region)
    assert shown.area
    assert shown == region, "it is cut"
    if isinstance(held, VirtualTable) and held.rows:
        marked = [line for line in lines[region.y : region.bottom] if MARK in line[region.x :]]
        return marked[0] if marked else ""
    if isinstance(held, OptionList):
        assert held.highlighted is not None
        at = held.highlighted - held.scroll_offset.y
        assert 0 <= at < region.height
    return lines[region.y]


@pytest.mark.parametrize("size", SMALL, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", PLACES)
async def test_a_place_shows_its_subject_the_cursor_and_the_way_out(
    name: str, size: tuple[int, int]
) -> None:
    stage, place = Stage(), PLACES[name]
    async with stage.app.run_test(size=size) as pilot:
        await place.go(stage, pilot)
        await until(pilot, lambda: stage.shows(place.subject))
        await until(pilot, lambda: stage.shows(place.out))
        if name != "empty":
            await until(pilot, lambda: cursor_line(stage.app, stage.lines).strip())


@pytest.mark.parametrize("name", PLACES)
async def test_in_ascii_nothing_of_ours_is_anything_else(name: str) -> None:
    stage = Stage(in_ascii=True)
    async with stage.app.run_test(size=(100, 30)) as pilot:
        await PLACES[name].go(stage, pilot)
        await pilot.pause()
        assert all(" " <= letter <= "~" for line in stage.lines for letter in line)


def colors(stage: Stage) -> Iterator[Segment]:
    """Give what is drawn in a colour, or on one."""
    for strip in stage.app.screen._compositor.render_strips():
        for segment in strip:
            if segment.style is not None:
                both = (segment.style.color, segment.style.bgcolor)
                if any(color is not None and not color.is_default for color in both):
                    yield segment


@pytest.mark.parametrize("theme", ["night", "terminal", "textual-light"])
@pytest.mark.parametrize("name", ["board", "tree", "filtering", "themes", "confirm", "form"])
async def test_without_colour_there_is_none_behind_the_letters_either(
    name: str, theme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    stage = Stage()
    stage.app.theme = theme
    async with stage.app.run_test(size=(100, 30)) as pilot:
        await PLACES[name].go(stage, pilot)
        await pilot.pause()
        assert list(colors(stage)) == []


async def test_an_empty_no_color_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "")
    stage = Stage()
    async with stage.app.run_test(size=(100, 30)) as pilot:
        await PLACES["board"].go(stage, pilot)
        assert list(colors(stage))


def drawn(stage: Stage, text: str) -> Segment:
    """Give the segment that draws a text."""
    strips = stage.app.screen._compositor.render_strips()
    return next(s for strip in strips for s in strip if s.text == text)


async def test_without_colour_cursor_and_match_are_told_by_more_than_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    stage = Stage()
    async with stage.app.run_test(size=(100, 30)) as pilot:
        await run(stage, pilot)
        await pilot.press("]", "]", "slash", *"upstream", "enter")
        await until(pilot, lambda: stage.shows("match"))
        match = drawn(stage, "upstream").style
        assert match
        assert match.underline
        assert match.bold
        row = stage.lines[stage.app.focused.region.y :] if stage.app.focused else []
        assert any(line.startswith(MARK) for line in row)
        reversed_rows = [
            strip
            for strip in stage.app.screen._compositor.render_strips()
            if all(s.style and s.style.reverse for s in strip if s.text.strip())
            and strip.text.strip()
        ]
        assert len(reversed_rows) == 1


@pytest.mark.parametrize(
    ("size", "where"),
    [
        ((120, 40), "beside"),
        ((200, 60), "beside"),
        ((99, 40), "below"),
        ((80, 24), "below"),
        ((120, 70), "below"),
        ((60, 20), "below"),
        ((59, 40), "hidden"),
        ((40, 12), "hidden"),
    ],
)
async def test_the_pane_is_where_there_is_room(size: tuple[int, int], where: str) -> None:
    stage = Stage()
    async with stage.app.run_test(size=size) as pilot:
        await PLACES["board"].go(stage, pilot)
        await pilot.pause()
        pane, table = stage.screen.pane, stage.screen.table
        assert pane.display == (where != "hidden")
        if where == "beside":
            assert pane.region.x >= table.region.right
        if where == "below":
            assert pane.region.y >= table.region.bottom
            assert pane.region.width == size[0]


async def test_where_the_events_have_no_room_beside_the_steps_they_are_turned_to() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(40, 12)) as pilot:
        await PLACES["tree"].go(stage, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: stage.screen.pane.tab == "events")
        assert stage.screen.pane.feed_table.step


async def test_typing_lines_show_where_one_types_without_colour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    stage = Stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await PLACES["filtering"].go(stage, pilot)
        held = stage.app.focused
        assert isinstance(held, Input)
        held.cursor_blink = False
        await pilot.press("home")
        await pilot.pause()
        strip = stage.app.screen._compositor.render_strips()[held.region.y]
        assert any(s.style and s.style.reverse for s in strip)


@pytest.mark.parametrize("name", ["confirm", "apis"])
async def test_without_colour_one_answer_is_marked(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    stage = Stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await PLACES[name].go(stage, pilot)
        await pilot.pause()
        held = stage.app.focused
        assert isinstance(held, OptionList)
        strips = stage.app.screen._compositor.render_strips()
        rows = [strips[y] for y in range(held.region.y, held.region.bottom)]
        marked = [any(s.style and s.style.reverse and s.text.strip() for s in row) for row in rows]
        assert any(marked)
        assert not all(marked)
