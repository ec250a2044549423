from functools import partial
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from runs_tui.app import KeyPassed, RunsApp
from runs_tui.config import View
from runs_tui.model.errors import Unreachable
from runs_tui.model.query import Query
from runs_tui.model.run import Run, RunKey
from runs_tui.model.state import State
from runs_tui.screens.confirm import ConfirmScreen
from runs_tui.screens.help import HelpScreen
from runs_tui.widgets.candidate_table import CandidateTable
from tests.screens.stage import Stage, until
from tests.screens.test_runs import first, open_first

VIEWS = {
    "night-failures": View(name="night-failures", query=Query.parse("state:failed created:>12h")),
    "active": View(name="active", query=Query.parse("state:running,queued")),
}


def with_views(stage: Stage) -> Stage:
    stage.app.views = VIEWS
    return stage


def value(stage: Stage) -> str:
    """Give what stands in the filter that is edited."""
    return stage.screen.filter_bar.input.value


def offered(stage: Stage) -> list[str]:
    """Give what the list under the filter offers."""
    table = stage.screen.filter_bar.line.table
    return [candidate.shown for candidate in table.rows] if table.display else []


def shows_query(stage: Stage, query: str) -> bool:
    return str(stage.screen.query_shown) == query


def found(stage: Stage) -> list[str]:
    """Give what the list under the command line offers."""
    table = stage.screen.command_line.line.table
    return [candidate.shown for candidate in table.rows] if table.display else []


def lists_seen(stage: Stage) -> list[CandidateTable]:
    tables = stage.app.query(CandidateTable)
    return [table for table in tables if table.display and table.size.height]


def sent_before() -> events.Key:
    """Give a key that was sent a second ago."""
    key = events.Key("x", "x")
    key.time -= 1
    return key


async def burst(pilot: Pilot[Any], *keys: str) -> None:
    """Type keys as a slow line brings them: all at once."""
    for key in keys:
        pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))
    app = pilot.app
    assert isinstance(app, RunsApp)
    await until(pilot, lambda: not app.typed_ahead)


def old_run(stage: Stage) -> Run:
    """Give a run of prod that the board does not have."""
    known = stage.screen.board
    runs = stage.prod._told(stage.clock.now())
    return next(run for run in reversed(runs) if known.get(run.key) is None)


# The list under the filter


async def test_the_fields_are_offered_and_then_their_values() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await pilot.press("slash")
        await until(pilot, lambda: offered(stage)[:2] == ["state:", "workflow:"])
        await pilot.press(*"st")
        await until(pilot, lambda: offered(stage)[:2] == ["state:", "started:"])
        await pilot.press("tab")
        await until(pilot, lambda: "queued" in offered(stage))
        assert value(stage) == "state:"
        await pilot.press(*"fa", "tab", *",ru", "right")
        assert value(stage) == "state:failed,running"
        await until(pilot, lambda: not offered(stage))
        await pilot.press(*" source:", "down", "down", "tab", "enter")
        kept = Query.parse("state:failed,running source:stage", limit=100)
        assert stage.screen.query_shown == kept
        assert stage.screen.table.has_focus


async def test_the_filter_that_is_there_is_gone_on_with() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await pilot.press("f", "f", "slash")
        await pilot.press(*"etl")
        assert value(stage) == "state:failed etl"
        await burst(pilot, "enter", "slash", *" x", "enter")
        assert shows_query(stage, "state:failed etl x")


async def test_enter_keeps_what_was_typed_whatever_is_marked() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await burst(pilot, "slash", *"order", "down", "down", "enter")
        assert stage.screen.query_shown == Query.parse("order", limit=100)


async def test_candidates_are_marked_by_arrows_and_the_keys_of_shells() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        table = stage.screen.filter_bar.line.table
        await burst(pilot, "slash", *"state:")
        await until(pilot, lambda: len(table.rows) == len(State))
        assert table.marked is None
        for key, marked in [("down", 0), ("ctrl+n", 1), ("up", 0), ("down", 1), ("ctrl+p", 0)]:
            await pilot.press(key)
            assert table.marked is table.rows[marked]
        await pilot.press("up")
        assert table.marked is None
        await pilot.press(*["down"] * 20)
        assert table.marked is table.rows[-1]
        await pilot.press("tab")
        assert value(stage) == "state:unknown"


