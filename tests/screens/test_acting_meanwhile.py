"""What comes between a question and its answer: runs end, sources go, somebody looks elsewhere."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from runs_tui.model.errors import Conflict
from runs_tui.model.run import RetryMode, Run
from runs_tui.model.state import State
from runs_tui.screens.confirm import ConfirmScreen
from runs_tui.screens.ledger import LedgerScreen
from tests.screens.stage import NOW, Stage, until
from tests.screens.test_acting import asked, mark, settle, written
from tests.screens.world_source import WorldSource


async def stand_on(stage: Stage, pilot: Pilot[Any], state: State) -> Run:
    """Put the cursor on a run of a state, and wait until it has been read."""
    run = next(run for run in stage.screen.table.rows if run.state is state)
    stage.screen.table.select(run.key)
    await until(pilot, lambda: stage.screen.chosen and stage.screen.chosen.key == run.key)
    await until(pilot, lambda: stage.settled)
    return run


# Retrying many


async def test_the_open_run_is_followed_when_it_is_retried_with_others() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(150, 50)) as pilot:
        await settle(stage, pilot)
        run, _ = mark(stage, State.FAILED, most=2)
        screen = stage.screen
        screen.table.select(run.key)
        await until(pilot, lambda: screen.chosen and screen.chosen.key == run.key)
        await until(pilot, lambda: screen.pane.feed_table.feed.complete)
        ended = list(screen.pane.feed_table.feed)
        await asked(stage, pilot, "R")
        await pilot.press("j", "j", "enter")
        await until(pilot, lambda: stage.shows("2 runs retried"))
        await pilot.press("escape")
        assert screen.opened.feed(run.key) is screen.pane.feed_table.feed
        await until(pilot, lambda: len(screen.pane.feed_table.feed) > len(ended))
        assert screen._open_key == run.key
        assert screen.board.going_on(run.source)
        await pilot.press("r")
        await until(pilot, lambda: stage.settled)


# A source that is replaced


def replacement(stage: Stage, name: str = "prod") -> WorldSource:
    return WorldSource(name, stage.clock, runs=50, seed=3)


async def test_nothing_is_sent_to_a_server_that_took_the_place_of_the_one_asked_about() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(140, 50)) as pilot:
        await settle(stage, pilot)
        run = next(r for r in stage.screen.table.rows if r.active and r.source == "prod")
        stage.screen.table.select(run.key)
        await until(pilot, lambda: stage.screen.chosen and stage.screen.chosen.key == run.key)
        await asked(stage, pilot, "X")
        other = replacement(stage)
        await stage.screen.put_source(other)
        await until(pilot, lambda: stage.screen.sources["prod"] is other)
        await pilot.press("j", "enter")
        await until(pilot, lambda: stage.shows("prod was replaced: nothing was sent"))
        assert other.writes == stage.prod.writes == []


async def test_a_ledger_tells_of_a_source_that_went_before_anything_was_sent() -> None:
    stage = Stage(demo=True)
    async with stage.app.run_test(size=(140, 50)) as pilot:
        await settle(stage, pilot)
        mark(stage, State.RUNNING, most=3)
        await asked(stage, pilot, "X")
        await stage.screen.put_source(replacement(stage, "mine"))
        await until(pilot, lambda: set(stage.screen.sources) == {"mine"})
        await pilot.press("j", "enter")
        await until(pilot, lambda: isinstance(stage.app.screen, LedgerScreen))
        await until(pilot, lambda: stage.shows("3 could not be"))
        assert not stage.shows("awaited")
        assert written(stage) == []
        await pilot.press("X")
        await pilot.pause()
        assert not stage.shows("A defect")


async def test_a_ledger_does_not_wait_for_a_source_that_went_while_it_was_asked() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(150, 50)) as pilot:
        await settle(stage, pilot)
        runs = mark(stage, State.RUNNING, most=3)
        gate = asyncio.Event()
        real = stage.prod.cancel

        async def cancel(run_id: str) -> Run:
            await gate.wait()
            return await real(run_id)

        stage.prod.cancel = cancel  # type: ignore[method-assign]
        await asked(stage, pilot, "X")
        await pilot.press("j", "enter")
        await until(pilot, lambda: isinstance(stage.app.screen, LedgerScreen))
        other = replacement(stage)
        await stage.screen.put_source(other)
        await until(pilot, lambda: stage.screen.sources["prod"] is other)
        gate.set()
        await until(pilot, lambda: stage.shows("prod was replaced before"))
        await until(pilot, lambda: not stage.shows("awaited"))
        assert not any(run.source == "prod" and run in stage.screen.board.runs for run in runs)


# A run that ends


async def test_a_run_that_ended_meanwhile_is_not_told_as_running_again() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(140, 50)) as pilot:
        await settle(stage, pilot)
        run = await stand_on(stage, pilot, State.RUNNING)
        screen = stage.screen
        source = screen.sources[run.source]
        await asked(stage, pilot, "X")
        stage.clock.instant = NOW + timedelta(hours=2)
        await until(pilot, lambda: not (screen.board.get(run.key) or run).active)
        stage.prod.held = stage.stage.held = True
        ended = screen.board.get(run.key)

        async def late(run_id: str) -> Run:
            raise Conflict("it is over")

        source.cancel = late  # type: ignore[attr-defined]
        await pilot.press("j", "enter")
        await until(pilot, lambda: stage.shows("Could not cancel"))
        assert screen.board.get(run.key) == ended


# What is being done already


async def test_what_is_being_done_is_not_asked_for_again() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(140, 50)) as pilot:
        await settle(stage, pilot)
        run = await stand_on(stage, pilot, State.FAILED)
        source = stage.screen.sources[run.source]
        assert isinstance(source, WorldSource)
        gate = asyncio.Event()
        real = source.retry

        async def retry(run_id: str, mode: RetryMode, step: str | None = None) -> Run:
            await gate.wait()
            return await real(run_id, mode, step)

        source.retry = retry  # type: ignore[method-assign]
        await asked(stage, pilot, "R")
        await pilot.press("j", "enter")
        await until(pilot, lambda: run.key in stage.screen.pending)
        await pilot.press("R")
        await until(pilot, lambda: stage.shows("not answered yet"))
        assert not isinstance(stage.app.screen, ConfirmScreen)
        gate.set()
        await until(pilot, lambda: not stage.screen.pending)
        assert len(written(stage)) == 1


# Somebody who looks elsewhere


@pytest.mark.parametrize("state", [State.RUNNING, State.FAILED])
async def test_an_answer_leaves_somebody_who_went_on_where_they_are(state: State) -> None:
    stage = Stage()
    async with stage.app.run_test(size=(140, 50)) as pilot:
        await settle(stage, pilot)
        run = await stand_on(stage, pilot, state)
        source = stage.screen.sources[run.source]
        assert isinstance(source, WorldSource)
        gate, cancel, retry = asyncio.Event(), source.cancel, source.retry

        async def late_cancel(run_id: str) -> Run:
            await gate.wait()
            return await cancel(run_id)

        async def late_retry(run_id: str, mode: RetryMode, step: str | None = None) -> Run:
            await gate.wait()
            return await retry(run_id, mode, step)

        source.cancel, source.retry = late_cancel, late_retry  # type: ignore[method-assign]
        await asked(stage, pilot, "X" if state is State.RUNNING else "R")
        await pilot.press("j", "enter")
        await until(pilot, lambda: run.key in stage.screen.pending)
        other = next(r for r in stage.screen.table.rows if r.key != run.key)
        stage.screen.table.select(other.key)
        await until(pilot, lambda: stage.screen.chosen and stage.screen.chosen.key == other.key)
        gate.set()
        await until(pilot, lambda: not stage.screen.pending)
        await pilot.pause()
        assert stage.screen._open_key == other.key
        assert stage.screen.table.row == stage.screen.board.get(other.key)
        assert stage.shows("runs again as" if state is State.FAILED else "is cancelling")


@pytest.mark.parametrize("zoomed", [False, True])
async def test_the_open_run_is_meant_where_marks_are_not_in_sight(zoomed: bool) -> None:
    stage = Stage()
    async with stage.app.run_test(size=(140, 50)) as pilot:
        await settle(stage, pilot)
        mark(stage, State.RUNNING, most=2)
        run = next(r for r in reversed(stage.screen.table.rows) if r.active)
        stage.screen.table.set_marks(r.key for r in stage.screen.marked if r.key != run.key)
        stage.screen.table.select(run.key)
        await until(pilot, lambda: stage.screen.chosen and stage.screen.chosen.key == run.key)
        if zoomed:
            await pilot.press("enter")
        meant = [run] if zoomed else list(stage.screen.marked)
        assert [each.key for each in stage.screen.acted_on] == [each.key for each in meant]
