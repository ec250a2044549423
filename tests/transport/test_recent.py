import asyncio

import pytest

from runs_tui.model.errors import Unreachable
from runs_tui.transport.http import Http, Patience
from tests.transport.script import reply, serving

OK = reply(200, "{}")
PATIENT = Patience(tries=1, fresh=60)


async def test_what_is_asked_twice_at_once_is_sent_once() -> None:
    async with serving(OK) as script:
        http = Http(script.url, patience=PATIENT)
        answers = await asyncio.gather(*(http.get("/runs", {"limit": 5}) for _ in range(4)))
        assert len({id(answer) for answer in answers}) == 1
        await http.get("/runs", {"limit": 6})
        await http.ask("/runs", {"limit": 5})
        await http.ask("/runs", {"limit": 5})
        assert [asked.method for asked in script.asked] == ["GET", "GET", "POST"]
        await http.close()


async def test_after_a_write_everything_is_asked_anew() -> None:
    async with serving(OK) as script:
        http = Http(script.url, patience=PATIENT)
        await http.get("/runs")
        await http.send("/runs/1/cancel")
        await http.get("/runs")
        await http.get("/runs")
        assert [asked.method for asked in script.asked] == ["GET", "POST", "GET"]
        await http.close()


async def test_an_answer_that_a_write_has_overtaken_is_not_kept() -> None:
    asked, go = asyncio.Event(), asyncio.Event()

    async def late(_: object, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await go.wait()
        writer.write(OK)

    async with serving(late, OK) as script:
        http = Http(script.url, patience=PATIENT)
        reading = asyncio.ensure_future(http.get("/runs"))
        await asked.wait()
        await http.send("/runs/1/cancel")
        go.set()
        await reading
        await http.get("/runs")
        assert len(script.asked) == 3
        await http.close()


async def test_a_failure_is_not_kept() -> None:
    async with serving(reply(502), OK) as script:
        http = Http(script.url, patience=PATIENT)
        with pytest.raises(Unreachable):
            await http.get("/runs")
        await http.get("/runs")
        assert len(script.asked) == 2
        await http.close()


async def test_who_waits_for_a_reader_that_is_cancelled_asks_itself() -> None:
    asked, over = asyncio.Event(), asyncio.Event()

    async def never(_: object, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await over.wait()

    async with serving(never, OK) as script:
        http = Http(script.url, patience=PATIENT)
        first = asyncio.ensure_future(http.get("/runs"))
        await asked.wait()
        second = asyncio.ensure_future(http.get("/runs"))
        first.cancel()
        assert (await second).status == 200
        assert len(script.asked) == 2
        over.set()
        await http.close()


async def test_old_answers_are_dropped() -> None:
    async with serving(OK) as script:
        http = Http(script.url, patience=Patience(fresh=0.01))
        for number in range(5):
            await http.get("/runs", {"page": number})
            await asyncio.sleep(0.02)
        await http.get("/runs", {"page": 0})
        assert len(script.asked) == 6
        await http.close()


async def test_who_waits_for_a_question_that_fails_is_told_the_same() -> None:
    async with serving(reply(502)) as script:
        http = Http(script.url, patience=PATIENT)
        asking = (http.get("/runs") for _ in range(4))
        told = await asyncio.gather(*asking, return_exceptions=True)
        assert all(isinstance(error, Unreachable) for error in told)
        assert len(script.asked) == 1
        with pytest.raises(Unreachable):
            await http.get("/runs")
        assert len(script.asked) == 2
        await http.close()
