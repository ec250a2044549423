"""Logs: a page of what there is, then the stream, through every way in which that breaks."""

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

import pytest

from runs_tui.model.errors import NotFound, Unauthorized, Unsupported
from runs_tui.model.run import Event, Gap
from runs_tui.model.state import State
from tests.adapters.runwisp_server import (
    RUN,
    line,
    page,
    run,
    sse,
    stream,
    talking,
    told,
)
from tests.adapters.sources import said
from tests.contract import until
from tests.transport.script import Asked, reply

ONE = f"/api/runs/{RUN}"
LOG = f"{ONE}/log"
STREAM = f"{ONE}/log/stream"
GOING = run()
OVER = run("ended", "failed", exitCode=3)
DONE = ("done", {"finalLine": 3, "status": "ended"})
NOTHING = stream()


def lines(*numbers: int) -> list[tuple[str, dict[str, Any]]]:
    return [("line", line(number)) for number in numbers]


def torn(*events: tuple[str, dict[str, Any]]) -> bytes:
    head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 99999\r\n\r\n"
    return head.encode() + sse(*events)


def going(*streams: bytes, pages: Any = None, rows: Any = None) -> dict[str, Any]:
    """Answer for a run that goes on until its stream has said that it is over."""
    return {
        ONE: rows or (GOING, OVER),
        LOG: pages or (page(0, 1), page(), page()),
        STREAM: streams or (stream(*lines(2, 3), DONE),),
    }


ALL = ["line 0", "line 1", "line 2", "line 3", "failed: exit 3"]


async def test_a_page_then_the_stream_behind_it() -> None:
    async with talking(going()) as (source, server):
        items = await told(source)
        assert said(items) == ALL
        assert [item.id for item in items if isinstance(item, Event)] == [*"0123", "ended"]
        assert server.queries(LOG) == [{"from": "-10000", "limit": "10000"}]
        assert server.queries(STREAM) == [{"from": "2"}]
        assert "text/event-stream" in server.asked[-2].headers["accept"]


async def test_the_end_tells_how_and_when() -> None:
    async with talking(going()) as (source, _):
        end = (await told(source))[-1]
    assert isinstance(end, Event)
    assert (end.kind, end.state, end.level) == ("state", State.FAILED, "error")
    assert end.at == datetime(2026, 7, 2, 9, 35, tzinfo=UTC)
    assert end.details == {"reason": "failed"}


async def test_lines_that_come_live_tell_their_time() -> None:
    at = 1_783_000_000_123
    live = ("line", line(2, "late", at))
    odd = ("line", line(3, "odd", 10**18))
    async with talking(going(stream(live, odd, DONE))) as (source, _):
        _, _, late, strange, _ = await told(source)
    assert isinstance(late, Event)
    assert isinstance(strange, Event)
    assert late.at == datetime.fromtimestamp(at / 1000, UTC)
    assert strange.at is None


async def test_a_run_that_is_over_needs_no_stream() -> None:
    answers = {ONE: OVER, LOG: page(0, 1, 2, 3, finalized=True)}
    async with talking(answers) as (source, server):
        assert said(await told(source)) == ALL
        assert server.times(STREAM) == 0


async def test_a_run_that_never_began_has_no_log() -> None:
    missed = run("ended", "missed", exitCode=-1, startedAt=None)
    async with talking({ONE: missed}) as (source, server):
        items = await told(source)
        assert said(items) == ["skipped: missed"]
        assert server.times(LOG) == 0


async def test_it_goes_on_behind_any_line() -> None:
    whole = {ONE: OVER, LOG: page(2, 3, total=4, finalized=True)}
    async with talking(whole) as (source, server):
        assert said(await told(source, "1")) == ALL[2:]
        assert server.queries(LOG) == [{"from": "2", "limit": "10000"}]
        assert said(await told(source, "ended")) == []


async def test_a_long_log_is_read_page_by_page_from_where_it_goes_on() -> None:
    pages = (page(1, 2, total=4), page(3, total=4, finalized=True))
    async with talking({ONE: OVER, LOG: pages}) as (source, server):
        assert said(await told(source, "0")) == ALL[1:]
        assert [query["from"] for query in server.queries(LOG)] == ["1", "3"]


@pytest.mark.parametrize("numbers", [(2, 3), (41, 42)])
async def test_lines_that_are_gone_or_not_read_are_a_gap(numbers: tuple[int, ...]) -> None:
    async with talking({ONE: OVER, LOG: page(*numbers, finalized=True)}) as (source, _):
        first, *rest = await told(source)
    assert first == Gap(since=datetime(2026, 7, 2, 9, 30, tzinfo=UTC), count=numbers[0])
    assert said(rest) == [f"line {number}" for number in numbers] + ["failed: exit 3"]


# Streams that are closed, broken or refused


@pytest.mark.parametrize(
    "first",
    [
        stream(*lines(2)),
        torn(*lines(2)),
        NOTHING,
        reply(503),
        reply(429),
        reply(500),
        reply(404),
        reply(405),
        b"",
        reply(200, "<html>", content_type="text/html"),
        stream(*lines(0, 1, 1, 2)),
        stream(("line", {"n": "x"}), ("line", {}), ("region", {"rows": ["a"]}), ("odd", {})),
        stream(("line", line(2)), ("done?", {})),
    ],
)
async def test_without_done_it_connects_again(first: bytes) -> None:
    last = stream(*lines(2, 3), DONE)
    pages = (page(0, 1), page(total=2))
    rows = (GOING, GOING, GOING, OVER)
    async with talking(going(first, last, pages=pages, rows=rows)) as (source, server):
        assert said(await told(source)) == ALL
        assert server.times(STREAM) == 2


