"""Acting on runs of several APIs at once, over real sockets, while half of the servers fail."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from textual.pilot import Pilot

from runs_tui.adapters import source_type
from runs_tui.adapters.base import Connection
from runs_tui.app import RunsApp
from runs_tui.demo.faults import Fault
from runs_tui.demo.server import DemoServer
from runs_tui.model.clock import SetClock
from runs_tui.model.run import Run
from runs_tui.model.state import State
from runs_tui.screens.confirm import ConfirmScreen
from runs_tui.screens.ledger import LedgerScreen
from runs_tui.screens.runs import RunsScreen
from tests.screens.stage import until

NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)
WRITES = {
    "automation_runs": "/cancel",
    "noxus": "/stop",
    "prefect": "/set_state",
    "runwisp": "/stop",
}
"""The APIs that can cancel, each with what the path of a cancel holds."""


@asynccontextmanager
async def served() -> AsyncIterator[tuple[RunsApp, DemoServer]]:
    clock = SetClock(NOON)
    async with DemoServer(list(WRITES), runs=200, clock=clock) as server:
        sources = [
            source_type(api)(Connection(name=api, url=server.urls[api]), clock) for api in WRITES
        ]
        yield RunsApp(sources, clock=clock, undo=0), server


def board_of(app: RunsApp) -> RunsScreen:
    screen = app.screen_stack[0]
    assert isinstance(screen, RunsScreen)
    return screen


def writes(server: DemoServer, api: str) -> list[str]:
    found = server.faults[api].requests
    return [r.path for r in found if WRITES[api] in r.path and r.method in ("POST", "PUT")]


async def marked(app: RunsApp, pilot: Pilot[Any], each: int) -> list[Run]:
    """Mark some running runs of each source."""
    screen = board_of(app)
    await until(pilot, lambda: all(screen.board.reach(api).read_at is not None for api in WRITES))
    running = [run for run in screen.board.runs if run.state is State.RUNNING]
    chosen = [run for api in WRITES for run in [r for r in running if r.source == api][:each]]
    assert len(chosen) == each * len(WRITES)
    screen.table.set_marks(run.key for run in chosen)
    return chosen


async def test_half_of_four_apis_fail_and_each_write_is_sent_once() -> None:
    async with served() as (app, server), app.run_test(size=(140, 50)) as pilot:
        runs = await marked(app, pilot, each=2)
        server.faults["noxus"].add(Fault(path=WRITES["noxus"], status=403, times=None))
        server.faults["prefect"].add(Fault(path=WRITES["prefect"], status=500, times=None))
        await pilot.press("X")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("j", "enter")
        await until(pilot, lambda: isinstance(app.screen, LedgerScreen))
        ledger = app.screen
        assert isinstance(ledger, LedgerScreen)
        await until(pilot, lambda: not ledger.ledger.awaited)
        assert {run.source for run in ledger.ledger.failed} == {"noxus", "prefect"}
        assert ledger.ledger.sentence == "4 runs asked to stop, 4 could not be"
        screen = board_of(app)
        await until(pilot, lambda: screen.table.marks == {r.key for r in ledger.ledger.failed})
        for api in WRITES:
            ids = [run.id for run in runs if run.source == api]
            assert len(writes(server, api)) == len(set(writes(server, api))) == len(ids)
        for faults in server.faults.values():
            faults.clear()
        await pilot.press("X")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("j", "enter")
        await until(
            pilot,
            lambda: isinstance(app.screen, LedgerScreen) and app.screen is not ledger,
        )
        second = app.screen
        assert isinstance(second, LedgerScreen)
        await until(pilot, lambda: not second.ledger.awaited)
        assert not second.ledger.failed
        await until(pilot, lambda: not screen.table.marks)
