"""Server-sent events as RunWisp writes them."""

import json
from typing import Any

HEADERS = {"cache-control": "no-cache", "x-accel-buffering": "no"}
POLL_SECONDS = 0.1


def event(name: str, value: dict[str, Any], number: int | None = None) -> bytes:
    """Write one event; an id of 0 is left out, as the library of the daemon does."""
    head = f"id: {number}\n" if number else ""
    data = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return f"{head}event: {name}\ndata: {data}\n\n".encode()
