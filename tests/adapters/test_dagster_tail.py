import asyncio
import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from runs_tui.demo.faults import Fault
from runs_tui.demo.world import WorldRun
from runs_tui.model.errors import BadAnswer, NotFound
from runs_tui.model.run import Event, Gap
from runs_tui.model.state import State
from tests.adapters.dagster_world import NOBODY, Demo, demo
from tests.adapters.sources import events_of
from tests.contract_parts.stage import DEADLINE


def over(run: WorldRun) -> bool:
    return run.state.terminal


def ids(events: list[Event | Gap]) -> list[str | None]:
    return [event.id for event in events if isinstance(event, Event)]


def long(seen: Demo) -> tuple[str, int]:
    """Give the finished run with the longest log, and how many lines the world has of it."""
    now = seen.clock.now()
    counts = {
        run.id: len(seen.world.lines(run.id, now)) for run in seen.world.runs(now) if over(run)
    }
    run_id = max(counts, key=lambda each: counts[each])
    return run_id, counts[run_id]


async def test_events_are_numbered_from_the_first() -> None:
    async with demo() as seen:
        events = await events_of(seen.source, seen.one(over).id)
        assert ids(events) == [str(number) for number in range(1, len(events) + 1)]


async def test_a_log_comes_in_pages() -> None:
    async with demo() as seen:
        run_id, _ = long(seen)
        whole = await events_of(seen.source, run_id)
    async with demo() as seen:
        seen.source.pace = replace(seen.source.pace, page=7)
        assert await events_of(seen.source, run_id) == whole
        limits = [values["limit"] for values in seen.sent("Log")]
        assert limits == [7] * (-(-len(whole) // 7))
        assert "after" not in seen.sent("Log")[0]


@pytest.mark.parametrize("after", ["5", "05", "1", "x", "", "-1", "0", "²", "9" * 40])
async def test_a_place_in_a_log_that_was_never_told_is_counted_to(after: str) -> None:
    async with demo() as seen:
        run_id = seen.one(over).id
        whole = await events_of(seen.source, run_id)
    async with demo() as seen:
        number = int(after) if after in {"5", "05", "1"} else 0
        assert await events_of(seen.source, run_id, after) == whole[number:]


async def test_where_a_log_was_left_is_remembered() -> None:
    async with demo(counts=False) as seen:
        run_id = seen.one(over).id
        seen.source.pace = replace(seen.source.pace, page=10)
        whole = await events_of(seen.source, run_id)
        assert await events_of(seen.source, run_id, "10") == whole[10:]


async def test_the_end_of_a_short_log_is_one_request() -> None:
    async with demo() as seen:
        run_id = seen.one(over).id
        whole = await events_of(seen.source, run_id)
        seen.asked()
        end = await seen.source.last_events(run_id)
        assert (list(end.events), end.older) == (whole, False)
        assert seen.asked() == ["LogEnd"]
        assert await seen.source.last_events(run_id) == end
        assert seen.asked() == []  # for the run is over


@pytest.mark.parametrize("stretch", [1, 2, 3, 50])
async def test_the_end_of_a_long_log_is_found_in_few_requests(stretch: int) -> None:
    async with demo() as seen:
        run_id, count = long(seen)
        assert count > 150
        whole = await events_of(seen.source, run_id)
    async with demo() as seen:
        seen.source.pace = replace(seen.source.pace, stretch=stretch)
        end = await seen.source.last_events(run_id)
        assert list(end.events) == whole[-stretch:]
        assert end.older
        assert len(seen.asked()) <= 3


async def test_a_server_that_cannot_count_events_has_its_log_read_through() -> None:
    async with demo() as seen:
        run_id, _ = long(seen)
        whole = await events_of(seen.source, run_id)
    async with demo(counts=False) as seen:
        seen.source.pace = replace(seen.source.pace, stretch=40)
        end = await seen.source.last_events(run_id)
        assert list(end.events) == whole[-40:]
        assert end.older


async def test_before_an_event_that_is_not_there_is_nothing() -> None:
    async with demo() as seen:
        run_id = seen.one(over).id
        whole = await events_of(seen.source, run_id)
        for event_id in ("x", "0", "-3", str(len(whole) + 1), "9" * 15):
            with pytest.raises(NotFound, match="no such event"):
                await seen.source.last_events(run_id, event_id)
        with pytest.raises(NotFound, match="could not be found"):
            await seen.source.last_events(NOBODY)


async def test_why_a_run_failed_is_read_once_for_the_run_and_its_steps() -> None:
    async with demo() as seen:
        failed = seen.one(lambda run: run.state is State.FAILED)
        run, steps = (
            await seen.source.run(failed.id),
            await seen.source.steps(failed.id),
        )
        assert seen.asked() == ["Run", "LogEnd", "Run"]
        (step,) = [step for step in steps if step.error]
        assert step.state is State.FAILED
        assert step.error == run.error
        assert (failed.error or "").endswith((run.error or "?").removeprefix("Exception: "))


async def test_a_tail_tells_the_run_what_it_hears_of_failures() -> None:
    async with demo() as seen:
        failed = seen.one(lambda run: run.state is State.FAILED)
        await events_of(seen.source, failed.id)
        seen.asked()
        assert any(step.error for step in await seen.source.steps(failed.id))
        assert seen.asked() == ["Run"]


async def test_what_ends_at_the_end_of_time_is_told_and_left() -> None:
    def ageless(body: bytes) -> bytes:
        return re.sub(rb'"endTime": ?[0-9.]+', b'"endTime":253402300799.95', body)

    async with demo() as seen:
        run_id = seen.one(lambda run: run.state is State.FAILED).id
        whole = await events_of(seen.source, run_id)
        seen.faults.add(Fault(path="op=", rewrite=ageless, times=None))
        assert await events_of(seen.source, run_id) == whole
        assert (await seen.source.last_events(run_id)).events
        assert (await seen.source.run(run_id)).error


@pytest.mark.parametrize("time", ["9" * 400, "9" * 5000, "-1", "²", ""], ids=len)
async def test_an_event_of_no_instant_is_a_bad_answer(time: str) -> None:
    def odd(body: bytes) -> bytes:
        return re.sub(rb'"timestamp": ?"[0-9]+"', f'"timestamp":"{time}"'.encode(), body)

    async with demo() as seen:
        seen.faults.add(Fault(path="op=Log", rewrite=odd, times=None))
        with pytest.raises(BadAnswer):
            await events_of(seen.source, seen.one(over).id)


async def test_a_log_that_does_not_go_on_is_not_read_without_rest() -> None:
    first: list[str] = []

    def stuck(body: bytes) -> bytes:
        told = json.loads(body)
        first.append(told["data"]["logsForRun"]["cursor"])
        told["data"]["logsForRun"] |= {"hasMore": True, "cursor": first[0]}
        return json.dumps(told).encode()

    async with demo(counts=False) as seen:
        run_id, _ = long(seen)
        seen.faults.add(Fault(path="op=Log", rewrite=stuck, times=None))
        seen.source.pace = replace(seen.source.pace, stretch=40)
        async with asyncio.timeout(DEADLINE):
            assert (await seen.source.last_events(run_id)).events
        assert len(seen.asked()) < 5


def ending(seen: Demo) -> tuple[WorldRun, float]:
    """Give the active run that ends first, and the seconds until then."""
    now = seen.clock.now()
    for seconds in range(2, 3600, 2):
        for run in seen.world.runs(now):
            later = seen.world.run(run.id, now + timedelta(seconds=seconds))
            if run.state.active and later is not None and later.state.terminal:
                return run, float(seconds)
    raise AssertionError("no run ends")


async def followed(seen: Demo) -> tuple[WorldRun, list[Event | Gap]]:
    run, seconds = ending(seen)
    seen.clock.go(seconds)
    async with asyncio.timeout(DEADLINE):
        return run, await events_of(seen.source, run.id)


async def test_what_happens_is_pushed() -> None:
    async with demo() as seen:
        run, events = await followed(seen)
        sockets = [r for r in seen.faults.requests if r.method == "WEBSOCKET"]
        assert sockets
        assert sockets[0].headers["sec-websocket-protocol"] == "graphql-ws"
        assert ids(events) == [str(number) for number in range(1, len(events) + 1)]
        assert await events_of(seen.source, run.id) == events
        assert len(seen.sent("Log")) < 12


@pytest.mark.parametrize(
    "fault",
    [
        Fault(method="WEBSOCKET", status=403, times=None),
        Fault(method="WEBSOCKET", drop_after=0, times=None),
        Fault(method="WEBSOCKET", drop_after=400, times=None),
    ],
    ids=["refused", "cut at once", "cut"],
)
async def test_what_is_not_pushed_is_asked_for(fault: Fault) -> None:
    async with demo() as seen:
        seen.faults.add(fault)
        run, events = await followed(seen)
        seen.faults.clear()
        assert await events_of(seen.source, run.id) == events
        assert len([r for r in seen.faults.requests if r.method == "WEBSOCKET"]) == 1


async def test_a_server_without_a_websocket_is_asked_again_and_again() -> None:
    async with demo(pushes=False) as seen:
        run, events = await followed(seen)
        assert await events_of(seen.source, run.id) == events
        states = [event.state for event in events if isinstance(event, Event) and event.state]
        assert states[-1].terminal


async def test_a_run_that_ended_before_its_status_tells_so_is_not_listened_to() -> None:
    def late(body: bytes) -> bytes:
        return body.replace(b'"status":"SUCCESS"', b'"status":"STARTED"')

    async with demo() as seen:
        run_id = seen.one(lambda run: run.state is State.SUCCEEDED).id
        whole = await events_of(seen.source, run_id)
        seen.asked()
        seen.faults.add(Fault(path="op=Log", rewrite=late))
        assert await events_of(seen.source, run_id) == whole
        assert set(seen.asked()) == {"Log"}


async def test_a_failure_that_is_not_at_the_end_of_a_log_is_looked_for_once() -> None:
    async with demo() as seen:
        seen.source.pace = replace(seen.source.pace, stretch=1)
        failed = seen.one(lambda run: run.state is State.FAILED)
        steps = await seen.source.steps(failed.id)
        assert not any(step.error for step in steps)
        assert any(name.startswith("Log") for name in seen.asked())
        await seen.source.steps(failed.id)
        assert seen.asked() == ["Run"]
        await events_of(seen.source, failed.id)
        assert any(step.error for step in await seen.source.steps(failed.id))
