"""The tab that says why a run failed: when it is turned up, what it leads to, how it looks."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from runs_tui.model.clock import SetClock
from runs_tui.model.run import Run
from runs_tui.screens.returning import where_now
from tests.screens.failing_source import FAILED, GOING, RUNS, FailingSource
from tests.screens.stage import NOW, SIZES, Stage, at_rest, until

SnapCompare = Callable[..., bool]
Scene = Callable[[Stage, Pilot[Any]], Awaitable[None]]
GOOD = next(run for run in RUNS if run.name == "last-good")
OTHER = next(run for run in RUNS if run.name == "new-hare")


def failing() -> Stage:
    """Give the dashboard over the runs that fail."""
    return Stage(FailingSource(SetClock(NOW)))


async def stand_on(stage: Stage, pilot: Pilot[Any], run: Run) -> None:
    """Put the cursor of the board on a run, and let it be read."""
    screen = stage.screen
    await until(pilot, lambda: screen.is_mounted and screen.table.select(run.key))
    await until(pilot, lambda: screen.chosen and screen.chosen.key == run.key)
    await until(pilot, lambda: screen.pane.plan is not None)


async def answered(stage: Stage, pilot: Pilot[Any], run: Run) -> None:
    """Open a run that failed, and wait for its answer."""
    await stand_on(stage, pilot, run)
    await until(pilot, lambda: stage.shows("Load failed at"))
    await until(pilot, lambda: stage.screen.pane.why_table.why.excerpt.lines)  # type: ignore[union-attr]


def go_to(stage: Stage, key: str) -> None:
    """Put the cursor of the answer on a row."""
    assert stage.screen.pane.why_table.select(key)


# Which tab is turned up


async def test_a_run_that_failed_opens_on_why_and_any_other_on_its_steps() -> None:
    stage = failing()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        tabs = []
        for run in (GOOD, FAILED, GOOD, GOING):
            await stand_on(stage, pilot, run)
            tabs.append(stage.screen.pane.tab)
    assert tabs == ["steps", "why", "steps", "why"]


async def test_a_tab_that_was_chosen_stays_until_the_first_answer_is_chosen_again() -> None:
    stage = failing()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        pane = stage.screen.pane
        await stand_on(stage, pilot, FAILED)
        await pilot.press("L")
        await stand_on(stage, pilot, GOOD)
        assert pane.tab == "events"
        assert where_now(stage.screen).pane.tab == "events"
        await stand_on(stage, pilot, FAILED)
        assert pane.tab == "events"
        await pilot.press("!")
        assert pane.tab == "why"
        assert where_now(stage.screen).pane.tab is None
        await stand_on(stage, pilot, GOOD)
        assert pane.tab == "steps"


async def test_the_key_is_offered_where_something_failed() -> None:
    stage = failing()
    async with stage.app.run_test(size=(200, 50)) as pilot:
        await stand_on(stage, pilot, GOOD)
        assert not stage.shows("! why")
        await stand_on(stage, pilot, FAILED)
        await pilot.press("L")
        await until(pilot, lambda: stage.shows("! why"))
        await pilot.press("!")
        assert stage.screen.pane.tab == "why"


# Where it leads


async def test_the_step_leads_to_the_steps() -> None:
    stage = failing()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await answered(stage, pilot, FAILED)
        await pilot.press("enter")
        go_to(stage, "what")
        await pilot.press("enter")
        pane = stage.screen.pane
        assert pane.tab == "steps"
        assert pane.plan_table.row is not None
        assert pane.plan_table.row.step.key == "load"
        assert pane.plan_table.has_focus


async def test_a_line_leads_to_itself_among_the_events() -> None:
    stage = failing()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await answered(stage, pilot, FAILED)
        await pilot.press("enter", "G", "k")
        row = stage.screen.pane.why_table.row
        assert row is not None
        await pilot.press("enter")
        feed = stage.screen.pane.feed_table
        assert stage.screen.pane.tab == "events"
        assert feed.row is not None
        assert row.key == f"line {feed.row.number}"
        assert feed.has_focus


async def test_the_runs_that_failed_so_too_are_listed_and_left_again() -> None:
    stage = failing()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await answered(stage, pilot, FAILED)
        await pilot.press("enter")
        assert stage.shows("6 other runs failed the same way since yesterday")
        assert stage.shows("5 etl-nightly and 1 invoices")
        go_to(stage, "alike")
        await pilot.press("enter")
        await until(pilot, lambda: len(stage.screen.table.rows) == 8)
        pattern = '"*HTTP 502 from api.partner.example while reading page * of the orders"'
        assert str(stage.screen.query_shown) == f"state:failed error:{pattern}"
        assert stage.screen.table.has_focus
        await pilot.press("minus")
        await until(pilot, lambda: stage.screen.chosen == FAILED)
        assert str(stage.screen.query_shown) == ""
        assert stage.screen.has_class("-open")
        assert stage.screen.pane.tab == "why"


async def test_the_last_good_run_is_led_to() -> None:
    stage = failing()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await answered(stage, pilot, FAILED)
        await pilot.press("enter")
        go_to(stage, "good")
        await pilot.press("enter")
        await until(pilot, lambda: stage.screen.chosen == GOOD)
        await pilot.press("minus")
        await until(pilot, lambda: stage.screen.chosen == FAILED)


async def test_the_board_says_more_of_the_runs_alike_as_they_come() -> None:
    stage = failing()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await stand_on(stage, pilot, OTHER)
        await until(pilot, lambda: stage.shows("none of the 7 failed runs loaded"))
        stage.screen.board = stage.screen.board.put(replace(OTHER, id="again"))
        stage.screen.tick()
        await until(pilot, lambda: stage.shows("1 other run failed so since yesterday"))


# How it looks


async def beside(stage: Stage, pilot: Pilot[Any]) -> None:
    await answered(stage, pilot, FAILED)


async def zoomed(stage: Stage, pilot: Pilot[Any]) -> None:
    await answered(stage, pilot, FAILED)
    await pilot.press("enter")


async def going_on(stage: Stage, pilot: Pilot[Any]) -> None:
    await answered(stage, pilot, GOING)
    await pilot.press("enter")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("play", [beside, zoomed, going_on], ids=lambda play: play.__name__)
def test_why_looks_as_it_did(snap_compare: SnapCompare, play: Scene, size: tuple[int, int]) -> None:
    stage = failing()

    async def run_before(pilot: Pilot[Any]) -> None:
        await play(stage, pilot)
        await at_rest(pilot)

    assert snap_compare(stage.app, run_before=run_before, terminal_size=size)
