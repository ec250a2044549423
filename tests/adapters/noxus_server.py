"""A Noxus server with one run, whose answers are those of the contract unless a test has others."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from runs_tui.adapters.base import Connection, Credential
from runs_tui.adapters.noxus import Noxus
from runs_tui.adapters.noxus.pace import Pace
from runs_tui.model.clock import SetClock
from runs_tui.model.run import Event, Gap
from runs_tui.transport.http import Patience
from tests.adapters.sources import closing, events_of
from tests.transport.script import Asked, reply, serving

RUN = "5b0f6c1e-8a52-4f0e-9a3c-0c6f0f2f7a11"
OTHER = "0a9b8c7d-3333-4e4e-8f8f-cccccccccccc"
FLOW = "7e7e1f00-2222-4d4d-9e9e-bbbbbbbbbbbb"
GROUP = "9d1c2b3a-1111-4c4c-8d8d-aaaaaaaaaaaa"
INPUT = {"Invoice": {"uri": "https://files.example/inv-204.pdf", "name": "inv-204.pdf"}}
ONE = f"/v1/runs/{RUN}"
WHOLE = f"/v1/workflows/{FLOW}/runs/{RUN}"
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
QUICK = Pace(
    poll=0.05, beside=0.1, silence=0.2, settle=0.1, patience=0.5, first_delay=0.02,
    longest_delay=0.05, failures=3, looks=3,
)  # fmt: skip

LIST: dict[str, Any] = {
    "items": [
        {
            "id": RUN,
            "group_id": GROUP,
            "workflow_id": FLOW,
            "input": INPUT,
            "node_ids": None,
            "status": "running",
            "progress": 40,
            "definitions": None,
            "created_at": "2026-05-04T09:12:31.482913Z",
            "finished_at": None,
            "workflow": {
                "id": FLOW,
                "group_id": GROUP,
                "name": "Invoice intake",
                "type": "flow",
                "definition": {},
                "last_updated_at": "2026-05-01T08:00:00Z",
                "last_run_at": "2026-05-04T09:12:31Z",
                "created_at": "2026-02-11T10:00:00Z",
                "deleted_at": None,
                "runs_count": 412,
                "author_name": "Rita Moreira",
                "description": None,
                "saved": True,
                "error_handler": None,
            },
            "source": "api",
        },
        {
            "id": OTHER,
            "group_id": GROUP,
            "workflow_id": FLOW,
            "input": {},
            "node_ids": ["n-extract"],
            "status": "stopped",
            "progress": 66,
            "definitions": {},
            "created_at": "2026-05-04T08:55:02Z",
            "finished_at": "2026-05-04T08:55:40Z",
            "workflow": None,
            "source": None,
        },
    ],
    "total": 412,
    "page": 1,
    "size": 2,
    "pages": 206,
}
DETAILS: dict[str, Any] = {
    "executed_nodes": ["n-in", "n-extract"],
    "running_nodes": ["n-classify"],
    "remaining_nodes": ["n-out"],
    "skipped_nodes": [],
    "error_handler_nodes": [],
    "per_node_progress": {"n-classify": 35},
    "per_edge_progress": {},
    "subflow_executions": {},
    "run_logs": {},
}
FIRST: dict[str, Any] = {
    "flow_version": "v1",
    "nodes": [
        {
            "id": "n-in", "type": "FileInputNode", "name": "File Input",
            "display": {"position": {"x": 0, "y": 0}}, "node_config": {"label": "Invoice"},
            "subflow_id": None,
        },
        {
            "id": "n-extract", "type": "TextGenerationNode", "name": "Extract fields",
            "display": {"position": {"x": 350, "y": 0}}, "node_config": {}, "subflow_id": None,
        },
        {
            "id": "n-alert", "type": "OutputNode", "name": "Alert", "display": {},
            "node_config": {"label": "alert"},
        },
    ],
    "edges": [
        {
            "id": "e1",
            "from_id": {
                "node_id": "n-in", "connector_name": "output", "key": None, "optional": False,
            },
            "to_id": {
                "node_id": "n-extract", "connector_name": "variables", "key": "Input 1",
                "optional": False,
            },
        },
        {
            "id": "e2",
            "from_id": {
                "node_id": "n-extract", "connector_name": "on_error", "key": None,
                "optional": False,
            },
            "to_id": {
                "node_id": "n-alert", "connector_name": "input", "key": None, "optional": False,
            },
        },
    ],
}  # fmt: skip
TRANSCRIPT = b"""event: message
data: {"type": "state", "data": {"status": "running", "progress_details": {"executed_nodes": [], \
"running_nodes": ["n-in"], "remaining_nodes": ["n-extract"]}}, "redisId": "1777885951500-0"}

event: message
data: {"type": "content", "data": {"id": "n-extract", "status": "running", "content": \
"Reading page 1\\n"}, "redisId": "1777885953021-0"}

event: message
data: {"type": "content", "data": {"id": "n-extract", "status": "completed", "workflow_status": \
"completed"}, "redisId": "1777885960442-0"}

