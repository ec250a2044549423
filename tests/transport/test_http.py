import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from runs_tui.model.clock import SetClock
from runs_tui.model.errors import (
    BadAnswer,
    Conflict,
    NotFound,
    RateLimited,
    Refused,
    SourceError,
    Unauthorized,
    Unreachable,
    Unsupported,
)
from runs_tui.transport.auth import Auth, basic, bearer, cookie, header
from runs_tui.transport.http import Answer, Http, Patience, decode, segment
from tests.transport.script import Asked, Reply, Script, reply, serving

QUICK = Patience(
    first_delay=0.01, longest_delay=0.05, connect=2, read=0.5, whole=1, idle=0.3, fresh=0
)
NOON = SetClock(datetime(2026, 6, 2, 12, tzinfo=UTC))
SECRET = "s3cr3t-t0ken"
OK = reply(200, '{"a": 1}')
DROP = b""
HALF = b'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"a": '


async def stall(asked: Asked, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def drip(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


@asynccontextmanager
async def talking(
    *replies: Reply, prefix: str = "", auth: Auth | None = None, **more: Any
) -> AsyncIterator[tuple[Http, Script]]:
    async with serving(*replies) as script:
        http = Http(
            script.url + prefix, auth=auth or bearer(SECRET), patience=QUICK, clock=NOON, **more
        )
        try:
            yield http, script
        finally:
            await http.close()


async def failing(reply: Reply, **more: Any) -> SourceError:
    async with talking(reply, **more) as (http, _):
        with pytest.raises(SourceError) as caught:
            await http.get("/runs", {"filter": "hidden"})
        return caught.value


async def test_a_read_gives_the_whole_answer() -> None:
    async with talking(OK) as (http, script):
        answer = await http.get("/runs", {"limit": 5, "name": "a b&c"})
        await http.get("/runs", {"ids[]": ["a", "b"], "at": "+1"})
    assert answer.body == b'{"a": 1}'
    assert answer.status == 200
    assert answer.headers["content-length"] == "8"
    assert answer.where == "GET /runs"
    assert script.asked[0].target == "/runs?limit=5&name=a+b%26c"
    assert script.asked[1].target == "/runs?ids%5B%5D=a&ids%5B%5D=b&at=%2B1"
    assert script.asked[0].headers["authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize("prefix", ["/base/api", "/base/api/"])
async def test_the_prefix_of_the_address_is_kept(prefix: str) -> None:
    async with talking(OK, prefix=prefix) as (http, script):
        answer = await http.ask("/runs/filter", {"limit": 5})
    assert script.asked[0].target == "/base/api/runs/filter"
    assert json.loads(script.asked[0].body) == {"limit": 5}
    assert script.asked[0].headers["content-type"] == "application/json"
    assert answer.where == "POST /base/api/runs/filter"


@pytest.mark.parametrize(
    "fault",
    [
        reply(502),
        reply(503, "busy"),
        reply(504),
        reply(500),
        DROP,
        HALF,
        reply(429, retry_after="0"),
    ],
)
async def test_a_read_recovers_from_one_short_fault(fault: bytes) -> None:
    async with talking(fault, OK) as (http, script):
        assert (await http.get("/runs")).status == 200
    assert len(script.asked) == 2


@pytest.mark.parametrize(
    ("fault", "kind", "tries"),
    [
        (reply(502), Unreachable, 3),
        (reply(500), Unreachable, 2),
        (DROP, Unreachable, 3),
        (HALF, Unreachable, 3),
        (stall, Unreachable, 1),
        (drip, Unreachable, 1),
        (reply(429, retry_after="30"), RateLimited, 1),
        (reply(429), RateLimited, 1),
        (reply(401), Unauthorized, 1),
        (reply(404), NotFound, 1),
        (reply(400), Refused, 1),
    ],
)
async def test_a_read_gives_up_in_time(fault: Reply, kind: type[SourceError], tries: int) -> None:
    async with talking(fault) as (http, script):
        with pytest.raises(kind):
            await http.get("/runs")
    assert len(script.asked) == tries


@pytest.mark.parametrize(
    "fault", [reply(502), reply(500), DROP, HALF, stall, reply(429, retry_after="0")]
)
async def test_a_write_is_sent_once(fault: Reply) -> None:
    async with talking(fault, OK) as (http, script):
        with pytest.raises(SourceError):
            await http.send("/runs/1/cancel")
    assert [asked.method for asked in script.asked] == ["POST"]


async def test_a_write_may_have_any_method_and_body() -> None:
    async with talking(reply(204)) as (http, script):
        await http.send("/runs/1", {"state": "failed"}, method="PATCH", params={"force": "1"})
        await http.send("/runs/1", method="DELETE")
    first, second = script.asked
    assert (first.method, first.target) == ("PATCH", "/runs/1?force=1")
    assert json.loads(first.body) == {"state": "failed"}
    assert (second.method, second.body) == ("DELETE", b"")


async def test_a_refused_connection_at_first_contact_fails_at_once() -> None:
    async with serving(OK) as script:
        url = script.url
    http = Http(url, patience=Patience(first_delay=60))
    with pytest.raises(Unreachable, match="nothing answers there"):
        await http.get("/runs")
    await http.close()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, Unauthorized),
        (403, Unauthorized),
        (404, NotFound),
        (405, Unsupported),
        (409, Conflict),
        (410, Refused),
        (422, Refused),
        (429, RateLimited),
        (500, Unreachable),
        (501, Unsupported),
        (599, Unreachable),
        (302, BadAnswer),
    ],
)
async def test_each_status_has_its_kind(status: int, kind: type[SourceError]) -> None:
    error = await failing(reply(status, '{"detail": "so it is"}'))
    assert type(error) is kind
    assert error.status == (status if status >= 400 else None)
    if status >= 400:
        assert "so it is" in error.detail


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"detail": "plain"}', "plain"),
        (
            '{"detail": [{"loc": ["query", "limit"], "msg": "too large"}, {"msg": "b"}]}',
            "query.limit: too large; b",
        ),
        ('{"title": "Bad", "errors": [{"field": "f", "message": "wrong"}]}', "Bad: f: wrong"),
        (
            '{"title": "Bad", "detail": "failed", "errors": [{"message": "b", "location": "a.c"}]}',
            "failed: a.c: b",
        ),
        ('{"message": "m"}', "m"),
        ('{"error": {"message": "inner"}}', "inner"),
        ('{"errors": ["one", "two"]}', "one; two"),
        ('{"errors": {"after": ["is invalid", "is old"]}}', "after: is invalid; is old"),
        (
            '{"exception_message": "Invalid", "exception_detail": [{"loc": ["a", 0], "msg": "b"}]}',
            "Invalid: a.0: b",
        ),
        ('"words"', "words"),
        ("plain words", "plain words"),
        ("<html><head><title>Bad \x1b[31mgate</title></head></html>", "Bad gate"),
        ("<html></html>", "400 Bad Request"),
        ("", "400 Bad Request"),
        ("[[[[[[[[]]]]]]]]", "400 Bad Request"),
        ('{"detail": null, "message": 5}', "400 Bad Request"),
        ('{"detail": "' + "x" * 1000 + '"}', "x" * 299 + "…"),
    ],
)
async def test_the_servers_own_words_are_told(body: str, words: str) -> None:
    assert (await failing(reply(400, body))).detail == words


