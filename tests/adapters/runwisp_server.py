"""A RunWisp daemon whose answers a test writes by hand, in the shapes of each generation."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from runs_tui.adapters.base import Connection, Credential
from runs_tui.adapters.runwisp import RunWisp
from runs_tui.adapters.runwisp.pace import Pace
from runs_tui.model.clock import SetClock
from runs_tui.model.run import Event, Gap
from runs_tui.transport.http import Patience
from tests.adapters.sources import closing, events_of
from tests.transport.script import Asked, reply, serving, serving_at

NOON = datetime(2026, 7, 2, 12, tzinfo=UTC)
QUICK = Pace(linger=0.0, first_pause=0.01, longest_pause=0.05)
RUN = "01JZ8Q4M7T9V2X5B6C3D1E0FGH"
OTHER = "01JZ8Q5N8V0W1X2Y3Z4A5B6C7D"
SECRET = "t0ken-for-tests"
STATUS = "/api/auth/status"

OLD_LIST: dict[str, Any] = {
    "$schema": "http://localhost:9477/schemas/RunsResponseBody.json",
    "runs": [
        {
            "id": RUN, "task_name": "ledger-export",
            "status": "ended", "end_reason": "timeout", "exit_code": 143,
            "start_at": "2026-05-14T09:30:00.412345678Z", "end_at": "2026-05-14T09:35:00.98Z",
            "triggered_by": "cron", "created_at": "2026-05-14T09:30:00.4Z",
            "retry_attempt": 1, "retry_of_run_id": "01JZ8Q3A0B1C2D3E4F5G6H7J8K",
            "instance_index": 0,
        },
        {
            "id": OTHER, "task_name": "ledger-export",
            "status": "pending", "exit_code": 0, "triggered_by": "api",
            "created_at": "2026-05-14T09:36:10Z", "retry_attempt": 0, "instance_index": 0,
        },
    ],
    "total": 318,
}  # fmt: skip
NEW_RUN: dict[str, Any] = {
    "id": RUN, "taskName": "thumbnailer",
    "status": "running", "exitCode": 0, "startedAt": "2026-07-02T18:04:11.5Z",
    "triggeredBy": "service", "createdAt": "2026-07-02T18:04:11.4Z",
    "retryAttempt": 0, "instanceIndex": 2, "params": {"SIZE": "640"},
}  # fmt: skip
NEW_LIST: dict[str, Any] = {"items": [NEW_RUN], "total": 1}
OLD_TASKS: list[dict[str, Any]] = [
    {
        "name": "ledger-export", "kind": "task", "group": "Finance", "cron": "*/30 * * * *",
        "api_trigger": True, "autostart": False, "on_overlap": "queue", "max_concurrent": 1,
        "retry_attempts": 2, "retry_delay": 30000000000, "retry_backoff": "exponential",
        "timeout": 300000000000, "next_run_at": "2026-05-14T10:00:00Z",
        "parameters": [{"kind": "env", "key": "MONTH", "default": "current"}],
    },
    {
        "name": "thumbnailer", "kind": "service", "group": "Media", "api_trigger": True,
        "autostart": True, "restart": "always", "instances": 3, "depends_on": ["object-store"],
    },
]  # fmt: skip
LOG_PAGE: dict[str, Any] = {
    "lines": [
        {"n": 41, "ts": 0, "stream": "stdout", "text": "uploading part 7 of 9"},
        {"n": 42, "ts": 0, "stream": "stderr", "text": "\x1b[33mslow link\x1b[0m"},
    ],
    "first_available": 0, "total_lines": 43, "truncated": False, "finalized": False,
}  # fmt: skip


def run(status: str = "running", reason: str | None = None, **more: Any) -> dict[str, Any]:
    """Write a run of a task as the newest daemons do; a field that is None is left out."""
    told: dict[str, Any] = {
        "id": RUN, "taskName": "ledger-export", "status": status, "exitCode": 0,
        "triggeredBy": "cron", "createdAt": "2026-07-02T09:30:00Z",
        "startedAt": "2026-07-02T09:30:00Z", "retryAttempt": 0, "instanceIndex": 0,
    }  # fmt: skip
    if status == "ended":
        told |= {"endReason": reason, "endedAt": "2026-07-02T09:35:00Z"}
    told |= more
    return {name: value for name, value in told.items() if value is not None}


def line(number: int, text: str = "", at: int = 0, stream: str = "stdout") -> dict[str, Any]:
    return {"n": number, "ts": at, "stream": stream, "text": text or f"line {number}"}


def page(*numbers: int, total: int | None = None, finalized: bool = False) -> dict[str, Any]:
    """Write a page of a log."""
    return {
        "lines": [line(number) for number in numbers], "firstAvailable": 0,
        "totalLines": (max(numbers, default=-1) + 1) if total is None else total,
        "truncated": False, "finalized": finalized,
    }  # fmt: skip


def sse(*events: tuple[str, dict[str, Any]], ids: bool = True) -> bytes:
    """Write events; a line has its number as its id, unless that is 0."""
    frames = []
    for name, data in events:
        number = data.get("n") if ids else None
        head = f"id: {number}\n" if number else ""
        frames.append(f"{head}event: {name}\ndata: {json.dumps(data)}\n\n")
    return "".join(frames).encode()


def stream(*events: tuple[str, dict[str, Any]]) -> bytes:
    """Write a whole stream that is closed behind its last event."""
    return reply(200, sse(*events), content_type="text/event-stream")


def problem(status: int, detail: str = "no", **more: Any) -> bytes:
    body = {"title": "Problem", "status": status, "detail": detail, **more}
    return reply(status, json.dumps(body), content_type="application/problem+json")


Answer = bytes | dict[str, Any] | list[Any] | Callable[[Asked, asyncio.StreamWriter], Any] | None


@dataclass
class Server:
    """What the daemon says now: an answer for each path, or several, the last one for ever."""

    paths: dict[str, Answer | tuple[Answer, ...]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        self.asked.append(asked)
        told = self.paths.get(asked.path, reply(404, "404 page not found\n"))
        if isinstance(told, tuple):
            first, *rest = told
            self.paths[asked.path] = tuple(rest) if rest else first
            told = first
        if callable(told):
            told = told(asked, writer)
            if isinstance(told, Awaitable):
                told = await told
        if told is not None:
            writer.write(told if isinstance(told, bytes) else reply(200, json.dumps(told)))
            await writer.drain()

    def times(self, path: str) -> int:
        return len([asked for asked in self.asked if asked.path == path])

    def queries(self, path: str) -> list[dict[str, str]]:
        """Give what was asked of a path."""
        found = [urlsplit(asked.target) for asked in self.asked]
        return [
            {name: values[-1] for name, values in parse_qs(parts.query).items()}
            for parts in found
            if parts.path == path
        ]


@asynccontextmanager
async def talking(
    paths: dict[str, Any],
    *,
    secret: str | None = SECRET,
    newer: bool = True,
    clock: SetClock | None = None,
    socket: Path | None = None,
    **options: str,
) -> AsyncIterator[tuple[RunWisp, Server]]:
    """Serve answers, and build a source over them."""
    status = {"authRequired" if newer else "auth_required": True, "authenticated": False}
    server = Server({STATUS: status, **paths})
    opening = serving(server.answer) if socket is None else serving_at(socket, server.answer)
    async with opening as script:
        server.url = script.url
        credential = Credential(secret, "BOX" if secret else None)
        connection = Connection(name="box", url=script.url, credential=credential, options=options)
        source = RunWisp(connection, clock or SetClock(NOON))
        source.pace = QUICK
        source.patience = Patience(first_delay=0.01, longest_delay=0.05, idle=15, fresh=0)
        async with closing(source):
            yield source, server


async def told(source: RunWisp, after: str | None = None) -> list[Event | Gap]:
    """Read all events of the run."""
    return await events_of(source, RUN, after)
