"""The dashboard over one run in memory, with a plan of so many steps."""

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime

from runs_tui.app import RunsApp
from runs_tui.model.clock import SetClock
from runs_tui.model.run import Step
from runs_tui.screens.run_reading import RunPace
from tests.bench.made import made_plan, made_runs
from tests.bench.memory_source import MemorySource


class PlanSource(MemorySource):
    """Tells a long plan for any run."""

    count = 0

    async def steps(self, run_id: str) -> Sequence[Step]:
        return list(made_plan(await self.run(run_id), self.count))


class PlanApp(RunsApp):
    """Shows the steps of a run, also of one that failed."""

    def on_ready(self) -> None:
        assert self.board is not None
        self.board.pane.chosen_tab = self.board.pane.tab = "steps"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, required=True)
    clock = SetClock(datetime.now(UTC))
    source = PlanSource(made_runs(1, clock.now()), clock)
    source.count = parser.parse_args().steps
    PlanApp([source], clock=clock, run_pace=RunPace(settle=0)).run()


if __name__ == "__main__":
    main()
