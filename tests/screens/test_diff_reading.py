import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from runs_tui.adapters.base import Connection, Source, Stretch
from runs_tui.adapters.partners import Side, last_good, read_side, recent, same_workflow
from runs_tui.model.clock import SetClock
from runs_tui.model.errors import Unreachable
from runs_tui.model.log_diff import MOST
from runs_tui.model.query import Query
from runs_tui.model.run import Event, Gap, Run, Step
from runs_tui.model.state import State
from runs_tui.screens.log_reading import EVENTS, LogPace, read_events
from tests.screens.stage import NOW
from tests.screens.world_source import WorldSource

PACE = LogPace(longest=5, silence=0.05)


@pytest.fixture
def source() -> WorldSource:
    return WorldSource("prod", SetClock(NOW))


async def a_failed(source: WorldSource) -> Run:
    page = await source.runs(Query.parse("state:failed workflow:order-fulfilment"))
    return page.items[0]


# The run to compare with


async def test_the_last_good_run_is_the_newest_that_succeeded_before(source: WorldSource) -> None:
    run = await a_failed(source)
    all_runs = (await source.runs(Query(limit=300))).items
    good = [
        other
        for other in all_runs
        if other.workflow == run.workflow and other.state is State.SUCCEEDED
    ]
    expected = next(
        o for o in good if o.created_at and run.created_at and o.created_at < run.created_at
    )
    assert await last_good(run, [], source) == expected
    source.trouble = Unreachable("nobody is asked where the board knows")
    assert await last_good(run, all_runs, source) == expected


async def test_other_workflows_sources_and_later_runs_are_passed_over(source: WorldSource) -> None:
    run = await a_failed(source)
    assert run.created_at is not None
    before, after = (run.created_at + timedelta(hours=hours) for hours in (-1, 1))
    good = replace(run, id="good", state=State.SUCCEEDED, created_at=before)
    known = [
        replace(good, id="later", created_at=after),
        replace(good, id="other", workflow_id="w", workflow_name="w"),
        replace(good, id="stage", source="stage"),
        replace(good, id="older", created_at=before - timedelta(hours=1)),
        good,
        run,
    ]
    assert await last_good(run, known, source) is good


async def test_it_says_why_there_is_none(source: WorldSource) -> None:
    run = await a_failed(source)
    first = replace(run, created_at=NOW - timedelta(days=9000))
    assert await last_good(first, [], source) == (
        "No good run of order-fulfilment before this one is known to compare with."
    )
    unknown = replace(run, workflow_id=None, workflow_name=None)
    assert "is not told" in str(await last_good(unknown, [], source))
    source.trouble = Unreachable("connection refused")
    told = await last_good(run, [], source)
    assert isinstance(told, str)
    assert "not reachable: connection refused" in told


async def test_pages_without_any_are_passed_over_but_not_for_ever(source: WorldSource) -> None:
    run = await a_failed(source)
    source.barren = 2
    assert isinstance(await last_good(run, [], source), Run)
    source.barren = 50
    assert isinstance(await last_good(run, [], source), str)


async def test_the_recent_runs_of_the_workflow_are_offered(source: WorldSource) -> None:
    run = await a_failed(source)
    elsewhere = replace(run, source="stage", id="s", created_at=NOW, workflow_id="theirs")
    runs, trouble = await recent(run, [elsewhere], source)
    assert not trouble
    assert runs[-1] is elsewhere
    assert len(runs) > 5
    assert run.key not in {other.key for other in runs}
    assert all(same_workflow(run, other) for other in runs)
    source.trouble = Unreachable("connection refused")
    runs, trouble = await recent(run, [elsewhere], source)
    assert runs == [elsewhere]
    assert "refused" in trouble


async def test_what_cannot_be_read_is_said_and_the_rest_kept(source: WorldSource) -> None:
    run = await a_failed(source)
    side = await read_side(source, Side(run))
    assert side.plan is not None
    assert side.plan.steps
    source.trouble = Unreachable("connection refused")
    assert (await read_side(source, Side(run))).plan is None
    lost = await read_side(source, side)
    assert (lost.run, lost.plan) == (side.run, side.plan)
    assert "connection refused" in lost.trouble


# The log


