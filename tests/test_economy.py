"""What it costs the servers to be watched: requests, counted where they arrive."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from textual.message import Message

from runs_tui.adapters import api_names, source_type
from runs_tui.adapters.base import Connection, Relates, Source
from runs_tui.demo.server import DemoServer
from runs_tui.model.clock import SetClock
from runs_tui.model.feed import Feed
from runs_tui.model.query import Query
from runs_tui.screens.event_reading import EventsArrived, EventsRewound
from runs_tui.screens.reading import ListReader, Pace
from runs_tui.screens.run_reading import RunPace, RunRead, RunReader
from runs_tui.screens.runs import PAGE
from runs_tui.transport import recent
from runs_tui.transport.http import Patience

NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)
BOARD = {"lightning": 5}
"""The most requests that opening the board on a source may cost, where that is not 3."""
RUN = {"lightning": 8, "prefect": 5}
"""The most requests that opening a run may cost, where that is not 4.

Prefect tells a run in five places: itself, its graph, its task runs, its states and its log.
"""
QUIET_MINUTE = 12
LINEAGE = 5
"""The most requests that the lineage of a run may cost once the run is open."""

apis = pytest.mark.parametrize("api", api_names())


@dataclass
class Watched:
    """A source over the demo, and the requests that reached it."""

    api: str
    source: Source
    server: DemoServer
    clock: SetClock
    """The clock of the source; that of the server stands still."""

    def asked(self) -> int:
        """Count the requests since the last count."""
        requests = self.server.faults[self.api].requests
        told = len(requests)
        requests.clear()
        return told


@dataclass
class Moment:
    """The moment for which answers are kept; it is over when that is said, however slow we are."""

    now: float = 0.0

    def end(self) -> None:
        self.now += 1.0


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> Moment:
    moment = Moment()
    monkeypatch.setattr(recent, "_instant", lambda: moment.now)
    return moment


@asynccontextmanager
async def watched(api: str, fresh: float = 0.5) -> AsyncIterator[Watched]:
    clock = SetClock(NOON)
    async with DemoServer([api], runs=300, clock=SetClock(NOON)) as server:
        source: Any = source_type(api)(Connection(name=api, url=server.urls[api]), clock)
        source.patience = Patience(fresh=fresh)
        try:
            yield Watched(api, source, server, clock)
        finally:
            await source.close()


@apis
async def test_opening_the_board_costs_little(api: str) -> None:
    async with watched(api) as seen:
        page = await seen.source.runs(Query(limit=PAGE))
        assert len(page.items) > 20
        assert 1 <= seen.asked() <= BOARD.get(api, 3)


@apis
async def test_a_quiet_minute_costs_little(api: str) -> None:
    async with watched(api, fresh=0) as seen:
        await seen.source.runs(Query(limit=PAGE))
        seen.asked()
        posted: list[Message] = []
        reader = ListReader(seen.source, Query(limit=PAGE), Pace(), posted.append)
        passed = reader.rest(busy=True)
        while passed < 60:
            seen.clock.instant = NOON + timedelta(seconds=passed)
            await seen.source.runs(Query(limit=PAGE))
            passed += reader.rest(busy=True)
        assert 1 <= seen.asked() <= QUIET_MINUTE


@apis
async def test_opening_a_run_costs_little(api: str, moment: Moment) -> None:
    async with watched(api) as seen:
        page = await seen.source.runs(Query(limit=PAGE))
        settled = NOON - timedelta(minutes=1)
        over = [run for run in page.items if run.finished_at and run.finished_at < settled]
        for run in over[:12:3]:
            seen.asked()
            moment.end()
            assert 1 <= await opened(seen, run.id) <= RUN.get(api, 4)


@apis
async def test_the_lineage_of_an_opened_run_costs_little(api: str) -> None:
    async with watched(api, fresh=0) as seen:
        if not isinstance(seen.source, Relates):
            pytest.skip("this API tells no lineage")
        world = seen.server.worlds[api].runs(NOON)
        known = [run for run in world if run.retry_of or run.attempt > 1]
        repeated = {name for run in known for name in (run.id, run.created)}
        runs = (await seen.source.runs(Query(limit=300))).items
        over = [run for run in runs if run.finished_at]
        again = [
            run for run in over if repeated & {run.id, run.created_at} or (run.attempt or 1) > 1
        ]
        told = 0
        for run in [*over[:2], *again[:6]]:
            await opened(seen, run.id)
            seen.asked()
            kin = await seen.source.kin(run.id)
            told += len(kin.relatives) + len(kin.attempts)
            assert seen.asked() <= LINEAGE
        assert told


async def opened(seen: Watched, run_id: str) -> int:
    """Open a run, and count the requests until it, its steps and its first events are there."""
    told: set[type[Message]] = set()
    counts: list[int] = []

    def note(message: Message) -> None:
        told.add(type(message))
        if RunRead in told and told & {EventsArrived, EventsRewound}:
            counts.append(len(seen.server.faults[seen.api].requests))

    await RunReader(seen.source, run_id, Feed(), RunPace(settle=0, batch=0), note).read()
    return counts[0]
