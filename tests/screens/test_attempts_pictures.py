"""Pictures of lineages, at four sizes."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from runs_tui.model.errors import Unreachable
from tests.screens.related_source import Family, family
from tests.screens.stage import SIZES, at_rest, until
from tests.screens.test_attempts import open_attempts

SnapCompare = Callable[..., bool]
Scene = Callable[[Family, Pilot[Any]], Awaitable[None]]

SCENES: dict[str, Scene] = {}


def scene(play: Scene) -> Scene:
    SCENES[play.__name__] = play
    return play


@scene
async def lineage(told: Family, pilot: Pilot[Any]) -> None:
    await open_attempts(told, pilot, told.attempts[1])
    table = told.stage.screen.pane.attempts_table
    await until(pilot, lambda: len(table.rows) == 5)
    await pilot.press("a")


@scene
async def newest_attempt(told: Family, pilot: Pilot[Any]) -> None:
    await lineage(told, pilot)
    await pilot.press("enter")
    table = told.stage.screen.pane.attempts_table
    await until(pilot, lambda: table.has_focus)
    await pilot.press("G", "enter")
    shown = told.attempts[2]
    await until(pilot, lambda: told.stage.screen.chosen and told.stage.screen.chosen.id == shown)
    await until(pilot, lambda: told.stage.settled)


@scene
async def attempts_in_place(told: Family, pilot: Pilot[Any]) -> None:
    await open_attempts(told, pilot, told.in_place)
    await until(pilot, lambda: len(told.stage.screen.pane.attempts_table.rows) == 3)


@scene
async def ran_once(told: Family, pilot: Pilot[Any]) -> None:
    await open_attempts(told, pilot, told.alone)
    await until(pilot, lambda: told.stage.shows("It ran once"))


@scene
async def lineage_not_read(told: Family, pilot: Pilot[Any]) -> None:
    await lineage(told, pilot)
    told.source.trouble = Unreachable("connection refused")
    await pilot.press("r")
    await until(pilot, lambda: told.stage.shows("could not be read"))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCENES)
def test_it_looks_as_it_did(snap_compare: SnapCompare, name: str, size: tuple[int, int]) -> None:
    told = family()

    async def play(pilot: Pilot[Any]) -> None:
        await SCENES[name](told, pilot)
        await at_rest(pilot)

    assert snap_compare(told.stage.app, run_before=play, terminal_size=size)
