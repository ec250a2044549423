import asyncio
import gc
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import combinations
from types import ModuleType

import anyio
import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, InvalidMessage, InvalidStatus

from runs_tui.demo.faults import Fault, Faults
from runs_tui.demo.server import DemoServer, Settings, dialects
from runs_tui.model.clock import SetClock
from tests.demo.served import EPOCH

API = "automation_runs"
LIST = "/api/v1/automation-runs"
DEADLINE = 20

SERVE = """
import sys
from runs_tui.demo.server import DemoServer
DemoServer(["automation_runs"], runs=20).serve_forever(lambda urls: print(urls, flush=True))
print("over", flush=True)
"""


@pytest.fixture
async def server() -> AsyncIterator[DemoServer]:
    """A world that stands still: where it did not, it could change within a test."""
    async with DemoServer([API], runs=60, clock=SetClock(EPOCH)) as server:
        yield server


@pytest.fixture
async def client(server: DemoServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.urls[API], timeout=DEADLINE) as client:
        yield client


@pytest.fixture
def faults(server: DemoServer) -> Faults:
    return server.faults[API]


async def drain(chunks: AsyncIterator[bytes], received: bytearray) -> None:
    async for chunk in chunks:
        received += chunk


async def active(client: httpx.AsyncClient) -> str:
    found = await client.get(LIST, params={"status": "running"})
    return str(found.json()["items"][0]["id"])


def test_every_dialect_is_found_by_its_module() -> None:
    assert API in dialects()
    assert not {"world", "server", "faults", "framing"} & set(dialects())


async def test_every_api_has_a_world_and_an_address_of_its_own() -> None:
    async with DemoServer(runs=50) as server:
        assert set(server.urls) == set(server.worlds) == set(server.faults) == set(dialects())
        assert all(url.startswith("http://127.0.0.1:") for url in server.urls.values())
        assert len(set(server.urls.values())) == len(server.urls)
        now = server.worlds[API].epoch
        ids = [{run.id for run in world.runs(now)} for world in server.worlds.values()]
        assert all(one.isdisjoint(other) for one, other in combinations(ids, 2))
    assert server.urls == {}


async def test_a_path_of_no_api_is_not_found(server: DemoServer) -> None:
    root = httpx.URL(server.urls[API]).copy_with(path="/automation_runs_and_more")
    async with httpx.AsyncClient() as client:
        assert (await client.get(root)).status_code == 404


async def test_a_server_can_be_entered_again() -> None:
    server = DemoServer([API], runs=20)
    for _ in range(2):
        async with server, httpx.AsyncClient() as client:
            assert (await client.get(server.urls[API] + LIST)).status_code == 200


async def test_only_loopback_is_bound(server: DemoServer) -> None:
    port = httpx.URL(server.urls[API]).port
    assert port is not None
    with socket.socket() as other:
        other.bind(("127.0.0.2", port))


async def test_a_taken_port_is_told_clearly(server: DemoServer) -> None:
    port = httpx.URL(server.urls[API]).port
    assert port is not None
    second = DemoServer([API], port=port, runs=20)
    with pytest.raises(OSError, match=f"cannot listen on 127.0.0.1:{port}: Address already"):
        await second.__aenter__()
    with pytest.raises(OSError, match="cannot listen"):
        second.start()
    with pytest.raises(OSError, match="cannot listen"):
        second.serve_forever(print)


async def test_leaving_ends_open_streams_at_once() -> None:
    with anyio.fail_after(5):
        async with httpx.AsyncClient() as client:
            async with DemoServer([API], runs=60, clock=SetClock(EPOCH)) as server:
                client.base_url = httpx.URL(server.urls[API])
                stream = client.stream("GET", f"{LIST}/{await active(client)}/events")
                answer = await stream.__aenter__()
                chunks = answer.aiter_bytes()
                await anext(chunks)
            with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
                await drain(chunks, bytearray())
            await stream.__aexit__(None, None, None)
    gc.collect()
    others = [task for task in asyncio.all_tasks() if "uvicorn" in repr(task)]
    assert others == []


