"""How the board stays live: what is pushed, what has left the newest page, who is looking."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from textual import events
from textual.pilot import Pilot

from runs_tui.adapters.base import Connection, Page
from runs_tui.model.errors import RateLimited, Unauthorized, Unreachable
from runs_tui.model.query import Query
from runs_tui.model.run import Gap, Run
from runs_tui.model.state import State
from runs_tui.screens.reading import Arrived, Attention, ListReader, Pace
from tests.screens.stage import NOW, Stage, until
from tests.screens.world_source import WorldSource


class PushingSource(WorldSource):
    """Pushes what a test puts into its queue; an error ends the stream."""

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.pushes_now: asyncio.Queue[Run | Gap | Exception] = asyncio.Queue()
        self.followed = 0
        self.listed = 0

    async def runs(self, query: Query, cursor: str | None = None) -> Page[Run]:
        self.listed += 1
        return await super().runs(query, cursor)

    async def follow(self) -> AsyncIterator[Run | Gap]:
        self.followed += 1
        while True:
            change = await self.pushes_now.get()
            if isinstance(change, Exception):
                raise change
            yield change


def pushing_stage() -> tuple[Stage, PushingSource]:
    stage = Stage()
    source = PushingSource("prod", stage.clock)
    stage.prod = source
    pace = Pace(busy=0.05, quiet=0.05, longest=0.1, beside=60, gather=0.01)
    stage.app = type(stage.app)([source], clock=stage.clock, pace=pace, run_pace=stage.app.run_pace)
    stage.stage.held = True
    return stage, source


async def listed_while(pilot: object, source: PushingSource, seconds: float = 0.3) -> int:
    before = source.listed
    await pilot.pause(seconds)  # type: ignore[attr-defined]
    return source.listed - before


async def listed_again(pilot: Pilot[Any], source: PushingSource, times: int = 3) -> None:
    """Wait until the list was read some more times."""
    wanted = source.listed + times
    await until(pilot, lambda: source.listed >= wanted)


async def test_a_pushed_change_shows_and_the_list_is_read_less() -> None:
    stage, source = pushing_stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await listed_again(pilot, source)
        run = next(r for r in stage.screen.table.rows if r.state is State.RUNNING)
        stage.prod.world.cancel(run.id, stage.clock.now())
        stage.clock.instant += timedelta(seconds=10)
        source.pushes_now.put_nowait(await source.run(run.id))
        await until(pilot, lambda: stage.screen.board.get(run.key).state is State.CANCELLED)  # type: ignore[union-attr]
        await pilot.pause(0.1)
        assert await listed_while(pilot, source) == 0


async def test_after_a_gap_the_list_is_read_and_after_a_failure_as_before() -> None:
    stage, source = pushing_stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        run = stage.screen.table.rows[0]
        source.pushes_now.put_nowait(run)
        await pilot.pause(0.15)
        before = source.listed
        source.pushes_now.put_nowait(Gap(since=NOW))
        await until(pilot, lambda: source.listed == before + 1)
        source.pushes_now.put_nowait(Unreachable("cut off"))
        await until(pilot, lambda: source.followed == 2)
        assert "prod" not in stage.screen.lists._attention.pushing


async def test_a_source_that_may_not_be_followed_is_not_asked_again() -> None:
    stage, source = pushing_stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        source.pushes_now.put_nowait(Unauthorized("no"))
        await listed_again(pilot, source)
        assert source.followed == 1


async def test_a_filter_does_not_open_the_stream_anew() -> None:
    stage, source = pushing_stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await pilot.press("f", "f", "f")
        await pilot.pause()
        assert source.followed == 1


async def test_runs_that_go_on_below_the_newest_page_are_followed() -> None:
    stage = Stage(runs=300)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        run = next(r for r in stage.screen.table.rows if r.state is State.RUNNING)
        source: WorldSource = getattr(stage, run.source)
        real = source.world.run(run.id, NOW)
        assert real is not None
        old = Run(source=run.source, id=run.id, state=State.RUNNING, status="running")
        stage.screen.board = stage.screen.board.put(old)
        source.hidden = True
        await until(pilot, lambda: stage.screen.board.get(run.key) != old)
        told = stage.screen.board.get(run.key)
        assert told is not None
        assert told.workflow_name == real.workflow.name


async def test_a_run_that_is_no_longer_there_leaves_the_board() -> None:
    stage = Stage(runs=300)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        gone = Run(source="prod", id="gone", state=State.RUNNING, created_at=NOW)
        stage.screen.board = stage.screen.board.put(gone)
        assert stage.screen.board.get(gone.key)
        await until(pilot, lambda: stage.screen.board.get(gone.key) is None)
        assert gone.key not in {run.key for run in stage.screen.table.rows}


def test_lists_are_read_less_while_nobody_looks_or_changes_are_pushed() -> None:
    attention = Attention()
    source = Stage().prod
    reader = ListReader(source, Query(), Pace(), lambda message: None, attention=attention)
    assert (reader.rest(busy=True), reader.rest(busy=False)) == (5.0, 15.0)
    attention.pushing.add("prod")
    assert reader.rest(busy=True) == 60.0
    attention.pushing.clear()
    attention.looking = False
    assert reader.rest(busy=True) == 60.0


async def test_who_looks_again_sees_what_is_new() -> None:
    stage, source = pushing_stage()
    stage.app.pace = Pace(busy=60, quiet=60)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        before = source.listed
        stage.app.post_message(events.AppBlur())
        await until(pilot, lambda: not stage.screen.lists._attention.looking)
        assert source.listed == before
        stage.app.post_message(events.AppFocus())
        await until(pilot, lambda: source.listed == before + 1)


async def test_after_a_sleep_everything_is_read_again() -> None:
    stage, source = pushing_stage()
    stage.app.pace = Pace(busy=60, quiet=60)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        before = source.listed
        stage.screen.tick()
        await pilot.pause()
        assert source.listed == before
        stage.clock.instant += timedelta(hours=8)
        stage.screen.tick()
        await until(pilot, lambda: source.listed > before)


async def test_new_runs_above_the_view_are_announced_and_not_thrown_at_the_reader() -> None:
    stage = Stage(runs=300)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        table = stage.screen.table
        await pilot.press("G")
        await until(pilot, lambda: not stage.screen.lists.loading)
        seen = [table.rows[at].key for at in table.seen]
        assert not stage.shows(" new, ")
        newer = NOW + timedelta(minutes=1)
        fresh = [
            Run(source="prod", id=f"new{number}", state=State.FAILED, created_at=newer)
            for number in range(3)
        ]
        stage.screen.board = stage.screen.board.merge(fresh)
        await until(pilot, lambda: stage.shows("↑ 3 new, g shows them"))
        assert [table.rows[at].key for at in table.seen] == seen
        await pilot.press("g")
        await until(pilot, lambda: not stage.shows(" new, "))
        assert table.rows[0].id.startswith("new")


async def test_few_requests_that_are_left_are_told() -> None:
    class Limited(WorldSource):
        requests_left = 12

    stage = Stage()
    limited = Limited("prod", stage.clock)
    stage.prod = limited
    stage.app = type(stage.app)([limited], clock=stage.clock, pace=Pace(busy=0.05))
    stage.stage.held = True
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        assert stage.shows("prod now · 12 requests left")
        limited.requests_left = 200
        await until(pilot, lambda: not stage.shows("requests left"))


def test_what_a_configuration_and_a_server_ask_for_is_kept() -> None:
    class Owing(WorldSource):
        list_every = 12.0

        def until_next_list(self) -> float:
            return 3.0

    clock = Stage().clock
    attention = Attention()
    for refresh, looking, seconds in ((None, True, 3.0), (60.0, True, 60.0), (None, False, 60.0)):
        connection = Connection(name="prod", url="", refresh=refresh)
        source = Owing("prod", clock, connection=connection)
        attention.looking = looking
        reader = ListReader(source, Query(), Pace(), lambda message: None, attention=attention)
        assert reader.rest(busy=True) == seconds
        limited = RateLimited("wait", retry_after=300.0)
        assert reader._delay(1, limited) >= 300.0
        assert reader._delay(1, RateLimited("wait", retry_after=10.0)) >= 10.0


async def test_a_page_from_behind_a_hole_is_not_taken() -> None:
    stage = Stage(runs=300)
    stage.prod.connection = stage.stage.connection = Connection(name="prod", url="", refresh=60)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        screen, query = stage.screen, stage.screen.query_shown
        before = screen.board.reach("prod")
        page = await stage.prod.runs(query, "200")
        screen.take_page(Arrived("prod", query, page, first=False, cursor="200"))
        assert screen.board.reach("prod") == before
        assert all(screen.board.get(run.key) is None for run in page.items)


async def test_time_alone_lets_runs_match() -> None:
    stage = Stage()
    stage.prod.connection = stage.stage.connection = Connection(name="prod", url="", refresh=60)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        await pilot.press("slash", *"state:running duration:>20m", "enter")
        await until(pilot, lambda: "duration" in str(stage.screen.query_shown))
        before = len(stage.screen.table.rows)
        board = stage.screen.board
        stage.clock.instant += timedelta(minutes=20)
        holds = stage.screen.query_shown.predicate(stage.clock.now())
        stage.screen._ticked = stage.clock.now()
        stage.screen.tick()
        assert stage.screen.board is board
        assert len(stage.screen.table.rows) == sum(holds(run) for run in board.runs) > before
