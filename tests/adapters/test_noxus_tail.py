import asyncio
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from runs_tui.adapters.noxus.places import Resumption, instant_of, number_of
from runs_tui.model.errors import NotFound, Unauthorized, Unreachable
from runs_tui.model.run import Event, Gap
from runs_tui.model.state import State
from tests.adapters.noxus_server import (
    DETAILS,
    FIRST,
    MISSING,
    ONE,
    QUICK,
    RUN,
    TRANSCRIPT,
    WHOLE,
    Server,
    content,
    etag,
    listed,
    opening,
    said,
    sse,
    stream,
    talking,
    told,
    torn,
    whole,
)
from tests.transport.script import Asked, reply

DONE = {**DETAILS, "executed_nodes": ["n-in", "n-extract"], "running_nodes": []}
OVER = {ONE: listed("completed"), WHOLE: whole("completed", progress_details=DONE)}
END = content(status="completed", workflow_status="completed")
RUNNING = ("state", {"status": "running", "progress_details": {"running_nodes": ["n-extract"]}})


def at(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def ids(items: list[Event | Gap]) -> list[str | None]:
    return [item.id for item in items if isinstance(item, Event)]


async def test_the_transcript_of_the_contract() -> None:
    async with talking(stream(TRANSCRIPT), **OVER) as (source, server):
        events = await told(source)
        assert said(events) == [
            (None, "is running"),
            ("n-in", "is running"),
            ("n-extract", "is running"),
            ("n-extract", "Reading page 1"),
            ("n-extract", "is completed"),
            (None, "is completed"),
            ("n-in", "is executed"),
        ]
        first, *_ = events
        assert isinstance(first, Event)
        assert (first.id, first.kind, first.state) == ("1777885951500-0", "state", State.RUNNING)
        assert first.at == at(1777885951500)
        assert first.details == {"status": "running"}
        log = events[3]
        assert isinstance(log, Event)
        assert (log.id, log.kind, log.level) == ("1777885953021-0#1", "log", "info")
        (asked,) = server.requests(f"{ONE}/events")
        assert asked.headers["accept"] == "text/event-stream"
        assert asked.headers["x-api-key"] == "s3cr3t"
        assert server.etags == [None]
        assert len(server.asked) == 3


async def test_pieces_are_joined_and_split_at_line_ends() -> None:
    body = sse(
        content("Read"),
        content("x", node="n-in"),
        content("ing\nPage "),
        content("1\r\n\n\nPa"),
        content("ge 2", status="completed"),
        content({"total": 7}, node="n-in"),  # type: ignore[arg-type]
        END,
    )
    async with talking(stream(body), **OVER) as (source, _):
        events = await told(source)
    logs = [item for item in events if isinstance(item, Event) and item.kind == "log"]
    assert said(logs) == [  # type: ignore[arg-type]
        ("n-extract", "Reading"),
        ("n-extract", "Page 1"),
        ("n-extract", "Page 2"),
        ("n-in", 'x{"total":7}'),
    ]
    assert [event.id for event in logs] == [etag(3), etag(4), etag(5), etag(6)]


async def test_a_line_without_an_end_is_not_kept_back_for_ever() -> None:
    async with talking(stream(sse(content("x" * 4500), END)), **OVER) as (source, _):
        events = await told(source)
    logs = [item.message for item in events if isinstance(item, Event) and item.kind == "log"]
    assert [len(line) for line in logs] == [2000, 2000, 500]


async def test_run_logs_of_any_shape_are_lines_once() -> None:
    logs: dict[str, Any] = {
        "n-extract": ["one", "two"], "n-in": "read", "total": {"cost": 2, "by": "us"},
        "odd": [[{"deep": {"x": 1}}], 5, None],
    }  # fmt: skip
    more = {**logs, "n-extract": ["one", "two", "two"]}
    lists = {"executed_nodes": ["n-in"], "running_nodes": ["n-extract"]}
    body = sse(
        ("state", {"status": "running", "progress_details": {**lists, "run_logs": logs}}),
        ("state", {"status": "running", "progress_details": {**lists, "run_logs": more}}),
        END,
    )
    async with talking(stream(body), **OVER) as (source, _):
        events = await told(source)
    found = [item for item in events if isinstance(item, Event) and item.kind == "log"]
    assert said(found) == [  # type: ignore[arg-type]
        ("n-extract", "one"),
        ("n-extract", "two"),
        ("n-in", "read"),
        (None, "total: cost: 2"),
        (None, "total: by: us"),
        (None, 'odd: {"deep":{"x":1}}'),
        (None, "odd: 5"),
        ("n-extract", "two"),
    ]


async def test_events_of_other_names_and_types() -> None:
    body = (
        b": comment\n\nevent: ping\ndata: {}\n\ndata: no JSON\n\ndata: [1]\n\n"
        + sse(
            ("heartbeat", {}),
            ("node_started", {"id": "n-in", "status": "running"}),
            ("status", {"status": "running"}),
            ("billing", {"cost": 3}),
            END,
        )
        + sse(content("late"), first=9).replace(b"event: message", b"event: else")
    )
    async with talking(stream(body), **OVER) as (source, _):
        events = await told(source)
    assert said(events)[:3] == [
        ("n-in", "is running"),
        (None, "is running"),
        (None, '{"cost":3}'),
    ]
    assert "late" not in str(events)
    assert [event.kind for event in events if isinstance(event, Event)][2] == "billing"


async def test_it_reconnects_with_the_last_id_and_repeats_nothing() -> None:
    first = sse(RUNNING, content("one\ntw"))
    second = sse(content("one\ntw"), content("o\n"), END, first=2)
    async with talking(torn(first), stream(second), **OVER) as (source, server):
        events = await told(source)
        assert [text for _, text in said(events)] == [
            "is running", "is running", "one", "two", "is completed", "is completed",
            "is executed",
        ]  # fmt: skip
        assert server.etags == [None, etag(2)]
        assert not any(isinstance(event, Gap) for event in events)


async def test_a_quiet_stream_that_is_cut_is_no_failure() -> None:
    async with talking(opening(sse(RUNNING)), stream(sse(END, first=2)), **OVER) as (source, _):
        source.patience = replace(source.patience, idle=0.1)
        server_end = said(await told(source))
    assert (None, "is completed") in server_end
    assert (None, "—") not in server_end


async def test_a_stopped_run_leaves_its_stream_open_and_is_left_all_the_same() -> None:
    async with talking(opening(sse(RUNNING, content("half a li")))) as (source, server):
        events: list[Event | Gap] = []
        async with asyncio.timeout(20), aclosing(source.tail(RUN)) as items:
            async for item in items:
                events.append(item)
                server.end("stopped", progress_details={"executed_nodes": ["n-in"]})
    assert said(events) == [
        (None, "is running"),
        ("n-extract", "is running"),
        ("n-extract", "half a li"),
        ("n-in", "is executed"),
        (None, "is stopped"),
    ]
    last = events[-1]
    assert isinstance(last, Event)
    assert last.state is State.CANCELLED
    assert last.id == f"{etag(2)}~|stopped"


async def test_the_stream_of_a_finished_run_that_says_no_end_is_left() -> None:
    answers = {ONE: listed("stopped"), WHOLE: whole("stopped", progress_details=None)}
    async with talking(opening(sse(RUNNING)), **answers) as (source, server):
        events = await told(source)
        assert said(events)[-1] == (None, "is stopped")
        assert len(server.requests(WHOLE)) == 1
        assert ids(await told(source, ids(events)[0])) == ids(events)[1:]
        assert ids(await told(source, ids(events)[-1])) == []


async def test_a_silent_stream_is_looked_after() -> None:
    async with talking(opening(b"")) as (source, server):
        events: list[Event | Gap] = []
        async with asyncio.timeout(20), aclosing(source.tail(RUN)) as items:
            async for item in items:
                events.append(item)
                if len(events) == 4:
                    server.end("completed", progress_details=DONE)
    assert said(events) == [
        ("n-in", "is executed"),
        ("n-extract", "is executed"),
        ("n-classify", "is running"),
        (None, "is running"),
        (None, "is completed"),
    ]


async def test_what_a_look_has_told_the_stream_does_not_tell_again() -> None:
    go_on = asyncio.Event()

    async def late(_: Asked, writer: asyncio.StreamWriter, server: Server) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")
        await go_on.wait()
        server.end("completed", progress_details=DONE)
        writer.write(sse(RUNNING, content(node="n-classify"), content("text\n"), END))
        await writer.drain()

    async with talking(late) as (source, _):
        events: list[Event | Gap] = []
        async with asyncio.timeout(20), aclosing(source.tail(RUN)) as items:
            async for item in items:
                events.append(item)
                go_on.set()
    texts = said(events)
    assert texts.count(("n-classify", "is running")) == 1
    assert ("n-extract", "text") in texts


@pytest.mark.parametrize("status", [404, 405, 501])
async def test_without_a_stream_the_run_is_looked_at(status: int) -> None:
    async with talking(reply(status, MISSING)) as (source, server):
        events: list[Event | Gap] = []
        async with asyncio.timeout(20), aclosing(source.tail(RUN)) as items:
            async for item in items:
                events.append(item)
                if len(events) == 4:
                    server.end("failed", progress_details=DONE)
        assert said(events) == [
            ("n-in", "is executed"),
            ("n-extract", "is executed"),
            ("n-classify", "is running"),
            (None, "is running"),
            ("n-extract", "is probably failed"),
            (None, "is failed"),
        ]
        assert len(server.requests(f"{ONE}/events")) == 1
        assert len({*ids(events)}) == len(events)


@pytest.mark.parametrize(
    "answer",
    [
        torn(b""),
        stream(b""),
        reply(500, "{}"),
        reply(204),
        reply(200, b"<html>\n<p>x\n", content_type="text/html"),
        reply(429, "{}", retry_after="0"),
        reply(302, b"", location="http://127.0.0.1:1/"),
    ],
)
async def test_a_stream_that_fails_three_times_is_none(answer: bytes) -> None:
    async with talking(answer) as (source, server):
        source.pace = replace(QUICK, silence=5.0, settle=5.0)
        events: list[Event | Gap] = []
        async with asyncio.timeout(20), aclosing(source.tail(RUN)) as items:
            async for item in items:
                events.append(item)
                server.end("completed", progress_details=DONE)
        assert said(events)[:2] == [("n-in", "is executed"), ("n-extract", "is executed")]
        assert said(events)[-1] == (None, "is completed")
        assert not any(isinstance(event, Gap) for event in events)
        assert len(server.requests(f"{ONE}/events")) == 3


async def test_what_a_lost_stream_has_not_told_is_a_gap() -> None:
    async with talking(torn(sse(RUNNING)), torn(b"")) as (source, server):
        events: list[Event | Gap] = []
        async with asyncio.timeout(20), aclosing(source.tail(RUN)) as items:
            async for item in items:
                events.append(item)
                if isinstance(item, Gap):
                    assert item.since == at(1777885951000)
                    server.end("completed", progress_details=DONE)
    assert said(events)[2] == (None, "—")
    assert said(events)[-1] == (None, "is completed")
    assert len(server.requests(f"{ONE}/events")) == 4


async def test_a_stream_without_ids_may_repeat_itself() -> None:
    def bare(body: bytes) -> bytes:
        return body.replace(b"redisId", b"other")

    once = bare(sse(content("one\n"), content("two\n"), content("two\n")))
    more = once + bare(sse(content("three\n"), END))
    async with talking(torn(once), stream(more), **OVER) as (source, server):
        events = await told(source)
        logs = [text for _, text in said(events) if not text.startswith("is ")]
        assert logs == ["one", "two", "two", "three"]
        assert server.etags == [None, None]
        assert [item.id for item in events if isinstance(item, Event)][1] is None


async def test_a_stream_without_ids_that_does_not_repeat_itself_has_a_hole() -> None:
    def bare(*texts: str) -> bytes:
        return sse(*map(content, texts)).replace(b"redisId", b"other")

    end = sse(END).replace(b"redisId", b"other")
    async with talking(torn(bare("one\n")), stream(bare("two\n") + end), **OVER) as (source, _):
        texts = [text for _, text in said(await told(source))]
    assert texts[:4] == ["is running", "one", "—", "two"]


BODY = sse(RUNNING, content("one\ntwo\nth"), content("ree\n"), content("four\n"), END)


async def test_it_resumes_after_any_event() -> None:
    async with talking(stream(BODY), **OVER) as (source, _):
        events = await told(source)
        for place, event_id in enumerate(ids(events)):
            assert await told(source, event_id) == events[place + 1 :]
    async with talking(stream(BODY), **OVER) as (other, _):
        for place in (2, 4, len(events) - 1):
            assert await told(other, ids(events)[place]) == events[place + 1 :]


async def test_a_tail_that_was_left_goes_on_where_it_was() -> None:
    async with talking(opening(sse(RUNNING, content("one\nhal"))), stream(b"")) as (source, server):
        async with aclosing(source.tail(RUN)) as items:
            events = [await anext(items) for _ in range(2)]
        server.streams = [stream(sse(content("f\n"), END, first=3))]
        server.end("completed", progress_details=DONE)
        rest = await told(source, ids(events)[-1])
        assert [text for _, text in said(rest)][:3] == ["one", "half", "is completed"]
        assert server.etags == [None, etag(2)]


async def test_a_long_replay_of_what_is_known_is_heard_to_its_end() -> None:
    async def slow(_: Asked, writer: asyncio.StreamWriter, __: Server) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")
        for number in range(1, 9):
            writer.write(sse(content(f"line {number}\n"), first=number))
            await writer.drain()
            await asyncio.sleep(0.05)
        writer.write(sse(END, first=9))

    async with talking(slow, **OVER) as (source, _):
        source.pace = replace(QUICK, settle=5.0)
        assert said(await told(source, etag(8) + "#0"))[0] == ("n-extract", "is completed")


async def test_looks_that_fail_one_after_the_other_end_it() -> None:
    async with talking(opening(sse(RUNNING)), **{WHOLE: reply(500, "{}")}) as (source, server):
        source.patience = replace(source.patience, tries=1)
        with pytest.raises(Unreachable):
            await told(source)
        assert len(server.requests(WHOLE)) == 3


async def test_what_the_stream_forgot_meanwhile_is_a_gap() -> None:
    late = sse(content("four\n"), END, first=4)
    async with talking(stream(late), **OVER) as (source, _):
        events = await told(source, etag(2))
        assert isinstance(events[0], Gap)
        assert events[0].since == at(1777885952000)
        assert ("n-extract", "four") in said(events)
        assert not isinstance((await told(source, "nonsense"))[0], Gap)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(reply(401, "{}"), Unauthorized), (reply(403, "{}"), Unauthorized)],
)
async def test_a_key_that_is_refused_ends_it(answer: bytes, kind: type[Exception]) -> None:
    async with talking(answer) as (source, _):
        with pytest.raises(kind):
            await told(source)


