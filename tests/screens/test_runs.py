import asyncio
from datetime import timedelta
from functools import partial

import pytest

from runs_tui import looks
from runs_tui.adapters.base import Connection
from runs_tui.model.errors import Conflict, Unauthorized
from runs_tui.model.plan import Plan
from runs_tui.model.query import Query
from runs_tui.model.run import RetryMode, Run, Step
from runs_tui.model.state import State
from runs_tui.screens.confirm import ConfirmScreen
from runs_tui.screens.help import HelpScreen
from runs_tui.screens.lists import BARREN_PAGES
from runs_tui.widgets.virtual_table import MARK, VirtualTable
from tests.screens.stage import NOW, Stage, until
from tests.screens.world_source import WorldSource


def first(stage: Stage, state: State, name: str = "") -> Run:
    """Give the first run of a state on the board."""
    return next(r for r in stage.screen.table.rows if r.state is state and name in r.workflow)


def _more_than(stage: Stage, rows: int) -> bool:
    return len(stage.screen.table.rows) > rows


async def open_first(stage: Stage, pilot: object, state: State, name: str = "") -> Run:
    run = first(stage, state, name)
    stage.screen.table.select(run.key)
    await until(pilot, lambda: stage.screen.pane.shown and stage.screen.pane.shown.key == run.key)  # type: ignore[arg-type]
    await until(pilot, lambda: stage.settled)  # type: ignore[arg-type]
    return run


async def test_the_runs_of_all_sources_stand_in_one_table_newest_first() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        rows = stage.screen.table.rows
        assert {run.source for run in rows} == {"prod", "stage"}
        instants = [run.instant for run in rows if run.instant]
        assert instants == sorted(instants, reverse=True)
        assert stage.shows("prod now")
        assert stage.shows("stage now")


async def test_moving_down_fetches_the_pages_ahead_until_every_run_is_there() -> None:
    stage = Stage(runs=300)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        every = len(stage.prod.world.runs(NOW)) + len(stage.stage.world.runs(NOW))

        while len(stage.screen.table.rows) < every:
            before = len(stage.screen.table.rows)
            await pilot.press("G")
            await until(pilot, partial(_more_than, stage, before))
        assert len({run.key for run in stage.screen.table.rows}) == every
        await until(pilot, lambda: stage.shows(f"of {every}"))
        assert stage.screen.table.rule_after is None


async def test_the_horizon_is_marked_while_a_source_holds_runs_back() -> None:
    stage = Stage(runs=300)
    stage.prod.connection = Connection(name="prod", url="", refresh=60)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        table, board = stage.screen.table, stage.screen.board
        assert table.rule_after is not None
        assert board.horizon is not None
        under = table.rows[table.rule_after + 1].instant
        above = table.rows[table.rule_after].instant
        assert above is not None
        assert under is not None
        assert above >= board.horizon > under


async def test_going_on_beyond_the_last_row_reads_further_where_little_matches() -> None:
    stage = Stage(runs=10)
    stage.prod.barren = 5 * BARREN_PAGES
    async with stage.app.run_test(size=(120, 80)) as pilot:
        await until(pilot, lambda: stage.settled)
        await until(pilot, lambda: stage.shows("nothing of prod matches so far, it has more"))
        for _ in range(300):
            await pilot.press("G")
            if any(run.source == "prod" for run in stage.screen.table.rows):
                break
        else:
            raise AssertionError("it was never read to where something matches")


async def test_a_source_that_fails_keeps_its_rows_and_says_why() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(160, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        kept = [run.key for run in stage.screen.table.rows if run.source == "prod"]
        stage.prod.trouble = Unauthorized("token expired", "check LAB_TOKEN")
        await until(pilot, lambda: stage.shows("✗ prod: not allowed: token expired"))
        assert stage.shows("check LAB_TOKEN")
        assert kept == [run.key for run in stage.screen.table.rows if run.source == "prod"]
        stage.prod.trouble = None
        await until(pilot, lambda: stage.shows("● prod now"))


async def test_where_there_is_no_room_the_healthy_sources_are_told_together() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(50, 30)) as pilot:
        await until(pilot, lambda: stage.settled)
        assert stage.shows("● 2 sources now")
        stage.prod.trouble = Unauthorized("token expired", "check LAB_TOKEN")
        await until(pilot, lambda: stage.shows("✗ prod: not allowed"))


