"""The time of the event loop, and waiting for something until a time of it."""

import asyncio
from math import inf
from typing import TypeVar

T = TypeVar("T")


def instant() -> float:
    """Give the time of the loop, which only ever grows."""
    return asyncio.get_running_loop().time()


async def next_of(inbox: "asyncio.Queue[T]", until: float) -> T | None:
    """Give what comes next; None where nothing came until a time, which `inf` never is."""
    try:
        async with asyncio.timeout(None if until == inf else max(until - instant(), 0.0)):
            return await inbox.get()
    except TimeoutError:
        return None