"""
MISSING = '{"detail": "Not Found"}'

Stream = bytes | Callable[[Asked, asyncio.StreamWriter, "Server"], Awaitable[None]]


def listed(status: str = "running", **more: Any) -> dict[str, Any]:
    """Give the run as the workspace tells it."""
    return {**LIST["items"][0], "status": status, **_ended(status), **more}


def whole(status: str = "running", **more: Any) -> dict[str, Any]:
    """Give the run as its workflow tells it."""
    return {
        "id": RUN,
        "group_id": GROUP,
        "workflow_id": FLOW,
        "status": status,
        "created_at": "2026-05-04T09:12:31.482913Z",
        "input": INPUT,
        "output": {},
        "node_ids": None,
        "single_node_id": None,
        "workflow_version_id": None,
        "workflow_definition": {"flow_version": "v1", "nodes": [], "edges": []},
        "progress_details": DETAILS,
        "progress": 40,
        "finished_at": None,
        **_ended(status),
        **more,
    }


def _ended(status: str) -> dict[str, Any]:
    over = status in {"completed", "failed", "stopped"}
    return {"finished_at": "2026-05-04T09:13:31.482913Z"} if over else {}


def sse(*messages: tuple[str, dict[str, Any]], first: int = 1) -> bytes:
    """Write events of a type, each with the next id, a second after the one before."""
    blocks = []
    for number, (kind, data) in enumerate(messages, first):
        value = {"type": kind, "data": data, "redisId": etag(number)}
        blocks.append(f"event: message\ndata: {json.dumps(value)}\n\n")
    return "".join(blocks).encode()


def etag(number: int) -> str:
    """Give the id of an event that `sse` wrote."""
    return f"{1777885950000 + 1000 * number}-0"


def content(text: str | None = None, node: str = "n-extract", **more: Any) -> tuple[str, Any]:
    data = {"id": node, "status": "running", **more}
    return "content", data | ({} if text is None else {"content": text})


def stream(body: bytes) -> bytes:
    """Write a stream that ends in order."""
    return reply(200, body, content_type="text/event-stream")


def torn(body: bytes) -> bytes:
    """Write a stream that breaks off."""
    head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 99999\r\n\r\n"
    return head.encode() + body


def opening(body: bytes) -> Stream:
    """Write a stream that stays open and silent."""

    async def talk(_: Asked, writer: asyncio.StreamWriter, __: "Server") -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n" + body)
        await writer.drain()
        while not writer.is_closing():
            writer.write(b": ping\n\n")
            await writer.drain()
            await asyncio.sleep(0.02)

    return talk


@dataclass
class Server:
    """What the server says now."""

    streams: list[Stream]
    """One for each connection, the last one for ever."""
    answers: dict[str, Any] = field(default_factory=dict)
    """What each path answers: JSON, or the bytes of a whole answer."""
    afterwards: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What other paths answer once a path was asked."""
    asked: list[Asked] = field(default_factory=list)

    def end(self, status: str = "completed", **more: Any) -> None:
        self.answers[ONE] = listed(status)
        self.answers[WHOLE] = whole(status, **more)

    def requests(self, path: str, method: str = "GET") -> list[Asked]:
        return [asked for asked in self.asked if asked.path == path and asked.method == method]

    @property
    def etags(self) -> list[str | None]:
        """What each connection to the stream asked to go on after."""
        queries = (asked.target.partition("?")[2] for asked in self.requests(f"{ONE}/events"))
        return [next(iter(parse_qs(query).get("etag", ())), None) for query in queries]

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        self.asked.append(asked)
        told: Any = self.answers.get(f"{asked.method} {asked.path}", self.answers.get(asked.path))
        if asked.path == f"{ONE}/events":
            told = self.streams.pop(0) if len(self.streams) > 1 else self.streams[0]
            if not isinstance(told, bytes):
                await told(asked, writer, self)
                return
        if told is None:
            told = reply(404, MISSING)
        self.answers |= self.afterwards.get(asked.path, {})
        writer.write(told if isinstance(told, bytes) else reply(200, json.dumps(told)))
        await writer.drain()


@asynccontextmanager
async def talking(*streams: Stream, **answers: Any) -> AsyncIterator[tuple[Noxus, Server]]:
    """Serve one run, and build a source over it."""
    server = Server(list(streams) or [reply(404, MISSING)])
    server.answers = {"/v1/runs": LIST, ONE: listed(), WHOLE: whole()} | answers
    async with serving(server.answer) as script:
        credential = Credential("s3cr3t", "NOXUS_API_KEY")
        source = Noxus(
            Connection(name="n", url=f"{script.url}/", credential=credential), SetClock(NOON)
        )
        source.pace = QUICK
        source.patience = Patience(first_delay=0.01, longest_delay=0.05, fresh=0)
        async with closing(source):
            yield source, server


async def told(source: Noxus, after: str | None = None) -> list[Event | Gap]:
    """Read all events of the run."""
    return await events_of(source, RUN, after)


def said(items: list[Event | Gap]) -> list[tuple[str | None, str]]:
    """Give what events say and of which node, a gap as a dash."""
    return [(None, "—") if isinstance(item, Gap) else (item.step, item.message) for item in items]
