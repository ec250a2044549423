"""The lineage of a run, as it is turned up, gone about in and come back from."""

from datetime import timedelta
from typing import Any

from textual.pilot import Pilot

from runs_tui.model.errors import NotFound, Unreachable
from runs_tui.model.run import RunKey
from runs_tui.screens.confirm import ConfirmScreen
from tests.screens.related_source import Family, family
from tests.screens.stage import NOW, Stage, until

WIDE = (160, 40)


async def open_attempts(told: Family, pilot: Pilot[Any], run_id: str) -> None:
    """Open a run of the board on the whole screen, and turn up its attempts."""
    screen = told.stage.screen
    await until(pilot, lambda: told.stage.settled)
    key = RunKey("prod", run_id)
    run = await told.source.run(run_id)
    screen.go_to_run(run)
    await until(pilot, lambda: screen.chosen and screen.chosen.key == key and screen.pane.plan)
    await pilot.press("a")
    await until(pilot, lambda: screen.pane.attempts_table.rows)


def rows(told: Family) -> list[str]:
    return [f"{row.prefix}{row.id}" for row in told.stage.screen.pane.attempts_table.rows]


def sentence(told: Family) -> str:
    return told.stage.screen.pane.lineage_told


async def test_nothing_is_asked_before_the_tab_is_turned_up() -> None:
    told = family()
    async with told.stage.app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: told.stage.settled)
        assert told.source.asked == []
        told.stage.screen.go_to_run(await told.source.run(told.attempts[1]))
        await until(pilot, lambda: told.stage.settled)
        await pilot.press("]", "[")
        assert told.source.asked == []
        await pilot.press("a")
        await until(pilot, lambda: told.source.asked == [told.attempts[1]])


async def test_attempts_parents_and_children_are_one_lineage() -> None:
    told = family()
    first, second, third = told.attempts
    async with told.stage.app.run_test(size=WIDE) as pilot:
        await open_attempts(told, pilot, third)
        await until(pilot, lambda: rows(told) == [first, second, third])
        assert told.stage.shows("ran 1 of 3 steps, kept 2")
        table = told.stage.screen.pane.attempts_table
        assert table.row is not None
        assert table.row.id == third
        assert sentence(told) == ""
        assert told.stage.shows("counts · ran 1 of 3 steps, kept 2 · ~ not told by the API")


async def test_enter_goes_to_another_run_and_minus_comes_back() -> None:
    told = family()
    first, second, third = told.attempts
    async with told.stage.app.run_test(size=WIDE) as pilot:
        screen = told.stage.screen
        await open_attempts(told, pilot, third)
        await until(pilot, lambda: len(rows(told)) == 3)
        screen.pane.attempts_table.focus()
        await pilot.press("k", "enter")
        await until(pilot, lambda: screen.chosen and screen.chosen.id == second)
        tree = [
            told.parent,
            f"├ {first}",
            f"├ {second}",
            f"│ └ {told.child}",
            f"└ {third}",
        ]
        await until(pilot, lambda: rows(told) == tree)
        assert screen.pane.tab == "attempts"
        assert screen.pane.attempts_table.has_focus
        await pilot.press("j", "enter")
        await until(pilot, lambda: screen.chosen and screen.chosen.id == told.child)
        await until(pilot, lambda: rows(told) == tree)
        await pilot.press("minus")
        await until(pilot, lambda: screen.chosen and screen.chosen.id == second)
        assert rows(told) == tree


async def test_enter_on_the_run_itself_stays_there() -> None:
    told = family()
    async with told.stage.app.run_test(size=WIDE) as pilot:
        await open_attempts(told, pilot, told.attempts[2])
        told.stage.screen.pane.attempts_table.focus()
        await pilot.press("enter")
        await until(pilot, lambda: told.stage.shows("This run is the one that is shown"))


