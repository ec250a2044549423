from random import Random
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.strip import Strip

from runs_tui.widgets.columns import Column
from runs_tui.widgets.tall_table import TallTable
from tests.widgets.test_virtual_table import lines, press, shown

KEYS = ["j", "k", "ctrl+d", "ctrl+u", "pagedown", "pageup", "g", "G", "j", "k", "pagedown"]


class Towers(TallTable[int]):
    """Rows of so many lines; each line says its row and which line of it it is."""

    show_head = False

    def __init__(self, heights: list[int]) -> None:
        super().__init__([Column("n", "N", lambda row: [(str(row), "")], 8, grows=True)])
        self.rows = heights
        self.wraps = True

    def height_of(self, at: int) -> int:
        return self.rows[at]

    def line_strip(self, at: int, line: int) -> Strip:
        return self._cells_strip(at, [[(f"{at}.{line}", "")]])

    @property
    def all_lines(self) -> list[str]:
        return [f"{at}.{n}" for at, height in enumerate(self.rows) for n in range(height)]

    @property
    def drawn(self) -> list[str]:
        return [line[1:].strip() for line in lines(self)]


def check(table: Towers, where: str) -> None:
    every, drawn = table.all_lines, table.drawn
    full = [line for line in drawn if line]
    start = every.index(full[0])
    assert full == every[start : start + len(full)], where
    assert len(full) == min(table.size.height, len(every)), where
    assert any(line.startswith(f"{table.cursor}.") for line in full), where
    assert [*table.seen] == sorted({int(line.split(".")[0]) for line in full}), where


@pytest.mark.parametrize("seed", range(12))
async def test_any_keys_show_a_full_screen_of_lines_in_order_with_the_cursor(seed: int) -> None:
    chance = Random(seed)
    heights = [chance.choice([1, 1, 2, 3, 5, 14, 40]) for _ in range(chance.choice([1, 4, 30]))]
    async with shown(table := Towers(heights), size=(20, 9)) as pilot:
        check(table, "at first")
        for step in range(40):
            key = chance.choice(KEYS)
            before = table.scroll_offset.y, table._skipped, table.cursor
            await press(pilot, key)
            check(table, f"{step}: {key} from {before}")


async def visit(pilot: Pilot[Any], table: Towers, key: str) -> list[str]:
    """Press a key until nothing changes, and give every line that was seen on the way."""
    seen: list[str] = []
    for _ in range(400):
        seen += [line for line in table.drawn if line not in seen]
        before = table.scroll_offset.y, table._skipped, table.cursor
        await press(pilot, key)
        if before == (table.scroll_offset.y, table._skipped, table.cursor):
            return seen
    raise AssertionError(f"{key} never ends")


@pytest.mark.parametrize("key", ["j", "pagedown", "ctrl+d"])
async def test_going_down_and_up_shows_every_line(key: str) -> None:
    back = {"j": "k", "pagedown": "pageup", "ctrl+d": "ctrl+u"}[key]
    async with shown(table := Towers([1, 30, 2, 1, 12, 3, 25, 1]), size=(20, 9)) as pilot:
        assert sorted(await visit(pilot, table, key)) == sorted(table.all_lines)
        assert table.cursor == 7
        assert sorted(await visit(pilot, table, back)) == sorted(table.all_lines)
        assert (table.cursor, table.scroll_offset.y, table._skipped) == (0, 0, 0)


async def test_rows_are_of_one_line_while_it_does_not_wrap() -> None:
    async with shown(table := Towers([3] * 30), size=(20, 9)) as pilot:
        await press(pilot, "G")
        table.wraps = False
        await press(pilot, "g", "pagedown")
        assert table.drawn == ["3"] * 9
        assert table.cursor == 9
