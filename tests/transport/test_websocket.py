import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from runs_tui.model.errors import (
    BadAnswer,
    NotFound,
    Refused,
    SourceError,
    Unauthorized,
    Unreachable,
)
from runs_tui.transport.websocket import Waits, open_socket
from tests.transport.script import reply, serving

QUICK = Waits(open=1.0, answer=0.2, ping=5.0, close=0.2)
HINT = "check THE_TOKEN"

Talk = Callable[[ServerConnection], Awaitable[None]]


@asynccontextmanager
async def talking(talk: Talk) -> AsyncIterator[str]:
    protocol = Subprotocol("tell")
    async with serve(talk, "127.0.0.1", 0, subprotocols=[protocol]) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield f"http://127.0.0.1:{port}/base"


async def echo(connection: ServerConnection) -> None:
    async for text in connection:
        await connection.send(text)


async def stay(connection: ServerConnection) -> None:
    await connection.wait_closed()


async def failing(talk: Talk) -> SourceError:
    async with talking(talk) as url:
        with pytest.raises(SourceError) as caught:
            async with open_socket(url, protocols=["tell"], hint=HINT, waits=QUICK) as socket:
                await socket.receive()
        return caught.value


async def test_messages_go_both_ways_with_protocol_and_headers() -> None:
    met: list[ServerConnection] = []

    async def remember(connection: ServerConnection) -> None:
        met.append(connection)
        await echo(connection)

    async with (
        talking(remember) as url,
        open_socket(url, protocols=["tell"], headers={"X-One": "1"}, waits=QUICK) as socket,
    ):
        await socket.send({"a": [1, "ü"]})
        assert await socket.answer() == {"a": [1, "ü"]}
        assert met[0].subprotocol == "tell"
        assert met[0].request is not None
        assert met[0].request.path == "/base"
        assert met[0].request.headers["X-One"] == "1"


async def test_what_comes_together_is_gathered() -> None:
    async def burst(connection: ServerConnection) -> None:
        for number in range(500):
            await connection.send(json.dumps(number))
        await connection.wait_closed()

    async with talking(burst) as url, open_socket(url, protocols=["tell"], waits=QUICK) as socket:
        found: list[object] = []
        while len(found) < 500:
            found += await socket.gather(0.05)
        assert found == list(range(500))


async def test_an_answer_that_stays_away_is_unreachable() -> None:
    async with talking(stay) as url, open_socket(url, protocols=["tell"], waits=QUICK) as socket:
        with pytest.raises(Unreachable):
            await socket.answer()


async def test_what_is_no_json_is_a_bad_answer() -> None:
    async def mumble(connection: ServerConnection) -> None:
        await connection.send("hello")
        await connection.wait_closed()

    assert isinstance(await failing(mumble), BadAnswer)


@pytest.mark.parametrize(
    ("code", "kind"),
    [(1008, Unauthorized), (1002, Refused), (1000, Unreachable), (1011, Unreachable)],
)
async def test_a_goodbye_tells_its_kind(code: int, kind: type[SourceError]) -> None:
    async def leave(connection: ServerConnection) -> None:
        await connection.close(code, "Invalid token")

    error = await failing(leave)
    assert type(error) is kind
    assert (kind is Unauthorized) == (error.hint == HINT)
    if kind in (Unauthorized, Refused):
        assert error.detail == "Invalid token"


async def test_a_broken_connection_is_unreachable() -> None:
    async def abort(connection: ServerConnection) -> None:
        connection.transport.abort()

    assert isinstance(await failing(abort), Unreachable)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, Unauthorized), (403, Unauthorized), (404, NotFound), (500, Unreachable)],
)
async def test_a_refused_handshake_tells_its_kind(status: int, kind: type[SourceError]) -> None:
    def refuse(connection: ServerConnection, request: Request) -> Response:
        return connection.respond(HTTPStatus(status), "no")

    async with serve(stay, "127.0.0.1", 0, process_request=refuse) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        with pytest.raises(kind) as caught:
            async with open_socket(f"http://127.0.0.1:{port}", hint=HINT, waits=QUICK):
                pass
    assert type(caught.value) is kind
    assert caught.value.status == status


async def test_a_redirect_is_not_followed() -> None:
    async with talking(stay) as url:

        def move(connection: ServerConnection, request: Request) -> Response:
            return Response(302, "Found", Headers(Location=url.replace("http", "ws")))

        async with serve(stay, "127.0.0.1", 0, process_request=move) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            with pytest.raises(Unreachable):
                async with open_socket(f"http://127.0.0.1:{port}", waits=QUICK):
                    pass


async def test_what_does_not_speak_websocket_is_unreachable() -> None:
    for answer in (reply(200, "hello"), b"", b"SSH-2.0\r\n"):
        async with serving(answer) as script:
            with pytest.raises(Unreachable):
                async with open_socket(script.url, waits=QUICK):
                    pass


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "ftp://x", "http://", "https://127.0.0.1:1"])
async def test_where_nothing_is_is_unreachable(url: str) -> None:
    with pytest.raises(Unreachable):
        async with open_socket(url, protocols=["tell"], waits=QUICK):
            pass


async def test_a_server_that_says_nothing_is_given_up() -> None:
    async def stall(*_: object) -> None:
        await asyncio.Event().wait()

    async with serving(stall) as script:
        with pytest.raises(Unreachable):
            async with open_socket(script.url, waits=Waits(open=0.2)):
                pass