def test_a_thread_serves_until_it_is_stopped() -> None:
    server = DemoServer([API], runs=20)
    server.start()
    url = server.urls[API] + LIST
    assert httpx.get(url).status_code == 200
    server.stop()
    assert not any(thread.name == "runs-tui demo" for thread in threading.enumerate())
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)
    server.stop()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_foreground_server_cleanly(number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert API in process.stdout.readline()
    process.send_signal(number)
    out, err = process.communicate(timeout=DEADLINE)
    assert (process.returncode, out, err) == (0, "over\n", "")


async def test_settings_reach_the_dialect() -> None:
    settings = {API: Settings(credential="sesame")}
    async with (
        DemoServer([API], runs=20, settings=settings) as server,
        httpx.AsyncClient() as client,
    ):
        assert (await client.get(server.urls[API] + LIST)).status_code == 401


async def test_requests_are_logged_without_the_prefix(
    client: httpx.AsyncClient, faults: Faults
) -> None:
    await client.get(LIST, params={"limit": 3}, headers={"X-Thing": "Yes"})
    await client.post(f"{LIST}/nonsense/retry", json={"mode": "full"})
    first, second = faults.requests
    assert (first.method, first.path, first.query, first.status) == ("GET", LIST, "limit=3", 200)
    assert first.headers["x-thing"] == "Yes"
    assert (second.method, second.path, second.status) == ("POST", f"{LIST}/nonsense/retry", 422)
    assert second.body == b'{"mode":"full"}'


async def test_a_fault_strikes_where_and_as_often_as_it_says(
    client: httpx.AsyncClient, faults: Faults
) -> None:
    faults.add(Fault(path="/steps", status=500))
    faults.add(Fault(method="POST", status=501))
    faults.add(Fault(path="/automations", status=502, times=2))
    faults.add(Fault(path="api/v1/events", status=503, times=None))
    assert (await client.get(LIST)).status_code == 200
    assert (await client.post(LIST)).status_code == 501
    got = [(await client.get("/api/v1/automations")).status_code for _ in range(3)]
    assert got == [502, 502, 200]
    got = [(await client.get("/api/v1/events")).status_code for _ in range(3)]
    assert got == [503, 503, 503]
    faults.clear()
    assert (await client.get("/api/v1/events")).status_code == 200


async def test_a_late_answer(client: httpx.AsyncClient, faults: Faults) -> None:
    faults.add(Fault(delay=60))
    with pytest.raises(httpx.ReadTimeout):
        await client.get(LIST, timeout=0.2)


async def test_another_status_and_body(client: httpx.AsyncClient, faults: Faults) -> None:
    faults.add(Fault(status=429, headers={"Retry-After": "7"}))
    answer = await client.get(LIST)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert answer.json() == {"detail": "Too Many Requests"}
    faults.add(Fault(status=502, body=b"<html>", headers={"Content-Type": "text/html"}))
    answer = await client.get(LIST)
    assert (answer.status_code, answer.text) == (502, "<html>")
    assert answer.headers["content-type"] == "text/html"
    faults.add(Fault(status=204))
    assert (await client.get(LIST)).content == b""


async def test_a_replaced_or_rewritten_body(client: httpx.AsyncClient, faults: Faults) -> None:
    whole = await client.get(LIST)
    faults.add(Fault(body=b"garbage"))
    answer = await client.get(LIST)
    assert (answer.status_code, answer.content) == (200, b"garbage")
    faults.add(Fault(rewrite=lambda body: body[:100]))
    answer = await client.get(LIST)
    assert answer.content == whole.content[:100]
    assert answer.headers["content-length"] == "100"


async def test_no_answer_at_all(client: httpx.AsyncClient, faults: Faults) -> None:
    faults.add(Fault(drop_after=0))
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        await client.get(LIST)
    assert faults.requests[-1].status is None
    assert (await client.get(LIST)).status_code == 200


async def test_a_broken_transfer(client: httpx.AsyncClient, faults: Faults) -> None:
    whole = (await client.get(LIST)).content
    faults.add(Fault(drop_after=1000))
    received = bytearray()
    async with client.stream("GET", LIST) as answer:
        assert answer.headers["content-length"] == str(len(whole))
        with pytest.raises(httpx.RemoteProtocolError, match="received 1000 bytes"):
            await drain(answer.aiter_bytes(), received)
    assert received == whole[:1000]
    faults.add(Fault(drop_after=len(whole)))
    assert (await client.get(LIST)).content == whole


async def test_a_broken_stream(client: httpx.AsyncClient, faults: Faults) -> None:
    run = await active(client)
    faults.add(Fault(path="/events", drop_after=150))
    received = bytearray()
    async with client.stream("GET", f"{LIST}/{run}/events") as answer:
        with pytest.raises(httpx.RemoteProtocolError, match="incomplete"):
            await drain(answer.aiter_bytes(), received)
    assert len(received) == 150
    assert received.startswith(b"retry: 2000\n\nid: 1\n")


async def test_a_stream_passes_unbuffered(client: httpx.AsyncClient) -> None:
    run = await active(client)
    with anyio.fail_after(DEADLINE):
        async with client.stream("GET", f"{LIST}/{run}/events") as answer:
            assert await anext(answer.aiter_bytes()) == b"retry: 2000\n\n"


async def test_a_lost_answer_to_work_that_was_done(
    client: httpx.AsyncClient, server: DemoServer, faults: Faults
) -> None:
    run = await active(client)
    faults.add(Fault(path="/cancel", drop_after=0))
    with pytest.raises(httpx.RemoteProtocolError):
        await client.post(f"{LIST}/{run}/cancel")
    assert not asked_to_end(server, run)
    faults.add(Fault(path="/cancel", swallow=True))
    with pytest.raises(httpx.RemoteProtocolError):
        await client.post(f"{LIST}/{run}/cancel")
    assert asked_to_end(server, run)


def asked_to_end(server: DemoServer, run_id: str) -> bool:
    run = server.worlds[API].run(run_id, server.clock.now())
    assert run is not None
    return run.cancelling or run.state.terminal


@pytest.fixture
async def socket_url(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[str, Faults]]:
    """A dialect that says the same thing over and over on a WebSocket."""

    async def chatter(socket: WebSocket) -> None:
        await socket.accept(socket.headers.get("sec-websocket-protocol"))
        with suppress(WebSocketDisconnect):
            while True:
                await socket.send_text("0123456789")
                await asyncio.sleep(0.001)

    def app(*_: object) -> Starlette:
        return Starlette(routes=[WebSocketRoute("/out", chatter)])

    module = ModuleType("runs_tui.demo.chatter")
    vars(module).update(PREFIX="/chatter", app=app)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    async with DemoServer(["chatter"], runs=20) as server:
        url = server.urls["chatter"].replace("http:", "ws:")
        yield f"{url}/out", server.faults["chatter"]


async def test_a_socket_passes(socket_url: tuple[str, Faults]) -> None:
    url, faults = socket_url
    async with connect(url, proxy=None) as connection:
        assert await connection.recv() == "0123456789"
    (request,) = faults.requests
    assert (request.method, request.path) == ("WEBSOCKET", "/out")


async def test_a_socket_may_break(socket_url: tuple[str, Faults]) -> None:
    url, faults = socket_url
    faults.add(Fault(path="/out", drop_after=35))
    with anyio.fail_after(DEADLINE):
        async with connect(url, proxy=None) as connection:
            assert [await connection.recv() for _ in range(3)] == ["0123456789"] * 3
            with pytest.raises(ConnectionClosedError):
                await connection.recv()


async def test_a_socket_may_be_refused(socket_url: tuple[str, Faults]) -> None:
    url, faults = socket_url
    faults.add(Fault(method="WEBSOCKET", status=403))
    with pytest.raises(InvalidStatus, match="403"):
        await connect(url, proxy=None)
    faults.add(Fault(swallow=True))
    with pytest.raises(InvalidMessage):
        await connect(url, proxy=None)
