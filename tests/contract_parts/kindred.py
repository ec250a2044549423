"""The suite's part about which runs a run belongs to."""

from typing import Any, ClassVar

import pytest

from runs_tui.adapters.base import Relates, Retries
from runs_tui.demo.world import WorldRun
from runs_tui.model.errors import NotFound
from runs_tui.model.kin import Kin, Relation
from runs_tui.model.run import RetryMode
from runs_tui.model.state import State
from tests.contract_parts.single import ODD_IDS, check_clean, check_times
from tests.contract_parts.stage import Kit, Stage


def ids(kin: Kin) -> set[str]:
    return {relative.run.id for relative in kin.relatives}


def check_kin(run_id: str, kin: Kin) -> None:
    """Check what holds of every lineage."""
    told = [relative.run.id for relative in kin.relatives]
    assert len(told) == len(set(told))
    assert run_id not in told
    assert len(kin.attempts) != 1
    assert [each.number for each in kin.attempts] == list(range(1, len(kin.attempts) + 1))
    asked = [each.asked_at for each in kin.attempts if each.asked_at]
    assert asked == sorted(asked)
    assert not any(each.state.active for each in kin.attempts[:-1])
    for part in (*(relative.run for relative in kin.relatives), *kin.attempts):
        check_clean(part)
        check_times(part)


class Kindred(Kit):
    links_attempts: ClassVar[bool] = True
    """Whether a retry is another run here, which the API links to its origin."""

    @staticmethod
    def source_of(stage: Stage) -> Any:
        if not isinstance(stage.source, Relates):
            pytest.skip("this API tells no lineage")
        return stage.source

    def repeated(self, stage: Stage) -> list[tuple[WorldRun, WorldRun]]:
        """Give runs that repeat others, each behind its origin."""
        runs = {run.id: run for run in stage.world.runs(stage.clock.now())}
        return [(runs[run.retry_of], run) for run in runs.values() if run.retry_of in runs]

    async def test_a_repeated_run_and_its_origin_name_each_other(self, stage: Stage) -> None:
        source = self.source_of(stage)
        if not self.links_attempts:
            pytest.skip("this API links no run to another attempt")
        pairs = self.repeated(stage)[:8:2]
        assert pairs
        for origin, again in pairs:
            for run, other in ((origin, again), (again, origin)):
                kin = await source.kin(run.id)
                check_kin(run.id, kin)
                relations = {each.run.id: each.relation for each in kin.relatives}
                assert relations[other.id] is Relation.ATTEMPT
            told = {each.run.id: each.run for each in (await source.kin(origin.id)).relatives}
            assert told[again.id].retry_of == again.retry_of

    async def test_a_run_that_was_just_retried_is_tied_to_what_comes_of_it(
        self, stage: Stage
    ) -> None:
        source = self.source_of(stage)
        if not isinstance(stage.source, Retries):
            pytest.skip("this API cannot retry")
        run = stage.one(lambda run: run.state is State.FAILED and run.word is None)
        again = await source.retry(run.id, RetryMode.FULL)
        stage.clock.skip(60)
        kin, other = await source.kin(run.id), await source.kin(again.id)
        check_kin(run.id, kin)
        check_kin(again.id, other)
        if again.id == run.id:
            assert len(kin.attempts) == run.attempt + 1
            assert kin.attempts[-2].state is State.FAILED
        else:
            assert again.id in ids(kin)
            assert run.id in ids(other)

    async def test_a_run_never_belongs_to_itself(self, stage: Stage) -> None:
        source = self.source_of(stage)
        for run in list(stage.world.runs(stage.clock.now()))[:40:5]:
            check_kin(run.id, await source.kin(run.id))

    async def test_its_attempts_are_those_that_it_has_made(self, stage: Stage) -> None:
        """Only an API that repeats a run in place tells them; no other tells any."""
        source = self.source_of(stage)
        if self.links_attempts:
            pytest.skip("a retry is another run here")
        seen = [run for run in stage.world.runs(stage.clock.now()) if run.attempt > 1][:6]
        assert seen
        for run in seen:
            attempts = (await source.kin(run.id)).attempts
            assert len(attempts) == run.attempt
            assert attempts[-1].state is (await source.run(run.id)).state

    @pytest.mark.parametrize("run_id", ODD_IDS)
    async def test_a_run_that_is_not_there_has_no_lineage(self, stage: Stage, run_id: str) -> None:
        source = self.source_of(stage)
        with pytest.raises(NotFound):
            await source.kin(run_id)

    async def test_a_lineage_of_strangers_is_clean(self, strangers: Stage) -> None:
        source = self.source_of(strangers)
        checked: set[str] = set()
        for run in strangers.world.runs(strangers.clock.now()):
            if "hostile" in run.workflow.tags and run.workflow.name not in checked:
                checked.add(run.workflow.name)
                check_kin(run.id, await source.kin(run.id))
        assert len(checked) >= 8