@pytest.mark.parametrize("status", [400, 401, 404, 409, 422, 429, 501, 502])
async def test_the_id_of_a_request_is_told_however_long_the_words_are(status: int) -> None:
    for words in ("no", "long words " * 100):
        body = json.dumps({"detail": words})
        answer = reply(status, body, x_vendor_request_id=f"a-7\x1b[0m-{SECRET}")
        error = await failing(answer)
        assert error.detail.endswith("(request a-7-***)")
        assert words[:10].strip() in error.detail
        assert len(error.detail) <= 300


async def test_a_validation_error_about_the_path_means_not_found() -> None:
    body = '{"detail": [{"loc": ["path", "run_id"], "msg": "no UUID", "type": "uuid_parsing"}]}'
    assert isinstance(await failing(reply(422, body)), NotFound)


@pytest.mark.parametrize(
    ("body", "asks"),
    [
        ('{"detail": "Not Found"}', True),
        ("<html><title>Nothing here</title></html>", True),
        ("", True),
        ('{"detail": "Run not found"}', False),
    ],
)
async def test_a_path_that_is_not_there_raises_doubts_about_the_address(
    body: str, asks: bool
) -> None:
    assert ("the address of the API?" in (await failing(reply(404, body))).hint) is asks


async def test_cookies_of_the_server_are_not_sent_back() -> None:
    async with talking(reply(200, "1", set_cookie="session=x; Path=/")) as (http, script):
        await http.get("/")
        await http.get("/")
    assert "cookie" not in script.asked[1].headers


