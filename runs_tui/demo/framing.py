"""The ways in which a server may put a stream of events on the wire."""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, NamedTuple

MEDIA_TYPES = {
    "sse": "text/event-stream",
    "ndjson": "application/x-ndjson",
    "array": "application/json",
    "concatenated": "application/json",
    "record": "application/json-seq",
    "text": "text/plain; charset=utf-8",
}


class Told(NamedTuple):
    """One event: where it stands in its stream, what it is called, and what it says."""

    number: int
    name: str
    value: dict[str, Any]
    text: str


def instant(moment: datetime | None) -> str | None:
    """Write an instant as these servers do."""
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


def compact(value: object) -> str:
    """Write a value as JSON on one line."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


async def framed(events: AsyncIterator[Told | None], framing: str) -> AsyncIterator[bytes]:
    """Put events on the wire; a None among them is a sign of life."""
    if framing == "sse":
        yield b"retry: 2000\n\n"
    if framing == "array":
        yield b"["
    first = True
    async for told in events:
        if told is not None:
            yield _frame(told, framing, "" if first else ",").encode()
            first = False
        elif framing == "sse":
            yield b": keep-alive\n\n"
    if framing == "array":
        yield b"]"


def _frame(told: Told, framing: str, comma: str) -> str:
    match framing:
        case "sse":
            return f"id: {told.number}\nevent: {told.name}\ndata: {compact(told.value)}\n\n"
        case "ndjson":
            return compact(told.value) + "\n"
        case "array":
            return comma + compact(told.value)
        case "record":
            return f"\x1e{compact(told.value)}\n"
        case "text":
            return f"{told.text}\n"
        case _:
            return compact(told.value)