async def test_old_rows_are_told_as_old() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        stage.prod.held = stage.stage.held = True
        await pilot.pause(0.15)
        stage.clock.instant += timedelta(minutes=3)
        await until(pilot, lambda: stage.shows("prod 3m"))


async def test_a_held_source_does_not_hold_back_the_other() -> None:
    stage = Stage()
    stage.prod.held = True
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        assert {run.source for run in stage.screen.table.rows} == {"stage"}
        assert stage.shows("○ prod …")


async def test_every_key_answers_while_nothing_is_answered() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        stage.prod.held = stage.stage.held = True
        await pilot.press(*"jj][", "enter", "escape", *"rppzz")
        assert stage.screen.table.cursor >= 2
        await pilot.press("f", "f")
        assert {run.state for run in stage.screen.table.rows} == {State.FAILED}
        await pilot.press("question_mark")
        assert isinstance(stage.app.screen, HelpScreen)


# The filter


async def test_a_filter_is_applied_while_it_is_typed_and_kept_by_enter() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await pilot.press("slash", *"state:failed")
        await until(pilot, lambda: {r.state for r in stage.screen.table.rows} == {State.FAILED})
        await pilot.press("enter")
        await until(pilot, lambda: stage.shows("state:failed [server]"))
        assert stage.screen.query_shown == Query.parse("state:failed", limit=100)


async def test_escape_restores_the_filter_that_was_there() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await pilot.press("f")
        kept = str(stage.screen.query_shown)
        await pilot.press("slash", *" workflow:~etl", "escape")
        assert str(stage.screen.query_shown) == kept
        assert stage.shows("state:queued,running,waiting")
        await pilot.press("escape")
        await until(pilot, lambda: stage.shows("/ all runs"))


async def test_a_wrong_filter_says_where_it_is_wrong_and_changes_nothing() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        before = len(stage.screen.table.rows)
        await pilot.press("slash", *"stat:failed", "enter")
        assert stage.shows("^^^^ there is no field 'stat': did you mean 'state'?")
        at = next(line.index("^^^^") for line in stage.lines if "^^^^" in line)
        typed = next(line for line in stage.lines if "stat:failed" in line)
        assert typed.index("stat:") == at
        assert len(stage.screen.table.rows) >= before


async def test_a_filter_that_nothing_matches_says_so_and_which_key_helps() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await pilot.press("slash", *"workflow:nothing-of-this-name", "enter")
        await until(pilot, lambda: stage.shows("No run matches workflow:nothing-of-this-name."))
        assert stage.shows("Esc clears it")
        await pilot.press("escape")
        await until(pilot, lambda: stage.settled)


async def test_f_goes_round_all_active_failed() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await pilot.press("f")
        await until(pilot, lambda: all(run.active for run in stage.screen.table.rows))
        await pilot.press("f")
        await until(pilot, lambda: {r.state for r in stage.screen.table.rows} == {State.FAILED})
        await pilot.press("f")
        assert stage.screen.query_shown.terms == ()


# One run


async def test_the_pane_follows_the_cursor_and_shows_the_plan_in_order() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        run = await open_first(stage, pilot, State.SUCCEEDED, "order-fulfilment")
        steps = [row.step.name for row in stage.screen.pane.plan_table.rows]
        assert steps == ["Validate", "Reserve stock", "Charge card", "Ship", "Notify"]
        assert stage.shows(run.name or "")
        assert stage.shows("5/5 done")
        assert stage.shows("also after")