async def test_the_credential_is_named_where_it_is_refused() -> None:
    error = await failing(reply(401), credential_origin="LAB_TOKEN")
    assert error.hint == "check LAB_TOKEN"
    assert "--token-env" in (await failing(reply(403))).hint


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 429, 500])
async def test_no_secret_is_ever_told(status: int) -> None:
    echo = json.dumps({"detail": f"Bearer {SECRET} is no good at /runs?filter=x"})
    error = await failing(reply(status, echo), auth=bearer(SECRET))
    assert SECRET not in error.sentence
    assert "hidden" not in error.sentence


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "7"}, 7),
        ({"retry_after": "Tue, 02 Jun 2026 12:00:09 GMT"}, 9),
        ({"x_ratelimit_reset": str(int(NOON.now().timestamp()) + 20)}, 20),
        ({"x_ratelimit_reset": "11"}, 11),
        ({"retry_after": "5", "x_ratelimit_reset": "11"}, 5),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "nan"}, None),
        ({"retry_after": "-4"}, 0),
        (
            {
                "date": "Tue, 02 Jun 2026 13:00:00 GMT",
                "retry_after": "Tue, 02 Jun 2026 13:00:08 GMT",
            },
            8,
        ),
        ({}, None),
    ],
)
async def test_the_time_to_wait_is_told(headers: dict[str, str], seconds: float | None) -> None:
    async with talking(reply(429, **headers)) as (http, _):
        with pytest.raises(RateLimited) as caught:
            await http.send("/runs")
    assert caught.value.retry_after == seconds


async def test_a_spent_rate_limit_may_come_as_403() -> None:
    error = await failing(reply(403, x_ratelimit_remaining="0", retry_after="60"))
    assert isinstance(error, RateLimited)


async def test_a_redirect_within_the_origin_is_followed() -> None:
    async with talking(reply(307, location="/runs/?limit=1"), OK) as (http, script):
        assert (await http.get("/runs", {"limit": 1})).status == 200
    assert script.asked[1].target == "/runs/?limit=1"
    assert "authorization" in script.asked[1].headers


async def test_a_redirect_to_another_origin_is_not_followed() -> None:
    async with serving(OK) as other:
        error = await failing(reply(302, location=f"{other.url}/login?next=secret"))
    assert isinstance(error, Unreachable)
    assert other.url in error.sentence
    assert "login" not in error.sentence
    assert other.asked == []


@pytest.mark.parametrize(
    "location", ["http://[", "http://h:x/", "https://ex\x01ample/", "ftp://x/y"]
)
async def test_a_redirect_to_nowhere_is_an_error(location: str) -> None:
    assert isinstance(await failing(reply(301, location=location)), BadAnswer | Unreachable)


async def test_redirects_in_a_circle_end() -> None:
    async with talking(reply(307, location="/runs")) as (http, script):
        with pytest.raises(Unreachable, match="circle"):
            await http.get("/runs")
    assert len(script.asked) == 5


@pytest.mark.parametrize(
    "url",
    [
        "",
        "prefect.example",
        "ftp://example.org",
        "http://",
        "http://a b/",
        "http://host:port/",
        "http://host:99999",
        "http://[::1",
        "http://host/api?token=x",
        "http://\ud800/",
        "http://a..b/",
        "http://" + "a" * 300 + ".example",
    ],
)
async def test_an_address_that_cannot_be_is_told_in_one_sentence(url: str) -> None:
    http = Http(url)
    with pytest.raises(Unreachable) as caught:
        await http.get("/runs")
    assert caught.value.detail
    with pytest.raises(Unreachable):
        async with http.stream("/events"):
            pass
    await http.close()


async def test_user_and_password_of_the_address_are_sent_and_never_told() -> None:
    async with serving(reply(401)) as script:
        http = Http(script.url.replace("//", "//ada:pa%40ss@"), patience=QUICK)
        with pytest.raises(Unauthorized) as caught:
            await http.get("/runs")
        await http.close()
    assert script.asked[0].headers["authorization"] == "Basic YWRhOnBhQHNz"
    assert "ada" not in caught.value.sentence


@pytest.mark.parametrize(
    ("auth", "name", "value"),
    [
        (bearer(" token\n"), "authorization", "Bearer token"),
        (bearer("Basic dXNlcg=="), "authorization", "Basic dXNlcg=="),
        (bearer("token ghp_1"), "authorization", "token ghp_1"),
        (header("X-API-Key", "key"), "x-api-key", "key"),
        (cookie("vai_token", "a.b-c"), "cookie", "vai_token=a.b-c"),
        (basic("ada:love"), "authorization", "Basic YWRhOmxvdmU="),
    ],
)
async def test_each_way_to_show_a_credential(auth: Auth, name: str, value: str) -> None:
    async with talking(OK, auth=auth) as (http, script):
        await http.get("/")
    assert script.asked[0].headers[name] == value
    assert value not in repr(auth)


@pytest.mark.parametrize("secret", ["", "  ", "tok\nen", "töken", "\ud800", "a\x00b"])
@pytest.mark.parametrize("way", [bearer, lambda secret: cookie("c", secret)])
async def test_a_credential_that_cannot_be_sent_is_told(secret: str, way: Any) -> None:
    async with talking(OK, auth=way(secret), credential_origin="LAB_TOKEN") as (http, script):
        with pytest.raises(Unauthorized) as caught:
            await http.get("/")
    assert caught.value.hint == "check LAB_TOKEN"
    assert script.asked == []


