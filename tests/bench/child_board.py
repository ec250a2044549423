"""The dashboard over runs in memory; each SIGUSR1 changes one thing."""

import argparse
import asyncio
import signal
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from runs_tui.app import RunsApp
from runs_tui.model.clock import Clock, SetClock, SystemClock
from runs_tui.model.run import Run
from runs_tui.screens.reading import Pace
from runs_tui.screens.run_reading import RunPace
from runs_tui.screens.runs import RunsScreen
from tests.bench.made import made_runs, running_runs
from tests.bench.memory_source import MemorySource, TellingSource

CHANGED = 5
"""The place of the run whose state changes."""


class BoardApp(RunsApp):
    """Does something whenever a signal comes."""

    on_signal: Callable[[], None] = staticmethod(lambda: None)

    def on_mount(self) -> None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, self.on_signal)

    def change_a_state(self, source: MemorySource) -> None:
        screen = self.screen
        assert isinstance(screen, RunsScreen)
        screen.board = screen.board.put(source.change_state(CHANGED))


def main() -> None:
    wanted = _wanted()
    now = datetime.now(UTC)
    clock: Clock = SetClock(now) if wanted.still else SystemClock()
    over: Sequence[Run] = _decoded(wanted.runs) if wanted.decoded else made_runs(wanted.runs, now)
    runs = [*running_runs(wanted.running, now), *over]
    pace = Pace(busy=wanted.again, quiet=wanted.again) if wanted.again else None
    run_pace = RunPace(settle=wanted.settle)
    if wanted.lines:
        telling = TellingSource(runs, clock, alike=wanted.lines == "alike")
        app = BoardApp([telling], clock=clock, pace=pace, run_pace=run_pace)
        app.on_signal = telling.tell
    else:
        source = MemorySource(runs, clock)
        source.change_state(CHANGED)
        app = BoardApp([source], clock=clock, pace=pace, run_pace=run_pace)
        app.on_signal = lambda: app.change_a_state(source)
    app.run()


def _decoded(count: int) -> Sequence[Run]:
    """Give runs as a board keeps them, so that the source holds nothing that the board does not."""
    from tests.bench.canned import decoded_board

    return asyncio.run(decoded_board(count)).runs


def _wanted() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=100, help="how many are over")
    parser.add_argument("--running", type=int, default=0, help="how many go on")
    parser.add_argument("--decoded", action="store_true", help="take them through an adapter")
    parser.add_argument("--still", action="store_true", help="let no time pass")
    parser.add_argument("--again", type=float, help="the seconds between two readings of the list")
    parser.add_argument(
        "--settle", type=float, default=RunPace().settle, help="until a run is read"
    )
    parser.add_argument("--lines", choices=["alike", "varied"], help="tell the lines of a log")
    return parser.parse_args()


if __name__ == "__main__":
    main()
