import asyncio
from contextlib import aclosing
from typing import Any, ClassVar

import pytest

from runs_tui.adapters.dagu.pace import Pace
from runs_tui.demo.world import WorldStep
from runs_tui.model.errors import NotFound, SourceError
from runs_tui.model.kin import Relation
from runs_tui.model.run import Event, Gap
from runs_tui.model.state import State
from runs_tui.model.text import clean
from tests.adapters.sources import closing
from tests.contract import AdapterContract, Stage
from tests.contract_parts.kindred import check_kin
from tests.contract_parts.rewinds import back, ids_of
from tests.contract_parts.single import check_clean, check_times
from tests.contract_parts.stage import DEADLINE
from tests.contract_parts.tails import ids
from tests.contract_parts.writes import lost

QUICK = Pace(poll=0.05, settle=0.4, first_look=0.01, blinks=(0.01, 0.02))


def seconds(told: list[Event | Gap]) -> list[int]:
    """Give the seconds of the events that tell when they happened."""
    return [int(each.at.timestamp()) for each in told if isinstance(each, Event) and each.at]


def by_step(event_ids: list[str]) -> dict[str, list[str]]:
    """Give the ids of events by what wrote them, in their order."""
    found: dict[str, list[str]] = {}
    for each in event_ids:
        found.setdefault(each.rpartition("-")[0], []).append(each)
    return found


class TestDagu(AdapterContract):
    api: ClassVar[str] = "dagu"
    cancel_path: ClassVar[str] = "/stop"
    cancel_says_nothing: ClassVar[bool] = True
    tells_errors: ClassVar[bool] = False

    def quicken(self, source: Any) -> None:
        super().quicken(source)
        source.pace = QUICK

    def writes(self, stage: Stage, path: str) -> int:
        """Count a whole run again as a retry, which is a new run here."""
        anew = super().writes(stage, "/reschedule") if path == self.retry_path else 0
        return super().writes(stage, path) + anew

    def step_name(self, step: WorldStep) -> str:
        """A step has a name and nothing else here."""
        return clean(step.key)

    def shows(self, body: str, run: Any) -> bool:
        return f'"dagRunId":"{run.id}"' in body.replace(" ", "")

    def check_told(self, stage: Stage, run_id: str, told: list[Event | Gap]) -> None:
        """Lines of steps tell no time here, and other events the second."""
        assert seconds(told) == sorted(seconds(told))
        assert len(ids(told)) == len(set(ids(told)))
        for event in told:
            check_times(event)
            check_clean(event)

    async def test_steps_are_told_as_they_are(self, stage: Stage) -> None:
        """What never began in a run that was stopped was skipped here."""
        for seen in list(stage.world.runs(stage.clock.now()))[:60:4]:
            steps = {step.key: step for step in await stage.source.steps(seen.id)}
            for each in stage.world.steps(seen.id, stage.clock.now()):
                step = steps[clean(each.key)]
                left = each.state is State.CANCELLED and each.started is None
                assert step.state is (State.SKIPPED if left else each.state)
                assert (step.error is not None) == (each.error is not None)

    @pytest.mark.parametrize("state", [State.RUNNING, State.WAITING])
    async def test_a_cancelled_run_comes_to_be_cancelled(self, stage: Stage, state: State) -> None:
        await super().test_a_cancelled_run_comes_to_be_cancelled(stage, state)

    async def test_a_queued_run_is_taken_from_the_queue_and_gone(self, stage: Stage) -> None:
        wanted = stage.one(lambda run: run.state is State.QUEUED)
        told = await stage.source.run(wanted.id)
        assert "keeps nothing" in (stage.source.caution("cancel", told) or "")
        run = await stage.source.cancel(wanted.id)
        assert (run.id, run.state) == (wanted.id, State.CANCELLED)
        assert "state" in run.derived
        assert [r.method for r in stage.asked("/dequeue")] == ["GET"]
        assert stage.asked("/stop") == []
        with pytest.raises(NotFound):
            await stage.source.run(wanted.id)

    @lost
    async def test_a_retry_is_sent_once(
        self, stage: Stage, fault: dict[str, Any], kind: type[SourceError]
    ) -> None:
        if fault.get("drop_after"):
            pytest.skip("there is no answer that could be torn")
        await super().test_a_retry_is_sent_once(stage, fault, kind)

    async def test_a_repeated_run_and_its_origin_name_each_other(self, stage: Stage) -> None:
        """Dagu links no run to another attempt, nor does it tell the attempts of one."""
        for origin, again in self.repeated(stage)[:4]:
            for run in (origin, again):
                kin = await stage.source.kin(run.id)
                check_kin(run.id, kin)
                assert all(each.relation is not Relation.ATTEMPT for each in kin.relatives)
                assert kin.attempts == ()

    async def test_the_end_and_its_tail_tell_a_run_that_goes_on(self, stage: Stage) -> None:
        """Of steps at work at once, each has its order, for their lines tell no time."""
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
            assert set(got) == set(ids(whole))
            assert by_step(list(dict.fromkeys(got))) == by_step(ids(whole))

    async def test_it_goes_back_while_the_run_goes_on(self, stage: Stage) -> None:
        async with closing(self.short(stage)) as source:
            seen, seconds = stage.ending_soon()
            stage.clock.go(seconds)
            async with asyncio.timeout(DEADLINE):
                found = await back(source, seen.id)
                whole = by_step(ids(await stage.told(seen.id)))
            for name, got in by_step(ids_of(found)).items():
                assert got == whole[name][: len(got)]
