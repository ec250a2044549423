"""A RunWisp source over the demo's server, and the world as its daemon keeps it."""

from dataclasses import dataclass
from typing import cast

from runs_tui.adapters.runwisp.pace import Pace
from runs_tui.demo.runwisp.daemon import Daemon
from runs_tui.demo.world import World
from tests.contract import Stage

QUICK = Pace(linger=0.0, first_pause=0.02, longest_pause=0.1)


@dataclass
class RunWispStage(Stage):
    """A stage whose world has the ids, the states and the retries of RunWisp."""

    daemon: Daemon

    @property
    def world(self) -> World:
        return cast("World", self.daemon)