async def test_a_failed_run_opens_on_its_failed_step() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await open_first(stage, pilot, State.FAILED)
        row = stage.screen.pane.plan_table.row
        assert row is not None
        assert row.step.state is State.FAILED


async def test_enter_opens_the_run_and_escape_comes_back_to_the_same_row() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: stage.settled)
        await pilot.press("j", "j", "enter")
        row = stage.screen.table.row
        assert row is not None
        assert stage.screen.pane.size.width == 80
        await pilot.press("escape")
        assert stage.screen.table.row is not None
        assert stage.screen.table.row.key == row.key
        assert stage.screen.table.has_focus


async def test_the_tabs_show_events_facts_and_json() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        run = await open_first(stage, pilot, State.FAILED)
        await pilot.press("enter", "]", "]")
        assert stage.screen.pane.feed_table.has_focus
        await pilot.press("]", "]")
        await until(pilot, lambda: stage.shows(run.id))
        await pilot.press("]")
        await until(pilot, lambda: stage.shows(f'"id": "{run.id}"'))
        await pilot.press("]")
        assert stage.screen.pane.tab == "why"


async def test_the_feed_is_followed_and_stops_when_the_cursor_goes_up() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        run = await open_first(stage, pilot, State.RUNNING, "clickstream-backfill")
        feed = stage.screen.pane.feed_table
        await pilot.press("L", "tab")
        before = len(feed.rows)
        stage.clock.instant += timedelta(seconds=60)
        getattr(stage, run.source).moved.set()
        await until(pilot, lambda: len(feed.rows) > before)
        assert feed.following
        assert feed.cursor == len(feed.rows) - 1
        await pilot.press("k")
        assert stage.shows("paused, F follows")
        stage.clock.instant += timedelta(seconds=60)
        getattr(stage, run.source).moved.set()
        await until(pilot, lambda: feed.unseen > 0)
        assert stage.shows(f"+{feed.unseen} new")
        await pilot.press("F")
        assert feed.cursor == len(feed.rows) - 1
        assert stage.shows("following")
        stage.clock.instant += timedelta(hours=4)
        getattr(stage, run.source).moved.set()
        await until(pilot, lambda: feed.feed.complete)
        await until(pilot, lambda: not stage.shows("following"))
        assert stage.shows("ended")
        await pilot.press("k")
        assert stage.shows("ended, F goes there")


async def test_another_filter_begins_with_its_newest_run_and_is_about_that() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        table = stage.screen.table
        old = next(run for run in table.rows[40:] if run.state is State.SUCCEEDED)
        table.select(old.key)
        await until(pilot, lambda: stage.screen.chosen and stage.screen.chosen.key == old.key)
        await pilot.press("slash", *"state:failed", "enter")
        await until(pilot, lambda: stage.screen.query_shown.terms)
        assert (table.cursor, table.scroll_offset.y) == (0, 0)
        await until(pilot, lambda: stage.screen.chosen == table.rows[0])
        stage.screen.go_to_run(old)
        assert stage.screen.chosen == old
        await pilot.press("escape", "escape", "slash", *"state:failed workflow:~e", "enter")
        await until(pilot, lambda: table.row and stage.screen.chosen == table.row)
        assert table.row is not None
        assert table.row.state is State.FAILED
        assert any(line.startswith("▌") for line in stage.lines)


async def test_a_run_under_the_cursor_that_still_matches_keeps_it() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        table = stage.screen.table
        failed = [run for run in table.rows if run.state is State.FAILED][3]
        table.select(failed.key)
        await pilot.press("slash", *"state:failed", "enter")
        await until(pilot, lambda: stage.screen.query_shown.terms)
        assert table.row is not None
        assert table.row.key == failed.key