async def test_a_run_that_goes_away_ends_it() -> None:
    async with talking(reply(404, MISSING), **{WHOLE: reply(404, MISSING)}) as (source, _):
        with pytest.raises(NotFound):
            await told(source)


async def test_an_end_that_the_run_does_not_know_yet_is_believed() -> None:
    async with talking(stream(BODY)) as (source, server):
        # No look comes before the end is told.
        source.pace = replace(QUICK, beside=5.0, silence=5.0, settle=5.0)
        events = await told(source)
        assert len(server.requests(WHOLE)) == 3
    assert (None, "is completed") in said(events)


async def test_steps_know_what_events_told() -> None:
    failed = sse(
        ("state", {"status": "running", "progress_details": {"running_nodes": ["n-in"]}}),
        content(node="n-in", status="failed"),
        content(),
        content("HTTP 502 from the archive\n", status="failed", workflow_status="failed"),
    )
    answers = {
        ONE: listed("failed"),
        WHOLE: whole("failed", workflow_definition=FIRST, progress_details=DONE),
    }
    async with talking(stream(failed), **answers) as (source, _):
        before = {step.key: step for step in await source.steps(RUN)}
        assert before["n-in"].state is State.SUCCEEDED
        await told(source)
        steps = {step.key: step for step in await source.steps(RUN)}
        begun, ended = steps["n-in"], steps["n-extract"]
        assert (begun.state, begun.status, begun.error) == (State.FAILED, "failed", None)
        assert begun.started_at == at(1777885951000)
        assert begun.finished_at == at(1777885952000)
        assert begun.derived == {"started_at", "finished_at"}
        assert ended.error == "HTTP 502 from the archive"
        assert ended.duration(at(0)) == 1.0
        assert ended.derived == {"started_at", "finished_at", "error"}
        run = await source.run(RUN)
        assert run.error == "HTTP 502 from the archive"
        assert run.derived == {"took", "error"}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1777885951500-0", (1777885951500, 0)),
        (" 7-12 ", (7, 12)),
        ("7", None),
        ("a-1", None),
        ("1-" + "9" * 40, None),
        (7, None),
        (None, None),
    ],
)
def test_ids_of_the_stream(text: object, number: tuple[int, int] | None) -> None:
    assert number_of(text) == number


def test_instants_that_cannot_be() -> None:
    assert instant_of((10**17, 0)) is None
    assert instant_of((0, 0)) == datetime(1970, 1, 1, tzinfo=UTC)


def test_ids_of_events_tell_their_place() -> None:
    assert Resumption.read("7-1").covers((7, 1), 0)
    assert not Resumption.read("7-1").covers((7, 1), 1)
    assert Resumption.read("7-1#2").covers((7, 1), 2)
    assert Resumption.read("7-1~n|failed").covers((7, 1), 99)
    assert not Resumption.read("7-1~n|failed").covers((7, 2), 0)
    assert Resumption.read("~|failed") == Resumption(None, float("inf"), "|failed")
    assert not Resumption().covers((0, 0), 0)
