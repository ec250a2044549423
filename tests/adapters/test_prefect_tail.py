import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from runs_tui.adapters.prefect import Prefect
from runs_tui.demo.faults import Fault
from runs_tui.model.errors import SourceError, Unreachable
from runs_tui.model.run import Event, Gap, Run
from runs_tui.model.state import State
from tests.adapters.prefect_world import PATIENCE, Demo, demo, every, prefect
from tests.adapters.sources import events_of
from tests.contract_parts.stage import NOON
from tests.transport.script import Asked, Script, reply, serving


def ids(events: list[Event | Gap]) -> list[str]:
    return [event.id for event in events if isinstance(event, Event) and event.id]


def times(events: list[Event | Gap]) -> list[datetime]:
    return [event.at for event in events if isinstance(event, Event) and event.at]


def lines(d: Demo, run: Run) -> list[str]:
    """Give the ids of a run's lines; a server sets no order among those of one instant."""
    told = sorted(d.world.lines(run.id, d.clock.now()), key=lambda line: (line.at, line.id))
    return [line.id for line in told if line.kind == "log"]


async def one(d: Demo, text: str) -> Run:
    return (await every(d.source, text))[0]


async def test_a_finished_run_tells_everything_once_and_ends() -> None:
    async with demo(hostile=True) as d:
        for run in (await every(d.source, "state:succeeded,failed"))[:10]:
            events = await events_of(d.source, run.id)
            assert times(events) == sorted(times(events))
            assert len(set(ids(events))) == len(events)
            assert [i for i in ids(events) if i in set(lines(d, run))] == lines(d, run)
            keys = {step.key for step in await d.source.steps(run.id)}
            assert {event.step for event in events if isinstance(event, Event)} <= keys | {None}
            last = [e.state for e in events if isinstance(e, Event) and e.state and not e.step]
            assert last[-1] is run.state


