"""Where a person was comes back at the next start, and after a cut connection."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from runs_tui.app import RunsApp
from runs_tui.config import Config
from runs_tui.config.remembered import STATE_VARIABLE, recall, remember
from runs_tui.model.errors import Unreachable
from runs_tui.model.query import Query, Sort
from runs_tui.model.remembered import Pane, Remembered
from runs_tui.model.run import RunKey
from runs_tui.model.view import View
from tests.screens.stage import NOW, Stage, until


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Name a configuration file, and let what is remembered be of this test alone."""
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / "state.json"))
    return tmp_path / "config.toml"


def started(path: Path, demo: bool = False, **views: Query) -> Stage:
    stage = Stage()
    told = {name: View(name=name, query=query) for name, query in views.items()}
    stage.app = RunsApp(
        [stage.prod, stage.stage],
        config=Config(path=path, views=told),
        demo=demo,
        clock=stage.clock,
        pace=stage.app.pace,
        run_pace=stage.app.run_pace,
    )
    return stage


async def left(pilot: Pilot[Any], stage: Stage) -> None:
    await pilot.press("ctrl+c")
    await until(pilot, lambda: not stage.app.is_running)


async def test_everything_is_as_it_was(path: Path) -> None:
    stage = started(path)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        stage.screen._arrange(
            Query(Query.parse("state:failed,succeeded").terms, Sort("took"), 100),
            ("state", "workflow", "took"),
        )
        await pilot.press("j", "j", "j")
        await until(pilot, lambda: stage.settled)
        await pilot.press("L", "enter")
        row = stage.screen.table.row
        await left(pilot, stage)
    again = started(path)
    async with again.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: again.settled)
        screen = again.screen
        assert str(screen.query_shown) == "state:failed,succeeded"
        assert screen.query_shown.sort == Sort("took")
        assert screen.table.shown == ("state", "workflow", "took")
        assert screen.pane.tab == "events"
        await until(pilot, lambda: screen.has_class("-open"))
        assert row
        assert screen.table.row
        assert screen.table.row.key == row.key
        assert screen.pane.shown
        assert screen.pane.shown.key == row.key


async def test_where_a_person_is_is_kept_while_the_program_runs(path: Path) -> None:
    stage = started(path)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await pilot.press("f", "p")
        await stage.app._remember()
        assert recall(path).filter == "state:queued,running,waiting"
        assert recall(path).pane.hidden


async def test_a_view_comes_back_as_it_is_now(path: Path) -> None:
    remember(path, Remembered(view="mine", filter="state:failed"))
    stage = started(path, mine=Query.parse("state:running"))
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        assert str(stage.screen.query_shown) == "state:running"


@pytest.mark.parametrize(
    "where",
    [
        Remembered(filter="state:nonsense", cursor=RunKey("gone", "1")),
        Remembered(view="gone", pane=Pane(tab="gone", zoomed=True), cursor=RunKey("prod", "?")),
    ],
)
async def test_what_is_no_longer_there_does_no_harm(path: Path, where: Remembered) -> None:
    remember(path, where)
    stage = started(path)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        assert stage.screen.query_shown == Query(limit=100)
        assert stage.screen.pane.tab == "steps"
        assert not stage.screen.has_class("-open")
        before = stage.screen.table.cursor
        await pilot.press("j")
        assert stage.screen.table.cursor == before + 1


async def test_the_demo_neither_remembers_nor_comes_back(path: Path) -> None:
    remember(path, Remembered(filter="state:failed"))
    stage = started(path, demo=True)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        assert stage.screen.query_shown == Query(limit=100)
        await pilot.press("f")
        await left(pilot, stage)
    assert recall(path).filter == "state:failed"


async def test_a_run_that_is_on_no_page_yet_is_asked_for(path: Path) -> None:
    old = Stage().prod.world.runs(NOW)[250]
    remember(path, Remembered(cursor=RunKey("prod", old.id)))
    stage = started(path)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        row = stage.screen.table
        await until(pilot, lambda: row.row is not None and row.row.id == old.id)


async def test_while_a_source_is_down_the_place_is_not_lost(path: Path) -> None:
    where = Remembered(filter="state:failed", cursor=RunKey("prod", "7"), pane=Pane(zoomed=True))
    remember(path, where)
    stage = started(path)
    stage.prod.trouble = stage.stage.trouble = Unreachable("down")
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.shows("not reachable"))
        await left(pilot, stage)
    assert recall(path).cursor == where.cursor
    assert recall(path).pane.zoomed


async def test_who_types_is_not_taken_away_by_a_late_return(path: Path) -> None:
    late = Stage().prod.world.runs(NOW)[3]
    remember(path, Remembered(cursor=RunKey("prod", late.id), pane=Pane(zoomed=True)))
    stage = started(path)
    stage.prod.held = True
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: bool(stage.screen.table.rows))
        await pilot.press("slash", *"state:")
        stage.prod.held = False
        stage.screen.lists.hurry()
        stage.screen.board = stage.screen.board.merge(
            (await stage.prod.runs(Query(limit=100))).items
        )
        await pilot.pause()
        assert not stage.screen.has_class("-open")
        assert stage.screen.filter_bar.has_class("-editing")


async def test_a_filter_that_names_a_source_keeps_the_way_back(path: Path) -> None:
    old = Stage().prod.world.runs(NOW)[250]
    remember(path, Remembered(filter="source:prod", cursor=RunKey("prod", old.id)))
    stage = started(path)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        table = stage.screen.table
        await until(pilot, lambda: table.row is not None and table.row.id == old.id)
