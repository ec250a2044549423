"""The changes of all runs, through breaks and restarts of the daemon."""

import asyncio
import json
from contextlib import aclosing
from typing import Any

import pytest

from runs_tui.adapters.base import Follows
from runs_tui.adapters.runwisp import RunWisp
from runs_tui.demo.faults import Fault
from runs_tui.model.errors import Unauthorized, Unreachable, Unsupported
from runs_tui.model.run import Gap, Run
from runs_tui.model.state import State
from tests.adapters.runwisp_server import NOON, OLD_LIST, OTHER, RUN, run, talking
from tests.adapters.test_runwisp_lists import staged
from tests.transport.script import Asked, reply

EVENTS = "/api/events/stream"
LIST = "/api/runs"


def event(name: str, data: Any, number: int | None = None) -> bytes:
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {name}\ndata: {json.dumps(data)}\n\n".encode()


def changed(row: dict[str, Any], number: int | None = None, name: str = "run.updated") -> bytes:
    return event(name, {"run": row}, number)


PING = event("ping", {})
QUEUED, GOING = run("pending", startedAt=None), run()
OVER = run("ended", "timeout", exitCode=143)


def stream(*frames: bytes) -> bytes:
    return reply(200, b"".join(frames), content_type="text/event-stream")


async def hang(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n" + PING)
    await writer.drain()
    await writer.wait_closed()


async def heard(source: RunWisp, count: int) -> list[Run | Gap]:
    found: list[Run | Gap] = []
    async with asyncio.timeout(20), aclosing(source.follow()) as changes:
        async for change in changes:
            found.append(change)
            if len(found) == count:
                break
    return found


def said(items: list[Run | Gap]) -> list[str]:
    return ["—" if isinstance(item, Gap) else f"{item.id[-1]} {item.state}" for item in items]


async def test_a_source_can_be_followed() -> None:
    async with talking({}) as (source, _):
        assert isinstance(source, Follows)


async def test_each_change_is_a_run_whatever_the_event_is_called() -> None:
    frames = (
        PING, changed(QUEUED, 1, "run.created"), changed(GOING, 2, "run.failed"), PING,
        changed(OVER, 3, "run.started"),
    )  # fmt: skip
    async with talking({EVENTS: stream(*frames)}) as (source, server):
        items = await heard(source, 3)
        assert said(items) == ["H queued", "H running", "H failed"]
        assert isinstance(items[2], Run)
        assert items[2].error == "timeout"
        assert server.times(LIST) == 0
        assert "last-event-id" not in server.asked[-1].headers


async def test_an_event_as_it_is_written() -> None:
    told = (
        b"id: 8812\nevent: run.failed\n"
        b'data: {"run":{"id":"01JZ8Q4M7T9V2X5B6C3D1E0FGH","taskName":"ledger-export",'
        b'"status":"ended","endReason":"timeout","exitCode":143,"triggeredBy":"cron",'
        b'"createdAt":"2026-07-02T09:30:00Z","startedAt":"2026-07-02T09:30:00Z",'
        b'"endedAt":"2026-07-02T09:35:00Z","retryAttempt":0,"instanceIndex":0}}\n\n'
        b"event: ping\ndata: {}\n\n"
    )
    async with talking({EVENTS: stream(told)}) as (source, _):
        (found,) = await heard(source, 1)
    assert isinstance(found, Run)
    assert (found.id, found.state, found.reason) == (RUN, State.FAILED, "timeout")


@pytest.mark.parametrize(
    "frame",
    [
        event("run.deleted", {"runId": RUN, "taskName": "x"}),
        event("system", {"cpu": 1}),
        event("config.stale", {"stale": True}),
        event("notification.created", {"run": GOING}),
        event("run.updated", {"run": None}),
        event("run.updated", {"run": {"id": RUN}}),
        event("run.updated", []),
        b"event: run.updated\ndata: {\n\n",
        b": comment\n\n",
        changed(GOING).replace(b"event: run.updated\n", b""),
    ],
)
async def test_other_events_tell_of_no_run(frame: bytes) -> None:
    async with talking({EVENTS: stream(PING, frame, changed(OVER, 9))}) as (source, _):
        assert said(await heard(source, 1)) == ["H failed"]


async def test_after_a_break_the_newest_runs_are_read_behind_a_gap() -> None:
    other = run(id=OTHER)
    answers = {
        EVENTS: (stream(PING, changed(GOING, 7)), stream(PING, changed(OVER, 8)), hang),
        LIST: {"items": [other, GOING], "total": 2},
    }
    async with talking(answers) as (source, server):
        items = await heard(source, 5)
        assert said(items) == ["H running", "—", "D running", "H running", "H failed"]
        assert items[1] == Gap(since=NOON, until=NOON)
        connections = [asked for asked in server.asked if asked.path == EVENTS]
        assert [asked.headers.get("last-event-id") for asked in connections] == [None, "7"]
        order = [asked.path for asked in server.asked if asked.path in (EVENTS, LIST)]
        assert order == [EVENTS, EVENTS, LIST]


async def test_every_break_is_told() -> None:
    answers = {
        EVENTS: (stream(PING), stream(PING), stream(), hang),
        LIST: {"items": [GOING], "total": 1},
    }
    async with talking(answers) as (source, _):
        assert said(await heard(source, 6)) == ["—", "H running"] * 3


async def test_what_is_replayed_takes_nothing_back() -> None:
    replayed = stream(changed(QUEUED, 8), changed(GOING, 9), changed(OVER, 10))
    answers = {
        EVENTS: (stream(changed(QUEUED, 7)), replayed, hang),
        LIST: {"items": [OVER], "total": 1},
    }
    async with talking(answers) as (source, _):
        assert said(await heard(source, 4)) == ["H queued", "—", "H failed", "H failed"]


async def test_a_restart_of_the_daemon_begins_its_numbers_anew() -> None:
    answers = {
        EVENTS: (stream(changed(GOING, 8812)), stream(PING, changed(OVER, 3)), hang),
        LIST: {"items": [], "total": 0},
    }
    async with talking(answers) as (source, server):
        assert said(await heard(source, 4)) == ["H running", "—", "H failed", "—"]
        ids = [a.headers.get("last-event-id") for a in server.asked if a.path == EVENTS]
        assert ids == [None, "8812", "3"]


async def test_a_break_while_the_runs_are_read_is_another_break() -> None:
    answers = {
        EVENTS: (stream(PING), hang),
        LIST: (*[reply(503)] * 3, {"items": [GOING], "total": 1}),
    }
    async with talking(answers) as (source, _):
        assert said(await heard(source, 3)) == ["—", "—", "H running"]


async def test_only_one_task_is_followed_where_only_one_is_wanted() -> None:
    other = run(id=OTHER, taskName="other")
    frames = stream(changed(other, 1), changed(GOING, 2))
    async with talking({EVENTS: frames}, task="ledger-export") as (source, _):
        assert said(await heard(source, 1)) == ["H running"]


@pytest.mark.parametrize("path", ["/api/runs/stream", "/api/stream"])
async def test_older_daemons_announce_elsewhere_and_without_numbers(path: str) -> None:
    row = OLD_LIST["runs"][0]
    answers = {
        path: (stream(PING, changed(row)), hang),
        LIST: OLD_LIST,
        "/api/runs/stream": reply(422),
    }
    answers[path] = (stream(PING, changed(row)), hang)
    async with talking(answers, newer=False) as (source, _):
        assert said(await heard(source, 4)) == ["H failed", "—", "H failed", "D queued"]


async def test_a_page_is_no_stream() -> None:
    page = reply(200, "<html></html>", content_type="text/html")
    async with talking({EVENTS: page}) as (source, _):
        with pytest.raises(Unsupported, match="announces no changes"):
            await heard(source, 1)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (reply(404), Unsupported),
        (reply(401), Unauthorized),
        (reply(503), Unreachable),
        (b"", Unreachable),
    ],
)
async def test_what_fails_at_the_beginning_is_told(answer: bytes, kind: type[Exception]) -> None:
    async with talking({EVENTS: answer}) as (source, _):
        with pytest.raises(kind):
            await heard(source, 1)


