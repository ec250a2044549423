"""Retrying a run with other inputs over real sockets, in each API that takes some."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from runs_tui.adapters import source_type
from runs_tui.adapters.base import Connection
from runs_tui.app import RunsApp
from runs_tui.demo.faults import Fault
from runs_tui.demo.server import DemoServer
from runs_tui.model.clock import SetClock
from runs_tui.screens.confirm import ConfirmScreen
from runs_tui.screens.inputs import InputsScreen
from runs_tui.screens.runs import RunsScreen
from tests.contract_parts.stage import NOON
from tests.screens.stage import until

STARTS: dict[str, tuple[str, Callable[[Any], int]]] = {
    "noxus": ("/v1/workflows/", lambda body: body["input"]["order"]),
    "prefect": ("/create_flow_run", lambda body: body["parameters"]["order"]),
    "runwisp": ("/api/tasks/order-fulfilment/run", lambda body: int(body["params"]["ORDER"])),
}
"""The APIs that take inputs: what the path of a start holds, and the first input in its body."""


def board_of(app: RunsApp) -> RunsScreen:
    screen = app.screen_stack[0]
    assert isinstance(screen, RunsScreen)
    return screen


def sent(server: DemoServer, api: str) -> list[Any]:
    path, read = STARTS[api]
    asked = [r for r in server.faults[api].requests if path in r.path and r.method == "POST"]
    return [read(json.loads(request.body)) for request in asked]


async def changed(app: RunsApp, pilot: Pilot[Any], api: str) -> str:
    """Change the first input of a run to 7 and start it; give the id of that run."""
    screen = board_of(app)
    await until(pilot, lambda: screen.board.reach(api).read_at is not None)
    right = (r for r in screen.board.runs if r.workflow == "order-fulfilment" and r.state.terminal)
    run = next(run for run in right if screen.sources[api].objection("retry", run) is None)
    screen.table.select(run.key)
    await until(pilot, lambda: screen.chosen and screen.chosen.key == run.key)
    await pilot.press("R")
    await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
    dialog = app.screen
    assert isinstance(dialog, ConfirmScreen)
    last = dialog.answers.option_count - 1
    await until(pilot, lambda: not dialog.answers.get_option_at_index(last).disabled)
    await pilot.press(*"jjjjj", "enter")
    await until(pilot, lambda: isinstance(app.screen, InputsScreen))
    await until(pilot, lambda: app.focused is not None)
    await pilot.press("ctrl+u", "7")
    app.screen.query_one("#go").focus()
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
    await pilot.press("j", "enter")
    await until(pilot, lambda: app.screen is screen)
    return run.id


@pytest.mark.parametrize("lost", [False, True], ids=["answered", "lost"])
@pytest.mark.parametrize("api", STARTS)
async def test_one_run_is_started_with_what_was_typed_and_followed(api: str, lost: bool) -> None:
    clock = SetClock(NOON)
    async with DemoServer([api], runs=300, clock=clock) as server:
        source = source_type(api)(Connection(name=api, url=server.urls[api]), clock)
        app = RunsApp([source], clock=clock, undo=0)
        async with app.run_test(size=(120, 40)) as pilot:
            if lost:
                fault = Fault(path=STARTS[api][0], method="POST", swallow=True)
                server.faults[api].add(fault)
            old = await changed(app, pilot, api)
            pane = board_of(app).pane
            await until(pilot, lambda: pane.shown is not None and pane.shown.id != old)
            assert sent(server, api) == [7]
            assert pane.shown is not None
            assert pane.shown.retry_of == old
            assert pane.shown.active
        await source.close()
