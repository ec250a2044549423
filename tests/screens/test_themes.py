"""Choosing a theme: it is seen at once, kept by Enter, and taken back by Escape."""

from pathlib import Path
from typing import Any

import pytest
from rich.color import Color
from textual.pilot import Pilot

from runs_tui.app import RunsApp
from runs_tui.config import load
from runs_tui.screens.runs import RunsScreen
from runs_tui.screens.themes import ThemeScreen, ThemeTable
from tests.screens.stage import Stage, until


async def choosing(stage: Stage, pilot: Pilot[Any]) -> ThemeTable:
    await until(pilot, lambda: stage.settled)
    await pilot.press("T")
    await until(pilot, lambda: isinstance(stage.app.screen, ThemeScreen))
    return stage.app.screen.query_one(ThemeTable)


def ground(stage: Stage) -> object:
    """Give the colour behind the board."""
    strip = stage.app.screen._compositor.render_strips()[5]
    style = next(iter(strip)).style
    return style and style.bgcolor


async def test_the_theme_under_the_cursor_is_drawn_at_once_and_escape_takes_it_back() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        table = await choosing(stage, pilot)
        assert table.row
        assert table.row.name == "night"
        before = ground(stage)
        await pilot.press("j")
        await until(pilot, lambda: ground(stage) == Color.parse("#ffffff"))
        assert stage.app.theme == "day"
        await pilot.press("j")
        await until(pilot, lambda: stage.app.theme == "terminal")
        await pilot.press("escape")
        await until(pilot, lambda: stage.app.screen is stage.screen)
        assert stage.app.theme == "night"
        await until(pilot, lambda: ground(stage) == before)


async def test_enter_keeps_it_for_as_long_as_there_is_no_file() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await choosing(stage, pilot)
        await pilot.press("j", "enter")
        await until(pilot, lambda: stage.shows("The theme day is kept for as long as this program"))
        assert stage.app.theme == "day"


async def test_enter_writes_it_into_the_configuration_with_all_that_stands_there(
    tmp_path: Path,
) -> None:
    path = tmp_path / "config.toml"
    path.write_text('# mine\n\n# as on the wall\n[keys]\n"run.cancel" = "C"  # not X\n')
    stage = Stage()
    stage.app = RunsApp([stage.prod], config=load(path), clock=stage.clock)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.screen.table.rows)
        await pilot.press("T", "j", "enter")
        await until(pilot, lambda: stage.shows(f"The theme day is kept in {path}"[:60]))
    assert path.read_text() == (
        '# mine\n\ntheme = "day"\n\n# as on the wall\n[keys]\n"run.cancel" = "C"  # not X\n'
    )
    assert RunsApp([stage.prod], config=load(path)).theme == "day"


@pytest.mark.parametrize("told", ["true", "false"])
async def test_the_configuration_can_ask_for_ascii(tmp_path: Path, told: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f"ascii = {told}\n")
    stage = Stage()
    stage.app = RunsApp([stage.prod], config=load(path), clock=stage.clock)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.screen.table.rows)
        await pilot.pause()
        assert all(line.isascii() for line in stage.lines) == (told == "true")
        assert stage.shows("enter open") == (told == "true")


async def test_two_bindings_of_one_key_are_told_at_the_start(tmp_path: Path) -> None:
    from runs_tui.cli.dashboard import _checked, _notice

    path = tmp_path / "config.toml"
    path.write_text('[keys]\n"run.cancel" = "R"\n')
    notice = _notice(_checked(load(path)))
    stage = Stage()
    stage.app = RunsApp([stage.prod], config=load(path), clock=stage.clock, notice=notice)
    async with stage.app.run_test(size=(200, 40)) as pilot:
        await until(pilot, lambda: isinstance(stage.app.screen, RunsScreen))
        await until(
            pilot, lambda: stage.shows("'run.cancel' takes the key 'R', which 'run.retry' has")
        )
