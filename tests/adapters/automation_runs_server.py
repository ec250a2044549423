"""An automation-runs server with one run, whose answers a test writes by hand."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from runs_tui.adapters.automation_runs import AutomationRuns
from runs_tui.adapters.automation_runs.pace import Pace
from runs_tui.adapters.base import Connection, Credential
from runs_tui.model.clock import SetClock
from runs_tui.model.run import Event, Gap
from runs_tui.transport.http import Patience
from tests.adapters.sources import closing, events_of
from tests.transport.script import Asked, Script, reply, serving

RUN = "c6d1b7aa-5d40-4f35-8f0e-300000000001"
PATH = f"/api/v1/automation-runs/{RUN}"
NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)
QUICK = Pace(
    poll=0.05, poll_beside=0.1, silence=0.2, settle=0.1, patience=0.3, first_delay=0.02,
    longest_delay=0.05, longest_asked=0.05, failures=3,
)  # fmt: skip
Stream = bytes | Callable[[asyncio.StreamWriter, "Server"], Awaitable[None]]

STEPS: list[dict[str, Any]] = [
    {
        "key": "extract_orders", "name": "Extract orders", "status": "completed", "dependsOn": [],
        "actionRunId": "0d3f9f55-0000-4000-8000-600000000001",
        "startedAt": "2026-06-02T06:00:01Z", "completedAt": "2026-06-02T06:00:41Z",
    },
    {
        "key": "post_summary", "name": "Post summary", "status": "failed",
        "dependsOn": ["extract_orders"], "actionRunId": "0d3f9f55-0000-4000-8000-600000000002",
        "startedAt": "2026-06-02T06:00:42Z", "completedAt": "2026-06-02T06:01:02Z",
        "error": {"code": "HTTP_502", "message": "Upstream answered 502"},
    },
    {"key": "archive", "status": "pending", "dependsOn": ["post_summary"]},
]  # fmt: skip


def run(status: str = "failed", **more: Any) -> dict[str, Any]:
    over = status in {"failed", "completed", "cancelled"}
    return {
        "id": RUN, "automationId": "a1", "status": status, "createdAt": "2026-06-02T06:00:00Z",
        "startedAt": "2026-06-02T06:00:01Z",
        "completedAt": "2026-06-02T06:01:02Z" if over else None, **more,
    }  # fmt: skip


def sse(*events: object, after: int = 0) -> bytes:
    """Write server-sent events with ids that count on."""
    blocks = [
        f"id: {number}\ndata: {json.dumps(event)}\n\n"
        for number, event in enumerate(events, after + 1)
    ]
    return "".join(blocks).encode()


def logs(*texts: str) -> list[dict[str, str]]:
    return [{"type": "log", "message": text} for text in texts]


def stream(body: bytes, content_type: str = "text/event-stream", status: int = 200) -> bytes:
    """Write a stream that ends in order."""
    return reply(status, body, content_type=content_type)


def torn(body: bytes, content_type: str = "text/event-stream") -> bytes:
    """Write a stream that breaks off."""
    head = f"HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ncontent-length: 99999\r\n\r\n"
    return head.encode() + body


@dataclass
class Server:
    """What the server says now."""

    run: dict[str, Any] = field(default_factory=run)
    steps: list[dict[str, Any]] = field(default_factory=lambda: [dict(step) for step in STEPS])
    streams: list[Stream] = field(default_factory=list)
    """One for each connection, the last one for ever."""
    others: dict[str, Any] = field(default_factory=dict)
    """What other paths answer: JSON, or bytes of a whole answer."""
    connections: list[Asked] = field(default_factory=list)
    """The requests for the stream."""
    writes: list[Asked] = field(default_factory=list)
    """The requests that change something."""
    looks: list[Asked] = field(default_factory=list)
    """The other requests."""
    script: Script | None = None

    def end(self, status: str = "failed") -> None:
        self.run = run(status)

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.method == "POST":
            self.writes.append(asked)
        if asked.path == f"{PATH}/events":
            self.connections.append(asked)
            told = self.streams.pop(0) if len(self.streams) > 1 else self.streams[0]
            if not isinstance(told, bytes):
                await told(writer, self)
                return
        else:
            self.looks.append(asked)
            told = self.whole(asked.path)
        writer.write(told)
        await writer.drain()

    def whole(self, path: str) -> bytes:
        known = {PATH: self.run, f"{PATH}/steps": {"automationRunId": RUN, "steps": self.steps}}
        told = (self.others | known if path not in self.others else self.others).get(path)
        if isinstance(told, bytes):
            return told
        return (
            reply(404, '{"detail": "Not Found"}') if told is None else reply(200, json.dumps(told))
        )


@asynccontextmanager
async def talking(
    *streams: Stream, secret: str = "s", **more: Any
) -> AsyncIterator[tuple[AutomationRuns, Server]]:
    """Serve one run, and build a source over it."""
    server = Server(streams=list(streams) or [reply(405)], **more)

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await server.answer(asked, writer)

    async with serving(answer) as script:
        server.script = script
        source = AutomationRuns(
            Connection(name="a", url=script.url, credential=Credential(secret, "A_TOKEN")),
            SetClock(NOON),
        )
        source.pace = QUICK
        source.patience = Patience(first_delay=0.01, longest_delay=0.05, fresh=0)
        async with closing(source):
            yield source, server


async def told(source: AutomationRuns, after: str | None = None) -> list[Event | Gap]:
    """Read all events of the run."""
    return await events_of(source, RUN, after)
