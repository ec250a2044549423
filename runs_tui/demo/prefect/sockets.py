"""The two WebSockets: events as they happen, and log lines where the server streams them."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from runs_tui.demo.prefect import searches
from runs_tui.demo.prefect.desk import Desk
from runs_tui.demo.prefect.events import Event, event_json
from runs_tui.demo.prefect.fields import LOGS
from runs_tui.demo.prefect.filters import Test, Wrong, build
from runs_tui.demo.prefect.logs import log_json, logs
from runs_tui.demo.prefect.searches import Search

Message: TypeAlias = dict[str, Any]

TICK = 0.2
"""How often the world is looked at, in seconds."""

_BACKFILL = timedelta(minutes=15)
_UNFLUSHED = timedelta(seconds=2)
_WINDOW = timedelta(seconds=10)
_PROTOCOL_ERROR, _POLICY_VIOLATION = 1002, 1008


class Sockets:
    """Serves whoever listens."""

    def __init__(self, desk: Desk) -> None:
        """Serve from a desk."""
        self._desk = desk

    def routes(self) -> list[BaseRoute]:
        """Give both sockets with their paths."""
        return [
            WebSocketRoute("/events/out", self.events),
            WebSocketRoute("/logs/out", self.logs),
        ]

    async def events(self, socket: WebSocket) -> None:
        """Send what happened lately, where it is wanted, and then what happens."""
        message = await self._admit(socket)
        if message is None:
            return
        now = self._desk.clock.now()
        try:
            search = searches.search_of(message.get("filter"), now)
        except Wrong as error:
            await socket.close(_PROTOCOL_ERROR, str(error))
            return
        stream = _Events(self._desk, search, now)
        past = stream.past(now) if message.get("backfill", True) else []
        await self._stream(socket, past, stream.fresh)

    async def logs(self, socket: WebSocket) -> None:
        """Send log lines as they land; nothing at all unless the server streams them."""
        message = await self._admit(socket)
        if message is None:
            return
        asked = message.get("filter") or {}
        try:
            test = build(asked, LOGS)
        except Wrong as error:
            await socket.close(_PROTOCOL_ERROR, str(error))
            return
        await self._stream(socket, [], _Logs(self._desk, asked, test).fresh)

    async def _stream(
        self, socket: WebSocket, past: list[Message], fresh: Callable[[datetime], list[Message]]
    ) -> None:
        """Send messages until the client leaves."""
        with suppress(WebSocketDisconnect):
            for message in past:
                await socket.send_json(message)
            while await _listening(socket):
                for message in fresh(self._desk.clock.now()):
                    await socket.send_json(message)

    async def _admit(self, socket: WebSocket) -> dict[str, Any] | None:
        """Go through the handshake and give the filter message; None where it failed."""
        if "prefect" not in socket.scope["subprotocols"]:
            await socket.close(_PROTOCOL_ERROR)
            return None
        await socket.accept("prefect")
        try:
            refusal = self._refusal(await socket.receive_json())
            if refusal is not None:
                await socket.close(_POLICY_VIOLATION, refusal)
                return None
            await socket.send_json({"type": "auth_success"})
            message = await socket.receive_json()
        except WebSocketDisconnect:
            return None
        if not isinstance(message, dict) or message.get("type") != "filter":
            await socket.close(_PROTOCOL_ERROR, "Expected 'filter' message")
            return None
        return message

    def _refusal(self, message: object) -> str | None:
        if not isinstance(message, dict) or message.get("type") != "auth":
            return "Expected 'auth' message"
        expected, token = self._desk.settings.credential, message.get("token")
        if expected is None or token == expected:
            return None
        return "Invalid token" if token else "Auth required but no token provided"


class _Events:
    """The events for one listener: each once, also those that are dated back."""

    def __init__(self, desk: Desk, search: Search, now: datetime) -> None:
        """Begin to listen."""
        self._desk = desk
        self._search = search
        self._looked = now
        self._seen = {event.id: event.occurred for event in self._between(now - _WINDOW, now)}

    def past(self, now: datetime) -> list[Message]:
        """Give what the server remembers; the last seconds are not among it."""
        return _told(self._between(now - _BACKFILL, now - _UNFLUSHED))

    def fresh(self, now: datetime) -> list[Message]:
        """Give what has happened since the last look."""
        start = self._looked - _WINDOW
        found = [event for event in self._between(start, now) if event.id not in self._seen]
        self._seen = {key: at for key, at in self._seen.items() if at >= start}
        self._seen |= {event.id: event.occurred for event in found}
        self._looked = now
        return _told(found)

    def _between(self, start: datetime, end: datetime) -> list[Event]:
        since, until = max(start, self._search.since), min(end, self._search.until)
        search = replace(self._search, since=since, until=until, newest_first=False)
        return searches.events(self._desk.ledger, search, end)


class _Logs:
    """The log lines for one listener, from now on."""

    def __init__(self, desk: Desk, asked: Mapping[str, Any], test: Test | None) -> None:
        """Begin to listen."""
        self._desk = desk
        self._asked = asked
        self._test = test
        self._looked = desk.clock.now()

    def fresh(self, now: datetime) -> list[Message]:
        """Give what has landed since the last look."""
        ledger, looked = self._desk.ledger, self._looked
        self._looked = now
        if not self._desk.logs_stream:
            return []
        runs = searches.runs_of_logs(ledger, self._asked, now)
        return [
            {"type": "log", "log": {**log_json(log), "created": None, "updated": None}}
            for log in logs(ledger, runs, now, self._desk.logs_late)
            if log.landed > looked and (self._test is None or self._test(log))
        ]


def _told(events: list[Event]) -> list[Message]:
    return [{"type": "event", "event": event_json(event)} for event in events]


async def _listening(socket: WebSocket) -> bool:
    """Wait for one tick; tell whether the client is still there."""
    try:
        async with asyncio.timeout(TICK):
            message = await socket.receive()
    except TimeoutError:
        return True
    return bool(message["type"] != "websocket.disconnect")