async def test_a_token_that_is_refused_later_is_told() -> None:
    async with talking({EVENTS: (stream(PING), reply(401))}) as (source, _):
        with pytest.raises(Unauthorized):
            await heard(source, 1)


async def test_full_streams_are_tried_again() -> None:
    answers = {
        EVENTS: (stream(PING), reply(503), reply(429), stream(), hang),
        LIST: {"items": [GOING], "total": 1},
    }
    async with talking(answers) as (source, server):
        assert said(await heard(source, 2)) == ["—", "H running"]
        assert server.times(EVENTS) == 4


# Against the demo's daemon


@pytest.mark.parametrize("generation", ["G2", "G3"])
async def test_a_world_is_followed(generation: str) -> None:
    async with staged(generation=generation) as stage:
        stage.clock.go(30)
        for change in await heard(stage.source, 20):
            assert isinstance(change, Run)
            real = stage.world.run(change.id, stage.clock.now())
            assert real is not None
            assert change.workflow_name == real.workflow.name


@pytest.mark.parametrize("restart", [None, 3])
async def test_a_world_is_followed_through_breaks(restart: int | None) -> None:
    async with staged(restart_after=restart) as stage:
        if restart is None:
            stage.faults.add(Fault(path="/events/stream", drop_after=2000, times=2))
        stage.clock.go(60)
        items = await heard(stage.source, 100)
        assert any(isinstance(item, Gap) for item in items)
        last = {item.id: item for item in items if isinstance(item, Run)}
        order = {State.QUEUED: 0, State.RUNNING: 1}
        seen: dict[str, int] = {}
        for item in items:
            if isinstance(item, Run):
                place = order.get(item.state, 2)
                assert place >= seen.get(item.id, 0)
                seen[item.id] = place
        ended = [run for run in last.values() if run.state.terminal]
        for each in ended:
            real = stage.world.run(each.id, stage.clock.now())
            assert real is not None
            assert real.state is each.state