async def test_attempts_within_a_run_are_told() -> None:
    told = family()
    async with told.stage.app.run_test(size=WIDE) as pilot:
        await open_attempts(told, pilot, told.in_place)
        await until(pilot, lambda: len(rows(told)) == 3)
        assert rows(told) == [told.in_place, f"├ {told.in_place}", f"└ {told.in_place}"]
        assert told.stage.shows(" counts")


async def test_a_run_that_ran_once_says_so() -> None:
    told = family()
    async with told.stage.app.run_test(size=WIDE) as pilot:
        await open_attempts(told, pilot, told.alone)
        await until(
            pilot, lambda: sentence(told) == "It ran once, and the API tells of no child runs"
        )
        assert rows(told) == [told.alone]


async def test_an_api_that_tells_none_says_so() -> None:
    stage = Stage()
    async with stage.app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: stage.settled)
        await pilot.press("a")
        await until(pilot, lambda: stage.shows("This API tells no re-runs and no child runs"))


async def test_what_was_read_is_kept_and_read_again_in_time_while_it_goes_on() -> None:
    told = family()
    first = told.attempts[0]
    async with told.stage.app.run_test(size=WIDE) as pilot:
        screen = told.stage.screen
        await open_attempts(told, pilot, first)
        await until(pilot, lambda: len(rows(told)) == 3)
        await pilot.press("]", "[")
        screen.tick()
        await pilot.pause()
        assert told.source.asked == [first]
        active = next(run for run in told.source.world.runs(NOW) if run.state.active)
        screen.go_to_run(await told.source.run(active.id))
        await until(pilot, lambda: told.source.asked == [first, active.id])
        await until(pilot, lambda: sentence(told) != "reading the attempts…")
        screen.tick()
        await pilot.pause()
        assert told.source.asked == [first, active.id]
        told.stage.clock.instant = NOW + timedelta(seconds=20)
        screen.tick()
        await until(pilot, lambda: told.source.asked == [first, active.id, active.id])


async def test_why_it_cannot_be_read_is_said_and_r_tries_again() -> None:
    told = family()
    async with told.stage.app.run_test(size=WIDE) as pilot:
        await open_attempts(told, pilot, told.attempts[0])
        await until(pilot, lambda: len(rows(told)) == 3)
        told.source.trouble = Unreachable("connection refused")
        await pilot.press("r")
        await until(pilot, lambda: "could not be read: " in sentence(told))
        assert len(rows(told)) == 3
        told.source.trouble = None
        await pilot.press("r")
        await until(pilot, lambda: sentence(told) == "")


async def test_a_run_that_is_gone_says_so() -> None:
    told = family()
    async with told.stage.app.run_test(size=WIDE) as pilot:
        await open_attempts(told, pilot, told.alone)
        told.source.trouble = NotFound("it is gone")
        await pilot.press("r")
        await until(pilot, lambda: "it is gone" in sentence(told))


async def test_a_retry_is_tied_to_its_origin_where_the_api_does_not_tell() -> None:
    stage = Stage()
    async with stage.app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: stage.settled)
        screen = stage.screen
        failed = next(run for run in screen.table.rows if run.state == "failed")
        screen.go_to_run(failed)
        again = next(
            run for run in screen.table.rows if run.source == failed.source and run != failed
        )
        screen.kindred.tie(again, failed)
        await pilot.press("a")
        table = screen.pane.attempts_table
        await until(pilot, lambda: {row.id for row in table.rows} >= {failed.id, again.id})
        assert stage.shows("these are known from here")


async def test_a_retry_by_key_shows_both_runs() -> None:
    told = family()
    async with told.stage.app.run_test(size=WIDE) as pilot:
        screen = told.stage.screen
        await open_attempts(told, pilot, told.alone)
        await until(pilot, lambda: told.source.asked == [told.alone])
        await pilot.press("R")
        await until(pilot, lambda: isinstance(told.stage.app.screen, ConfirmScreen))
        await pilot.press("j", "enter")
        await until(pilot, lambda: screen.chosen and screen.chosen.retry_of == told.alone)
        await until(pilot, lambda: len(rows(told)) == 2)
        assert rows(told)[0] == told.alone
