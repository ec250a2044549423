"""What a Dagster server may push besides events."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from runs_tui.adapters.base import Connection
from runs_tui.adapters.dagster import listen
from runs_tui.adapters.dagster.client import Client
from runs_tui.adapters.dagster.log import Log, Part
from runs_tui.model.clock import SystemClock
from runs_tui.model.errors import BadAnswer, Unreachable
from runs_tui.transport.http import Patience
from runs_tui.transport.websocket import Waits
from tests.adapters.dagster_world import DIAMOND
from tests.contract_parts.stage import DEADLINE

IDLE = 0.3
ACK = {"type": "connection_ack"}
ALIVE = {"type": "ka"}
EVENT = {"__typename": "LogMessageEvent", "timestamp": "1764000000000", "message": "hello"}


def pushed(*events: Any) -> dict[str, Any]:
    log = {
        "__typename": "PipelineRunLogsSubscriptionSuccess",
        "cursor": "1",
        "run": {"status": "STARTED"},
        "messages": events,
    }
    return {"type": "data", "id": "1", "payload": {"data": {"pipelineRunLogs": log}}}


@asynccontextmanager
async def telling(*messages: Any) -> AsyncIterator[Client]:
    """Give the client of a server that says this, and the last of it again and again."""

    async def talk(connection: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            for message in messages:
                await connection.send(json.dumps(message))
            while True:
                await asyncio.sleep(IDLE / 10)
                await connection.send(json.dumps(messages[-1]))

    async with serve(talk, "127.0.0.1", 0, subprotocols=[Subprotocol("graphql-ws")]) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        connection = Connection(name="d", url=f"http://127.0.0.1:{port}")
        yield Client(connection, None, Patience(), SystemClock())


async def heard(*messages: Any) -> list[Part]:
    async with telling(*messages) as client, asyncio.timeout(DEADLINE):
        return [part async for part in listen.heard(client, Log(client), DIAMOND, 0, IDLE)]


async def test_signs_of_life_are_not_taken_for_events() -> None:
    (part,) = await heard(ACK, ALIVE, pushed(EVENT), ALIVE)
    assert [event.message for event in part.events] == ["hello"]


async def test_pushes_without_an_event_are_not_taken_for_events() -> None:
    parts = await heard(ACK, pushed(EVENT), pushed())
    assert parts[-1].end == 1


async def test_a_push_of_nothing_at_all_is_a_bad_answer() -> None:
    with pytest.raises(BadAnswer):
        await heard(ACK, None)


async def test_a_server_that_only_shows_that_it_lives_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listen, "_WAITS", Waits(open=1.0, answer=0.2))
    with pytest.raises(Unreachable):
        await heard(ALIVE)
