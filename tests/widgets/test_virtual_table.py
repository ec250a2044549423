from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, TypeVar, overload

import pytest
from rich.cells import cell_len
from textual import events
from textual.app import App
from textual.message import Message
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from runs_tui.themes import variables
from runs_tui.widgets.columns import Column
from runs_tui.widgets.inks import INKS
from runs_tui.widgets.virtual_table import MARK, VirtualTable

STYLES = Path(__file__).parents[2] / "styles"
W = TypeVar("W", bound=Widget)


class Inked(Screen[None]):
    """A screen with the inks that ours have."""

    COMPONENT_CLASSES: ClassVar[set[str]] = INKS


class Host(App[None]):
    """Shows one widget on the whole terminal, and remembers the messages it posts."""

    CSS_PATH = [STYLES / f"{name}.tcss" for name in ("states", "tables", "run")]  # noqa: RUF012

    def __init__(self, *widgets: Widget) -> None:
        super().__init__()
        self.widgets = widgets
        self.told: list[Message] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variables(self.current_theme, colorless=False)

    def get_default_screen(self) -> Screen[Any]:
        return Inked()

    def on_mount(self) -> None:
        self.screen.mount_all(self.widgets)

    def of(self, kind: type[Message]) -> int:
        """Count the messages of a kind, and forget them all."""
        posted = {id(message) for message in self.told if isinstance(message, kind)}
        self.told.clear()
        return len(posted)


