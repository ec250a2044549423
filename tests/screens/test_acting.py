"""Marking runs, what is said before anything is sent, taking it back, and what came of it."""

from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from runs_tui.adapters.base import Connection
from runs_tui.model.errors import Unauthorized, Unreachable
from runs_tui.model.run import RetryMode, Run, RunKey
from runs_tui.model.state import State
from runs_tui.screens.confirm import ConfirmScreen
from runs_tui.screens.ledger import LedgerScreen
from runs_tui.widgets.marked_table import MARKED
from tests.screens.stage import Stage, until
from tests.screens.world_source import WorldSource


async def settle(stage: Stage, pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: stage.settled)


def mark(stage: Stage, *states: State, most: int = 3) -> list[Run]:
    """Mark some runs of each state, and give them in the order of the board."""
    found: list[Run] = []
    for state in states:
        found += [run for run in stage.screen.board.runs if run.state is state][:most]
    stage.screen.table.set_marks(run.key for run in found)
    return [run for run in stage.screen.board.runs if run in found]


def written(stage: Stage) -> list[tuple[str, RunKey]]:
    return [
        (what, RunKey(source.name, run_id))
        for source in (stage.prod, stage.stage)
        for what, run_id in source.writes
    ]


async def asked(stage: Stage, pilot: Pilot[Any], key: str) -> ConfirmScreen:
    await pilot.press(key)
    await until(pilot, lambda: isinstance(stage.app.screen, ConfirmScreen))
    screen = stage.app.screen
    assert isinstance(screen, ConfirmScreen)
    return screen


# Marks


async def test_space_marks_and_goes_on_and_takes_the_mark_away() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await settle(stage, pilot)
        table = stage.screen.table
        first, second = table.rows[0].key, table.rows[1].key
        await pilot.press("space", "space")
        assert table.marks == {first, second}
        assert table.cursor == 2
        assert sum(MARKED in line for line in stage.lines) == 2
        assert stage.shows("2 marked")
        await pilot.press("k", "space")
        assert table.marks == {first}
        await pilot.press("escape")
        assert not table.marks
        assert not stage.shows("marked")


async def test_a_range_is_marked_from_where_it_began_to_the_cursor() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await settle(stage, pilot)
        table = stage.screen.table
        await pilot.press("j", "v", "j", "j", "j")
        assert not table.marks
        assert sum(MARKED in line for line in stage.lines) == 4
        await pilot.press("k", "v")
        assert table.marks == {run.key for run in table.rows[1:4]}
        await pilot.press("v", "j", "escape")
        assert len(table.marks) == 3
        assert not table.ranging


async def test_all_that_match_are_marked_and_stay_so_under_another_filter() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await settle(stage, pilot)
        await pilot.press("f", "f")
        await until(pilot, lambda: {r.state for r in stage.screen.table.rows} == {State.FAILED})
        await pilot.press("asterisk")
        failed = stage.screen.table.marks
        assert failed == {run.key for run in stage.screen.table.rows}
        await pilot.press("f")
        await until(pilot, lambda: {r.state for r in stage.screen.table.rows} != {State.FAILED})
        assert stage.screen.table.marks == failed
        await pilot.press("slash", *"state:running", "enter")
        await until(pilot, lambda: {r.state for r in stage.screen.table.rows} == {State.RUNNING})
        assert stage.shows(f"{len(failed)} marked, {len(failed)} not shown here")


# Before anything is sent


async def test_answers_end_at_their_ends() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await settle(stage, pilot)
        await pilot.press("f", "f")
        await until(pilot, lambda: {r.state for r in stage.screen.table.rows} == {State.FAILED})
        dialog = await asked(stage, pilot, "R")
        await pilot.press("k")
        assert dialog.answers.highlighted == 0
        await pilot.press(*"jjjjjjj")
        assert dialog.answers.highlighted == dialog.answers.option_count - 1


async def test_what_is_learned_too_late_changes_no_question_that_is_gone() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await settle(stage, pilot)
        mark(stage, State.RUNNING, State.FAILED)
        dialog = await asked(stage, pilot, "R")
        dialog.dismiss(None)
        await dialog.query_one("#confirm").remove()
        dialog.learn()
        await until(pilot, lambda: stage.app.screen is stage.screen)
        assert dialog.answered