async def test_sources_that_a_filter_leaves_out_are_told_not_to_be_asked() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        stage.screen.apply(Query.parse("source:prod"))
        await until(pilot, lambda: stage.shows("○ stage not asked"))
        assert stage.shows("● prod")
        stage.screen.apply(Query())
        await until(pilot, lambda: not stage.shows("not asked"))


async def test_a_step_that_is_the_whole_run_shows_all_its_events() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        run = await open_first(stage, pilot, State.SUCCEEDED)
        whole = Step(key=run.id, name="attempt 1", state=run.state, child_run=run.id)
        stage.screen.pane.show_plan(Plan.of([whole]))
        await pilot.press("enter")
        stage.screen.pane.plan_table.focus()
        await pilot.press("enter")
        feed = stage.screen.pane.feed_table
        assert stage.screen.chosen == run
        assert feed.step is None
        assert len(feed.rows) > 0
        assert feed.display


async def test_what_is_not_there_to_go_to_is_said() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await open_first(stage, pilot, State.SUCCEEDED)
        await pilot.press("enter", "L", "G", "e")
        await until(pilot, lambda: stage.shows("There is no error among the events"))
        await pilot.press("n")
        assert stage.screen.pane.has_class("-finding")


async def test_the_feed_is_searched_and_escape_ends_the_search() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await open_first(stage, pilot, State.FAILED)
        await pilot.press("enter", "L", "slash", *"failed", "enter")
        feed = stage.screen.pane.feed_table
        assert feed.row is not None
        assert "failed" in feed.row.text
        at = feed.cursor
        await pilot.press("N")
        assert feed.row is not None
        assert "failed" in feed.row.text
        assert feed.cursor != at or sum("failed" in line.text for line in feed.rows) == 1
        assert stage.shows("/failed")
        await pilot.press("escape")
        assert not feed.words
        assert stage.screen.has_class("-open")


async def test_enter_on_a_step_shows_its_events_alone() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await open_first(stage, pilot, State.SUCCEEDED, "order-fulfilment")
        await pilot.press("enter", "enter")
        feed = stage.screen.pane.feed_table
        keys = {getattr(line.told, "step", None) for line in feed.rows}
        assert keys == {feed.step}
        await pilot.press("escape")
        assert feed.step is None
        assert len(feed.rows) == len(feed.feed)


async def test_a_broken_stream_is_told_and_its_lines_stay() -> None:
    stage = Stage()
    stage.prod.breaks_after = stage.stage.breaks_after = 3
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await open_first(stage, pilot, State.FAILED)
        await until(pilot, lambda: stage.shows("The log is not whole"))
        await pilot.press("L")
        await until(pilot, lambda: stage.shows("lines may be missing here"))
        await until(pilot, lambda: stage.shows("the stream was cut off"))
        assert len(stage.screen.pane.feed_table.rows) >= 4


async def test_coming_back_to_a_finished_run_asks_nothing() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        run = await open_first(stage, pilot, State.SUCCEEDED, "order-fulfilment")
        await until(pilot, lambda: stage.screen.opened.feed(run.key).complete)
        other = await open_first(stage, pilot, State.FAILED)
        assert other.key != run.key
        stage.prod.held = stage.stage.held = True
        stage.screen.table.select(run.key)
        await pilot.pause()
        assert stage.shows("5/5 done")
        assert len(stage.screen.pane.feed_table.rows) > 3


# Acting


async def test_cancel_names_the_run_and_does_nothing_by_default() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        run = await open_first(stage, pilot, State.RUNNING)
        await pilot.press("X")
        await until(pilot, lambda: isinstance(stage.app.screen, ConfirmScreen))
        assert stage.shows("Cancel this run?")
        assert stage.shows(run.workflow)
        assert stage.shows(run.id)
        await pilot.press("enter")
        await until(pilot, lambda: stage.shows("Nothing was changed"))
        assert not stage.prod.writes
        assert not stage.stage.writes


