"""The saved views: tabs with counts, digits, and keeping what is shown."""

import re

from runs_tui.app import RunsApp
from runs_tui.model.clock import SetClock
from runs_tui.model.query import Query, Sort
from runs_tui.model.state import State
from runs_tui.model.view import View
from runs_tui.screens.naming import NameScreen
from runs_tui.screens.reading import Pace
from runs_tui.screens.run_reading import RunPace
from runs_tui.screens.runs import RunsScreen
from tests.screens.stage import Stage, until

FAILED = View(name="failures", query=Query.parse("state:failed"))
SLOW = View(
    name="slow ones",
    query=Query(Query.parse("duration:>1m").terms, Sort("took")),
    columns=("state", "workflow", "took", "error"),
)


def viewed(*views: View) -> tuple[Stage, list[View]]:
    """Give a stage whose dashboard has some views, and the list of those that are kept."""
    stage = Stage()
    kept: list[View] = []

    def keep(view: View) -> str:
        kept.append(view)
        return "in a test"

    class ViewedApp(RunsApp):
        def get_default_screen(self) -> RunsScreen:
            return RunsScreen(
                [stage.prod, stage.stage],
                demo=False,
                notice=None,
                clock=stage.clock,
                pace=stage.app.pace or Pace(),
                run_pace=stage.app.run_pace or RunPace(),
                views=views,
                keep_view=keep,
            )

    pace, run_pace = stage.app.pace, stage.app.run_pace
    stage.app = ViewedApp(
        [stage.prod, stage.stage], clock=SetClock(stage.clock.now()), pace=pace, run_pace=run_pace
    )
    return stage, kept


async def test_a_digit_shows_a_view_with_its_order_and_columns() -> None:
    stage, _ = viewed(FAILED, SLOW)
    async with stage.app.run_test(size=(160, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        assert stage.shows("▸0 all")
        await pilot.press("1")
        await until(pilot, lambda: stage.shows("▸1 failures"))
        assert {run.state for run in stage.screen.table.rows} == {State.FAILED}
        await pilot.press("2")
        await until(pilot, lambda: stage.shows("▸2 slow ones"))
        head = next(line for line in stage.lines if "WORKFLOW" in line).split("▏")[0].split()
        assert head == ["STATE", "WORKFLOW", "TOOK↓", "ERROR"]
        await pilot.press("f")
        await until(pilot, lambda: not stage.shows("▸2 slow ones"))
        await pilot.press("0")
        await until(pilot, lambda: stage.shows("▸0 all"))
        assert stage.screen.query_shown.terms == ()
        assert stage.screen.table.shown == stage.screen.table.usual


async def test_each_view_counts_the_runs_that_are_known() -> None:
    stage, _ = viewed(FAILED)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await until(pilot, lambda: len(stage.screen.board) >= 200)
        holds = FAILED.query.predicate(stage.clock.now())
        failed = sum(holds(run) for run in stage.screen.board.runs)
        await until(pilot, lambda: stage.shows(f"1 failures {failed}+"))


async def test_a_filter_does_not_make_the_count_of_a_view_beyond_it_look_whole() -> None:
    stage, _ = viewed(FAILED)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await until(pilot, lambda: stage.shows("1 failures") and not stage.shows("failures 0"))
        stage.screen.show_query(Query.parse("source:none"))
        await until(pilot, lambda: stage.shows("No run matches source:none"))
        counts = next(line for line in stage.lines if "1 failures" in line)
        assert re.search(r"0 all \d+\+ +1 failures \d+\+", counts), counts


async def test_a_view_that_is_loaded_whole_stays_so_behind_a_filter() -> None:
    rare = View(name="rare", query=Query.parse("workflow:none-such"))
    stage, _ = viewed(rare)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        assert stage.shows("1 rare 0+")
        await pilot.press("1")
        await until(pilot, lambda: stage.shows("1 rare 0") and not stage.shows("1 rare 0+"))
        stage.screen.show_query(Query.parse("state:cancelled"))
        await until(pilot, lambda: stage.settled)
        assert stage.shows("1 rare 0")
        assert not stage.shows("1 rare 0+")


async def test_without_views_there_are_no_tabs_and_a_hint() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        assert not stage.shows("0 all")
        await pilot.press("1")
        assert stage.shows("There is no saved view yet: b keeps what is shown as one")


async def test_what_is_shown_is_kept_as_a_view() -> None:
    stage, kept = viewed(FAILED)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        stage.screen.apply(Query(Query.parse("workflow:~etl").terms, Sort("took"), 100))
        await pilot.press("b")
        await until(pilot, lambda: isinstance(stage.app.screen, NameScreen))
        await pilot.press(*"etl", "enter")
        await until(pilot, lambda: bool(kept))
        query = Query(Query.parse("workflow:~etl").terms, Sort("took"))
        assert kept == [View(name="etl", query=query)]
        await until(pilot, lambda: stage.shows("View 2, etl, is kept in a test"))
        assert stage.shows("▸2 etl")


async def test_a_view_that_is_shown_is_replaced_by_its_own_name() -> None:
    stage, kept = viewed(FAILED)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await pilot.press("1", "b")
        await until(pilot, lambda: isinstance(stage.app.screen, NameScreen))
        await until(pilot, lambda: stage.shows("Enter replaces the view failures"))
        await pilot.press("escape")
        await until(pilot, lambda: stage.app.screen is stage.screen)
        assert kept == []
        await pilot.press("b")
        await until(pilot, lambda: isinstance(stage.app.screen, NameScreen))
        for wrong in ("all", "x" * 41, ""):
            stage.app.screen.query_one("#naming-name").value = wrong  # type: ignore[attr-defined]
            await pilot.press("enter")
            assert isinstance(stage.app.screen, NameScreen)
        await pilot.press(*"failures", "enter")
        await until(pilot, lambda: len(kept) == 1)
        assert [view.name for view in stage.screen.view_tabs.views] == ["all", "failures"]


async def test_a_small_terminal_keeps_its_lines_for_an_open_run() -> None:
    stage, _ = viewed(FAILED)
    async with stage.app.run_test(size=(50, 14)) as pilot:
        await until(pilot, lambda: stage.settled)
        assert stage.shows("1 failures")
        await pilot.press("enter")
        await until(pilot, lambda: not stage.shows("1 failures"))
        await pilot.press("escape")
        await until(pilot, lambda: stage.shows("1 failures"))
