import asyncio
import gzip
import logging
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from runs_tui.model.errors import SourceError
from runs_tui.model.exchange import Exchange, Exchanges
from runs_tui.model.purpose import Purpose, asking
from runs_tui.screens.hearing import hearing
from runs_tui.transport import recorder
from runs_tui.transport.auth import Auth, basic, bearer, cookie, header
from tests.transport.script import Asked, Reply, reply
from tests.transport.test_http import DROP, HALF, NOON, OK, SECRET, stall, talking


@pytest.fixture
def kept() -> Iterator[Exchanges]:
    exchanges = Exchanges()
    with hearing(exchanges):
        yield exchanges


async def asked_of(kept: Exchanges, *replies: Reply, **more: Any) -> list[Exchange]:
    async with talking(*replies, source="prod", **more) as (http, _):
        with suppress(SourceError):
            await http.get("/runs", {"state": "failed", "page": 1})
    return list(kept.all)


async def test_it_tells_what_was_asked_and_answered(kept: Exchanges) -> None:
    with asking("list", "state:failed"):
        (told,) = await asked_of(kept, reply(200, '{"a": 1}', x_ratelimit_remaining="41"))
    assert (told.source, told.method, told.status, told.attempt) == ("prod", "GET", 200, 1)
    assert told.url.endswith("/runs?state=failed&page=1")
    assert told.at == NOON.now()
    assert told.purpose == Purpose("list", "state:failed")
    assert (told.answer.start, told.received, told.left) == (b'{"a": 1}', 8, 41)
    assert dict(told.answered)["content-length"] == "8"
    assert told.over
    assert not told.failed


async def test_a_compressed_answer_tells_the_bytes_that_came(kept: Exchanges) -> None:
    body = b'{"a": "' + b"x" * 9000 + b'"}'
    packed = gzip.compress(body)
    (told,) = await asked_of(kept, reply(200, packed, content_encoding="gzip"))
    assert (told.received, told.answer.size) == (len(packed), len(body))


async def test_each_try_is_an_exchange(kept: Exchanges) -> None:
    told = await asked_of(kept, reply(503), HALF, OK)
    assert [(one.attempt, one.status, one.failure) for one in told] == [
        (1, 503, ""),
        (2, 200, "the connection broke"),
        (3, 200, ""),
    ]
    assert [one.failed for one in told] == [True, True, False]


async def test_no_answer_is_told_with_its_reason(kept: Exchanges) -> None:
    told = await asked_of(kept, DROP)
    assert {one.failure for one in told} == {"the connection broke"}
    assert all(one.status is None and one.over for one in told)


async def test_an_answer_that_takes_too_long_was_given_up(kept: Exchanges) -> None:
    async with talking(stall) as (http, _):
        begun = asyncio.Event()
        kept.listeners.append(begun.set)
        reading = asyncio.gather(http.get("/runs"))
        await begun.wait()
        assert not kept.all[0].over
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    assert [one.failure for one in kept.all] == ["given up"]


async def test_each_redirect_is_an_exchange(kept: Exchanges) -> None:
    told = await asked_of(kept, reply(307, location="/elsewhere"), OK)
    assert [one.status for one in told] == [307, 200]
    assert told[1].url.endswith("/elsewhere")


async def test_a_redirect_that_is_not_followed_says_why(kept: Exchanges) -> None:
    away = f"https://thief.test/?token={SECRET}"
    (told,) = await asked_of(kept, reply(302, location=away))
    assert "another origin" in told.failure
    assert dict(told.answered)["location"] == "https://thief.test/?token=***"


@pytest.mark.parametrize(
    ("auth", "name", "value"),
    [
        (bearer(SECRET), "authorization", "Bearer $PROD_TOKEN"),
        (bearer(f"Token {SECRET}"), "authorization", "$PROD_TOKEN"),
        (header("X-API-Key", SECRET), "x-api-key", "$PROD_TOKEN"),
        (cookie("vai", SECRET), "cookie", "vai=$PROD_TOKEN"),
        (basic(f"me:{SECRET}"), "authorization", "Basic $PROD_TOKEN"),
    ],
)
async def test_the_credential_stands_as_its_variable(
    kept: Exchanges, auth: Auth, name: str, value: str
) -> None:
    (told,) = await asked_of(kept, OK, auth=auth, credential_origin="PROD_TOKEN")
    assert {n.lower(): v for n, v in told.asked}[name] == value
    assert (told.credential.lower(), told.variable) == (name, "PROD_TOKEN")
    assert SECRET not in repr(told)


@pytest.mark.parametrize("origin", [None, "token_command of prod"])
async def test_a_credential_of_no_variable_is_called_token(
    kept: Exchanges, origin: str | None
) -> None:
    (told,) = await asked_of(kept, OK, credential_origin=origin)
    assert told.variable == "TOKEN"


async def test_a_credential_that_came_later_is_not_of_that_variable(kept: Exchanges) -> None:
    async with talking(OK, auth=bearer("password1"), credential_origin="PASSWORD") as (http, _):
        http.auth = bearer("session-token")
        await http.get("/runs")
    assert kept.all[0].variable == "TOKEN"


async def test_bodies_made_of_secrets_are_not_kept(kept: Exchanges) -> None:
    async with talking(reply(200, '{"token": "new"}')) as (http, _):
        await http.send("/login", {"response": "hash"}, private=True)
    (told,) = kept.all
    assert told.request.withheld
    assert told.answer.withheld
    assert (told.request.start, told.answer.start) == (b"", b"")
    assert told.sent == len('{"response": "hash"}')


async def test_cookies_of_the_answer_are_not_told(kept: Exchanges) -> None:
    (told,) = await asked_of(kept, reply(200, "{}", set_cookie="a=session", x_note=f"of {SECRET}"))
    assert (dict(told.answered)["set-cookie"], dict(told.answered)["x-note"]) == ("***", "of ***")


async def test_of_a_large_body_the_beginning_is_kept(kept: Exchanges) -> None:
    (told,) = await asked_of(kept, reply(200, "x" * 100_000))
    assert (len(told.answer.start), told.answer.size) == (recorder.KEPT, 100_000)
    assert told.answer.cut


async def test_a_stream_is_open_until_it_is_left(kept: Exchanges) -> None:
    def streams(asked: Asked, writer: asyncio.StreamWriter) -> object:
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\ndata: 1\n\n")
        return asyncio.Event().wait()

    async with talking(streams) as (http, _), http.stream("/events") as streaming:
        assert [(one.status, one.stream, one.over) for one in kept.all] == [(200, True, False)]
        chunks = streaming.chunks()
        await anext(chunks)
        await chunks.aclose()
    (told,) = kept.all
    assert told.over
    assert (told.failure, told.received) == ("", 9)


async def test_nothing_is_told_where_nobody_listens(caplog: pytest.LogCaptureFixture) -> None:
    exchanges = Exchanges()
    await asked_of(exchanges, OK)
    assert not caplog.records
    with hearing(exchanges):
        assert logging.getLogger("runs_tui.exchanges").isEnabledFor(logging.DEBUG)
    assert not logging.getLogger("runs_tui.exchanges").isEnabledFor(logging.INFO)
