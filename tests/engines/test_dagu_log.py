from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from runs_tui.model.run import Event, Gap
from runs_tui.model.state import State
from tests.engines.dagu_server import ENDED
from tests.engines.dagu_source import source_at, told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.engines.dagu_server import DaguEngine

TICKS = 20
PATIENCE = 60


def written(events: Iterable[Event | Gap], step: str) -> list[str]:
    return [
        event.message
        for event in events
        if isinstance(event, Event) and event.step == step and "stream" in event.details
    ]


def ids(events: Iterable[Event | Gap]) -> list[str | None]:
    return [event.id for event in events if isinstance(event, Event)]


def files(dagu: DaguEngine, dag: str, run_id: str) -> dict[str, list[str]]:
    """Read what the steps of a run that ends have written from the engine's own files."""
    found: dict[str, list[str]] = {}
    for node in dagu.wait_for(dag, run_id, *ENDED)["nodes"]:
        texts = [Path(node[name]).read_text() for name in ("stdout", "stderr") if node[name]]
        found[node["step"]["name"]] = [line for text in texts for line in text.splitlines()]
    return found


async def test_a_run_is_followed_live_to_its_end(dagu: DaguEngine) -> None:
    run_id = dagu.launch("ticker", f"TICKS={TICKS}")
    dagu.wait_for("ticker", run_id, "running")
    events: list[Event | Gap] = []
    live: set[str] = set()
    async with asyncio.timeout(PATIENCE), source_at(dagu.url) as source:
        async with aclosing(source.tail(run_id)) as tail:
            async for event in tail:
                events.append(event)
                if isinstance(event, Event) and event.message in {"tick 3", "tock 3"}:
                    assert dagu.label("ticker", run_id) == "running"
                    live.add(event.message)
        whole = await told(source, run_id)
    assert live == {"tick 3", "tock 3"}
    real = files(dagu, "ticker", run_id)
    assert dagu.label("ticker", run_id) == "succeeded"
    assert len(real["tick"]) == len(real["tock"]) == TICKS
    for step, lines in real.items():
        assert written(events, step) == written(whole, step) == lines
    assert len(ids(events)) == len(set(ids(events)))
    assert set(ids(events)) == set(ids(whole))
    last = events[-1]
    assert isinstance(last, Event)
    assert (last.step, last.state) == (None, State.SUCCEEDED)


async def test_what_tidies_up_after_a_run_has_failed_is_followed_too(dagu: DaguEngine) -> None:
    run_id = dagu.launch("tidy")
    dagu.wait_for_steps("tidy", run_id, "work")
    async with asyncio.timeout(PATIENCE), source_at(dagu.url) as source:
        async with aclosing(source.tail(run_id)) as tail:
            events = [event async for event in tail]
        steps = {step.name: step.state for step in await source.steps(run_id)}
        assert ids(events) == ids(await told(source, run_id))
    assert written(events, "onExit") == ["tidying", "tidied"]
    assert steps == {"work": State.FAILED, "onExit": State.SUCCEEDED}
    last = events[-1]
    assert isinstance(last, Event)
    assert (last.step, last.state) == (None, State.FAILED)


async def test_the_end_of_a_log_and_what_follows_live_leave_nothing_out(dagu: DaguEngine) -> None:
    run_id = dagu.launch("ticker", f"TICKS={TICKS}")
    dagu.wait_for("ticker", run_id, "running")
    async with asyncio.timeout(PATIENCE), source_at(dagu.url) as source:
        await asyncio.sleep(1)
        end = await source.last_events(run_id)
        assert end.events
        live = await told(source, run_id, end.events[-1].id)
        found = list(end.events)
        while end.older:
            end = await source.last_events(run_id, end.events[0].id)
            found = [*end.events, *found]
    for step, lines in files(dagu, "ticker", run_id).items():
        assert set(written([*found, *live], step)) == set(lines)


async def test_a_tail_resumes_within_a_run_that_goes_on(dagu: DaguEngine) -> None:
    run_id = dagu.launch("ticker", f"TICKS={TICKS}")
    dagu.wait_for("ticker", run_id, "running")
    events: list[Event | Gap] = []
    async with asyncio.timeout(PATIENCE), source_at(dagu.url) as source:
        async with aclosing(source.tail(run_id)) as tail:
            async for event in tail:
                events.append(event)
                if len(events) == TICKS:
                    break
        events += await told(source, run_id, ids(events)[-1])
    for step, lines in files(dagu, "ticker", run_id).items():
        assert written(events, step) == lines


async def test_a_long_log_is_read_back_piece_by_piece(dagu: DaguEngine) -> None:
    run_id = dagu.finished("long-log")
    async with source_at(dagu.url) as source:
        whole = await told(source, run_id)
        stretch = await source.last_events(run_id)
        found = list(stretch.events)
        assert stretch.older
        while stretch.older:
            stretch = await source.last_events(run_id, stretch.events[0].id)
            found = [*stretch.events, *found]
    assert found == whole
    (lines,) = files(dagu, "long-log", run_id).values()
    assert written(whole, "count") == lines
    assert len(lines) == 2600


async def test_a_line_is_told_to_its_end_though_it_was_read_before(dagu: DaguEngine) -> None:
    run_id = dagu.launch("stutter")
    dagu.wait_for("stutter", run_id, "running")
    async with asyncio.timeout(PATIENCE), source_at(dagu.url) as source:
        events = await told(source, run_id)
    (lines,) = files(dagu, "stutter", run_id).values()
    assert "".join(written(events, "say")) == "".join(lines) == "one two three"


async def test_retried_steps_write_another_log(dagu: DaguEngine, tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    run_id = dagu.finished("mended", f"LEDGER={path}")
    async with source_at(dagu.url) as source:
        before = await told(source, run_id)
        (tmp_path / "ledger.mended").touch()
        dagu.client.post(
            f"/dag-runs/mended/{run_id}/retry", json={"dagRunId": run_id}
        ).raise_for_status()
        dagu.wait_for("mended", run_id, "succeeded")
        after = await told(source, run_id)
    assert written(before, "extract") == written(after, "extract") == ["extracting"]
    assert written(after, "load") == ["loading"]
    again = {
        e.id for e in after if isinstance(e, Event) and e.step == "check" and "stream" in e.details
    }
    assert again.isdisjoint(ids(before))
    assert "all went well" in written(after, "onSuccess")