class Telling(Source):
    """Tells events that were made up; the streams of runs that go on fall silent."""

    api = "telling"

    def __init__(self, events: Sequence[Event | Gap], *, ends: bool = True) -> None:
        super().__init__(Connection(name="prod", url="http://telling.test"), SetClock(NOW))
        self.events = events
        self.ends = ends
        self.closed = False

    async def runs(self, query: Query, cursor: str | None = None) -> Any:
        raise NotImplementedError

    async def run(self, run_id: str) -> Run:
        raise NotImplementedError

    async def steps(self, run_id: str) -> Sequence[Step]:
        raise NotImplementedError

    async def close(self) -> None:
        pass


class FromStart(Telling):
    async def tail(self, run_id: str, after: str | None = None) -> AsyncIterator[Event | Gap]:
        try:
            for event in self.events:
                yield event
            if not self.ends:
                await asyncio.Event().wait()
        finally:
            self.closed = True


class FromEnd(Telling):
    asked = 0

    async def last_events(self, run_id: str, before: str | None = None) -> Stretch:
        self.asked += 1
        events = [event for event in self.events if isinstance(event, Event)]
        end = int(before) if before else len(events)
        start = max(end - 1000, 0)
        return Stretch(events[start:end], older=start > 0)


def made(count: int, step: str = "load") -> list[Event]:
    return [
        Event(id=str(n), step=step, at=NOW + timedelta(seconds=n), message=f"line {n}")
        for n in range(count)
    ]


def step(**more: Any) -> Step:
    return Step(key="load", name="load", state=State.SUCCEEDED, **more)


DONE = Run(source="prod", id="1", state=State.SUCCEEDED)
GOING = Run(source="prod", id="1", state=State.RUNNING)


async def test_a_log_is_read_to_its_end_and_only_the_last_of_it_kept() -> None:
    source = FromStart([*made(MOST + 10), Gap(since=NOW)])
    told = await read_events(source, DONE, None, PACE)
    assert [event.id for event in told.events] == [str(n) for n in range(10, MOST + 10)]
    assert any(f"{MOST:,}" in note for note in told.notes)
    assert source.closed


async def test_of_a_step_its_own_events_are_kept() -> None:
    source = FromStart([*made(3), *made(3, "other"), Gap(since=NOW)])
    told = await read_events(source, DONE, step(), PACE)
    assert [event.step for event in told.events] == ["load"] * 3
    assert told.notes == ["some lines may be missing in it"]
    assert not told.unread


async def test_a_run_that_goes_on_is_read_up_to_now() -> None:
    source = FromStart(made(3), ends=False)
    told = await read_events(source, GOING, None, PACE)
    assert len(told.events) == 3
    assert "goes on" in told.notes[0]
    assert source.closed


async def test_reading_has_an_end_in_time_and_in_count() -> None:
    source = FromStart(made(3), ends=False)
    told = await read_events(source, DONE, None, LogPace(longest=0.05))
    assert len(told.events) == 3
    assert "not read to the end" in told.notes[0]
    endless = FromStart(made(1) * (EVENTS + 5))
    told = await read_events(endless, DONE, None, LogPace(longest=60))
    assert any(f"first {EVENTS:,}" in note for note in told.notes)


async def test_a_source_that_tells_the_last_events_is_asked_for_no_more_than_needed() -> None:
    source = FromEnd(made(30_000))
    told = await read_events(source, DONE, None, PACE)
    assert [event.id for event in told.events] == [str(n) for n in range(25_000, 30_000)]
    assert source.asked == MOST / 1000
    assert told.notes == ["only its last 5,000 events were read"]

    source = FromEnd(made(30_000))
    late = step(started_at=NOW + timedelta(seconds=29_500))
    await read_events(source, DONE, late, PACE)
    assert source.asked == 1

    source = FromEnd(made(2500))
    told = await read_events(source, DONE, step(), PACE)
    assert len(told.events) == 2500
    assert not told.notes


async def test_a_source_without_events_is_told_to_be_one() -> None:
    told = await read_events(Telling([]), DONE, None, PACE)
    assert told.unread == "this API tells no events"


async def test_a_stream_that_breaks_keeps_what_came(source: WorldSource) -> None:
    run = await a_failed(source)
    source.breaks_after = 2
    told = await read_events(source, run, None, PACE)
    assert len(told.events) == 2
    assert "cut off" in told.notes[0]
