"""Two runs held against each other, and their logs."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from textual.pilot import Pilot

from runs_tui.model.errors import Unreachable
from runs_tui.model.plan import Plan
from runs_tui.model.run import Run
from runs_tui.model.state import State
from runs_tui.screens.diff import DiffScreen
from runs_tui.screens.help import HelpScreen
from runs_tui.screens.log_diff import LogDiffScreen
from runs_tui.screens.partner import PartnerScreen
from runs_tui.widgets.log_diff_table import LogDiffTable
from tests.screens.stage import Stage, until

FLOW = "order-fulfilment"


async def on_run(
    stage: Stage, pilot: Pilot[Any], state: State = State.FAILED, flow: str = FLOW
) -> Run:
    await until(pilot, lambda: stage.settled)
    rows = stage.screen.table.rows
    run = next(r for r in rows if r.state is state and r.workflow == flow and r.source == "prod")
    stage.screen.table.select(run.key)
    await until(pilot, lambda: stage.screen.chosen and stage.screen.chosen.key == run.key)
    await until(pilot, lambda: stage.settled)
    return run


def diff_of(stage: Stage) -> DiffScreen:
    screen = stage.app.screen
    assert isinstance(screen, DiffScreen)
    return screen


async def compared(stage: Stage, pilot: Pilot[Any]) -> Run:
    run = await on_run(stage, pilot)
    await pilot.press("d")
    await until(pilot, lambda: isinstance(stage.app.screen, DiffScreen) and diff_of(stage).diff)
    return run


async def test_d_says_in_the_first_lines_what_is_different_from_the_last_good_run() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        run = await compared(stage, pilot)
        diff = diff_of(stage).diff
        assert diff is not None
        assert diff.after.key == run.key
        assert (diff.before.source, diff.before.workflow) == (run.source, run.workflow)
        assert diff.before.state is State.SUCCEEDED
        assert "against its last good run" in stage.lines[0]
        assert "Notify failed" in stage.lines[1]
        assert "longer" in stage.lines[1]
        assert stage.lines[2].startswith(" -  ✓ succeeded")
        assert stage.lines[3].startswith(" +  ✗ failed")
        steps = [line for line in stage.lines if "Notify" in line and "→ failed" in line]
        assert steps
        assert stage.shows("parameters.region")
        await pilot.press("escape")
        assert stage.app.screen is stage.screen


async def test_steps_that_went_on_when_they_were_read_are_read_again() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await on_run(stage, pilot)
        plan = stage.screen.pane.plan
        assert plan is not None
        steps = [replace(step, state=State.RUNNING) for step in plan.steps.values()]
        stage.screen.pane.show_plan(Plan.of(steps))
        await pilot.press("d")
        await until(pilot, lambda: isinstance(stage.app.screen, DiffScreen) and diff_of(stage).diff)
        assert any("→ failed" in line for line in stage.lines)
        assert not stage.shows("→ running")


async def test_where_no_good_run_is_known_that_is_said_and_another_can_be_chosen() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        run = await on_run(stage, pilot)
        stage.screen.board = type(stage.screen.board)().merge([run])
        stage.prod.hidden = True
        await pilot.press("d")
        await until(pilot, lambda: stage.shows(f"No good run of {FLOW} before this one is known"))
        await pilot.press("x")
        assert stage.shows("Cannot do that: the other run is not read yet")
        stage.prod.hidden = False
        await pilot.press("c")
        await until(pilot, lambda: stage.shows("Enter compares with the marked run"))
        await pilot.press("enter")
        await until(pilot, lambda: diff_of(stage).diff)
        assert "against another run" in stage.lines[0]


async def test_any_run_can_be_typed_also_of_another_source() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await compared(stage, pilot)
        other = next(r for r in stage.screen.board.runs if r.source == "stage" and not r.active)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(stage.app.screen, PartnerScreen))
        await until(pilot, lambda: stage.shows("Enter compares with the marked run"))
        await pilot.press("tab", *str(other.key), "enter")
        await until(pilot, lambda: isinstance(stage.app.screen, DiffScreen))
        await until(pilot, lambda: (d := diff_of(stage).diff) and d.before.key == other.key)
        await pilot.press("c")
        await until(pilot, lambda: stage.shows("Enter compares with the marked run"))
        await pilot.press("tab", *"prod/ghost", "enter")
        await until(pilot, lambda: stage.shows("prod knows no run prod/ghost"))
        await pilot.press("c")
        await until(pilot, lambda: isinstance(stage.app.screen, PartnerScreen))
        await pilot.press("escape")
        diff = diff_of(stage).diff
        assert diff is not None
        assert diff.before.key == other.key


async def test_x_swaps_the_two() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        run = await compared(stage, pilot)
        await pilot.press("x")
        diff = diff_of(stage).diff
        assert diff is not None
        assert diff.before.key == run.key
        assert stage.lines[2].startswith(" -  ✗ failed")
        assert "shorter" in stage.lines[1]
        await pilot.press("x")
        assert stage.lines[3].startswith(" +  ✗ failed")


async def test_a_run_that_cannot_be_read_is_shown_as_far_as_it_is_known() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(160, 40)) as pilot:
        await on_run(stage, pilot)
        stage.prod.trouble = Unreachable("connection refused")
        await pilot.press("d")
        await until(pilot, lambda: stage.shows("not reachable: connection refused"))
        assert stage.lines[2].startswith(" -  ✓ succeeded")
        assert "failed, not succeeded" in stage.lines[1]
        assert not stage.shows("only in")
        stage.prod.trouble = None
        await pilot.press("r")
        await until(pilot, lambda: not stage.shows("not reachable") and diff_of(stage).diff)
        assert stage.shows("→ failed")


async def test_a_run_that_goes_on_is_followed_to_its_end_over_a_break() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(160, 40)) as pilot:
        run = await on_run(stage, pilot, State.RUNNING, "clickstream-backfill")
        await pilot.press("d")
        await until(pilot, lambda: stage.shows("Followed while it goes on: +"))
        stage.prod.trouble = Unreachable("connection refused")
        await until(pilot, lambda: stage.shows("not reachable: connection refused"))
        steps = len(diff_of(stage).steps.rows)
        assert steps > 0
        stage.prod.trouble = None
        stage.clock.instant += timedelta(hours=4)
        await until(pilot, lambda: not stage.shows("Followed while it goes on"))
        diff = diff_of(stage).diff
        assert diff is not None
        assert diff.after.key == run.key
        assert diff.after.state.terminal
        assert not stage.shows("not reachable")


async def test_a_run_differs_in_nothing_from_itself() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        run = await on_run(stage, pilot)
        stage.screen.compare(run, run)
        await until(pilot, lambda: stage.shows("Nothing differs but when they ran"))
        await until(pilot, lambda: stage.shows("5 alike"))
        await pilot.press("enter")
        await until(pilot, lambda: stage.shows("Notify"))
        assert not stage.shows("5 alike")


async def test_the_log_of_a_step_stands_beside_the_others_where_there_is_room() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await compared(stage, pilot)
        await pilot.press("j", "enter")
        await until(pilot, lambda: isinstance(stage.app.screen, LogDiffScreen))
        await until(pilot, lambda: stage.shows("only in +"))
        assert stage.lines[0].startswith(" Validate")
        table = stage.app.screen.query_one(LogDiffTable)
        assert len(table.columns) == 2
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: len(table.columns) == 1)
        assert any(line.startswith((" + ", "▌+ ")) for line in stage.lines[4:])
        await pilot.press("escape")
        assert isinstance(stage.app.screen, DiffScreen)


async def test_a_log_that_cannot_be_read_is_not_told_to_differ() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await compared(stage, pilot)
        stage.prod.trouble = Unreachable("connection refused")
        await pilot.press("L")
        await until(pilot, lambda: stage.shows("Nothing to compare: - not reachable"))
        assert not stage.shows("only in")


async def test_the_whole_logs_can_be_walked_unfolded_moved_and_copied() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        run = await on_run(stage, pilot)
        stage.screen.compare(run, run)
        await until(pilot, lambda: stage.shows("Nothing differs"))
        await pilot.press("L")
        await until(pilot, lambda: stage.shows("The logs say the same"))
        table = stage.app.screen.query_one(LogDiffTable)
        (fold,) = table.rows
        assert stage.shows(f"{fold.hidden} lines alike")
        await pilot.press("enter")
        assert len(table.rows) == fold.hidden
        first = table.rows[0].after
        assert first is not None
        assert stage.shows(first.text[:40])
        await pilot.press("l")
        assert not stage.shows(first.text[:40])
        await pilot.press("h", "n", "N")
        assert stage.shows(first.text[:40])
        await pilot.press("y")
        await until(pilot, lambda: stage.app.clipboard.startswith("⋯"))


async def test_what_differs_is_copied_as_text() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await compared(stage, pilot)
        await pilot.press("y")
        await until(pilot, lambda: stage.app.clipboard)
        told = stage.app.clipboard.splitlines()
        await pilot.press("escape")
        assert "Notify failed" in told[1]
        assert any(line.startswith("Notify: succeeded <1s → failed") for line in told)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(stage.app.screen, HelpScreen))
        assert stage.shows("Swap the two runs")


async def test_foreign_text_is_drawn_as_it_is_and_never_as_markup() -> None:
    stage = Stage(hostile=True)
    async with stage.app.run_test(size=(200, 50)) as pilot:
        await until(pilot, lambda: stage.settled)
        runs = [run for run in stage.screen.board.runs if run.source == "prod" and not run.active]
        run = next(run for run in runs if "[" in run.workflow)
        other = next(other for other in runs if other.workflow != run.workflow)
        stage.screen.compare(run, other)
        await until(pilot, lambda: diff_of(stage).diff)
        assert stage.lines[0].startswith(f" {run.workflow}")
        await pilot.press("L")
        await until(pilot, lambda: stage.shows("only in") or stage.shows("has told"))
        await pilot.press("escape", "c")
        await until(pilot, lambda: stage.shows(f"Compare {run.workflow}"))
