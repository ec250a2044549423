"""A source that holds its runs in memory, and changes them when it is told to."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from runs_tui.adapters.base import Connection, Page, Source
from runs_tui.model.clock import Clock
from runs_tui.model.errors import NotFound
from runs_tui.model.query import Query
from runs_tui.model.run import Event, Gap, Run, Step
from runs_tui.model.state import State
from tests.bench.made import SOURCE, made_steps

REST = "rest"
"""The cursor to everything behind the first page."""

_LINES = (
    "read part {n} of orders_2026_11: 12,431 rows in 3.2 s",
    "upstream answered 200 after 84 ms",
    "wrote s3 object ledger/part-{n}.parquet, 4.1 MB",
    "checked 18 rules of customer_id, none is broken",
    "waiting for a lock on ledger_entries",
    "retrying chunk {n}: connection reset",
)


class MemorySource(Source):
    """Gives a first page as long as it is asked for, and the rest as one page."""

    api = "memory"

    def __init__(self, runs: Sequence[Run], clock: Clock) -> None:
        super().__init__(Connection(name=SOURCE, url="http://memory.test"), clock)
        self._runs = list(runs)

    async def runs(self, query: Query, cursor: str | None = None) -> Page[Run]:
        test = query.predicate(self.clock.now())
        matching = [run for run in self._runs if test(run)]
        items = matching[query.limit :] if cursor == REST else matching[: query.limit]
        more = REST if cursor is None and len(matching) > query.limit else None
        return Page(items, more, len(matching), frozenset(query.terms))

    async def run(self, run_id: str) -> Run:
        found = next((run for run in self._runs if run.id == run_id), None)
        if found is None:
            raise NotFound(run_id)
        return found

    async def steps(self, run_id: str) -> Sequence[Step]:
        return list(made_steps(await self.run(run_id)))

    def change_state(self, place: int) -> Run:
        """Move one run between queued and waiting, and give it."""
        run = self._runs[place]
        state = State.WAITING if run.state is State.QUEUED else State.QUEUED
        waits = replace(run, started_at=None, finished_at=None, took=None, error=None)
        changed = self._runs[place] = replace(waits, state=state, status=state.value)
        return changed

    async def close(self) -> None:
        pass


class TellingSource(MemorySource):
    """Tells a first hundred lines of any run at once, and one more whenever it is told to."""

    def __init__(self, runs: Sequence[Run], clock: Clock, *, alike: bool) -> None:
        super().__init__(runs, clock)
        self._alike = alike
        self._told = asyncio.Event()
        self._count = 100

    def tell(self) -> None:
        """Tell one more line."""
        self._count += 1
        self._told.set()

    async def tail(self, run_id: str, after: str | None = None) -> AsyncIterator[Event | Gap]:
        number = int(after or 0)
        while True:
            while number < self._count:
                number += 1
                yield Event(
                    id=str(number),
                    at=datetime(2026, 11, 2, 9, number // 60 % 60, number % 60, tzinfo=UTC),
                    step="load",
                    level="info",
                    message=line(number, alike=self._alike),
                )
            self._told.clear()
            await self._told.wait()


def line(number: int, *, alike: bool) -> str:
    """Write a log line: all alike but for their number, or of several kinds."""
    kind = 0 if alike else number * 7 % len(_LINES)
    return _LINES[kind].format(n=number)
