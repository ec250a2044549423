"""Takes the README's pictures from the demo: `python -m tests.screenshots` writes them."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from textual.pilot import Pilot

from runs_tui.adapters import source_type
from runs_tui.adapters.base import Connection
from runs_tui.app import RunsApp
from runs_tui.demo.server import DemoServer
from runs_tui.model.clock import SetClock
from runs_tui.model.state import State
from runs_tui.screens.run_reading import RunPace
from runs_tui.screens.runs import RunsScreen
from tests.screens.stage import read_ahead, until

FOLDER = Path(__file__).parent.parent / "screenshots"
NIGHT = datetime(2026, 11, 2, 3, 12, tzinfo=UTC)
"""When the pictures are taken: in the middle of the night."""


class Picture(NamedTuple):
    """What a picture shows, and how large it is."""

    name: str
    size: tuple[int, int]
    play: Callable[[RunsScreen, Pilot[Any]], Awaitable[None]]


async def _choose(screen: RunsScreen, pilot: Pilot[Any], workflow: str, state: State) -> None:
    def wanted() -> bool:
        rows = screen.table.rows
        run = next((r for r in rows if r.workflow == workflow and r.state is state), None)
        return run is not None and screen.table.select(run.key)

    await until(pilot, wanted)
    await until(pilot, lambda: screen.pane.plan and screen.pane.feed_table.feed.complete)
    await read_ahead(pilot)


async def board(screen: RunsScreen, pilot: Pilot[Any]) -> None:
    await _choose(screen, pilot, "order-fulfilment", State.FAILED)


async def run(screen: RunsScreen, pilot: Pilot[Any]) -> None:
    await board(screen, pilot)
    await pilot.press("enter")


async def retry(screen: RunsScreen, pilot: Pilot[Any]) -> None:
    await board(screen, pilot)
    await pilot.press("R")
    await until(pilot, lambda: pilot.app.screen is not screen)


PICTURES = [
    Picture("board-120x40", (120, 40), board),
    Picture("board-80x24", (80, 24), board),
    Picture("run-120x40", (120, 40), run),
    Picture("run-80x24", (80, 24), run),
    Picture("retry-120x40", (120, 40), retry),
    Picture("retry-80x24", (80, 24), retry),
]


async def take(picture: Picture) -> str:
    """Give one picture as SVG, the same whenever it is taken."""
    clock = SetClock(NIGHT)
    async with DemoServer(clock=clock) as server:
        clock.instant += timedelta(minutes=5)
        sources = [
            source_type(api)(Connection(name=api, url=server.urls[api]), clock)
            for api in sorted(server.urls)
        ]
        for source in sources:
            source.thorough = True
        app = RunsApp(sources, demo=True, clock=clock, run_pace=RunPace(settle=0))
        async with app.run_test(size=picture.size) as pilot:
            screen = app.screen
            assert isinstance(screen, RunsScreen)
            await until(pilot, lambda: all(screen.board.reach(s.name).oldest for s in sources))
            await picture.play(screen, pilot)
            await until(pilot, lambda: not screen.lists.loading)
            screen.tick()
            await pilot.pause(0.2)
            svg = app.export_screenshot(title="runs-tui")
    return re.sub(r"\bterminal-\d+-", "terminal-", svg)


def main() -> None:
    """Write every picture."""
    for picture in PICTURES:
        svg = asyncio.run(take(picture))
        FOLDER.joinpath(f"{picture.name}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