class Item(BaseModel):
    id: str
    tags: list[int] = []


ITEMS = TypeAdapter(list[Item])


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("", "the answer is empty"),
        ("<!doctype html><p>", "a web page came instead of JSON"),
        ('[{"id": "a"', "the answer is not whole JSON"),
        ("\xff", "the answer is not whole JSON"),
        ('[{"id": "a", "tags": [1, "secret"]}]', "at 0.tags.1: Input should be a valid integer"),
        ('{"id": "a"}', "Input should be a valid array"),
        ("null", "Input should be a valid array"),
    ],
)
def test_a_wrong_shape_is_told_without_its_body(body: str, told: str) -> None:
    answer = Answer(200, {}, body.encode("latin-1"), "GET /runs", "http://h:1")
    with pytest.raises(BadAnswer) as caught:
        decode(answer, ITEMS)
    assert told in caught.value.detail
    assert caught.value.detail.startswith("GET /runs: ")
    assert caught.value.hint == "is http://h:1 the address of the API?"
    assert "secret" not in caught.value.sentence


def test_a_right_shape_is_decoded() -> None:
    answer = Answer(200, {}, b'[{"id": "a"}]', "GET /runs")
    assert decode(answer, ITEMS) == [Item(id="a")]


async def test_compressed_answers_are_read_and_broken_ones_told() -> None:
    packed = gzip.compress(b"[1]")
    async with talking(reply(200, packed, content_encoding="gzip")) as (http, _):
        assert (await http.get("/")).body == b"[1]"
    assert isinstance(await failing(reply(200, b"no gzip", content_encoding="gzip")), BadAnswer)


@pytest.mark.parametrize(
    "noise", [b"\x00\x01\x02", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 abc\r\n\r\n"]
)
async def test_what_is_no_http_is_unreachable(noise: bytes) -> None:
    assert isinstance(await failing(noise), Unreachable)


@pytest.mark.parametrize("text", ["a/b?c#d", "..", ".", "ü \x00", "\ud800"])
async def test_an_id_is_one_segment_of_the_path(text: str) -> None:
    async with talking(OK) as (http, script):
        await http.get(f"/runs/{segment(text)}/x")
    assert script.asked[0].target.count("/") == 3
    assert "?" not in script.asked[0].target


async def test_a_stream_gives_its_bytes_as_they_come() -> None:
    more = asyncio.Event()

    async def slowly(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\none")
        await more.wait()
        writer.write(b"two")

    async with talking(slowly) as (http, script), http.stream("/events", {"a": 1}) as streaming:
        assert streaming.status == 200
        assert streaming.headers["content-type"] == "text/event-stream"
        chunks = streaming.chunks()
        assert await anext(chunks) == b"one"
        more.set()
        assert await anext(chunks) == b"two"
        with pytest.raises(StopAsyncIteration):
            await anext(chunks)
    assert script.asked[0].target == "/events?a=1"


async def test_a_silent_stream_is_given_up() -> None:
    async def silent(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\none")
        await asyncio.Event().wait()

    async with talking(silent) as (http, _), http.stream("/events") as streaming:
        with pytest.raises(Unreachable, match="in time"):
            _ = [chunk async for chunk in streaming.chunks()]


async def test_a_stream_that_breaks_off_is_unreachable() -> None:
    broken = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n"
    async with talking(broken) as (http, _), http.stream("/events") as streaming:
        with pytest.raises(Unreachable, match="broke"):
            _ = [chunk async for chunk in streaming.chunks()]


async def test_a_refused_stream_says_why() -> None:
    gone = reply(404, '{"detail": "gone"}')
    async with talking(gone) as (http, _), http.stream("/events") as streaming:
        assert streaming.status == 404
        with pytest.raises(NotFound, match="gone"):
            await streaming.check()


async def test_a_dropped_stream_closes_its_connection() -> None:
    closed = asyncio.Event()

    async def endless(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\none")
        try:
            while True:
                await asyncio.sleep(0.01)
                writer.write(b".")
                await writer.drain()
        except ConnectionError:
            closed.set()

    async with talking(endless) as (http, _):
        async with http.stream("/events") as streaming:
            await anext(streaming.chunks())
        await asyncio.wait_for(closed.wait(), 2)


async def test_what_is_closed_stays_closed() -> None:
    async with talking(OK) as (http, script):
        await http.get("/")
        await http.close()
        with pytest.raises(Unreachable, match="closed"):
            await http.get("/")
    assert len(script.asked) == 1


async def test_a_request_can_be_cancelled() -> None:
    arrived = asyncio.Event()

    async def never(asked: Asked, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await asyncio.Event().wait()

    async with talking(never) as (http, _):
        task = asyncio.ensure_future(http.get("/"))
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
