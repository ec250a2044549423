import asyncio
from math import inf

from runs_tui.transport.loop import instant, next_of


async def test_what_came_is_given_in_order_also_when_it_is_late() -> None:
    inbox: asyncio.Queue[str] = asyncio.Queue()
    for word in ("one", "two"):
        inbox.put_nowait(word)
    assert await next_of(inbox, inf) == "one"
    assert await next_of(inbox, instant() + 60.0) == "two"


async def test_nothing_is_given_once_the_time_has_come_and_nothing_is_lost() -> None:
    inbox: asyncio.Queue[str] = asyncio.Queue()
    assert await next_of(inbox, instant() - 1.0) is None
    inbox.put_nowait("one")
    assert await next_of(inbox, inf) == "one"


async def test_without_an_end_it_waits_for_what_comes() -> None:
    inbox: asyncio.Queue[str] = asyncio.Queue()
    call = next_of(inbox, inf)
    waiting = asyncio.ensure_future(call)
    await asyncio.wait([waiting], timeout=0)
    assert not waiting.done()
    inbox.put_nowait("one")
    assert await waiting == "one"