async def test_a_candidate_is_taken_by_a_click() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await burst(pilot, "slash", *"state:")
        await until(pilot, lambda: "queued" in offered(stage))
        await pilot.click(stage.screen.filter_bar.line.table, offset=(4, 1))
        await until(pilot, lambda: value(stage) == "state:running")
        assert stage.screen.filter_bar.input.has_focus


async def test_the_line_shows_how_the_first_candidate_goes_on() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await burst(pilot, "slash", *"state:fa")
        await until(pilot, lambda: stage.shows("/ state:failed"))
        assert value(stage) == "state:fa"
        await pilot.press("backspace", "backspace", "down", "down")
        await until(pilot, lambda: stage.shows("/ state:running"))


async def test_a_word_is_not_blamed_before_it_is_finished() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        before = stage.screen.query_shown
        line = stage.screen.filter_bar.line
        await pilot.press("slash")
        for char in "created:>2":
            await pilot.press(char)
            assert not line.has_class("-wrong")
            assert stage.screen.query_shown == before
        await pilot.press("enter")
        assert stage.shows("'2' is not a time")
        await pilot.press("h")
        assert not line.has_class("-wrong")
        await pilot.press("x")
        await until(pilot, lambda: stage.shows("'2hx' is not a time"))


async def test_a_value_that_is_not_finished_empties_nothing() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        rows = len(stage.screen.table.rows)
        await burst(pilot, "slash", *"workflow:order")
        await until(pilot, lambda: "order-fulfilment" in offered(stage))
        assert len(stage.screen.table.rows) >= rows
        await pilot.press("tab")
        await until(
            pilot, lambda: {r.workflow for r in stage.screen.table.rows} == {"order-fulfilment"}
        )


@pytest.mark.parametrize("size", [(40, 12), (60, 20), (200, 50)])
async def test_the_lists_never_leave_the_screen(size: tuple[int, int]) -> None:
    stage = Stage()
    async with stage.app.run_test(size=size) as pilot:
        await until(pilot, lambda: stage.screen.table.rows)
        for key in ("slash", "colon"):
            await pilot.press(key)
            await until(pilot, lambda: lists_seen(stage))
            (table,) = lists_seen(stage)
            assert table.size.height <= 8
            assert table.region.bottom <= size[1]
            assert table.region.width == size[0]
            await pilot.press("escape")


async def test_keys_that_come_all_at_once_go_where_each_belongs() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await burst(pilot, "slash", *"sta", "tab", *"fa", "tab", "enter", "j", "j")
        await until(
            pilot, lambda: stage.screen.query_shown == Query.parse("state:failed", limit=100)
        )
        assert stage.screen.table.has_focus
        await burst(pilot, "colon", *"source", "enter", *"st", "enter", "k")
        await until(pilot, lambda: str(stage.screen.query_shown) == "state:failed source:stage")
        assert stage.screen.table.has_focus


async def test_a_key_that_was_lost_on_its_way_stops_none_after_it() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        stage.app._on_its_way = sent_before()
        at = stage.screen.table.cursor
        await burst(pilot, "j", "j")
        assert stage.screen.table.cursor == at + 2


async def test_a_key_waits_for_one_that_a_busy_machine_still_has() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        slow = sent_before()
        stage.app._on_its_way, stage.app._has_it = slow, stage.screen.table
        at = stage.screen.table.cursor
        pilot.app.post_message(events.Key("j", "j"))
        await until(pilot, lambda: stage.app.typed_ahead == 2)
        assert stage.screen.table.cursor == at
        await stage.app.on_key_passed(KeyPassed(slow, laps=1))
        await until(pilot, lambda: stage.screen.table.cursor == at + 1)


async def test_a_key_that_nobody_is_left_to_take_does_no_harm() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
    app, key = stage.app, events.Key("j", "j")
    app._on_its_way = key
    await app.on_key_passed(KeyPassed(key))
    app._on_its_way = None
    await app.on_event(events.Key("k", "k"))
    assert app.return_code in (None, 0)


# The line that goes anywhere


async def test_a_view_is_gone_to() -> None:
    stage = with_views(Stage())
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await burst(pilot, "colon", *"night")
        await until(pilot, lambda: found(stage)[:1] == ["night-failures"])
        await pilot.press("enter")
        await until(pilot, lambda: stage.shows("/ state:failed [server]  created:>12h [server]"))
        assert stage.screen.table.has_focus


