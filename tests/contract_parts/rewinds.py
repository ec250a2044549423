"""The suite's part about the events of a run read back from its end."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest

from runs_tui.adapters.base import Rewinds, Stretch, Tails
from runs_tui.model.errors import NotFound
from runs_tui.model.run import Event, Gap
from tests.adapters.sources import closing
from tests.contract_parts.single import ODD_IDS, check_clean, check_times
from tests.contract_parts.stage import DEADLINE, Kit, Stage
from tests.contract_parts.tails import finished, ids

FEW = 4
"""How many lines a source reads at once from the end of a log, so that a log has several such."""
MOST_STRETCHES = 500
MOST_REQUESTS = 3


def skip_without_rewinds(stage: Stage) -> None:
    if not isinstance(stage.source, Rewinds):
        pytest.skip("this API tells no log from its end")


def ids_of(stretches: list[Stretch]) -> list[str]:
    """Give the ids of stretches that were read back, the oldest event first."""
    return [event.id or "" for found in reversed(stretches) for event in found.events]


async def back(source: Any, run_id: str, before: str | None = None) -> list[Stretch]:
    """Follow a run's events from its end, or from an event, to the first one."""
    found: list[Stretch] = [await source.last_events(run_id, before)]
    while found[-1].older:
        assert len(found) < MOST_STRETCHES
        found.append(await source.last_events(run_id, found[-1].events[0].id))
    return found


class Rewind(Kit):
    def shorten(self, source: Any) -> None:
        """Make a source read few lines of a log at once."""
        name = "lines" if hasattr(source.pace, "lines") else "stretch"
        source.pace = replace(source.pace, **{name: FEW})

    def short(self, stage: Stage) -> Any:
        """Give a source of its own that reads few lines at once."""
        skip_without_rewinds(stage)
        source: Any = self.source(stage.url, self.secret, stage.clock)
        self.shorten(source)
        return source

    async def test_what_rewinds_tails(self, stage: Stage) -> None:
        assert isinstance(stage.source, Tails) or not isinstance(stage.source, Rewinds)

    async def test_the_end_of_a_log_is_what_its_tail_tells_last(self, stage: Stage) -> None:
        skip_without_rewinds(stage)
        for seen in [run for run in stage.world.runs(stage.clock.now()) if finished(run)][:40:8]:
            told = await stage.told(seen.id)
            found = await stage.source.last_events(seen.id)
            assert found.events
            assert list(found.events) == told[-len(found.events) :]
            assert found.older == (len(found.events) < len(told))

    async def test_going_back_visits_every_event_once_down_to_the_first(self, stage: Stage) -> None:
        most = 0
        async with closing(self.short(stage)) as source:
            for seen in [r for r in stage.world.runs(stage.clock.now()) if finished(r)][:40:8]:
                found = await back(source, seen.id)
                told = await stage.told(seen.id)
                assert [e for each in reversed(found) for e in each.events] == told
                most = max(most, len(found))
                assert not (await source.last_events(seen.id, ids(told)[0])).events
        assert most > 3

    async def test_what_is_before_any_event_is_right_before_it(self, stage: Stage) -> None:
        async with closing(self.short(stage)) as source:
            seen = stage.one(lambda run: finished(run) and len(run.workflow.steps) > 2)
            whole = ids(await stage.told(seen.id))
            for place in range(0, len(whole), 3):
                found = await source.last_events(seen.id, whole[place])
                told = ids(list(found.events))
                assert told == whole[place - len(told) : place]
                assert found.older == (len(told) < place)

    async def test_an_event_that_a_source_never_gave_is_found(self, stage: Stage) -> None:
        skip_without_rewinds(stage)
        seen = stage.one(finished)
        whole = ids(await stage.told(seen.id))
        async with closing(self.short(stage)) as source:
            found = await back(source, seen.id, whole[len(whole) // 2])
            assert ids_of(found) == whole[: len(whole) // 2]

    async def test_before_an_event_that_nobody_knows_there_is_nothing(self, stage: Stage) -> None:
        skip_without_rewinds(stage)
        with pytest.raises(NotFound):
            await stage.source.last_events(stage.one(finished).id, "nobody's")

    async def test_a_tail_goes_on_after_the_end(self, stage: Stage) -> None:
        async with closing(self.short(stage)) as source:
            seen = stage.one(finished)
            found = await source.last_events(seen.id)
            async with (
                asyncio.timeout(DEADLINE),
                aclosing(source.tail(seen.id, found.events[-1].id)) as told,
            ):
                assert [each async for each in told] == []

    async def test_the_end_and_its_tail_tell_a_run_that_goes_on(self, stage: Stage) -> None:
        async with closing(self.short(stage)) as source:
            seen, seconds = stage.ending_soon()
            stage.clock.go(seconds)
            async with asyncio.timeout(DEADLINE):
                end = await source.last_events(seen.id)
                after = end.events[-1].id if end.events else None
                async with aclosing(source.tail(seen.id, after)) as told:
                    live = [each async for each in told]
                first = end.events[0].id if end.events and end.older else None
                earlier = await back(source, seen.id, first) if first else []
                whole = await stage.told(seen.id)
            assert not any(isinstance(each, Gap) for each in live)
            got = [*ids_of(earlier), *ids(list(end.events)), *ids(live)]
            assert len(got) == len(set(got))
            assert set(got) == set(ids(whole))
            assert got == ids(whole)

    async def test_it_goes_back_while_the_run_goes_on(self, stage: Stage) -> None:
        async with closing(self.short(stage)) as source:
            seen, seconds = stage.ending_soon()
            stage.clock.go(seconds)
            async with asyncio.timeout(DEADLINE):
                found = await back(source, seen.id)
                whole = ids(await stage.told(seen.id))
            got = ids_of(found)
            assert got == whole[: len(got)]

    async def test_what_a_stretch_costs_does_not_grow_with_the_log(self, stage: Stage) -> None:
        skip_without_rewinds(stage)
        costs: dict[int, int] = {}
        for seen in [run for run in stage.world.runs(stage.clock.now()) if finished(run)][:60:6]:
            length = len(await stage.told(seen.id))
            async with closing(self.short(stage)) as source:
                await source.run(seen.id)
                await source.steps(seen.id)
                before = len(stage.faults.requests)
                found = await source.last_events(seen.id)
                costs[length] = len(stage.faults.requests) - before
                assert len(found.events) < FEW + 3 * len(seen.workflow.steps) + 4
        assert max(costs) > 2 * min(costs)
        assert max(costs.values()) <= MOST_REQUESTS

    async def test_what_strangers_log_is_clean_from_the_end_too(self, strangers: Stage) -> None:
        skip_without_rewinds(strangers)
        for seen in [r for r in strangers.world.runs(strangers.clock.now()) if finished(r)][:30]:
            if "hostile" in seen.workflow.tags:
                for event in (await strangers.source.last_events(seen.id)).events:
                    assert isinstance(event, Event)
                    check_clean(event)
                    check_times(event)

    @pytest.mark.parametrize("run_id", ODD_IDS)
    async def test_an_unknown_run_has_no_end_of_a_log(self, stage: Stage, run_id: str) -> None:
        skip_without_rewinds(stage)
        with pytest.raises(NotFound):
            await stage.source.last_events(run_id)