async def test_what_came_meanwhile_is_in_the_next_page() -> None:
    pages = (page(0, 1), page(2, 3, finalized=True))
    async with talking(going(NOTHING, pages=pages)) as (source, server):
        assert said(await told(source)) == ALL
        assert [query["from"] for query in server.queries(LOG)] == ["-10000", "2"]
        assert server.times(STREAM) == 1


async def test_a_daemon_without_a_stream_is_asked_for_pages() -> None:
    pages = (page(0), page(1, 2), page(), page(3), page(finalized=True))
    async with talking(going(reply(404), pages=pages, rows=(*[GOING] * 3, OVER))) as (source, _):
        assert said(await told(source)) == ALL


async def test_a_run_that_ends_while_nothing_is_told_is_noticed() -> None:
    pages = (page(0, 1, 2, 3), page(total=4))
    async with talking(going(NOTHING, pages=pages, rows=(GOING, OVER))) as (source, server):
        assert said(await told(source)) == ALL
        assert server.times(ONE) <= 3


async def test_a_stream_that_wants_a_login_says_so() -> None:
    async with talking(going(reply(401))) as (source, _):
        with pytest.raises(Unauthorized, match="refuses the token"):
            await told(source)


# Numbers that leave something out


async def test_a_jump_is_filled_from_the_log() -> None:
    pages = (page(0), page(1, 2, total=4))
    jump = stream(*lines(3), DONE)
    async with talking(going(jump, pages=pages)) as (source, server):
        assert said(await told(source)) == ALL
        assert server.queries(LOG)[1:] == [{"from": "1", "limit": "2"}]


@pytest.mark.parametrize(
    "answer", [page(), reply(500), reply(404), page(7), reply(200, "{}"), page(0)]
)
async def test_a_jump_that_cannot_be_filled_is_a_gap(answer: Any) -> None:
    jump = stream(*lines(3), DONE)
    async with talking(going(jump, pages=(page(0), answer))) as (source, _):
        items = await told(source)
    assert said(items) == ["line 0", "—", "line 3", "failed: exit 3"]


async def test_a_jump_that_is_filled_in_part_is_a_smaller_gap() -> None:
    jump = stream(*lines(3), DONE)
    async with talking(going(jump, pages=(page(0), page(2), page()))) as (source, _):
        assert said(await told(source)) == ["line 0", "—", *ALL[2:]]


@pytest.mark.parametrize(
    ("event", "filled"),
    [
        (("dropped", {"after": 1, "count": 1}), True),
        (("dropped", {"after": 1, "count": 1}), False),
        (("rotated", {"firstAvailable": 3}), False),
        (("rotated", {"first_available": 3}), False),
        (("rotated", {"firstAvailable": 1}), True),
    ],
)
async def test_what_the_stream_says_it_left_out(event: Any, filled: bool) -> None:
    pages = (page(0, 1), page(2, total=4) if filled else page(total=4))
    async with talking(going(stream(event, *lines(3), DONE), pages=pages)) as (source, _):
        items = said(await told(source))
    assert items == (ALL if filled else [*ALL[:2], "—", *ALL[3:]])


async def test_what_is_missing_at_the_end_is_read() -> None:
    pages = (page(0, 1), page(2, 3))
    async with talking(going(stream(DONE), pages=pages)) as (source, _):
        assert said(await told(source)) == ALL


@pytest.mark.parametrize("last", [-1, "x", 10**30])
async def test_an_odd_last_line_does_no_harm(last: Any) -> None:
    done = ("done", {"finalLine": last, "status": "ended"})
    pages = (page(0, 1, 2, 3), page())
    async with talking(going(stream(done), pages=pages)) as (source, _):
        items = [each for each in said(await told(source)) if each != "—"]
    assert items == ALL


async def test_a_daemon_that_says_done_too_early_is_asked_again() -> None:
    async with talking(going(rows=(GOING, GOING, GOING, OVER))) as (source, _):
        assert said(await told(source)) == ALL
    async with talking(going(rows=GOING)) as (source, server):
        assert said(await told(source)) == ALL[:-1]
        assert server.times(ONE) <= 4


# Where there is no log


@pytest.mark.parametrize("answer", [reply(404), reply(405), reply(501), reply(400), reply(422)])
async def test_a_daemon_without_logs_says_so(answer: bytes) -> None:
    async with talking({ONE: OVER, LOG: answer}) as (source, _):
        with pytest.raises(Unsupported, match="shows no logs"):
            await told(source)


async def test_an_unknown_run_is_not_found_before_its_stream_is_opened() -> None:
    async with talking({STREAM: NOTHING, LOG: page()}) as (source, server):
        with pytest.raises(NotFound):
            await told(source)
        assert server.times(STREAM) == server.times(LOG) == 0


async def test_a_reader_that_leaves_closes_the_stream() -> None:
    left = asyncio.Event()

    async def drip(asked: Asked, writer: asyncio.StreamWriter) -> None:
        head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
        writer.write(head + sse(*lines(2)))
        try:
            while not writer.is_closing():
                writer.write(b": still here\n\n")
                await writer.drain()
                await asyncio.sleep(0.01)
        finally:
            left.set()

    async with talking({ONE: GOING, LOG: page(0, 1), STREAM: drip}) as (source, _):
        async with asyncio.timeout(10), aclosing(source.tail(RUN)) as events:
            async for event in events:
                if isinstance(event, Event) and event.id == "2":
                    break
        await until(left.is_set)
