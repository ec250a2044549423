"""A RunWisp daemon with one run of so many log lines: tells its address, ends with its input."""

import asyncio
import json
import sys
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.bench.memory_source import line
from tests.transport.script import Asked, reply, serving

RUN = "01JZ8Q4M7T9V2X5B6C3D1E0FGH"
_TOLD = {
    "id": RUN, "taskName": "etl-nightly", "status": "ended", "endReason": "failed", "exitCode": 3,
    "createdAt": "2026-07-02T09:30:00Z", "startedAt": "2026-07-02T09:30:00Z",
    "endedAt": "2026-07-02T09:35:00Z", "triggeredBy": "cron", "retryAttempt": 0, "instanceIndex": 0,
}  # fmt: skip


def answered(target: str, count: int) -> Any:
    """Give what is told at an address; None where there is nothing."""
    parts = urlsplit(target)
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    match parts.path:
        case "/api/auth/status":
            return {"authRequired": False, "authenticated": False}
        case "/api/runs":
            return {"items": [_TOLD], "total": 1}
        case path if path == f"/api/runs/{RUN}":
            return _TOLD
        case path if path == f"/api/runs/{RUN}/log":
            return _page(int(asked.get("from", -1000)), int(asked.get("limit", 1000)), count)
    return None


def _page(start: int, limit: int, count: int) -> dict[str, Any]:
    begin = max(count + start, 0) if start < 0 else start
    numbers = range(begin, min(begin + limit, count))
    told = [{"n": n, "ts": 0, "stream": "stdout", "text": line(n, alike=False)} for n in numbers]
    return {"lines": told, "firstAvailable": 0, "totalLines": count, "finalized": True}


async def serve(count: int) -> None:
    """Serve until the input ends."""

    def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        told = answered(asked.target, count)
        writer.write(reply(404, "not found") if told is None else reply(200, json.dumps(told)))

    async with serving(answer) as script:
        print(script.url, flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
