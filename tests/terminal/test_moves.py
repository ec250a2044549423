"""Every move gets there, and none is longer than a move to an address."""

from itertools import product

import pytest

from runs_tui.terminal.moves import move
from tests.terminal.emulator import Emulator

PLACES = list(product((0, 1, 2, 8, 9, 10, 39), (0, 1, 2, 9, 11)))


@pytest.mark.parametrize("target", PLACES)
def test_every_move_gets_there(target: tuple[int, int]) -> None:
    x, y = target
    absolute = len(f"\x1b[{y + 1};{x + 1}H")
    for from_x, from_y in PLACES:
        terminal = Emulator(40, 12, x=from_x, y=from_y)
        moving = move(from_x, from_y, x, y)
        terminal.feed(moving)
        assert (terminal.x, terminal.y) == target
        assert len(moving) <= absolute


@pytest.mark.parametrize("target", PLACES)
def test_a_move_from_the_edge_or_from_anywhere_gets_there(target: tuple[int, int]) -> None:
    x, y = target
    for from_y in (0, 1, 9, 11):
        terminal = Emulator(40, 12, x=39, y=from_y)
        terminal.at_edge = True
        terminal.feed(move(None, from_y, x, y))
        assert (terminal.x, terminal.y) == target
    terminal = Emulator(40, 12, x=7, y=7)
    terminal.feed(move(None, None, x, y))
    assert (terminal.x, terminal.y) == target


@pytest.mark.parametrize(
    ("start", "target", "text"),
    [
        ((3, 3), (3, 3), ""),
        ((3, 3), (0, 3), "\r"),
        ((3, 3), (0, 4), "\r\n"),
        ((3, 3), (3, 4), "\n"),
        ((3, 3), (2, 4), "\b\n"),
        ((9, 9), (0, 0), "\x1b[H"),
        ((None, None), (0, 5), "\x1b[6H"),
        ((3, 3), (9, 3), "\x1b[6C"),
        ((None, 3), (9, 3), "\x1b[10G"),
        ((3, 30), (3, 3), "\x1b[4d"),
    ],
)
def test_the_shortest_is_taken(
    start: tuple[int | None, int | None], target: tuple[int, int], text: str
) -> None:
    assert move(*start, *target) == text


def test_without_line_feeds_a_move_gets_there_too() -> None:
    for (from_x, from_y), (x, y) in product(PLACES, PLACES):
        terminal = Emulator(40, 12, x=from_x, y=from_y)
        moving = move(from_x, from_y, x, y, feeds=False)
        terminal.feed(moving)
        assert (terminal.x, terminal.y) == (x, y)
        assert "\n" not in moving
