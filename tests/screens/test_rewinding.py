"""A run is opened at the end of its log, and older lines come when somebody looks for them."""

import asyncio
from functools import partial

from runs_tui.adapters.base import Stretch
from runs_tui.app import RunsApp
from runs_tui.model.clock import SetClock
from runs_tui.model.feed import Feed
from runs_tui.model.run import Event, RunKey
from runs_tui.model.state import State
from runs_tui.screens.older_reading import OlderReader
from tests.screens.stage import NOW, Stage, until
from tests.screens.test_runs import open_first
from tests.screens.world_source import WorldSource, event_of

SIZE = 4


class RewindingSource(WorldSource):
    """Tells its logs from their ends, a few lines at a time."""

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.rewinds: dict[str, list[str | None]] = {}

    async def last_events(self, run_id: str, before: str | None = None) -> Stretch:
        self.rewinds.setdefault(run_id, []).append(before)
        lines = self.world.lines(run_id, await self._check())
        end = next((at for at, line in enumerate(lines) if line.id == before), len(lines))
        start = max(end - SIZE, 0)
        return Stretch([event_of(line) for line in lines[start:end]], older=start > 0)


def ids(feed: Feed) -> list[str | None]:
    return [line.told.id for line in feed if isinstance(line.told, Event) and line.start == 0]


def has_grown(feed: Feed, length: int) -> bool:
    return len(feed) > length


def rewinding_stage() -> tuple[Stage, RewindingSource]:
    stage = Stage()
    source = RewindingSource("prod", stage.clock)
    stage.prod = source
    stage.stage.held = True
    stage.app = RunsApp(
        [source], clock=stage.clock, pace=stage.app.pace, run_pace=stage.app.run_pace
    )
    return stage, source


async def test_a_run_opens_at_the_end_of_its_log_and_reads_no_more_unseen() -> None:
    stage, source = rewinding_stage()
    async with stage.app.run_test(size=(120, 24)) as pilot:
        await until(pilot, lambda: stage.settled)
        await pilot.press("i")
        run = await open_first(stage, pilot, State.FAILED)
        feed = stage.screen.opened.feed(run.key)
        await until(pilot, lambda: feed.complete)
        await pilot.pause(0.1)
        assert source.rewinds[run.id] == [None]
        whole = source.world.lines(run.id, stage.clock.now())
        assert ids(feed) == [line.id for line in whole[-SIZE:]]
        await pilot.press("L")
        table = stage.screen.pane.feed_table
        await until(pilot, lambda: len(feed) >= table.size.height > SIZE)
        assert table.following


async def test_older_lines_come_as_far_as_somebody_looks() -> None:
    stage, source = rewinding_stage()
    async with stage.app.run_test(size=(120, 24)) as pilot:
        await until(pilot, lambda: stage.settled)
        run = await open_first(stage, pilot, State.FAILED)
        feed, table = stage.screen.opened.feed(run.key), stage.screen.pane.feed_table
        await pilot.press("L")
        await until(pilot, lambda: feed.complete and len(feed) >= table.size.height > 0)
        await pilot.pause(0.1)
        assert len(feed) < table.size.height + 4 * SIZE
        assert feed.older
        table.focus()
        while feed.older:
            before = len(feed)
            await pilot.press("g")
            await until(pilot, partial(has_grown, feed, before))
        whole = source.world.lines(run.id, stage.clock.now())
        assert ids(feed) == [line.id for line in whole]
        asked = source.rewinds[run.id]
        assert len(asked) == len(set(asked)) == -(-len(whole) // SIZE)


async def test_a_run_that_is_read_anew_is_read_back_though_its_old_feed_still_is() -> None:
    source = RewindingSource("prod", SetClock(NOW), runs=20)
    source.held = True
    reader = OlderReader(lambda _: None)
    async with asyncio.TaskGroup() as group:
        reading = []
        for _ in range(2):
            feed = Feed()
            feed.put_before([Event(id="9")], older=True)
            reading.append(group.create_task(reader.read(source, RunKey("prod", "1"), feed)))
            await asyncio.sleep(0)
        for task in reading:
            task.cancel()
    assert source.rewinds == {"1": ["9", "9"]}