async def test_sources_and_workflows_replace_their_own_terms_only() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await pilot.press("f", "f")
        for line, query in [
            ("ctx prod", "state:failed source:prod"),
            ("wf order-ful", "state:failed source:prod workflow:order-fulfilment"),
            ("source prod,st", "state:failed workflow:order-fulfilment source:prod,stage"),
            ("source all", "state:failed workflow:order-fulfilment"),
        ]:
            await burst(pilot, "colon", *line, "enter")
            await until(pilot, partial(shows_query, stage, query))


async def test_a_keyword_goes_on_and_an_empty_line_closes() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await burst(pilot, "ctrl+p", *"sour", "enter")
        assert stage.screen.command_line.line.input.value == "source "
        await until(pilot, lambda: found(stage) == ["prod", "stage", "all"])
        await pilot.press("ctrl+n", "tab")
        assert stage.screen.command_line.line.input.value == "source stage"
        await pilot.press("escape", "colon", "enter")
        await pilot.pause()
        assert not stage.screen.has_class("-going")
        assert stage.screen.table.has_focus
        assert stage.screen.query_shown.terms == ()


async def test_what_means_nothing_is_told_and_the_line_stays() -> None:
    stage = with_views(Stage())
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await burst(pilot, "colon", *"view nigth", "enter")
        await until(pilot, lambda: stage.shows("there is no view 'nigth'"))
        assert stage.screen.has_class("-going")
        await pilot.press("backspace")
        await until(pilot, lambda: not stage.shows("there is no view"))


async def test_every_command_of_the_place_is_there_and_is_done_where_the_cursor_was() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        at = stage.screen.table.cursor
        await burst(pilot, "colon", *"down", "enter")
        await until(pilot, lambda: stage.screen.table.cursor == at + 1)
        await open_first(stage, pilot, State.FAILED)
        await burst(pilot, "L", "tab", "colon", *"feed.follow")
        await until(pilot, lambda: len(found(stage)) == 1)
        following = stage.screen.pane.feed_table.following
        await pilot.press("enter")
        await until(pilot, lambda: stage.screen.pane.feed_table.following is not following)
        assert stage.screen.pane.feed_table.has_focus


async def test_what_cannot_be_done_now_is_listed_with_why() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await open_first(stage, pilot, State.FAILED)
        await burst(pilot, "colon", *"cancel")
        await until(pilot, lambda: stage.shows("not now: it is already failed"))
        await pilot.press("enter")
        await until(pilot, lambda: stage.shows("Cannot cancel: it is already failed"))
        await burst(pilot, "colon", *"retry", "enter")
        await until(pilot, lambda: isinstance(stage.app.screen, ConfirmScreen))
        assert not stage.prod.writes


async def test_help_is_a_word_too() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await burst(pilot, "colon", *"help", "enter")
        await until(pilot, lambda: isinstance(stage.app.screen, HelpScreen))


@pytest.mark.parametrize("typed", ["q", "quit"])
async def test_quit_leaves_from_anywhere(typed: str) -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await burst(pilot, "enter", "colon", *typed, "enter")
        await until(pilot, lambda: stage.app._exit)


async def test_a_run_of_the_board_is_gone_to_though_the_filter_leaves_it_out() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        run = first(stage, State.SUCCEEDED)
        await burst(pilot, "f", "f", "colon", *f"run {run.id}"[:20], "enter")
        await until(pilot, lambda: stage.screen.chosen and stage.screen.chosen.key == run.key)
        await until(pilot, lambda: stage.settled)
        assert all(row.state is State.FAILED for row in stage.screen.table.rows)


@pytest.mark.parametrize("how", ["{id}", "prod/{id}", "run {id}"])
async def test_a_run_that_is_not_on_the_board_is_asked_of_the_sources(how: str) -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        run = old_run(stage)
        await burst(pilot, "colon", *how.format(id=run.id), "enter")
        await until(pilot, lambda: stage.screen.chosen and stage.screen.chosen.key == run.key)
        assert stage.shows(f"Found prod/{run.id}")


