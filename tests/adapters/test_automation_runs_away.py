"""Streams that are away for a while, and then tell what they left out."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace

import pytest

from runs_tui.model.run import Event, Gap
from tests.adapters.automation_runs_server import (
    QUICK,
    RUN,
    Server,
    logs,
    run,
    sse,
    talking,
    told,
    torn,
)
from tests.adapters.sources import PATIENCE, said
from tests.contract import until

Told = list[Event | Gap]
Script = Callable[[asyncio.StreamWriter, Server], Awaitable[None]]
PACE = replace(QUICK, settle=0.4, patience=5.0)
STARTED, DONE = "2026-06-02T06:01:03.250Z", "2026-06-02T06:01:05.750Z"
MISSED = [
    {"type": "log", "message": "wrote size 1", "occurredAt": "2026-06-02T06:01:02Z"},
    {"stepKey": "archive", "status": "running", "message": "begins", "occurredAt": STARTED},
    {"type": "log", "message": "wrote size 2", "occurredAt": "2026-06-02T06:01:04Z"},
    {"stepKey": "archive", "status": "completed", "message": "is done", "occurredAt": DONE},
    {"type": "log", "message": "wrote size 3", "occurredAt": "2026-06-02T06:01:06Z"},
]
OVER = {"runId": RUN, "status": "failed", "occurredAt": "2026-06-02T06:01:02Z"}


async def breaking(writer: asyncio.StreamWriter, server: Server) -> None:
    """Tell a line and break off; meanwhile a step begins and ends."""
    writer.write(torn(sse(*logs("a"))))
    server.steps[2] |= {"status": "completed", "startedAt": STARTED, "completedAt": DONE}


async def opening(writer: asyncio.StreamWriter) -> None:
    """Open a stream that has nothing to say for less than a look waits for it."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")
    await writer.drain()
    await asyncio.sleep(PACE.settle / 8)


async def replaying(writer: asyncio.StreamWriter, server: Server, last: int) -> None:
    """Tell what was left out behind an id, then end."""
    writer.write(sse(*MISSED[last - 1 :], after=last))
    await writer.drain()
    await asyncio.sleep(PACE.settle * 1.5)
    server.end()
    writer.write(sse(OVER, after=6))


def last_of(server: Server) -> int:
    return int(server.connections[-1].headers["last-event-id"])


def states(items: Told) -> list[tuple[str | None, str | None]]:
    return [(e.step, e.state) for e in items if isinstance(e, Event) and e.state]


def away() -> tuple[asyncio.Event, Script]:
    """Give a stream that breaks at once until it is told to be back."""
    back = asyncio.Event()

    async def stream(writer: asyncio.StreamWriter, server: Server) -> None:
        if back.is_set():
            await opening(writer)
            await replaying(writer, server, last_of(server))

    return back, stream


async def told_back(stream: Script, back: asyncio.Event, returns: Callable[[Told], bool]) -> Told:
    """Give all events over a stream that is back as soon as those told so far say so."""
    items: Told = []
    async with (
        talking(breaking, stream, run=run("running")) as (source, _),
        asyncio.timeout(PATIENCE),
        aclosing(source.tail(RUN)) as events,
    ):
        async for item in events:
            items.append(item)
            if returns(items):
                back.set()
    return items


async def test_a_stream_that_is_soon_back_tells_its_states_itself() -> None:
    async def soon_back(writer: asyncio.StreamWriter, server: Server) -> None:
        looks = len(server.looks)
        await until(lambda: len(server.looks) > looks + 4)
        await asyncio.sleep(PACE.settle * 1.5)
        await opening(writer)
        await replaying(writer, server, 1)

    async with talking(breaking, soon_back, run=run("running")) as (source, _):
        source.pace = PACE
        items = await told(source)
    assert said(items) == [
        "a", "wrote size 1", "begins", "wrote size 2", "is done", "wrote size 3", "is failed",
    ]  # fmt: skip


async def test_a_stream_that_is_slow_to_catch_up_tells_its_states_itself() -> None:
    async def slowly(writer: asyncio.StreamWriter, server: Server) -> None:
        looks = len(server.looks)
        await until(lambda: len(server.looks) > looks + 4)
        await opening(writer)
        for number, event in enumerate(MISSED, 2):
            writer.write(sse(event, after=number - 1))
            await writer.drain()
            await asyncio.sleep(PACE.settle * 3 / 8)
        await replaying(writer, server, 6)

    async with talking(breaking, slowly, run=run("running")) as (source, _):
        source.pace = PACE
        assert said(await told(source))[1:6] == [event["message"] for event in MISSED]


async def test_what_a_look_shows_waits_for_the_next_try() -> None:
    back, stream = away()
    back.set()
    async with talking(breaking, stream, run=run("running")) as (source, _):
        source.pace = replace(
            PACE, patience=0.1, first_delay=0.6, longest_delay=0.6, longest_asked=0.6
        )
        assert said(await told(source))[1:6] == [event["message"] for event in MISSED]


async def test_a_state_that_a_look_has_told_is_not_told_by_the_stream_again() -> None:
    back, stream = away()
    items = await told_back(
        stream,
        back,
        lambda items: (
            isinstance(items[-1], Event) and items[-1].details.get("status") == "completed"
        ),
    )
    assert said(items) == [
        "a", "is running", "is succeeded", "wrote size 1", "wrote size 2", "wrote size 3",
        "is failed",
    ]  # fmt: skip
    ids = [item.id for item in items if isinstance(item, Event) and "polled" not in item.details]
    assert ids == ["1", "2", "4", "6", "7"]


@pytest.mark.parametrize(
    ("index", "rest"),
    [
        (1, "wrote size 1|wrote size 2|is done|wrote size 3|is failed"),
        (2, "wrote size 1|wrote size 2|wrote size 3|is failed"),
    ],
)
async def test_it_resumes_after_what_a_look_has_told(index: int, rest: str) -> None:
    back, stream = away()
    async with talking(breaking, stream, run=run("running")) as (source, server):
        items: Told = []
        async with asyncio.timeout(PATIENCE), aclosing(source.tail(RUN)) as events:
            async for item in events:
                items.append(item)
                if len(items) == 3:
                    break
        assert said(items) == ["a", "is running", "is succeeded"]
        back.set()
        last = items[index]
        assert isinstance(last, Event)
        assert said(await told(source, last.id)) == rest.split("|")
        assert last_of(server) == 1


async def test_what_comes_later_than_a_look_has_told_is_told() -> None:
    again = {"stepKey": "archive", "status": "completed", "occurredAt": "2026-06-02T06:09Z"}
    back = asyncio.Event()

    async def other(writer: asyncio.StreamWriter, server: Server) -> None:
        if back.is_set():
            server.end()
            await opening(writer)
            writer.write(sse(again, OVER, after=1))

    items = await told_back(other, back, lambda items: len(items) == 3)
    assert states(items) == [
        ("archive", "running"), ("archive", "succeeded"), ("archive", "succeeded"),
        (None, "failed"),
    ]  # fmt: skip
