"""The question of a retry says what the server would run again, over real sockets."""

import json

from runs_tui.adapters.airflow import Airflow
from runs_tui.adapters.base import Connection
from runs_tui.adapters.previews import words_of
from runs_tui.app import RunsApp
from runs_tui.demo.server import DemoServer
from runs_tui.model.clock import SetClock
from runs_tui.model.run import RetryMode, Step
from runs_tui.model.state import State
from runs_tui.screens.confirm import ConfirmScreen
from runs_tui.screens.runs import RunsScreen
from tests.contract_parts.stage import NOON
from tests.screens.stage import until


def answers(dialog: ConfirmScreen) -> str:
    """Give the answers as they are read, line by line."""
    return "\n".join(str(option.prompt) for option in dialog.answers.options)


async def test_what_a_retry_would_clear_is_said_before_anything_is_cleared() -> None:
    clock = SetClock(NOON)
    async with DemoServer(["airflow"], runs=300, clock=clock) as server:
        source = Airflow(Connection(name="airflow", url=server.urls["airflow"]), clock)
        app = RunsApp([source], clock=clock, undo=0)
        async with app.run_test(size=(140, 40)) as pilot:
            screen = app.screen_stack[0]
            assert isinstance(screen, RunsScreen)
            await until(pilot, lambda: screen.board.reach("airflow").read_at is not None)
            run = next(run for run in screen.board.runs if run.state is State.FAILED)
            screen.table.select(run.key)
            pane = screen.pane
            await until(pilot, lambda: pane.shown is not None and pane.shown.key == run.key)
            await until(pilot, lambda: run.key in screen.opened.all_plans())
            await pilot.press("R")
            await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
            dialog = app.screen
            assert isinstance(dialog, ConfirmScreen)
            await until(pilot, lambda: "step:" in answers(dialog) or "steps:" in answers(dialog))
            told = answers(dialog)
            failed = [step.name for step in await source.preview(run.id, RetryMode.FAILED)]
            await pilot.press("escape")
    whole, part = told.splitlines()[1:3]
    assert whole.startswith("Retry all of it   ")
    assert part.startswith("Retry from the failed step, ")
    assert part.endswith(words_of_names(failed))
    asked = [r for r in server.faults["airflow"].requests if "/clear" in r.path]
    assert len(asked) >= 3
    assert all(json.loads(request.body)["dry_run"] is True for request in asked)


def words_of_names(names: list[str]) -> str:
    steps = [Step(key=name, name=name, state=State.FAILED) for name in names]
    return words_of(steps)
