import asyncio
import json
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from runs_tui.model.errors import NotFound, SourceError, Unauthorized, Unreachable
from runs_tui.model.run import Event, Gap
from runs_tui.model.state import State
from tests.adapters.automation_runs_server import (
    NOON,
    PATH,
    QUICK,
    RUN,
    STEPS,
    Server,
    logs,
    run,
    sse,
    stream,
    talking,
    told,
    torn,
)
from tests.adapters.sources import said
from tests.contract import until
from tests.transport.script import reply

STARTED = {"stepKey": "post_summary", "status": "running", "occurredAt": "2026-06-02T06:00:42Z"}
ENDED = {"runId": RUN, "status": "failed", "occurredAt": "2026-06-02T06:01:02Z"}
TRANSCRIPTS = {
    "sse": (
        "text/event-stream",
        "retry: 2000\n\nid: 41\nevent: action.started\n"
        f"data: {json.dumps(STARTED)}\n\n: keep-alive\n\n"
        f"id: 42\nevent: automation.failed\ndata: {json.dumps(ENDED)}\n\n",
    ),
    "ndjson": (
        "application/x-ndjson",
        '{"seq":41,"type":"action.started","step_key":"post_summary","ts":1780380042}\n'
        '{"seq":42,"type":"automation.failed","status":"failed","ts":1780380062}\n',
    ),
    "concatenated": (
        "application/json",
        '{"seq":41,"type":"action.started","step_key":"post_summary","ts":1780380042}'
        '{"seq":42,"type":"automation.failed","status":"failed","ts":1780380062000}',
    ),
    "record": (
        "application/json-seq",
        '\x1e{"id":41,"eventType":"action.started","step":{"key":"post_summary"},'
        '"timestamp":"2026-06-02T06:00:42+00:00"}\n'
        '\x1e{"id":42,"kind":"automation.failed","time":"2026-06-02T08:01:02+02:00"}\n',
    ),
    "array": (
        "application/json",
        json.dumps(
            [
                {
                    "id": "41", "eventType": "action.started", "resourceType": "action_run",
                    "resourceId": STEPS[1]["actionRunId"], "payload": {},
                    "occurredAt": "2026-06-02T06:00:42Z",
                },
                {
                    "id": "42", "eventType": "automation.failed", "resourceType": "automation_run",
                    "resourceId": RUN, "occurredAt": "2026-06-02T06:01:02Z", "payload": {},
                },
            ]
        ),
    ),
    "audit of another page": (
        "application/json",
        json.dumps(
            {
                "events": [
                    {
                        "id": "41", "type": "action.started", "timestamp": "2026-06-02T06:00:42Z",
                        "entity": {"type": "action_run", "id": STEPS[1]["actionRunId"]},
                    },
                    {
                        "id": "42", "type": "automation.failed",
                        "timestamp": "2026-06-02T06:01:02Z",
                        "entity": {"type": "automation_run", "id": RUN},
                    },
                ]
            }
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("framing", TRANSCRIPTS)
async def test_every_framing_gives_the_same_view(framing: str) -> None:
    content_type, body = TRANSCRIPTS[framing]
    async with talking(stream(body.encode(), content_type)) as (source, _):
        first, last = await told(source)
    assert isinstance(first, Event)
    assert isinstance(last, Event)
    assert (first.id, first.step, first.state) == ("41", "post_summary", State.RUNNING)
    assert (last.id, last.step, last.state) == ("42", None, State.FAILED)
    assert (first.kind, last.kind, last.level) == ("state", "state", "error")
    assert first.at == datetime(2026, 6, 2, 6, 0, 42, tzinfo=UTC)
    assert last.at == datetime(2026, 6, 2, 6, 1, 2, tzinfo=UTC)


VIEW = [
    (None, State.RUNNING),
    ("extract_orders", State.RUNNING),
    ("extract_orders", State.SUCCEEDED),
    ("post_summary", State.RUNNING),
    ("post_summary", State.FAILED),
    (None, State.FAILED),
]


@pytest.mark.parametrize(
    "silence",
    [
        stream(b"null", "application/json"),
        stream(b"", "text/event-stream"),
        stream(b": hello\n\n: still here\n\n"),
        reply(204),
        *(reply(status) for status in (400, 404, 405, 406, 409, 410, 415, 501)),
    ],
    ids=lambda data: data.decode()[9:12] + str(len(data)),
)
async def test_without_a_stream_states_are_told_as_events(silence: bytes) -> None:
    async with talking(silence) as (source, _):
        items = await told(source)
        assert all(isinstance(item, Event) and item.kind == "state" for item in items)
        events = [item for item in items if isinstance(item, Event)]
        assert [(event.step, event.state) for event in events] == VIEW
        assert events[-2].message == "is failed: Upstream answered 502"
        for index, event in enumerate(events):
            assert await told(source, event.id) == events[index + 1 :]


async def test_the_audit_log_tells_what_happened_where_there_is_no_stream() -> None:
    audit = {
        "events": [
            {
                "id": "e2", "eventType": "automation.failed", "occurredAt": "2026-06-02T06:01:02Z",
                "resourceType": "automation_run", "payload": {"message": "gave up"},
            },
            {
                "id": "e1", "eventType": "automation.log", "occurredAt": "2026-06-02T06:00:30Z",
                "payload": {"message": "half way"},
            },
        ]
    }  # fmt: skip
    async with talking(reply(404), others={"/api/v1/events": audit}) as (source, server):
        items = await told(source)
        assert said(items) == [
            "is running", "is running", "half way", "is succeeded", "is running",
            "is failed: Upstream answered 502", "gave up",
        ]  # fmt: skip
        ids = [item.id for item in items if isinstance(item, Event)]
        for index, each in enumerate(ids):
            rest = [item.id for item in await told(source, each) if isinstance(item, Event)]
            assert rest == ids[index + 1 :]
    assert server.script is not None
    query = next(a.target for a in server.script.asked if a.path == "/api/v1/events")
    assert "resource_type=automation_run" in query
    assert f"resource_id={RUN}" in query


async def test_405_is_remembered_for_all_runs() -> None:
    async with talking(reply(405)) as (source, server):
        await told(source)
        await told(source)
        assert len(server.connections) == 1


async def test_406_is_asked_once_more_for_anything() -> None:
    async with talking(reply(406), stream(sse(*logs("a")))) as (source, server):
        assert said(await told(source))[0] == "a"
        assert [a.headers["accept"] == "*/*" for a in server.connections] == [False, True]


@pytest.mark.parametrize("status", [401, 403])
async def test_a_stream_that_is_not_allowed_says_so(status: int) -> None:
    async with talking(reply(status)) as (source, _):
        with pytest.raises(Unauthorized) as caught:
            await told(source)
        assert caught.value.hint == "check A_TOKEN"


@pytest.mark.parametrize(
    "fault", [reply(500), reply(503), reply(429), b"", reply(302, location="/x")]
)
async def test_a_stream_that_fails_is_tried_again(fault: bytes) -> None:
    async with talking(fault, stream(sse(*logs("a", "b"), ENDED))) as (source, server):
        assert said(await told(source))[:2] in (["a", "b"], ["is running", "is running"])
        assert len(server.connections) >= 1


async def test_what_a_stream_asks_for() -> None:
    async with talking(torn(sse(*logs("a"))), stream(sse(ENDED, after=1))) as (source, server):
        await told(source)
    first, second = server.connections[:2]
    assert first.headers["accept"].startswith("text/event-stream, application/x-ndjson;q=0.9")
    assert first.headers["cache-control"] == "no-cache"
    assert "last-event-id" not in first.headers
    assert second.headers["last-event-id"] == "1"
    assert second.headers["authorization"] == "Bearer s"


async def talk(
    writer: asyncio.StreamWriter, *bodies: bytes, kind: str = "text/event-stream"
) -> None:
    head = f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\nconnection: close\r\n\r\n"
    writer.write(head.encode())
    for body in bodies:
        writer.write(body)
        await writer.drain()


async def never(writer: asyncio.StreamWriter, server: Server) -> None:
    await talk(writer)
    await asyncio.Event().wait()


async def test_a_finished_run_with_a_silent_stream_ends() -> None:
    async with talking(never) as (source, _):
        items = await told(source)
    assert [(e.step, e.state) for e in items if isinstance(e, Event)] == VIEW


async def test_a_finished_run_ends_also_where_the_stream_only_keeps_alive() -> None:
    async def alive(writer: asyncio.StreamWriter, server: Server) -> None:
        await talk(writer, sse(*logs("a"), ENDED))
        while not writer.is_closing():
            writer.write(b'event: ping\ndata: {"n": 1}\n\n: alive\n\ndata: {}\n\n')
            await writer.drain()
            await asyncio.sleep(0.02)

    async with talking(alive) as (source, _):
        assert said(await told(source)) == ["a", "is failed"]


async def test_a_step_that_completes_does_not_end_the_run() -> None:
    async def slowly(writer: asyncio.StreamWriter, server: Server) -> None:
        await talk(writer, sse({"type": "action.completed", "stepKey": "extract_orders"}))
        server.end()
        writer.write(sse(*logs("last words"), ENDED, after=1))

    async with talking(slowly, run=run("running")) as (source, _):
        assert said(await told(source)) == ["is succeeded", "last words", "is failed"]


@pytest.mark.parametrize(
    "mark", ["event: done\ndata: {}\n\n", "data: [DONE]\n\n", 'data: {"type": "stream_end"}\n\n']
)
async def test_a_mark_ends_the_stream_once_the_run_is_over(mark: str) -> None:
    async def marked(writer: asyncio.StreamWriter, server: Server) -> None:
        await talk(writer, sse(*logs("a"), ENDED))
        server.end()
        writer.write(mark.encode())
        await writer.drain()
        await asyncio.Event().wait()

    async with talking(marked, run=run("running")) as (source, _):
        assert said(await told(source)) == ["a", "is failed"]


async def test_a_server_that_marks_the_end_too_early_is_believed_three_times() -> None:
    early = stream(sse(*logs("a")) + b"data: [DONE]\n\n")
    async with (
        talking(early, run=run("running")) as (source, server),
        aclosing(source.tail(RUN)) as events,
    ):
        assert said([await anext(events)]) == ["a"]
        waiting = asyncio.ensure_future(anext(events))
        await until(lambda: len(server.connections) >= 3)
        server.end()
        assert said([await waiting]) == ["is failed"]
    assert len(server.connections) <= 5


async def test_changes_of_steps_are_told_beside_a_stream_that_only_logs() -> None:
    async def only_logs(writer: asyncio.StreamWriter, server: Server) -> None:
        await talk(writer, sse(*logs("a")))
        server.steps[2] |= {"status": "running", "startedAt": "2026-06-02T06:01:03Z"}
        looks = len(server.looks)
        await until(lambda: len(server.looks) > looks + 8)
        server.end("completed")

    async with talking(only_logs, run=run("running")) as (source, _):
        items = await told(source)
    assert said(items) == ["a", "is running", "is succeeded"]
    assert isinstance(items[1], Event)
    assert (items[1].step, items[1].details["polled"]) == ("archive", True)


async def test_snapshots_tell_what_has_changed() -> None:
    async def snapshots(writer: asyncio.StreamWriter, server: Server) -> None:
        steps = [*STEPS[:2], STEPS[2] | {"status": "completed", "completedAt": "2026-06-02T06:02Z"}]
        body = json.dumps({"automationRunId": RUN, "steps": steps}) + json.dumps(run("failed"))
        server.end()
        await talk(writer, body.encode(), kind="application/json")

    async with talking(snapshots, run=run("running")) as (source, _):
        source.pace = replace(QUICK, silence=5.0, settle=5.0, patience=5.0)
        items = await told(source)
    last = [(item.step, item.state) for item in items if isinstance(item, Event)][-2:]
    assert last == [("archive", State.SUCCEEDED), (None, State.FAILED)]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (torn(sse(*logs("a", "b"))), stream(sse(*logs("c"), ENDED, after=2)), "a b c"),
        (torn(sse(*logs("a", "b"))), stream(sse(*logs("a", "b", "c"), ENDED)), "a b c"),
        (torn(sse(*logs("a", "b"))), stream(sse(*logs("d"), ENDED, after=5)), "a b — d"),
        (
            torn(b'{"m": 1, "text": "a"}\n', "application/x-ndjson"),
            stream(b'{"m": 1, "text": "a"}\n{"m": 2, "text": "b"}\n', "application/x-ndjson"),
            "a b",
        ),
        (
            torn(b'{"m": 1, "text": "a"}\n', "application/x-ndjson"),
            stream(b'{"m": 2, "text": "b"}\n', "application/x-ndjson"),
            "a — b",
        ),
        (torn(b"a\nx\n", "text/plain"), stream(b"a\nx\nx\nb\n", "text/plain"), "a x x b"),
        (torn(b"a\n", "text/plain"), stream(b"b\n", "text/plain"), "a — b"),
        (
            torn(b"id: k\ndata: a\n\n"),
            stream(b"id: m\ndata: b\n\nid: n\ndata: c\n\n"),
            "a b c",
        ),
    ],
    ids=["resumes", "replays", "loses", "replays without ids", "loses without ids",
         "replays lines", "loses lines", "resumes after words"],
)  # fmt: skip
async def test_after_a_break(first: bytes, second: bytes, expected: str) -> None:
    async def then_over(writer: asyncio.StreamWriter, server: Server) -> None:
        server.end()
        writer.write(second)

    async with talking(first, then_over, run=run("running")) as (source, _):
        items = await told(source)
    assert said(items)[:-1] == expected.split()
    ids = [item.id for item in items if isinstance(item, Event)]
    assert len(ids) == len(set(ids))


async def test_a_hole_in_the_servers_own_numbers_is_told() -> None:
    body = sse(*logs("a", "b")) + sse(*logs("c"), ENDED, after=7)
    async with talking(stream(body)) as (source, _):
        items = await told(source)
    assert said(items) == ["a", "b", "—", "c", "is failed"]
    gap = items[2]
    assert isinstance(gap, Gap)
    assert gap.since == NOON


async def test_numbers_that_are_shared_with_other_runs_are_no_holes() -> None:
    body = b"".join(sse(*logs(f"line {n}"), after=n * 7) for n in range(9))
    async with talking(stream(body)) as (source, _):
        assert "—" not in said(await told(source))


async def test_a_stream_that_stays_broken_ends_in_a_gap() -> None:
    async def broken(writer: asyncio.StreamWriter, server: Server) -> None:
        server.end()
        writer.write(torn(sse(*logs("a"))))

    async with talking(broken, b"", run=run("running")) as (source, _):
        assert said(await told(source)) == ["a", "—", "is failed"]


@pytest.mark.parametrize("after", ["~made-up", "k3y", "17", "polled:|x|running|"])
async def test_what_cannot_be_resumed_is_a_gap_or_goes_on(after: str) -> None:
    async with talking(stream(b"one\ntwo\n", "text/plain")) as (source, _):
        items = await told(source, after)
    assert said(items)[:3] in (["—", "one", "two"], ["one", "two", "is failed"])


async def test_it_resumes_after_an_id_that_was_made_up() -> None:
    async with talking(stream(b"one\ntwo\ntwo\nthree\n", "text/plain")) as (source, server):
        whole = [item for item in await told(source) if isinstance(item, Event)]
        assert said([*whole]) == ["one", "two", "two", "three", "is failed"]
        for index, event in enumerate(whole[:4]):
            rest = said(await told(source, event.id))
            assert rest[: 3 - index] == ["two", "two", "three"][index:]
        assert all("last-event-id" not in asked.headers for asked in server.connections)


async def test_a_run_that_is_gone_ends_the_tail() -> None:
    async def gone(writer: asyncio.StreamWriter, server: Server) -> None:
        server.others[PATH] = reply(404, '{"detail": "Run not found"}')
        await never(writer, server)

    async with talking(gone, run=run("running")) as (source, _):
        with pytest.raises(NotFound):
            await told(source)


async def test_looks_that_keep_failing_end_the_tail() -> None:
    async def failing(writer: asyncio.StreamWriter, server: Server) -> None:
        server.others[PATH] = reply(400)
        await never(writer, server)

    async with talking(failing, run=run("running")) as (source, _):
        with pytest.raises(SourceError):
            await told(source)


async def test_an_empty_stream_is_tried_again_once_the_run_runs() -> None:
    async def now_over(writer: asyncio.StreamWriter, server: Server) -> None:
        server.end()
        await talk(writer, sse(*logs("a"), ENDED))

    async with (
        talking(reply(204), now_over, run=run("pending")) as (source, server),
        aclosing(source.tail(RUN)) as events,
    ):
        waiting = asyncio.ensure_future(anext(events))
        await until(lambda: bool(server.connections))
        server.run = run("running")
        rest = [await waiting, *[item async for item in events]]
    assert said(rest)[-2:] == ["a", "is failed"]


@pytest.mark.parametrize(
    "noise",
    [
        b"data: {\n\n" * 3,
        b"[" * 5000,
        b'{"a":' * 3000,
        b"\xff\xfe\x00" * 50,
        b'data: {"id": {}, "type": [], "ts": "never", "status": 5, "message": {}}\n\n',
        b'data: {"ts": 1e300, "stepKey": 5, "step": [], "payload": [1], "level": {}}\n\n',
        b'{"events": [{"message": "x", "events": [{"message": "y"}]}, {}]}',
        b'{"steps": 5, "automationRunId": 1}{"id": 1, "automationId": 2, "status": null}',
        b"data: " + b"x" * 2_000_000 + b"\n\ndata: after\n\n",
    ],
)
async def test_noise_does_no_harm(noise: bytes) -> None:
    async with talking(stream(noise)) as (source, _):
        items = await told(source)
    assert all(isinstance(item, Event | Gap) for item in items)


async def test_a_dropped_tail_closes_its_connection() -> None:
    closed = asyncio.Event()

    async def endless(writer: asyncio.StreamWriter, server: Server) -> None:
        await talk(writer, sse(*logs("a")))
        try:
            while True:
                writer.write(b": alive\n\n")
                await writer.drain()
                await asyncio.sleep(0.01)
        except ConnectionError:
            closed.set()

    async with talking(endless, run=run("running")) as (source, _):
        async with aclosing(source.tail(RUN)) as events:
            assert said([await anext(events)]) == ["a"]
        async with asyncio.timeout(5):
            await closed.wait()


async def test_a_slow_reader_loses_nothing() -> None:
    lines = [f"line {number}" for number in range(3000)]
    async with talking(stream(sse(*logs(*lines), ENDED))) as (source, _):
        heard: list[Any] = []
        async for item in source.tail(RUN):
            heard.append(item)
            if len(heard) % 1500 == 1:
                await asyncio.sleep(2 * QUICK.silence)
    assert said(heard) == [*lines, "is failed"]


async def test_the_first_look_that_fails_is_told_as_it_is() -> None:
    async with talking(others={PATH: reply(502)}) as (source, server):
        with pytest.raises(Unreachable):
            await told(source)
        assert server.connections == []
