"""Pictures of the dashboard on terminals of many kinds."""

from typing import Any

import pytest
from textual.pilot import Pilot

from tests.screens.stage import Stage
from tests.screens.test_snapshots import SnapCompare
from tests.screens.walk import PLACES


def pictured(snap_compare: SnapCompare, stage: Stage, place: str, size: tuple[int, int]) -> bool:
    async def play(pilot: Pilot[Any]) -> None:
        await PLACES[place].go(stage, pilot)
        stage.screen.tick()
        await pilot.pause(0.2)

    return snap_compare(stage.app, run_before=play, terminal_size=size)


@pytest.mark.parametrize("place", ["board", "themes"])
@pytest.mark.parametrize("theme", ["day", "terminal", "terminal-light"])
def test_a_theme_looks_as_it_did(snap_compare: SnapCompare, place: str, theme: str) -> None:
    stage = Stage()
    stage.app.theme = theme
    assert pictured(snap_compare, stage, place, (120, 40))


@pytest.mark.parametrize("place", ["board", "diff", "confirm"])
def test_without_colour_it_looks_as_it_did(
    snap_compare: SnapCompare, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert pictured(snap_compare, Stage(), place, (100, 30))


@pytest.mark.parametrize("place", ["board", "why", "tree", "graph", "columns"])
def test_in_ascii_it_looks_as_it_did(snap_compare: SnapCompare, place: str) -> None:
    assert pictured(snap_compare, Stage(in_ascii=True), place, (100, 30))


@pytest.mark.parametrize("place", ["board", "why", "tree", "events", "confirm", "columns"])
def test_in_few_cells_it_looks_as_it_did(snap_compare: SnapCompare, place: str) -> None:
    assert pictured(snap_compare, Stage(), place, (40, 12))