async def test_cancel_is_sent_once_and_told_as_the_server_tells_it() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        run = await open_first(stage, pilot, State.RUNNING)
        source: WorldSource = getattr(stage, run.source)
        await pilot.press("X")
        await until(pilot, lambda: isinstance(stage.app.screen, ConfirmScreen))
        await pilot.press("j", "enter")
        await until(pilot, lambda: stage.shows("is cancelling"))
        assert source.writes == [("cancel", run.id)]
        assert stage.shows("● cancelling")
        stage.clock.instant += timedelta(seconds=10)
        await until(pilot, lambda: stage.shows("■ cancelled"))


async def test_a_run_that_goes_on_though_it_was_asked_to_stop_is_told_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = Stage()

    async def ignored(self: WorldSource, run_id: str) -> Run:
        return await self.run(run_id)

    monkeypatch.setattr(WorldSource, "cancel", ignored)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        run = await open_first(stage, pilot, State.RUNNING)
        await pilot.press("X")
        await until(pilot, lambda: isinstance(stage.app.screen, ConfirmScreen))
        await pilot.press("j", "enter")
        await until(
            pilot, lambda: stage.shows(f"{run.workflow} is asked to stop, still {looks.word(run)}")
        )


async def test_what_cannot_be_done_says_why() -> None:
    stage = Stage()
    stage.prod.connection = Connection(name="prod", url="", read_only=True)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await open_first(stage, pilot, State.FAILED)
        await pilot.press("X")
        assert stage.shows("Cannot cancel: ")
        run = next(r for r in stage.screen.table.rows if r.source == "prod" and r.active)
        stage.screen.table.select(run.key)
        await until(pilot, lambda: stage.screen.chosen and stage.screen.chosen.key == run.key)
        await pilot.press("X")
        assert stage.shows("Cannot cancel: prod is set to read_only")
        assert not isinstance(stage.app.screen, ConfirmScreen)


async def test_retry_offers_the_modes_of_the_source_and_follows_the_new_run() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        run = await open_first(stage, pilot, State.FAILED, "order-fulfilment")
        source: WorldSource = getattr(stage, run.source)
        await pilot.press("R")
        await until(pilot, lambda: stage.shows("Retry this run?"))
        assert stage.shows("Retry all of it")
        assert stage.shows("Retry from the failed step, Notify")
        assert stage.shows("Retry from the step Notify")
        await pilot.press("j", "enter")
        await until(pilot, lambda: stage.shows("runs again as"))
        assert source.writes == [("retry full", run.id)]
        chosen = stage.screen.chosen
        assert chosen is not None
        assert chosen.retry_of == run.id


async def test_a_restarted_run_is_followed_though_the_filter_drops_it() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await pilot.press("f", "f")
        await until(pilot, lambda: {r.state for r in stage.screen.table.rows} == {State.FAILED})
        run = await open_first(stage, pilot, State.FAILED, "order-fulfilment")
        await pilot.press("R")
        await until(pilot, lambda: stage.shows("Retry this run?"))
        await pilot.press("j", "j", "enter")
        await until(pilot, lambda: stage.shows("runs again"))
        await until(pilot, lambda: all(r.key != run.key for r in stage.screen.table.rows))
        assert stage.screen.chosen is not None
        assert stage.screen.chosen.key == run.key
        assert stage.screen.chosen.attempt == 2
        assert not any(line.startswith(MARK) for line in stage.lines)
        await pilot.press("j")
        await until(pilot, lambda: any(line.startswith(MARK) for line in stage.lines))
        assert stage.screen.chosen.key != run.key


async def test_a_source_with_one_mode_offers_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WorldSource, "modes", frozenset({RetryMode.FAILED}))
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        run = await open_first(stage, pilot, State.FAILED, "order-fulfilment")
        await pilot.press("R")
        await until(pilot, lambda: stage.shows("Retry this run?"))
        assert not stage.shows("Retry all of it")
        await pilot.press("j", "enter")
        await until(pilot, lambda: stage.shows("runs again"))
        assert getattr(stage, run.source).writes == [("retry failed", run.id)]
        await until(pilot, lambda: stage.shows("attempt 2"))


