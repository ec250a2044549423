"""Pictures of the form that adds a source, at four sizes."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from runs_tui.config.adding import Adding
from runs_tui.model.settings import Api
from runs_tui.screens.add_source import AddSourceScreen
from runs_tui.screens.apis import ApisScreen
from tests.screens.stage import SIZES, Stage, at_rest, until

SnapCompare = Callable[..., bool]
Scene = Callable[[Stage, Pilot[Any], Path], Awaitable[None]]

PREFECT = Api(
    "prefect",
    "Prefect 3: flow runs over its REST API, their changes over its WebSocket.",
    {
        "auth": "basic or bearer: how the credential is sent; one with a colon goes as basic",
        "upcoming": "show to list runs scheduled for later too; hidden by default",
    },
)
NOXUS = Api("noxus", "Noxus: runs of AI workflows whose nodes form a graph.")
RUNS = Api(
    "automation_runs",
    "The automation-runs API: versioned workflows whose steps form a graph of actions.",
)
APIS = [RUNS, NOXUS, PREFECT]


async def apis(stage: Stage, pilot: Pilot[Any], _path: Path) -> None:
    stage.app.push_screen(ApisScreen(APIS))
    await until(pilot, lambda: stage.shows("automation_runs"))
    await pilot.press("j")


async def form(stage: Stage, pilot: Pilot[Any], path: Path) -> None:
    adding = Adding(path, stage.clock)
    stage.app.push_screen(AddSourceScreen(PREFECT, APIS, adding, {"prod", "prefect"}))
    await until(pilot, lambda: stage.shows("upcoming") or stage.shows("credential"))


async def credential(stage: Stage, pilot: Pilot[Any], path: Path) -> None:
    await form(stage, pilot, path)
    await pilot.press("tab", *"https://runs.example.org/api", "enter", "right", "enter", *"NIGHT")
    await until(pilot, lambda: stage.shows("the variable NIGHT is not set"))


async def wrong(stage: Stage, pilot: Pilot[Any], path: Path) -> None:
    await form(stage, pilot, path)
    await pilot.press("ctrl+u", *"prod", "enter", *"https://me:it@host", "enter")


async def unreachable(stage: Stage, pilot: Pilot[Any], path: Path) -> None:
    await form(stage, pilot, path)
    await pilot.press("tab", *"unix:///nowhere/at/all", "enter", "up", "up", "up", "up", "up")
    await pilot.press("up", "enter")
    await until(pilot, lambda: stage.shows("not reachable"))


SCENES: dict[str, Scene] = {
    play.__name__: play for play in (apis, form, credential, wrong, unreachable)
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCENES)
def test_it_looks_as_it_did(
    snap_compare: SnapCompare,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    size: tuple[int, int],
) -> None:
    monkeypatch.delenv("NIGHT", raising=False)
    stage = Stage()

    async def play(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: stage.settled)
        await SCENES[name](stage, pilot, tmp_path / "config.toml")
        await at_rest(pilot)

    assert snap_compare(stage.app, run_before=play, terminal_size=size)
