"""Several things at once."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar
from weakref import WeakValueDictionary

A = TypeVar("A")
B = TypeVar("B")
T = TypeVar("T")


async def together(calls: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Do several things at once; where one fails, end the others and raise its error alone."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(call) for call in calls]
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return [task.result() for task in tasks]


async def both(first: Coroutine[Any, Any, A], second: Coroutine[Any, Any, B]) -> tuple[A, B]:
    """Do two things at once, likewise."""
    calls: tuple[Coroutine[Any, Any, Any], ...] = (first, second)
    one, other = await together(calls)
    return one, other


class Turns:
    """Lets whoever asks for something wait for others who ask for the same."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, key: str) -> asyncio.Lock:
        """Give the lock of all who ask for the same; nothing remains of it afterwards."""
        return self._locks.setdefault(key, asyncio.Lock())
