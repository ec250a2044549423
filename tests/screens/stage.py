"""The dashboard over worlds without a network, at a time that stands still until it is moved."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from textual.pilot import Pilot

from runs_tui.adapters.base import Source
from runs_tui.app import RunsApp
from runs_tui.model.clock import SetClock
from runs_tui.screens.reading import Pace
from runs_tui.screens.run_reading import RunPace
from runs_tui.screens.runs import RunsScreen
from tests.screens.world_source import EPOCH, WorldSource

NOW = EPOCH + timedelta(minutes=5)
SIZES = [(60, 20), (80, 24), (120, 40), (200, 50)]


class Stage:
    """Two worlds, a clock, and the dashboard over them."""

    def __init__(
        self,
        *sources: Source,
        demo: bool = False,
        runs: int = 300,
        undo: float = 0,
        in_ascii: bool = False,
        **more: Any,
    ) -> None:
        self.clock = SetClock(NOW)
        self.prod = WorldSource("prod", self.clock, runs=runs, **more)
        self.stage = WorldSource("stage", self.clock, runs=runs, seed=9)
        self.app = RunsApp(
            sources or [self.prod, self.stage],
            demo=demo,
            clock=self.clock,
            pace=Pace(busy=0.1, quiet=0.1, longest=0.2),
            run_pace=RunPace(settle=0, again=0.1, soonest=0, batch=0),
            undo=undo,
            in_ascii=in_ascii,
        )

    @property
    def screen(self) -> RunsScreen:
        screen = self.app.screen_stack[0]
        assert isinstance(screen, RunsScreen)
        return screen

    @property
    def lines(self) -> list[str]:
        """What stands on the terminal, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip) for strip in strips]

    def shows(self, text: str) -> bool:
        return any(text in line for line in self.lines)

    @property
    def settled(self) -> bool:
        """Whether the board and the open run have been read."""
        if not self.screen.is_mounted:
            return False
        pane = self.screen.pane
        sources = (self.prod, self.stage)
        if any(self.screen.board.reach(s.name).read_at is None for s in sources if not s.held):
            return False
        if self.screen.lists.loading:
            return False
        return (
            bool(self.screen.table.rows) and pane.plan is not None and len(pane.feed_table.feed) > 0
        )


async def until(pilot: Pilot[Any], condition: Callable[[], object]) -> None:
    """Let the program go on until something is true."""
    for _ in range(1500):
        if condition():
            await pilot.pause()
            return
        await pilot.pause(0.01)
    raise AssertionError(f"it never became true: {condition}")


async def read_ahead(pilot: Pilot[Any]) -> None:
    """Let the board read all that it reads ahead of what is seen."""
    screen = pilot.app.screen_stack[0]
    assert isinstance(screen, RunsScreen)
    known = -1
    while known != len(screen.board.runs):
        known = len(screen.board.runs)
        screen._load_ahead()
        await until(pilot, lambda: not screen.lists.loading)


def _told(screen: RunsScreen) -> bool:
    """Tell whether nothing more is to be told of the open run, or of one that goes on."""
    run, table = screen.pane.shown, screen.pane.feed_table
    return run is None or run.active or table.feed.complete or bool(table.trouble)


async def at_rest(pilot: Pilot[Any]) -> None:
    """Let the program come to rest before a picture is taken, and a second pass on it."""
    screen = pilot.app.screen_stack[0]
    assert isinstance(screen, RunsScreen)
    await until(pilot, lambda: not screen.lists.loading)
    await until(pilot, lambda: _told(screen))
    await pilot.pause(0.2)
    screen.tick()
    await pilot.pause()