async def test_the_plan_says_line_by_line_what_will_happen_and_what_cannot() -> None:
    stage = Stage()
    stage.stage.connection = Connection(name="stage", url="", read_only=True)
    async with stage.app.run_test(size=(160, 50)) as pilot:
        await settle(stage, pilot)
        runs = mark(stage, State.RUNNING, State.QUEUED, State.SUCCEEDED, most=4)
        await asked(stage, pilot, "X")
        assert stage.shows(f"Cancel {len(runs)} runs?")
        await until(pilot, lambda: stage.shows("would stop 1 running step"))
        assert stage.shows("stage is set to read_only")
        assert stage.shows("it is already succeeded")
        can = [run for run in runs if run.source == "prod" and run.active]
        assert stage.shows(f"Yes, cancel {len(can)} run")
        await pilot.press("enter")
        await until(pilot, lambda: stage.shows("Nothing was changed"))
        assert written(stage) == []


async def test_it_can_be_taken_back_before_anything_is_sent() -> None:
    stage = Stage(undo=60)
    async with stage.app.run_test(size=(140, 50)) as pilot:
        await settle(stage, pilot)
        mark(stage, State.RUNNING)
        await asked(stage, pilot, "X")
        for key in ("u", "escape", "q"):
            await pilot.press("j", "enter")
            await until(pilot, lambda: stage.shows("Cancelling 3 runs in "))
            assert stage.shows("u takes it back")
            await pilot.press(key)
            await until(pilot, lambda: stage.shows("Taken back, nothing was sent"))
        assert isinstance(stage.app.screen, ConfirmScreen)
        await pilot.press("escape")
        await until(pilot, lambda: stage.shows("Nothing was changed"))
        assert written(stage) == []


async def test_enter_does_it_without_waiting() -> None:
    stage = Stage(undo=60)
    async with stage.app.run_test(size=(140, 50)) as pilot:
        await settle(stage, pilot)
        runs = mark(stage, State.RUNNING)
        await asked(stage, pilot, "X")
        await pilot.press("j", "enter")
        await until(pilot, lambda: stage.shows("Cancelling 3 runs in "))
        await pilot.press("enter")
        await until(pilot, lambda: len(written(stage)) == 3)
        assert sorted(key for _, key in written(stage)) == sorted(run.key for run in runs)


async def test_the_time_passes_by_itself() -> None:
    stage = Stage(undo=1)
    async with stage.app.run_test(size=(140, 50)) as pilot:
        await settle(stage, pilot)
        run = next(r for r in stage.screen.table.rows if r.state is State.RUNNING)
        stage.screen.table.select(run.key)
        await until(pilot, lambda: stage.screen.chosen and stage.screen.chosen.key == run.key)
        await asked(stage, pilot, "X")
        await pilot.press("j", "enter")
        await until(pilot, lambda: written(stage) == [("cancel", run.key)])


async def test_every_protected_source_wants_its_name() -> None:
    stage = Stage()
    for source in (stage.prod, stage.stage):
        source.connection = Connection(name=source.name, url="", protected=True)
    async with stage.app.run_test(size=(140, 50)) as pilot:
        await settle(stage, pilot)
        runs = [
            next(r for r in stage.screen.board.runs if r.active and r.source == name)
            for name in ("prod", "stage")
        ]
        stage.screen.table.set_marks(run.key for run in runs)
        await asked(stage, pilot, "X")
        await pilot.press(*"prod", "enter", *"stag", "enter", "j", "enter")
        await until(pilot, lambda: stage.shows("stage is not what is typed above"))
        assert written(stage) == []
        await pilot.press(*"stage", "enter", "enter")
        await until(pilot, lambda: len(written(stage)) == 2)


# What came of it


async def test_each_is_written_once_and_the_failed_ones_can_be_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = Stage()
    real = WorldSource.cancel
    refused: set[str] = set()

    async def cancel(self: WorldSource, run_id: str) -> Run:
        if run_id in refused:
            self.writes.append(("refused", run_id))
            raise Unauthorized("this token may only read")
        return await real(self, run_id)

    monkeypatch.setattr(WorldSource, "cancel", cancel)
    async with stage.app.run_test(size=(150, 50)) as pilot:
        await settle(stage, pilot)
        runs = mark(stage, State.RUNNING, most=4)
        refused.update(run.id for run in runs[:2])
        await asked(stage, pilot, "X")
        await pilot.press("j", "enter")
        await until(pilot, lambda: isinstance(stage.app.screen, LedgerScreen))
        await until(pilot, lambda: stage.shows("2 runs asked to stop, 2 could not be"))
        assert stage.shows("this token may only read")
        assert len(written(stage)) == 4
        assert stage.screen.table.marks == {run.key for run in runs[:2]}
        refused.clear()
        await pilot.press("X")
        await until(pilot, lambda: isinstance(stage.app.screen, ConfirmScreen))
        assert stage.shows("Cancel 2 runs?")
        await pilot.press("j", "enter")
        await until(pilot, lambda: stage.shows("2 runs asked to stop"))
        await until(pilot, lambda: not stage.screen.table.marks)
        assert [what for what, _ in written(stage)].count("cancel") == 4


