"""The colour of a source: on its name wherever it stands, and on nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest
from rich.color import Color
from rich.segment import Segment
from textual.pilot import Pilot

from runs_tui.adapters.base import Connection
from runs_tui.config.kinds import COLORS
from runs_tui.model.errors import Unreachable
from runs_tui.screens.confirm import ConfirmScreen
from runs_tui.widgets.inks import source_ink, source_style
from tests.screens.stage import Stage, until
from tests.screens.world_source import WorldSource

RED = "#d70000"


def colored(color: str | None) -> Stage:
    """Give a stage with a source `prod` in a colour beside one without."""
    stage = Stage()
    connection = Connection(name="prod", url="http://x", protected=True, color=color)
    stage.prod = WorldSource("prod", stage.clock, runs=100, connection=connection)
    stage.app = Stage(stage.prod, stage.stage).app
    stage.app.clock = stage.clock
    return stage


def segments(stage: Stage) -> Iterator[Segment]:
    """Give what stands on the terminal."""
    for strip in stage.app.screen._compositor.render_strips():
        yield from strip


def in_red(stage: Stage) -> set[str]:
    """Give the texts that are drawn in the colour."""
    return {
        s.text.strip() for s in segments(stage) if s.style and s.style.color == Color.parse(RED)
    }


async def stand_on(stage: Stage, pilot: Pilot[Any], source: str) -> None:
    run = next(run for run in stage.screen.table.rows if run.source == source and not run.active)
    stage.screen.table.select(run.key)
    await until(pilot, lambda: stage.screen.chosen and stage.screen.chosen.key == run.key)


async def test_the_name_is_drawn_in_it_and_nothing_else() -> None:
    stage = colored(RED)
    async with stage.app.run_test(size=(160, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await stand_on(stage, pilot, "prod")
        await pilot.pause()
        assert in_red(stage) == {"prod"}
        assert stage.screen.pane.head.text(1).startswith("prod/")
        assert sum("prod" in line for line in stage.lines) > 5
        await pilot.press("R")
        await until(pilot, lambda: isinstance(stage.app.screen, ConfirmScreen))
        await pilot.pause()
        dialog = stage.app.screen.query_one("#confirm-facts")
        drawn = [s for strip in dialog.render_lines(dialog.size.region) for s in strip]
        assert [s.text for s in drawn if s.style and s.style.color == Color.parse(RED)] == ["prod"]


@pytest.mark.parametrize("trouble", [False, True])
async def test_it_stays_in_the_strip_when_the_source_cannot_be_read(trouble: bool) -> None:
    stage = colored(RED)
    stage.prod.held = not trouble
    stage.prod.trouble = Unreachable("connection refused") if trouble else None
    async with stage.app.run_test(size=(160, 40)) as pilot:
        await until(pilot, lambda: stage.shows("✗ prod: not" if trouble else "○ prod …"))
        await until(pilot, lambda: in_red(stage) == {"prod"})


async def test_without_a_colour_nothing_is_drawn_in_another_way() -> None:
    stage = colored(None)
    async with stage.app.run_test(size=(160, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        style = stage.screen.get_component_rich_style("table--dim", partial=True)
        cells = [s for s in segments(stage) if s.text.strip() == "prod" and s.style]
        assert style.color in {s.style.color for s in cells if s.style}
        assert in_red(stage) == set()


@pytest.mark.parametrize("name", COLORS)
def test_every_colour_of_a_terminal_is_its_own(name: str) -> None:
    style = source_style(name).rich_style
    assert style.color
    assert style.color.number == COLORS.index(name)
    assert source_ink(name) != source_ink(None)
