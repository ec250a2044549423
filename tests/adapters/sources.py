"""What tests do with a source of any API."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Protocol, TypeVar

from runs_tui.adapters.base import Source
from runs_tui.model.query import Query
from runs_tui.model.run import Event, Gap, Run

PATIENCE = 20.0

S = TypeVar("S", bound=Source)


class Tailed(Protocol):
    """A source whose runs tell events."""

    def tail(self, run_id: str, after: str | None = None) -> AsyncGenerator[Event | Gap, None]:
        """Give the events of a run."""
        ...


@asynccontextmanager
async def closing(source: S) -> AsyncIterator[S]:
    """Give a source, and close it afterwards."""
    try:
        yield source
    finally:
        await source.close()


async def every(source: Source, text: str = "", limit: int = 200) -> list[Run]:
    """Follow the pages of a filter to their end."""
    found: list[Run] = []
    cursor = None
    while True:
        page = await source.runs(Query.parse(text, limit=limit), cursor)
        found += page.items
        cursor = page.next
        if cursor is None:
            return found


async def check_applied(source: Source, everything: Sequence[Run], text: str) -> None:
    """Assert that a server applies the whole of a filter, and finds what it means."""
    query = Query.parse(text, limit=20)
    page = await source.runs(query)
    holds = query.predicate(source.clock.now())
    wanted = [run.id for run in everything if holds(run)]
    assert [run.id for run in await every(source, text, limit=20)] == wanted, text
    assert (page.total, page.pushed) == (len(wanted), frozenset(query.terms)), text


async def events_of(source: Tailed, run_id: str, after: str | None = None) -> list[Event | Gap]:
    """Read all events of a run."""
    async with asyncio.timeout(PATIENCE), aclosing(source.tail(run_id, after)) as events:
        return [event async for event in events]


def said(items: Iterable[Event | Gap]) -> list[str]:
    """Give what events say, a gap as a dash."""
    return ["—" if isinstance(item, Gap) else item.message for item in items]
