"""What comes while a run is read: another one is shown, it is started again, its source goes."""

from datetime import timedelta
from typing import Any

from textual.pilot import Pilot

from runs_tui.model.plan import Plan
from runs_tui.model.run import Event, Run, RunKey
from runs_tui.model.state import State
from runs_tui.screens.event_reading import EventsArrived
from runs_tui.screens.run_reading import RunRead
from tests.screens.stage import Stage, until
from tests.screens.test_vigil import stand_on_running
from tests.screens.world_source import WorldSource


async def stand_on(stage: Stage, pilot: Pilot[Any], state: State) -> Run:
    """Put the cursor on a run of a state, and wait until all of it has been read."""
    await until(pilot, lambda: stage.settled)
    run = next(run for run in stage.screen.table.rows if run.state is state)
    stage.screen.table.select(run.key)
    await until(pilot, lambda: stage.screen._open_key == run.key)
    await until(pilot, lambda: stage.settled)
    return run


async def test_what_was_told_before_another_run_is_shown_is_kept() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        run = await stand_on(stage, pilot, State.FAILED)
        screen = stage.screen
        await until(pilot, lambda: screen.pane.feed_table.feed.complete)
        before = len(screen.pane.feed_table.feed)
        await pilot.press("j")
        await until(pilot, lambda: screen._open_key != run.key)
        screen.post_message(EventsArrived(run.key, [Event(id="late", message="the last word")]))
        screen.post_message(RunRead(run, Plan()))
        await pilot.pause()
        assert screen._open_key != run.key
        await pilot.press("k")
        await until(pilot, lambda: screen._open_key == run.key)
        assert len(screen.pane.feed_table.feed) == before + 1
        assert screen.pane.plan is not None
        assert not screen.pane.plan.steps


async def test_a_run_that_is_started_again_elsewhere_is_read_on() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        run = await stand_on(stage, pilot, State.FAILED)
        screen = stage.screen
        feed = screen.pane.feed_table.feed
        await until(pilot, lambda: feed.complete)
        before = len(feed)
        source = screen.sources[run.source]
        assert isinstance(source, WorldSource)
        stage.clock.instant += timedelta(seconds=1)
        source.world.retry(run.id, stage.clock.now(), as_new=False)
        stage.clock.instant += timedelta(seconds=9)
        await until(pilot, lambda: (screen.board.get(run.key) or run).active)
        await until(pilot, lambda: len(screen.pane.feed_table.feed) > before)
        await until(pilot, lambda: screen.pane.plan and not screen.pane.plan.failed)


async def test_escape_takes_away_nothing_that_is_not_in_sight() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await stand_on(stage, pilot, State.FAILED)
        screen = stage.screen
        await pilot.press("L", "tab", "f")
        await until(pilot, lambda: screen.pane.feed_table.view.least)
        await pilot.press("i", "escape")
        assert screen.pane.feed_table.view.least
        assert screen.focused is screen.table
        await pilot.press("L", "escape")
        assert not screen.pane.feed_table.view.least


async def test_a_run_that_is_waited_for_and_goes_with_its_source_is_waited_for_no_more() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        run = await stand_on_running(stage, pilot)
        await pilot.press("w", "W")
        screen = stage.screen
        awaited = next(iter(screen.vigil.views.values()))
        await until(pilot, lambda: awaited.looked == set(screen.sources))
        other = WorldSource(run.source, stage.clock, runs=40, seed=5)
        other.held = True
        await screen.put_source(other)
        await until(pilot, lambda: screen.sources[run.source] is other)
        assert not screen.vigil.runs
        assert run.source not in awaited.looked
        screen.tick()
        assert not screen.table.awaited


async def test_a_run_that_is_gone_is_marked_as_waited_for_no_more() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        run = await stand_on_running(stage, pilot)
        await pilot.press("w")
        assert stage.screen.table.awaited == {run.key}
        stage.screen.vigil.runs.pop(RunKey(run.source, run.id))
        stage.screen.tick()
        assert not stage.screen.table.awaited


async def test_a_run_that_is_read_stays_when_it_leaves_the_filter() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        screen = stage.screen
        await pilot.press("f")
        await until(pilot, lambda: all(run.active for run in screen.table.rows))
        run = await stand_on(stage, pilot, State.RUNNING)
        await pilot.press("L", "tab")
        await until(pilot, lambda: screen.pane.has_focus_within)
        stage.clock.instant += timedelta(hours=3)
        await until(pilot, lambda: run.key not in {row.key for row in screen.table.rows})
        await pilot.pause()
        assert screen.chosen == screen.board.get(run.key)
        assert screen.chosen is not None
        await pilot.press("escape")
        await until(pilot, lambda: screen._open_key != run.key)