async def test_a_protected_source_wants_its_name_typed() -> None:
    stage = Stage()
    for source in (stage.prod, stage.stage):
        source.connection = Connection(name=source.name, url="", protected=True)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        run = await open_first(stage, pilot, State.RUNNING)
        source = getattr(stage, run.source)
        await pilot.press("X")
        await until(pilot, lambda: stage.shows(f"type {run.source} to change anything there"))
        await pilot.press("p", "enter", "j", "enter")
        await until(pilot, lambda: stage.shows(f"{run.source} is not what is typed above"))
        assert isinstance(stage.app.screen, ConfirmScreen)
        assert not source.writes
        await pilot.press("backspace")
        await pilot.press(*run.source, "enter", "enter")
        await until(pilot, lambda: source.writes == [("cancel", run.id)])


# Help, strangers


async def test_help_shows_every_key_and_why_some_do_nothing_now() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 50)) as pilot:
        await until(pilot, lambda: stage.settled)
        await open_first(stage, pilot, State.SUCCEEDED)
        await pilot.press("question_mark")
        await pilot.pause()
        assert stage.shows("Cancel the run; asks first  not now: it is already succeeded")
        assert stage.shows("Filter the runs")
        await pilot.press("q")
        assert stage.app.screen is stage.screen


async def test_hostile_names_change_nothing_but_their_own_cells() -> None:
    stage = Stage(hostile=True)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        tables = stage.app.query(VirtualTable)
        for _ in range(30):
            await pilot.press("j")
            await pilot.pause(0.02)
            for table in tables:
                for y in range(table.size.height):
                    assert table.render_line(y).cell_length == table.size.width
        text = "".join(stage.lines)
        assert not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in text)
        assert stage.app.return_code in (None, 0)


async def test_q_leaves_from_the_board_and_only_goes_back_elsewhere() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await pilot.press("enter", "q")
        assert stage.screen.table.has_focus
        assert stage.app.is_running
        await pilot.press("q")
        async with asyncio.timeout(5):
            while stage.app._exit is False:
                await pilot.pause(0.01)


@pytest.mark.parametrize("size", [(40, 12), (60, 20), (80, 24), (120, 40), (200, 60)])
async def test_every_place_can_be_gone_to_at_every_size(size: tuple[int, int]) -> None:
    stage = Stage()
    async with stage.app.run_test(size=size) as pilot:
        await until(pilot, lambda: stage.screen.table.rows)
        for keys in ("j j k", "enter ] ] ] ]", "L F k k slash x escape", "escape escape", "f f f"):
            await pilot.press(*keys.split())
            await pilot.pause()
        assert stage.screen.table.rows


async def test_what_the_server_refuses_is_told_in_its_words() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        run = await open_first(stage, pilot, State.RUNNING)
        source: WorldSource = getattr(stage, run.source)
        await pilot.press("X")
        await until(pilot, lambda: isinstance(stage.app.screen, ConfirmScreen))
        source.trouble = Conflict("somebody holds it")
        await pilot.press("j", "enter")
        await until(pilot, lambda: stage.shows("not possible now: somebody holds it"))
        assert source.writes == [("cancel", run.id)]


async def test_a_defect_of_an_adapter_does_not_end_the_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)

        async def steps(self: WorldSource, run_id: str) -> list[Step]:
            raise ZeroDivisionError

        monkeypatch.setattr(WorldSource, "steps", steps)
        await pilot.press("j")
        await until(pilot, lambda: stage.shows("A defect of runs-tui"))
        assert stage.screen.table.rows


async def test_the_position_is_right_from_the_first() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        stage.prod.held = stage.stage.held = True
        await until(pilot, lambda: stage.shows(f"rows 1–{stage.screen.table.page_height} of"))
