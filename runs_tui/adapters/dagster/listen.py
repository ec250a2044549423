"""The events of a run as the server pushes them, over its WebSocket."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress

from pydantic import ValidationError

from runs_tui.adapters.dagster import answers, queries
from runs_tui.adapters.dagster.client import Client
from runs_tui.adapters.dagster.log import Log, Part
from runs_tui.model.errors import BadAnswer, Unreachable
from runs_tui.transport.loop import instant
from runs_tui.transport.websocket import Socket, Waits, open_socket

_PROTOCOL = "graphql-ws"
_WAITS = Waits(open=4.0, answer=4.0)
_ID = "1"
_ALIVE = "ka"
_SILENCE = object()
_OTHER = "its WebSocket does not speak as Dagster's does"


async def heard(
    client: Client, log: Log, run_id: str, number: int, idle: float
) -> AsyncGenerator[Part, None]:
    """Give what comes after so many events, until no event came for so many seconds."""
    after = log.cursor(run_id, number)
    values = {"id": run_id, **({"after": after} if after else {})}
    async with _subscribed(client, values) as socket:
        until = instant() + idle
        while (message := await _next_of(socket, until)) is not _SILENCE:
            found = _told(message)
            if found is None:
                continue
            part = Part(number, found.events, False, found.status)
            number = part.end
            log.note(run_id, number, found.cursor)
            yield part
            if part.events:
                until = instant() + idle


@asynccontextmanager
async def _subscribed(client: Client, values: dict[str, str]) -> AsyncIterator[Socket]:
    """Open the stream of a run's events, in the order of the protocol."""
    opening = open_socket(
        client.url,
        protocols=(_PROTOCOL,),
        headers=client.credential,
        hint=client.hint,
        waits=_WAITS,
        recorder=client.http.recorder,
        shown=client.http.shown,
    )
    async with opening as socket:
        await socket.send({"type": "connection_init", "payload": {}})
        until = instant() + _WAITS.answer
        while _kind(message := await _next_of(socket, until)) == _ALIVE:
            pass
        if message is _SILENCE:
            raise Unreachable("its WebSocket does not answer")
        if _kind(message) != "connection_ack":
            raise BadAnswer(_OTHER)
        payload = {"operationName": "Listen", "query": queries.LISTEN, "variables": values}
        await socket.send({"id": _ID, "type": "start", "payload": payload})
        yield socket


async def _next_of(socket: Socket, until: float) -> object:
    """Give the next message, whatever it is, or that none came until a time."""
    with suppress(TimeoutError):
        async with asyncio.timeout_at(until):
            return await socket.receive()
    return _SILENCE


def _kind(message: object) -> str | None:
    kind = message.get("type") if isinstance(message, dict) else None
    return kind if isinstance(kind, str) else None


def _told(message: object) -> answers.Pushed | None:
    """Give the events that a message has; None for a sign of life."""
    kind = _kind(message)
    if kind == _ALIVE:
        return None
    if kind != "data" or not isinstance(message, dict):
        raise BadAnswer(_OTHER)
    try:
        answer = answers.LISTEN.validate_python(message.get("payload"))
    except ValidationError:
        raise BadAnswer(_OTHER) from None
    if answer.data is None or isinstance(answer.data.log, answers.Failure):
        raise BadAnswer(_OTHER)
    return answer.data.log
