"""Asynchronous work from its start to its end or to an interrupt."""

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Do the work; an interrupt or a wish to end cancels it and raises KeyboardInterrupt."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        return asyncio.run(_stoppable(work))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    finally:
        work.close()
        with suppress(ValueError, TypeError):
            signal.signal(signal.SIGTERM, before)


async def _stoppable(work: Coroutine[Any, Any, T]) -> T:
    task = asyncio.current_task()
    if task is not None:
        with suppress(NotImplementedError, RuntimeError, ValueError):
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await work
