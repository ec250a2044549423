"""The events of runs of a real Prefect server, read back from their end."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from runs_tui.model.errors import NotFound
from runs_tui.model.run import Event
from tests.contract_parts.rewinds import back
from tests.engines.test_prefect import LONG, NOBODY, call, source_at

if TYPE_CHECKING:
    from runs_tui.adapters.prefect import Prefect
    from tests.engines.prefect_server import PrefectEngine

FEW = 3
"""How many lines are read at once."""


def shorten(source: Prefect) -> None:
    source.pace = replace(source.pace, stretch=FEW)


async def check_back(source: Prefect, run_id: str) -> list[Event]:
    """Check that what is read back is what is told from the beginning, and give it."""
    told = [event async for event in source.tail(run_id)]
    found = await back(source, run_id)
    events = [event for stretch in reversed(found) for event in stretch.events]
    assert events == told
    lines = [sum(event.kind == "log" for event in stretch.events) for stretch in found]
    assert sum(lines) == len([event for event in events if event.kind == "log"])
    assert all(count <= FEW for count in lines)
    return events


@pytest.mark.parametrize("name", ["diamond", "failed", "fan_out"])
async def test_a_finished_run_is_read_back_to_its_beginning(
    prefect: PrefectEngine, name: str
) -> None:
    run_id: str = getattr(prefect, name)
    async with source_at(prefect.url) as source, asyncio.timeout(LONG):
        shorten(source)
        events = await check_back(source, run_id)
        states = {event.state for event in events if event.step is None and event.state}
        assert len(states) >= 3
        end = await source.last_events(run_id)
        assert end.events[-1] == events[-1]
        assert [each async for each in source.tail(run_id, end.events[-1].id)] == []


async def test_a_run_that_was_retried_is_read_back_through_both_attempts(
    prefect: PrefectEngine,
) -> None:
    run_id = await asyncio.to_thread(prefect.launch, "fails-in-middle")
    await asyncio.to_thread(prefect.wait_for, run_id, "FAILED")
    done = await asyncio.to_thread(call, prefect.url, "retry", run_id, "--yes")
    assert done.returncode == 0, done.stderr
    await asyncio.to_thread(prefect.wait_for, run_id, "FAILED")
    async with source_at(prefect.url) as source, asyncio.timeout(LONG):
        shorten(source)
        [_ async for _ in source.tail(run_id)]
        events = await check_back(source, run_id)
    assert len([event for event in events if event.message.startswith("read 2 orders")]) == 2


async def test_a_running_log_is_opened_at_its_end_and_goes_on(prefect: PrefectEngine) -> None:
    ticks = [f"tick {second} of 20" for second in range(1, 21)]
    run_id = await asyncio.to_thread(prefect.launch, "ticker", seconds=20)
    async with source_at(prefect.url) as source, asyncio.timeout(LONG):
        shorten(source)
        end = await source.last_events(run_id)
        while not any(event.message in ticks[4:] for event in end.events):
            await asyncio.sleep(0.5)
            end = await source.last_events(run_id)
        assert end.older
        earlier = await back(source, run_id, end.events[0].id)
        told = [*(e for each in reversed(earlier) for e in each.events), *end.events]
        assert (await source.run(run_id)).active
        async for event in source.tail(run_id, end.events[-1].id):
            assert isinstance(event, Event)
            told.append(event)
        assert [event.message for event in told if event.message.startswith("tick")] == ticks
        assert len({event.id for event in told}) == len(told)
        replay = [event async for event in source.tail(run_id)]
    assert {event.id for event in told} == {
        event.id for event in replay if isinstance(event, Event)
    }


async def test_a_run_that_is_not_there_has_no_end(prefect: PrefectEngine) -> None:
    async with source_at(prefect.url) as source:
        for run_id in (NOBODY, "nope"):
            with pytest.raises(NotFound):
                await source.last_events(run_id)
