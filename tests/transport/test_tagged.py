import asyncio

import pytest

from runs_tui.model.errors import BadAnswer, NotFound
from runs_tui.transport.http import Http, Patience
from runs_tui.transport.tagged import MOST
from tests.transport.script import Asked, reply, serving

QUICK = Patience(first_delay=0.01, longest_delay=0.05, fresh=0)


async def test_what_has_not_changed_is_not_sent_again() -> None:
    told = [reply(200, '{"a": 1}', etag='W/"1"'), reply(304, etag='W/"1"'), reply(200, '{"a": 2}')]
    async with serving(*told) as script:
        http = Http(script.url, patience=QUICK)
        bodies = [(await http.get("/runs", {"limit": 5})).body for _ in range(4)]
        assert bodies == [b'{"a": 1}', b'{"a": 1}', b'{"a": 2}', b'{"a": 2}']
        conditions = [asked.headers.get("if-none-match") for asked in script.asked]
        assert conditions == [None, 'W/"1"', 'W/"1"', None]
        await http.close()


async def test_other_questions_have_no_condition() -> None:
    async with serving(reply(200, "{}", etag='"1"')) as script:
        http = Http(script.url, patience=QUICK)
        await http.get("/runs", {"limit": 5})
        await http.get("/runs", {"limit": 6})
        await http.ask("/runs", {"limit": 5})
        assert all("if-none-match" not in asked.headers for asked in script.asked)
        await http.close()


async def test_a_tag_that_cannot_be_sent_back_is_not() -> None:
    async with serving(reply(200, "{}", etag='"é"')) as script:
        http = Http(script.url, patience=QUICK)
        for _ in range(2):
            assert (await http.get("/runs")).body == b"{}"
        assert all("if-none-match" not in asked.headers for asked in script.asked)
        await http.close()


async def test_a_304_that_nobody_asked_for_is_a_bad_answer() -> None:
    async with serving(reply(304)) as script:
        http = Http(script.url, patience=QUICK)
        with pytest.raises(BadAnswer):
            await http.get("/runs")
        await http.close()


async def test_the_condition_stands_when_a_read_is_tried_again() -> None:
    told = [reply(200, '{"a": 1}', etag='"1"'), reply(502), reply(304)]
    async with serving(*told) as script:
        http = Http(script.url, patience=QUICK)
        assert (await http.get("/runs")).body == (await http.get("/runs")).body
        assert [asked.headers.get("if-none-match") for asked in script.asked] == [
            None,
            '"1"',
            '"1"',
        ]
        await http.close()


async def test_only_the_latest_are_kept() -> None:
    conditions = []

    def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        conditions.append(asked.headers.get("if-none-match"))
        writer.write(reply(200, "{}", etag='"1"'))

    async with serving(answer) as script:
        http = Http(script.url, patience=QUICK)
        for page in [*range(MOST + 1), 0, MOST]:
            await http.get("/runs", {"page": page})
        assert conditions[-2:] == [None, '"1"']
        await http.close()


async def test_an_answer_that_was_forgotten_meanwhile_still_holds() -> None:
    told = [reply(200, '{"a": 1}', etag='"1"'), reply(304)]

    async with serving(*told) as script:
        http = Http(script.url, patience=QUICK)
        first = await http.get("/runs")
        asking = asyncio.ensure_future(http.get("/runs"))
        await asyncio.sleep(0)
        http._tagged._kept.clear()
        assert (await asking).body == first.body
        await http.close()


async def test_a_failure_leaves_what_is_kept() -> None:
    told = [reply(200, '{"a": 1}', etag='"1"'), reply(404), reply(304)]
    async with serving(*told) as script:
        http = Http(script.url, patience=QUICK)
        first = await http.get("/runs")
        with pytest.raises(NotFound):
            await http.get("/runs")
        assert (await http.get("/runs")).body == first.body
        await http.close()
