import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs

import pytest

from runs_tui.adapters.base import Connection, Page
from runs_tui.adapters.noxus import Noxus
from runs_tui.model.query import Query
from runs_tui.model.run import Run
from runs_tui.transport.http import Patience
from tests.adapters.noxus_server import listed
from tests.adapters.sources import closing
from tests.transport.script import Asked, Script, reply, serving


def row(number: int, status: str = "completed") -> dict[str, Any]:
    minute, second = divmod(number, 60)
    return listed(status, id=f"r{number}", created_at=f"2026-05-04T09:{minute:02}:{second:02}Z")


class Rows:
    """A list of runs, the newest first, that changes."""

    def __init__(self, count: int) -> None:
        self.rows = [row(number) for number in reversed(range(count))]
        self.more: dict[str, Any] = {}

    def arrive(self, *numbers: int) -> None:
        self.rows = [*(row(number) for number in numbers), *self.rows]

    def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        told = parse_qs(asked.target.partition("?")[2])
        page, size = int(told["page"][0]), int(told["size"][0])
        items = self.rows[(page - 1) * size : page * size]
        body = {"items": items, "total": len(self.rows), "page": page, "size": size, **self.more}
        writer.write(reply(200, json.dumps(body)))


@asynccontextmanager
async def listing(rows: Rows) -> AsyncIterator[tuple[Noxus, Script]]:
    async with serving(rows.answer) as script:
        source = Noxus(Connection(name="n", url=script.url))
        source.patience = Patience(fresh=0)
        async with closing(source):
            yield source, script


def ids(page: Page[Run]) -> list[str]:
    return [run.id for run in page.items]


async def rest(source: Noxus, query: Query, page: Page[Run]) -> list[str]:
    """Follow a page to the end."""
    found = ids(page)
    for _ in range(60):
        if page.next is None:
            return found
        page = await source.runs(query, page.next)
        found += ids(page)
    raise AssertionError("the pages never end")


async def test_rows_that_were_deleted_hide_no_run() -> None:
    rows = Rows(60)
    async with listing(rows) as (source, script):
        query = Query(limit=10)
        page = await source.runs(query)
        del rows.rows[:4]
        found = await rest(source, query, page)
        assert sorted(found) == sorted(f"r{number}" for number in range(60))
        assert "page=1&size=10" in script.asked[2].target


@pytest.mark.parametrize("count", [1, 9, 10, 25])
async def test_rows_that_arrive_repeat_no_run(count: int) -> None:
    rows = Rows(60)
    async with listing(rows) as (source, _):
        query = Query(limit=10)
        page = await source.runs(query)
        rows.arrive(*range(100 + count, 100, -1))
        found = await rest(source, query, page)
        assert len(found) == len(set(found))
        assert set(found) >= {f"r{number}" for number in range(60)}


async def test_a_server_that_always_gives_the_same_rows_comes_to_an_end() -> None:
    rows = Rows(10)
    rows.more = {"items": rows.rows, "total": 10**6}
    async with listing(rows) as (source, script):
        query = Query(limit=10)
        assert len(await rest(source, query, await source.runs(query))) == 10
        assert len(script.asked) <= 3


@pytest.mark.parametrize("total", [None, 10**30])
async def test_a_total_that_cannot_be_changes_nothing(total: int | None) -> None:
    rows = Rows(35)
    rows.more = {"total": total, "pages": None}
    async with listing(rows) as (source, _):
        query = Query(limit=10)
        assert len(await rest(source, query, await source.runs(query))) == 35


async def test_rows_in_another_order_are_put_in_order() -> None:
    rows = Rows(30)
    rows.rows = rows.rows[::2] + rows.rows[1::2]
    async with listing(rows) as (source, _):
        page = await source.runs(Query(limit=30))
        assert ids(page) == [f"r{number}" for number in reversed(range(30))]
        assert page.next is None


async def test_what_a_filter_leaves_of_a_page_comes_next() -> None:
    rows = Rows(250)
    rows.rows[::3] = [{**each, "status": "failed"} for each in rows.rows[::3]]
    async with listing(rows) as (source, script):
        query = Query.parse("state:failed", limit=20)
        page = await source.runs(query)
        assert len(page.items) == 20
        assert len(script.asked) == 1
        rows.arrive(*range(900, 880, -1))
        found = await rest(source, query, page)
        assert found == [f"r{number}" for number in range(249, -1, -3)]


async def test_an_empty_page_may_have_a_next_one() -> None:
    rows = Rows(450)
    rows.rows[-1]["status"] = "failed"
    async with listing(rows) as (source, script):
        query = Query.parse("state:failed", limit=50)
        page = await source.runs(query)
        assert (ids(page), len(script.asked)) == ([], 2)
        assert page.next
        assert await rest(source, query, page) == ["r0"]
        assert len(script.asked) == 5


async def test_a_long_forgotten_cursor_still_leads_on() -> None:
    rows = Rows(90)
    async with listing(rows) as (source, _):
        query = Query(limit=10)
        first = (await source.runs(query)).next
        for _ in range(70):
            await source.runs(Query(limit=1))
        page = await source.runs(query, first)
        assert ids(page) == [f"r{number}" for number in range(79, 69, -1)]
        assert len((await source.runs(query, "nonsense")).items) == 10


async def test_a_source_that_the_query_leaves_out_is_not_asked() -> None:
    async with listing(Rows(5)) as (source, script):
        assert (await source.runs(Query.parse("source:else"))).items == ()
        assert (await source.runs(Query.parse("source:n"))).total == 5
        assert len(script.asked) == 1