async def test_a_tail_resumes_after_any_event_with_no_hole_and_no_repeat() -> None:
    async with demo() as d:
        run = await one(d, "state:failed")
        events = await events_of(d.source, run.id)
        for place in range(len(events)):
            assert await events_of(d.source, run.id, ids(events)[place]) == events[place + 1 :]
        stranger = prefect(d.url)
        stranger.clock = d.clock
        for place in (0, len(events) // 2, len(events) - 1):
            assert await events_of(stranger, run.id, ids(events)[place]) == events[place + 1 :]
            stranger._desk._memory._told.clear()
        await stranger.close()


async def test_after_an_event_that_nobody_knows_everything_is_told() -> None:
    async with demo() as d:
        run = await one(d, "state:failed")
        assert await events_of(d.source, run.id, "gone") == await events_of(d.source, run.id)


@pytest.mark.parametrize("late", [0, 3])
async def test_an_active_run_is_told_as_it_goes_and_to_its_end(late: float) -> None:
    async with demo(extra={"logs_late": late}) as d:
        run = await one(d, "state:running")
        async with d.passing():
            live = await events_of(d.source, run.id)
        d.clock.skip(3600)
        replay = await events_of(d.source, run.id)
        assert sorted(ids(live)) == sorted(ids(replay))
        assert [i for i in ids(live) if i in set(lines(d, run))] == lines(d, run)
        assert (await d.source.run(run.id)).state.terminal


async def test_a_tail_that_was_left_goes_on_where_it_was() -> None:
    async with demo(extra={"logs_late": 2}) as d:
        run = await one(d, "state:running")
        found: list[Event | Gap] = []
        async with d.passing(), asyncio.timeout(PATIENCE):
            for size in (1, 7, 3, 5, None):
                after = ids(found)[-1] if found else None
                async with aclosing(d.source.tail(run.id, after)) as events:
                    async for event in events:
                        found.append(event)
                        size = size and size - 1
                        if size == 0:
                            break
        d.clock.skip(3600)
        assert sorted(ids(found)) == sorted(ids(await events_of(d.source, run.id)))


async def test_a_cancelled_run_ends_its_tail() -> None:
    async with demo() as d:
        runs = await every(d.source, "state:running")
        run = next(run for run in runs if "deployment_id" in run.details)
        async with d.passing():
            await d.source.cancel(run.id)
            events = await events_of(d.source, run.id)
        states = [event.state for event in events if isinstance(event, Event) and not event.step]
        assert states[-1] is State.CANCELLED


async def test_a_short_fault_is_not_noticed_and_a_long_one_is_told() -> None:
    async with demo() as d:
        run = await one(d, "state:failed")
        whole = await events_of(d.source, run.id)
        d.faults.add(Fault(path="/logs/filter", status=502))
        d.faults.add(Fault(path="/flow_run_states/", drop_after=0))
        assert await events_of(d.source, run.id) == whole
        d.faults.add(Fault(path="/logs/filter", status=502, times=None))
        with pytest.raises(Unreachable):
            await events_of(d.source, run.id)


def line(number: int, seconds: float) -> dict[str, Any]:
    at = (NOON + timedelta(seconds=seconds)).isoformat()
    return {"id": str(UUID(int=number)), "timestamp": at, "message": f"line {number}"}


@asynccontextmanager
async def logging(rows: list[dict[str, Any]]) -> AsyncIterator[tuple[Prefect, Script]]:
    """Serve a finished run with these lines."""
    ended = {
        "id": str(UUID(int=10**9)),
        "type": "COMPLETED",
        "name": "Completed",
        "timestamp": (NOON + timedelta(hours=1)).isoformat(),
    }

    def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        found: list[dict[str, Any]] = [ended] if asked.path.endswith("states/") else []
        if asked.path.endswith("/logs/filter"):
            body = json.loads(asked.body)
            after = body["logs"].get("timestamp", {}).get("after_", NOON.isoformat())
            since = datetime.fromisoformat(after)
            late = [row for row in rows if datetime.fromisoformat(row["timestamp"]) >= since]
            found = late[body["offset"] :][: body["limit"]]
        writer.write(reply(200, json.dumps(found)))

    async with serving(answer) as script:
        source = prefect(f"{script.url}/api")
        yield source, script
        await source.close()


@pytest.mark.parametrize(
    "instants",
    [
        [number / 10 for number in range(1000)],
        [number // 150 for number in range(1000)],
        [1.0] * 1000,
        [1.0] * 399 + [2.0] * 2 + [3.0] * 200,
        [0.0] * 200,
        [],
    ],
)
async def test_a_long_log_is_read_whole_whatever_its_instants(instants: list[float]) -> None:
    rows = [line(number, seconds) for number, seconds in enumerate(instants)]
    async with logging(rows) as (source, script):
        events = await events_of(source, str(UUID(int=7)))
        found = [event for event in events if isinstance(event, Event) and event.kind == "log"]
        assert [event.id for event in found] == [row["id"] for row in rows]
        asked = [asked for asked in script.asked if asked.path.endswith("/logs/filter")]
        assert len(asked) <= len(rows) // 100 + 2


async def next_change(changes: AsyncIterator[Run | Gap]) -> Run | Gap:
    async with asyncio.timeout(PATIENCE):
        return await anext(changes)


async def test_changes_are_pushed_as_they_happen() -> None:
    async with demo(runs=600) as d:
        run = await one(d, "state:queued")
        async with aclosing(d.source.follow()) as changes:
            async with d.passing():
                change = await next_change(changes)
            assert isinstance(change, Run)
            await d.source.cancel(run.id)
            while not isinstance(change, Run) or change.id != run.id:
                change = await next_change(changes)
            assert change.state is State.CANCELLED
            assert change.workflow_name == run.workflow_name


async def test_a_lost_connection_is_opened_again_and_the_gap_is_told() -> None:
    async with demo(runs=600) as d:
        d.faults.add(Fault(path="/events/out", drop_after=600))
        async with d.passing(), aclosing(d.source.follow()) as changes:
            found = [await next_change(changes)]
            while not isinstance(found[-1], Gap):
                found.append(await next_change(changes))
            assert isinstance(await next_change(changes), Run)
        gap = found[-1]
        assert gap.until is not None
        assert NOON - timedelta(minutes=1) <= gap.since <= gap.until <= d.clock.now()


@pytest.mark.parametrize("secret", [None, "user:wrong"])
async def test_following_needs_the_credential(secret: str | None) -> None:
    async with demo() as d:
        source = prefect(d.url, secret)
        with pytest.raises(SourceError) as caught:
            await anext(aiter(source.follow()))
        assert "PREFECT_TOKEN" in caught.value.hint
        await source.close()


async def test_following_what_is_not_there_raises() -> None:
    async with demo() as d:
        url = d.url
    source = prefect(url)
    with pytest.raises(Unreachable):
        await anext(aiter(source.follow()))
    await source.close()
