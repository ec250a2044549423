"""The suite's part about the events of a run."""

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime

import pytest

from runs_tui.adapters.base import Tails
from runs_tui.demo.world import WorldRun
from runs_tui.model.run import Event, Gap
from tests.contract_parts.single import check_clean, check_times
from tests.contract_parts.stage import DEADLINE, Kit, Stage, until

EARLY = datetime.min.replace(tzinfo=UTC)


def finished(run: WorldRun) -> bool:
    return run.state.terminal and run.word is None and run.started is not None


def ids(told: list[Event | Gap]) -> list[str]:
    return [each.id for each in told if isinstance(each, Event) and each.id]


def skip_without_tails(stage: Stage) -> None:
    if not isinstance(stage.source, Tails):
        pytest.skip("this API tells no events")


class Tail(Kit):
    def check_told(self, stage: Stage, run_id: str, told: list[Event | Gap]) -> None:
        """Check all events of a run that is over."""
        events = [each for each in told if isinstance(each, Event)]
        times = [event.at or EARLY for event in events]
        assert times == sorted(times)
        assert len(ids(told)) == len(set(ids(told)))
        messages = self.messages(stage, run_id)
        if messages is not None:
            assert [event.message for event in events] == messages
        for event in events:
            check_times(event)
            check_clean(event)

    async def test_a_finished_run_tells_all_in_order_and_ends(self, stage: Stage) -> None:
        skip_without_tails(stage)
        for seen in [run for run in stage.world.runs(stage.clock.now()) if finished(run)][:40:8]:
            async with asyncio.timeout(DEADLINE):
                told = await stage.told(seen.id)
            assert told
            assert not any(isinstance(each, Gap) for each in told)
            self.check_told(stage, seen.id, told)

    async def test_what_strangers_log_is_clean(self, strangers: Stage) -> None:
        skip_without_tails(strangers)
        checked: set[str] = set()
        for seen in strangers.world.runs(strangers.clock.now()):
            hostile = "hostile" in seen.workflow.tags and finished(seen)
            if hostile and seen.workflow.name not in checked:
                checked.add(seen.workflow.name)
                async with asyncio.timeout(DEADLINE):
                    self.check_told(strangers, seen.id, await strangers.told(seen.id))
        assert len(checked) >= 8

    async def test_it_resumes_without_a_hole_and_without_a_repeat(self, stage: Stage) -> None:
        skip_without_tails(stage)
        seen = stage.one(finished)
        whole = ids(await stage.told(seen.id))
        for index in sorted({0, 1, len(whole) // 2, len(whole) - 2, len(whole) - 1}):
            async with asyncio.timeout(DEADLINE):
                rest = await stage.told(seen.id, whole[index])
            assert ids(rest) == whole[index + 1 :]
            assert not any(isinstance(each, Gap) for each in rest)

    async def test_it_follows_a_run_to_its_end(self, stage: Stage) -> None:
        skip_without_tails(stage)
        seen, seconds = stage.ending_soon()
        stage.clock.go(seconds)
        async with asyncio.timeout(DEADLINE):
            told = await stage.told(seen.id)
        real = stage.world.run(seen.id, stage.clock.now())
        assert real is not None
        assert real.state.terminal
        self.check_told(stage, seen.id, told)
        assert not any(isinstance(each, Gap) for each in told)
        states = [each.state for each in told if isinstance(each, Event) and each.state]
        assert states[-1] is real.state
        assert (await stage.source.run(seen.id)).state is real.state

    async def test_it_resumes_while_the_run_goes_on(self, stage: Stage) -> None:
        skip_without_tails(stage)
        seen, seconds = stage.ending_soon()
        stage.clock.go(seconds)
        told: list[Event | Gap] = []
        async with asyncio.timeout(DEADLINE):
            async with aclosing(stage.source.tail(seen.id)) as events:
                async for event in events:
                    told.append(event)
                    if len(told) == 5:
                        break
            told += await stage.told(seen.id, ids(told)[-1])
        self.check_told(stage, seen.id, told)

    async def test_what_is_dropped_is_closed(self, stage: Stage) -> None:
        skip_without_tails(stage)
        seen, _ = stage.ending_soon()
        await stage.source.run(seen.id)
        before = asyncio.all_tasks()
        async with asyncio.timeout(DEADLINE):
            async with aclosing(stage.source.tail(seen.id)) as events:
                async for _ in events:
                    break
        await until(lambda: asyncio.all_tasks() <= before)

    async def test_a_reader_that_is_cancelled_leaves_nothing_behind(self, stage: Stage) -> None:
        skip_without_tails(stage)
        seen, _ = stage.ending_soon()
        await stage.source.run(seen.id)
        before = asyncio.all_tasks()
        asked = len(stage.faults.requests)
        reading = asyncio.ensure_future(stage.told(seen.id))
        await until(lambda: len(stage.faults.requests) > asked + 2)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await until(lambda: asyncio.all_tasks() <= before)

    @pytest.mark.parametrize("drop_after", [0, 1, 300, 2000])
    async def test_after_a_break_nothing_is_missing_unless_a_gap_is_told(
        self, stage: Stage, drop_after: int
    ) -> None:
        skip_without_tails(stage)
        if self.stream_path is None:
            pytest.skip("this API streams nothing over HTTP")
        seen, seconds = stage.ending_soon()
        stage.break_down(path=self.stream_path, method="GET", drop_after=drop_after, times=2)
        stage.clock.go(seconds)
        async with asyncio.timeout(DEADLINE):
            told = await stage.told(seen.id)
        assert len(ids(told)) == len(set(ids(told)))
        if not any(isinstance(each, Gap) for each in told):
            self.check_told(stage, seen.id, told)

    async def test_two_readers_do_not_disturb_each_other(self, stage: Stage) -> None:
        skip_without_tails(stage)
        one, other = [r for r in stage.world.runs(stage.clock.now()) if finished(r)][:2]
        alone = ids(await stage.told(one.id)), ids(await stage.told(other.id))
        both = await asyncio.gather(stage.told(one.id), stage.told(other.id))
        assert (ids(both[0]), ids(both[1])) == alone