@asynccontextmanager
async def shown(*widgets: Widget, size: tuple[int, int] = (40, 11)) -> Any:
    """Show widgets, the first one focused, and give the pilot of their host."""
    host = Host(*widgets)
    async with host.run_test(size=size, message_hook=host.told.append) as pilot:
        widgets[0].focus()
        await pilot.pause()
        host.told.clear()
        yield pilot


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys, one right after the other: letters, or keys by their names."""
    for key in keys:
        pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))
    await pilot.pause()


def lines(widget: Widget) -> list[str]:
    """Give what a widget draws, line by line."""
    return [widget.render_line(y).text for y in range(widget.size.height)]


@dataclass(frozen=True)
class Item:
    """A row."""

    key: int
    name: str
    took: str = ""


COLUMNS: list[Column[Item]] = [
    Column("name", "NAME", lambda item: [(item.name, "")], 8, grows=True),
    Column("took", "TOOK", lambda item: [(item.took, "table--dim")], 6, right=True, rank=1),
]


class Items(VirtualTable[Item]):
    """A table that remembers which lines it drew."""

    def __init__(self, rows: Sequence[Item] = ()) -> None:
        super().__init__(COLUMNS)
        self.rows = rows
        self.redrawn: list[int] = []

    def key_of(self, row: Item) -> Hashable:
        return row.key

    def render_line(self, y: int) -> Strip:
        self.redrawn.append(y)
        return super().render_line(y)

    @property
    def names(self) -> list[str]:
        """The names on the screen, and the mark of the one under the cursor."""
        return [line.split()[0] for line in lines(self)[1:] if line.strip()]


def items(*numbers: int) -> list[Item]:
    return [Item(number, f"n{number}") for number in numbers]


def many(count: int) -> list[Item]:
    return items(*range(count))


async def redrawn(pilot: Pilot[Any], table: Items, act: Callable[[], object]) -> list[int]:
    """Give the lines that are drawn because of something."""
    await pilot.pause()
    table.redrawn.clear()
    act()
    await pilot.pause()
    return sorted(set(table.redrawn))


# What is drawn


async def test_titles_stand_above_rows_and_the_cursor_has_a_mark() -> None:
    table = Items([Item(1, "etl", "2m 11s"), Item(2, "invoices-of-the-month-before-last", "41s")])
    async with shown(table, size=(30, 4)):
        assert lines(table) == [
            " NAME                    TOOK ",
            "▌etl                   2m 11s ",
            " invoices-of-the-mon…     41s ",
            "                              ",
        ]


async def test_a_column_that_does_not_fit_is_left_out() -> None:
    table = Items([Item(1, "etl-nightly", "41s")])
    async with shown(table, size=(16, 2)):
        assert lines(table) == [" NAME           ", "▌etl-nightly    "]


async def test_without_titles_the_first_row_stands_first() -> None:
    table = Items(items(1, 2))
    table.show_head = False
    async with shown(table, size=(16, 2)):
        assert [line.strip() for line in lines(table)] == ["▌n1", "n2"]


async def test_without_a_cursor_there_is_no_mark() -> None:
    table = Items(items(1))
    table.show_cursor = False
    async with shown(table):
        assert not any(MARK in line for line in lines(table))


HOSTILE = [
    "[/x]",
    "[bold]b[/bold]",
    "\\[x]",
    "日本語のワークフロー",
    "e\u0301te\u0301",
    "👩\u200d🔧 repair",
    "x" * 500,
]


@pytest.mark.parametrize("width", [16, 17, 24, 40])
async def test_foreign_text_is_drawn_as_it_is_and_never_breaks_a_line(width: int) -> None:
    table = Items([Item(at, name, "41s") for at, name in enumerate(HOSTILE)])
    async with shown(table, size=(width, 9)):
        drawn = lines(table)
        assert {cell_len(line) for line in drawn} == {width}
        for name, line in zip(HOSTILE, drawn[1:], strict=False):
            told, cut, _ = line[1:].partition("…")
            assert name.startswith(told.rstrip()) if cut else told.startswith(name)


async def test_a_line_is_drawn_under_a_row() -> None:
    table = Items(items(1, 2, 3))
    table.rule_after = 1
    async with shown(table):
        ruled = [
            all(segment.style and segment.style.underline for segment in table.render_line(y))
            for y in range(5)
        ]
        assert ruled == [False, False, True, False, False]


async def test_an_empty_table_is_blank_and_takes_every_key() -> None:
    table = Items()
    async with shown(table) as pilot:
        await press(pilot, "j", "k", "G", "g", "ctrl+d", "ctrl+u", "pagedown", "pageup", "enter")
        assert [line.strip() for line in lines(table)[1:]] == [""] * 10
        assert table.row is None
        assert pilot.app.of(VirtualTable.Chosen) == 0


# Keys


async def test_keys_move_the_cursor() -> None:
    cursors = {
        "j j down": 3,
        "j j k": 1,
        "up k": 0,
        "G": 99,
        "end j": 99,
        "G g": 0,
        "end home": 0,
        "ctrl+d": 5,
        "ctrl+d ctrl+d ctrl+u": 5,
        "pagedown": 10,
        "pagedown pagedown pageup": 10,
        "G ctrl+u": 94,
        "G pagedown": 99,
        "pageup": 0,
    }
    async with shown(table := Items(many(100))) as pilot:
        for keys, cursor in cursors.items():
            table.cursor = 0
            await press(pilot, *keys.split())
            assert table.cursor == cursor, keys
            assert f"{MARK}n{cursor}" in table.names, keys


async def test_half_a_page_moves_cursor_and_view_together() -> None:
    async with shown(table := Items(many(100))) as pilot:
        await press(pilot, "j", "ctrl+d")
        assert table.names == ["n5", f"{MARK}n6", *(f"n{n}" for n in range(7, 15))]
        await press(pilot, "ctrl+u")
        assert table.names == ["n0", f"{MARK}n1", *(f"n{n}" for n in range(2, 10))]


async def test_the_view_moves_only_as_far_as_the_cursor_needs() -> None:
    async with shown(table := Items(many(100))) as pilot:
        await press(pilot, *["j"] * 10)
        assert list(table.seen) == list(range(1, 11))
        await press(pilot, "k")
        assert list(table.seen) == list(range(1, 11))
        await press(pilot, "G")
        assert list(table.seen) == list(range(90, 100))


async def test_a_move_is_told_once_and_a_key_without_effect_is_not() -> None:
    async with shown(Items(many(3))) as pilot:
        await press(pilot, "j")
        assert pilot.app.of(VirtualTable.Highlighted) == 1
        await press(pilot, "G", "j", "G")
        assert pilot.app.of(VirtualTable.Highlighted) == 1


async def test_enter_chooses_the_row_under_the_cursor() -> None:
    async with shown(Items(many(3))) as pilot:
        await press(pilot, "j", "enter")
        assert pilot.app.of(VirtualTable.Chosen) == 1


# The pointer


async def test_a_click_moves_the_cursor_and_a_second_one_chooses() -> None:
    async with shown(table := Items(many(30))) as pilot:
        await pilot.click(table, offset=(3, 4))
        assert table.cursor == 3
        assert pilot.app.of(VirtualTable.Chosen) == 0
        await pilot.click(table, offset=(3, 4), times=2)
        assert table.cursor == 3
        assert pilot.app.of(VirtualTable.Chosen) == 1


async def test_a_click_beside_the_rows_does_nothing() -> None:
    async with shown(table := Items(many(3))) as pilot:
        await press(pilot, "j")
        await pilot.click(table, offset=(3, 0))
        await pilot.click(table, offset=(3, 9))
        assert table.cursor == 1


async def turn(pilot: Pilot[Any], kind: type[events.MouseEvent]) -> None:
    """Turn the wheel by one notch over the middle of the terminal."""
    at = {"x": 3, "y": 3, "screen_x": 3, "screen_y": 3, "delta_x": 0, "delta_y": 0}
    none = {"button": 0, "shift": False, "meta": False, "ctrl": False}
    pilot.app.screen._forward_event(kind(None, **at, **none))  # type: ignore[arg-type]
    await pilot.pause()


async def test_the_wheel_scrolls_by_three_rows_and_takes_the_cursor_along() -> None:
    async with shown(table := Items(many(30))) as pilot:
        await press(pilot, "j")
        await turn(pilot, events.MouseScrollDown)
        assert table.seen == range(3, 13)
        assert table.cursor == 3
        await turn(pilot, events.MouseScrollUp)
        assert table.seen == range(10)
        assert table.cursor == 3


# Other rows


async def test_the_cursor_stays_with_its_row() -> None:
    cases = {
        "above": ([9, 8, 0, 1, 2, 3, 4, 5], 5),
        "one gone": ([1, 2, 3, 4, 5], 2),
        "three gone": ([3, 4, 5], 0),
        "turned": ([5, 4, 3, 2, 1, 0], 2),
        "alone": ([3], 0),
        "itself gone": ([0, 1, 2, 4, 5], 3),
        "end gone": ([0, 1], 1),
        "empty": ([], 0),
    }
    async with shown(table := Items()) as pilot:
        for case, (after, cursor) in cases.items():
            table.set_rows(many(6))
            table.cursor = 3
            table.set_rows(items(*after))
            await pilot.pause()
            assert table.cursor == cursor, case
            assert sum(MARK in line for line in lines(table)) == bool(after), case


async def test_another_row_under_the_cursor_is_told_and_the_same_is_not() -> None:
    async with shown(table := Items(many(6))) as pilot:
        await press(pilot, "j", "j")
        pilot.app.told.clear()
        table.set_rows(items(7, 0, 1, 2, 3))
        await pilot.pause()
        assert pilot.app.of(VirtualTable.Highlighted) == 0
        table.set_rows(items(7, 0, 1, 3))
        await pilot.pause()
        assert pilot.app.of(VirtualTable.Highlighted) == 1


async def test_what_is_seen_stays_in_its_place_while_rows_come_and_go_above() -> None:
    async with shown(table := Items(many(100))) as pilot:
        await press(pilot, "ctrl+d", "ctrl+d", "ctrl+d")
        before = lines(table)
        table.set_rows(items(203, 202, 201, *range(100)))
        await pilot.pause()
        assert lines(table) == before
        table.set_rows(many(100)[5:])
        await pilot.pause()
        assert lines(table) == before


async def test_at_the_top_new_rows_are_seen() -> None:
    async with shown(table := Items(many(100))) as pilot:
        table.set_rows(items(201, 200, *range(100)))
        await pilot.pause()
        assert table.names[:4] == ["n201", "n200", f"{MARK}n0", "n1"]


async def test_fewer_rows_leave_no_empty_page() -> None:
    async with shown(table := Items(many(100))) as pilot:
        await press(pilot, "G")
        table.set_rows(many(12))
        await pilot.pause()
        assert table.names == [*(f"n{n}" for n in range(2, 11)), f"{MARK}n11"]


async def test_a_row_is_selected_by_its_key() -> None:
    async with shown(table := Items(many(100))) as pilot:
        assert table.select(42)
        await pilot.pause()
        assert f"{MARK}n42" in table.names
        assert not table.select(1000)
        assert table.cursor == 42


async def test_other_columns() -> None:
    async with shown(table := Items([Item(1, "etl", "41s")]), size=(20, 2)) as pilot:
        table.set_columns(COLUMNS[::-1])
        await pilot.pause()
        assert lines(table) == ["   TOOK  NAME       ", "▌   41s  etl        "]


@pytest.mark.parametrize("size", [(80, 5), (12, 30), (40, 1), (200, 60)])
async def test_another_size_keeps_the_cursor_in_view(size: tuple[int, int]) -> None:
    async with shown(table := Items(many(100))) as pilot:
        await press(pilot, "G", "k")
        await pilot.resize_terminal(*size)
        await pilot.pause()
        assert {cell_len(line) for line in lines(table)} == {size[0]}
        if size[1] > 1:
            assert f"{MARK}n98" in table.names


async def test_a_higher_terminal_is_filled() -> None:
    async with shown(table := Items(many(30))) as pilot:
        await press(pilot, "G")
        await pilot.resize_terminal(40, 31)
        await pilot.pause()
        assert len(table.names) == 30


# What is drawn anew


async def test_a_move_redraws_two_lines() -> None:
    async with shown(table := Items(many(100))) as pilot:
        await press(pilot, "j")
        assert await redrawn(pilot, table, lambda: table.action_move(1)) == [2, 3]


async def test_a_tick_without_news_redraws_nothing() -> None:
    async with shown(table := Items(many(100))) as pilot:
        assert await redrawn(pilot, table, table.refresh_changed) == []


async def test_a_changed_row_redraws_its_line() -> None:
    async with shown(table := Items(many(100))) as pilot:
        rows = many(100)
        rows[4] = Item(4, "n4", "41s")
        rows[50] = Item(50, "n50", "41s")
        assert await redrawn(pilot, table, lambda: table.set_rows(rows)) == [5]
        assert "41s" in lines(table)[5]


async def test_rows_that_leave_redraw_the_lines_they_stood_on() -> None:
    async with shown(table := Items(many(6))) as pilot:
        assert await redrawn(pilot, table, lambda: table.set_rows(many(4))) == [5, 6]


# A great many rows


class Lazy(Sequence[Item]):
    """Rows that are made when they are looked at, and counted."""

    def __init__(self, count: int) -> None:
        self.length = count
        self.made = 0

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, at: int) -> Item: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Item]: ...
    def __getitem__(self, at: int | slice) -> Item | Sequence[Item]:
        assert isinstance(at, int), "several rows at once"
        self.made += 1
        return Item(at, f"n{at}")

    def __iter__(self) -> Iterator[Item]:
        raise AssertionError("every row was asked for")


async def test_a_million_rows_cost_what_is_seen_of_them() -> None:
    rows = Lazy(1_000_000)
    async with shown(table := Items()) as pilot:
        table.set_rows(rows)
        await press(pilot, "G", "k", "ctrl+u", "g", "pagedown", "j")
        assert table.cursor == 11
        table.set_rows(rows)
        await pilot.pause()
        assert f"{MARK}n11" in table.names
        assert rows.made < 1000