async def test_after_a_lost_answer_the_ledger_says_what_is_true_now(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = Stage()
    real = WorldSource.cancel

    async def lost(self: WorldSource, run_id: str) -> Run:
        await real(self, run_id)
        raise Unreachable("the connection was cut")

    monkeypatch.setattr(WorldSource, "cancel", lost)
    async with stage.app.run_test(size=(150, 50)) as pilot:
        await settle(stage, pilot)
        runs = mark(stage, State.RUNNING, most=2)
        await asked(stage, pilot, "X")
        await pilot.press("j", "enter")
        await until(pilot, lambda: stage.shows("2 runs asked to stop"))
        assert stage.shows("✓ cancelling")
        assert sorted(written(stage)) == sorted(("cancel", run.key) for run in runs)


async def test_the_ledger_names_what_was_retried_and_shows_how_it_goes_on() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(140, 40)) as pilot:
        await settle(stage, pilot)
        runs = mark(stage, State.FAILED, most=2)
        await asked(stage, pilot, "R")
        await pilot.press("j", "enter")
        await until(pilot, lambda: isinstance(stage.app.screen, LedgerScreen))
        screen = stage.app.screen
        assert isinstance(screen, LedgerScreen)
        await until(pilot, lambda: not screen.ledger.awaited)
        for run in runs:
            assert stage.shows(f"{run.source}/{run.name or run.id}"[:20])
        assert stage.shows("runs again as")
        before = [row.run.state for row in screen.lines.rows]
        assert all(state.active for state in before)
        stage.clock.instant += timedelta(hours=4)
        stage.prod.moved.set()
        stage.stage.moved.set()
        await until(pilot, lambda: not any(row.run.active for row in screen.lines.rows))


async def test_the_question_says_how_many_are_left_out_and_why() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await settle(stage, pilot)
        mark(stage, State.RUNNING, State.SUCCEEDED, most=2)
        await asked(stage, pilot, "X")
        assert stage.shows("2 runs left out: it is already succeeded")
        assert stage.shows("Yes, cancel 2 runs")


async def test_leaving_the_ledger_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage()
    async with stage.app.run_test(size=(150, 50)) as pilot:
        await settle(stage, pilot)
        mark(stage, State.RUNNING)
        stage.prod.held = stage.stage.held = True
        await asked(stage, pilot, "X")
        await pilot.press("j", "enter")
        await until(pilot, lambda: isinstance(stage.app.screen, LedgerScreen))
        assert stage.shows("cancelling…")
        await pilot.press("escape")
        await until(pilot, lambda: stage.app.screen is stage.screen)
        assert len(written(stage)) == 3


async def test_retrying_many_offers_each_mode_with_how_many_it_is_for() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(150, 50)) as pilot:
        await settle(stage, pilot)
        runs = mark(stage, State.FAILED, State.RUNNING, most=2)
        await asked(stage, pilot, "R")
        assert stage.shows("Retry all of it: 2 runs")
        assert stage.shows("Retry from the failed step: 2 runs")
        assert not stage.shows("Retry from the step")
        assert stage.shows("it is still running")
        await pilot.press("j", "j", "enter")
        await until(pilot, lambda: stage.shows("2 runs retried"))
        failed = [run.key for run in runs if run.state is State.FAILED]
        told = sorted((f"retry {RetryMode.FAILED}", key) for key in failed)
        assert sorted(written(stage)) == told


async def test_a_key_that_repeats_sends_nothing_twice() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(150, 50)) as pilot:
        await settle(stage, pilot)
        mark(stage, State.RUNNING)
        await pilot.press("X", "X", "X", "j", "enter", "enter", "enter", "X", "X", "enter")
        await until(pilot, lambda: stage.shows("3 runs asked to stop"))
        stage.clock.instant += timedelta(seconds=30)
        assert len(written(stage)) == 3


async def test_what_a_source_refused_is_told_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage()

    async def refused(self: WorldSource, run_id: str) -> Run:
        raise Unauthorized("this token may only read")

    monkeypatch.setattr(WorldSource, "cancel", refused)
    async with stage.app.run_test(size=(150, 50)) as pilot:
        await settle(stage, pilot)
        (run,) = mark(stage, State.RUNNING, most=1)
        await asked(stage, pilot, "X")
        assert not stage.shows("has refused this before")
        await pilot.press("j", "enter")
        await until(pilot, lambda: stage.shows("Could not cancel"))
        await asked(stage, pilot, "X")
        assert stage.shows(f"{run.source} has refused this before: not allowed: this token may")
