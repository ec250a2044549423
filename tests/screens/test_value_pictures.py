"""Pictures of facts, JSON and what is copied of them, at four sizes."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from textual.pilot import Pilot

from runs_tui.model.state import State
from runs_tui.screens.copy_menu import CopyScreen
from runs_tui.screens.reading_text import TextScreen
from tests.screens.stage import SIZES, Stage, at_rest, until
from tests.screens.test_snapshots import open_run

SnapCompare = Callable[..., bool]
Scene = Callable[[Stage, Pilot[Any]], Awaitable[None]]

DETAILS: Mapping[str, Any] = {
    "parameters": {"limit": 500, "regions": ["eu-west", "us-east"], "dry_run": False},
    "deployment_name": "order-fulfilment/production",
    "tags": ["orders", "nightly"],
    "labels": {"team": "fulfilment", "cost-centre": "4711"},
    "traceback": "Traceback (most recent call last):\n"
    '  File "load.py", line 41, in load\n    warehouse.write(rows)\n'
    "WarehouseError: the warehouse answered 502 Bad Gateway for the second time in a row",
    "work_queue": None,
}


async def facts_searched(stage: Stage, pilot: Pilot[Any]) -> None:
    stage.screen.action_tab("facts")
    await pilot.press("slash", *"ware")
    await until(pilot, lambda: stage.shows("/ware  match 1 of"))


async def json_folded(stage: Stage, pilot: Pilot[Any]) -> None:
    await pilot.press("i", "x", "j", "l", "slash", *"parameters", "enter", "escape", "l", "j", "j")
    await until(pilot, lambda: stage.shows(".run.details.parameters.regions"))


async def copy_menu(stage: Stage, pilot: Pilot[Any]) -> None:
    await json_folded(stage, pilot)
    await pilot.press("Y")
    await until(pilot, lambda: isinstance(stage.app.screen, CopyScreen))


async def copied_text(stage: Stage, pilot: Pilot[Any]) -> None:
    await pilot.press("i", "slash", *"trace", "enter", "y")
    await until(pilot, lambda: isinstance(stage.app.screen, TextScreen))


SCENES: dict[str, Scene] = {
    play.__name__: play for play in (facts_searched, json_folded, copy_menu, copied_text)
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCENES)
def test_it_looks_as_it_did(snap_compare: SnapCompare, name: str, size: tuple[int, int]) -> None:
    stage = Stage()
    stage.prod.details = stage.stage.details = DETAILS

    async def play(pilot: Pilot[Any]) -> None:
        await open_run(stage, pilot, State.FAILED, "order-fulfilment")
        await pilot.press("enter")
        await SCENES[name](stage, pilot)
        await at_rest(pilot)

    assert snap_compare(stage.app, run_before=play, terminal_size=size)
