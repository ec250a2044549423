"""The order of the runs and the columns that show them."""

from typing import Any

from textual.pilot import Pilot

from runs_tui.model.query import Query, Sort
from runs_tui.screens.pickers import ColumnsScreen, PickTable, SortScreen
from runs_tui.widgets.key_line import KeyLine
from tests.screens.stage import Stage, until


async def pick(pilot: Pilot[Any], name: str) -> None:
    table = pilot.app.screen.query_one(PickTable)
    assert table.select(name), name
    await pilot.pause()


def took(stage: Stage) -> list[float]:
    now = stage.clock.now()
    told = [run.duration(now) for run in stage.screen.table.rows]
    return [seconds for seconds in told if seconds is not None]


async def test_runs_are_ordered_by_a_column_and_turned_round() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        for turned in (False, True):
            await pilot.press("s")
            await until(pilot, lambda: isinstance(stage.app.screen, SortScreen))
            await pick(pilot, "took")
            await pilot.press("enter")
            await until(pilot, lambda: stage.app.screen is stage.screen)
            await until(pilot, lambda: stage.shows("TOOK" + ("↑" if turned else "↓")))  # noqa: B023
            assert took(stage) == sorted(took(stage), reverse=not turned)
            assert stage.screen.table.cursor == 0
            assert stage.shows(f"by took {'↑' if turned else '↓'}, among those loaded")
        await pilot.press("s")
        await until(pilot, lambda: isinstance(stage.app.screen, SortScreen))
        await pick(pilot, "created")
        await pilot.press("enter")
        await until(pilot, lambda: stage.screen.query_shown.sort is None)
        assert stage.shows("STARTED ")
        instants = [run.instant for run in stage.screen.table.rows if run.instant]
        assert instants == sorted(instants, reverse=True)


async def test_a_column_that_has_no_room_is_told_to_have_none() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(110, 30)) as pilot:
        for width, all_fit in ((110, False), (230, True)):
            await pilot.resize_terminal(width, 30)
            await until(pilot, lambda: stage.settled)
            drawn = {name for name in stage.screen.table.shown if stage.shows(name.upper())}
            await pilot.press("c")
            await until(pilot, lambda: isinstance(stage.app.screen, ColumnsScreen))
            picks = stage.app.screen.query_one(PickTable).rows
            cramped = {each.name for each in picks if each.about.startswith("no room now")}
            assert cramped == set(stage.screen.table.shown) - drawn
            assert (not cramped) is all_fit
            await pilot.press("escape")
            await until(pilot, lambda: stage.app.screen is stage.screen)


async def test_the_order_outlives_filters_and_leaving_the_picker_changes_nothing() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        order = Sort("took")
        stage.screen.apply(Query(sort=order, limit=100))
        await pilot.press("f", "f")
        assert stage.screen.query_shown.sort == order
        await pilot.press("slash", "space", *"etl", "enter")
        assert stage.screen.query_shown.sort == order
        assert took(stage) == sorted(took(stage), reverse=True)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(stage.app.screen, SortScreen))
        await pilot.press("escape")
        assert stage.screen.query_shown.sort == order


async def test_a_server_that_can_order_is_asked_to() -> None:
    stage = Stage()
    asked: list[Query] = []
    runs = stage.prod.runs

    async def keep(query: Query, cursor: str | None = None) -> Any:
        asked.append(query)
        return await runs(query, cursor)

    stage.prod.runs = keep  # type: ignore[method-assign]
    type(stage.prod).sorts = frozenset({"took"})
    try:
        async with stage.app.run_test(size=(120, 40)) as pilot:
            await until(pilot, lambda: stage.settled)
            assert {query.sort for query in asked} == {None}
            asked.clear()
            stage.screen.apply(Query(sort=Sort("took"), limit=100))
            await until(pilot, lambda: stage.shows("by took ↓, ordered by the server"))
            assert {query.sort for query in asked} == {Sort("took")}
            asked.clear()
            stage.screen.apply(Query(sort=Sort("error"), limit=100))
            await until(pilot, lambda: stage.shows("by error ↓, among those loaded"))
            assert {query.sort for query in asked} == {None}
    finally:
        type(stage.prod).sorts = frozenset()


async def test_columns_are_shown_hidden_and_moved() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(160, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await pilot.press("p", "c")
        await until(pilot, lambda: isinstance(stage.app.screen, ColumnsScreen))
        await pick(pilot, "trigger")
        await pilot.press("space")
        await pick(pilot, "details.parameters")
        await pilot.press("space")
        await pick(pilot, "took")
        await pilot.press("K", "K", "K", "enter")
        await until(pilot, lambda: stage.app.screen is stage.screen)
        head = next(line for line in stage.lines if "STATE" in line).split()
        assert head == [
            "STATE",
            "WORKFLOW",
            "RUN",
            "TOOK",
            "SOURCE",
            "STARTED",
            "ERROR",
            "PARAMETERS",
        ]
        assert any('{"' in line for line in stage.lines)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(stage.app.screen, ColumnsScreen))
        await pilot.press("u", "enter")
        await until(pilot, lambda: stage.app.screen is stage.screen)
        assert stage.screen.columns == ()
        assert stage.shows("TRIGGER")


async def test_hiding_every_column_keeps_the_usual_ones_and_leaving_changes_nothing() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        shown = stage.screen.table.shown
        await pilot.press("c")
        await until(pilot, lambda: isinstance(stage.app.screen, ColumnsScreen))
        await pilot.press(*["space"] * len(shown), "enter")
        await until(pilot, lambda: stage.app.screen is stage.screen)
        assert stage.screen.table.shown == shown
        await pilot.press("c")
        await until(pilot, lambda: isinstance(stage.app.screen, ColumnsScreen))
        await pilot.press("space", "escape")
        assert stage.screen.table.shown == shown


async def test_the_footer_offers_what_is_done_to_the_board_only_where_it_is_seen() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled and stage.screen.chosen)
        line = stage.screen.query_one(KeyLine)
        assert "/ filter" in line.text()
        await pilot.press("z")
        await until(pilot, lambda: "/ filter" not in line.text())
        await pilot.press("z")
        await until(pilot, lambda: "/ filter" in line.text())
