import asyncio
import gc

import pytest

from runs_tui.model.errors import NotFound
from runs_tui.transport.together import Turns, both, together


async def test_all_go_on_at_once_and_are_given_in_order() -> None:
    arrived = asyncio.Barrier(3)

    async def call(word: str) -> str:
        await arrived.wait()
        return word

    async with asyncio.timeout(20):
        assert await together(call(word) for word in "abc") == ["a", "b", "c"]


async def test_nothing_at_all_is_done_too() -> None:
    assert await together(()) == []


async def test_one_that_fails_ends_the_others_and_is_raised_alone() -> None:
    ended = asyncio.Event()

    async def lasting() -> int:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return 1

    async def failing() -> str:
        raise NotFound("gone")

    async with asyncio.timeout(20):
        with pytest.raises(NotFound, match="gone"):
            await both(lasting(), failing())
    assert ended.is_set()


async def test_two_of_other_kinds_are_given_as_they_are() -> None:
    async def number() -> int:
        return 1

    async def word() -> str:
        return "a"

    assert await both(number(), word()) == (1, "a")


async def test_whoever_asks_for_the_same_waits_and_others_do_not() -> None:
    turns = Turns()
    async with asyncio.timeout(20), turns.of("a"):
        assert turns.of("a").locked()
        async with turns.of("b"):
            pass
    gc.collect()
    assert not turns.of("a").locked()
