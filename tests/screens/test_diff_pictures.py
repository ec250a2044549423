"""Pictures of two runs that are held against each other, at four sizes."""

from typing import Any

import pytest
from textual.pilot import Pilot

from runs_tui.screens.log_diff import LogDiffScreen
from tests.screens.stage import SIZES, Stage, at_rest, until
from tests.screens.test_diff import compared, on_run
from tests.screens.test_snapshots import Scene, SnapCompare

SCENES: dict[str, Scene] = {}


def scene(play: Scene) -> Scene:
    SCENES[play.__name__] = play
    return play


@scene
async def diff_of_a_failed_run(stage: Stage, pilot: Pilot[Any]) -> None:
    await compared(stage, pilot)


@scene
async def diff_of_a_log(stage: Stage, pilot: Pilot[Any]) -> None:
    await compared(stage, pilot)
    await pilot.press("L")
    await until(pilot, lambda: isinstance(stage.app.screen, LogDiffScreen))
    await until(pilot, lambda: stage.shows("only in +"))


@scene
async def nothing_differs(stage: Stage, pilot: Pilot[Any]) -> None:
    run = await on_run(stage, pilot)
    stage.screen.compare(run, run)
    await until(pilot, lambda: stage.shows("Nothing differs"))


@scene
async def choosing_the_other_run(stage: Stage, pilot: Pilot[Any]) -> None:
    await compared(stage, pilot)
    await pilot.press("c")
    await until(pilot, lambda: stage.shows("Enter compares with the marked run"))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCENES)
def test_two_runs_look_as_they_did(
    snap_compare: SnapCompare, name: str, size: tuple[int, int]
) -> None:
    stage = Stage()

    async def play(pilot: Pilot[Any]) -> None:
        await SCENES[name](stage, pilot)
        await at_rest(pilot)

    assert snap_compare(stage.app, run_before=play, terminal_size=size)
