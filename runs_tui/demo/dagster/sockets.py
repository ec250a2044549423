"""The WebSocket on which the events of a run come as they happen."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from runs_tui.demo.dagster.reads import Reads, cursor_at

if TYPE_CHECKING:
    from runs_tui.demo.dagster.engine import Engine
    from runs_tui.demo.dagster.ledger import Ledger
    from runs_tui.demo.dagster.refusals import Node
    from runs_tui.demo.world import WorldRun

TICK = 0.05
"""How often the world is looked at, in seconds."""

_PROTOCOL = "graphql-ws"


class Sockets:
    """Serves whoever listens, in the old protocol that Dagster speaks."""

    def __init__(self, ledger: Ledger, engine: Engine, secret: str | None) -> None:
        """Serve from a ledger those who show the secret."""
        self._ledger = ledger
        self._engine = engine
        self._reads = Reads(ledger)
        self._secret = secret

    async def serve(self, socket: WebSocket) -> None:
        """Answer with the protocol, whatever was wished for, and push what is subscribed."""
        if self._secret and socket.headers.get("authorization") != self._secret:
            await socket.close()
            return
        await socket.accept(_PROTOCOL)
        with suppress(WebSocketDisconnect):
            await self._serve(socket)

    async def _serve(self, socket: WebSocket) -> None:
        message = await socket.receive_json()
        if message.get("type") != "connection_init":
            await socket.close()
            return
        await socket.send_json({"type": "connection_ack"})
        message = await socket.receive_json()
        if message.get("type") == "start":
            await self._push(socket, message["id"], message["payload"])

    async def _push(self, socket: WebSocket, subscription: str, asked: dict[str, Any]) -> None:
        told = asked.get("variables") or {}
        before = self._ledger.find(told["id"])
        place = self._reads.position(told.get("after"))
        while True:
            node, place, news = self._news(before, told["id"], place)
            if news:
                payload = self._answer(asked, node)
                data = {"type": "data", "id": subscription, "payload": payload}
                await socket.send_json(data)
            if not await _listening(socket):
                return

    def _news(self, before: WorldRun | None, run_id: str, place: int) -> tuple[Node, int, bool]:
        """Give the events after a place; the run is told as it was when it was subscribed."""
        run = self._ledger.find(run_id)
        if run is None or before is None:
            said = {"message": f"Could not find run {run_id}", "missingRunId": run_id}
            return {"__typename": "PipelineRunLogsSubscriptionFailure", **said}, place, True
        events, _ = self._reads.events(run, place, None)
        place += len(events)
        node = {
            "__typename": "PipelineRunLogsSubscriptionSuccess",
            "run": self._ledger.node(before),
            "messages": events,
            "hasMorePastEvents": False,
            "cursor": cursor_at(place),
        }
        return node, place, bool(events)

    def _answer(self, asked: dict[str, Any], node: Node) -> dict[str, Any]:
        """Give the fields that were asked for, as a query of them would."""
        result = self._engine.execute(asked, {"pipelineRunLogs": node})
        errors = [error.formatted for error in result.errors or ()]
        return {"data": result.data, **({"errors": errors} if errors else {})}


async def _listening(socket: WebSocket) -> bool:
    """Wait for one tick; tell whether the client still wants to hear."""
    try:
        async with asyncio.timeout(TICK):
            message = await socket.receive()
    except TimeoutError:
        return True
    return message["type"] != "websocket.disconnect" and '"stop"' not in message.get("text", "")