async def test_a_web_address_is_asked_of_the_source_that_it_is_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = Stage()
    monkeypatch.setattr(
        stage.prod, "run_id_of", lambda address: address.rpartition("/runs/")[2] or None
    )
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        run = old_run(stage)
        await burst(pilot, "colon", *f"http://world.test/runs/{run.id}", "enter")
        await until(pilot, lambda: stage.screen.chosen and stage.screen.chosen.key == run.key)


async def test_an_address_of_nobody_is_told_without_its_query() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await burst(pilot, "colon", *"https://x.test/run/1?token=secret", "enter")
        told = "https://x.test/run/1 is not the address of a run of prod and stage"
        await until(pilot, lambda: stage.shows(told))
        assert not stage.shows("secret")


async def test_a_run_that_nobody_knows_is_told_in_one_sentence() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(160, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await burst(pilot, "colon", *"no-such-run", "enter")
        await until(pilot, lambda: stage.shows("prod and stage know no run no-such-run"))
        stage.stage.trouble = Unreachable("connection refused")
        await burst(pilot, "colon", *"no-such-run", "enter")
        told = "prod knows no run no-such-run; stage: not reachable: connection refused"
        await until(pilot, lambda: stage.shows(told))
        await burst(pilot, "colon", *"run prdo/1", "enter")
        await until(pilot, lambda: stage.shows("there is no source 'prdo': did you mean 'prod'?"))


async def test_every_key_answers_while_the_sources_are_asked_and_the_first_answer_counts() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        run = old_run(stage)
        stage.prod.held = stage.stage.held = True
        await burst(pilot, "colon", *run.id, "enter")
        await until(pilot, lambda: stage.shows(f"Asking prod and stage for run {run.id}…"))
        at = stage.screen.table.cursor
        await pilot.press("j", "j")
        assert stage.screen.table.cursor == at + 2
        stage.prod.held = False
        await burst(pilot, "colon", *run.id, "enter")
        await until(pilot, lambda: stage.screen.chosen and stage.screen.chosen.key == run.key)


async def test_a_run_is_seen_where_there_is_no_room_for_the_pane() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(50, 20)) as pilot:
        await until(pilot, lambda: stage.screen.table.rows)
        run = stage.screen.table.rows[3]
        await burst(pilot, "colon", *f"{run.source}/{run.id}", "enter")
        await until(pilot, lambda: stage.screen.has_class("-open"))
        assert stage.screen.chosen is not None
        assert stage.screen.chosen.key == run.key


# The place before


async def test_minus_goes_back_and_forth_between_two_filters() -> None:
    stage = with_views(Stage())
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await pilot.press("minus")
        assert stage.shows("There is no place before this one")
        await burst(pilot, "slash", *"state:failed", "enter")
        await burst(pilot, "colon", *"view active", "enter")
        for query in ("state:failed", "state:running,queued", "state:failed"):
            await pilot.press("minus")
            await until(pilot, partial(shows_query, stage, query))


async def test_minus_goes_back_to_the_run_that_was_open_as_it_was() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        run = await open_first(stage, pilot, State.FAILED)
        await burst(pilot, "enter", "colon", *"ctx prod", "enter")
        await until(pilot, lambda: not stage.screen.has_class("-open"))
        await pilot.press("minus")
        await until(pilot, lambda: stage.screen.has_class("-open"))
        assert stage.screen.place.run == run.key
        assert stage.screen.query_shown.terms == ()
        await pilot.press("minus")
        await until(pilot, lambda: not stage.screen.has_class("-open"))
        assert str(stage.screen.query_shown) == "source:prod"


async def test_minus_brings_back_a_filter_that_was_cleared_but_none_that_was_left() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await burst(pilot, "slash", *"state:failed", "enter", "slash", *" etl", "escape")
        await pilot.press("escape", "minus")
        await until(pilot, lambda: str(stage.screen.query_shown) == "state:failed")


async def test_minus_goes_back_from_a_run_that_was_gone_to() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        before = stage.screen.place.run
        run = stage.screen.table.rows[5]
        await burst(pilot, "colon", *str(run.key), "enter")
        await until(pilot, lambda: stage.screen.place.run == run.key)
        await pilot.press("minus")
        await until(pilot, lambda: stage.screen.place.run == before)
        await pilot.press("minus")
        await until(pilot, lambda: stage.screen.place.run == RunKey(*run.key))
