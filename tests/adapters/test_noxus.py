import json
from collections.abc import Mapping
from contextlib import aclosing
from datetime import timedelta
from typing import Any, ClassVar

import pytest

from runs_tui.adapters.noxus.pace import Pace
from runs_tui.demo.noxus.definitions import ALERT, node_id
from runs_tui.demo.world import WorldRun, WorldStep
from runs_tui.model.errors import Unsupported
from runs_tui.model.query import Query
from runs_tui.model.run import Event, Gap, RetryMode
from runs_tui.model.state import State
from runs_tui.model.text import clean
from tests.contract import AdapterContract, Stage
from tests.contract_parts.tails import finished

QUICK = Pace(
    poll=0.05, beside=0.15, silence=3.0, settle=0.4, patience=2.0, first_delay=0.02,
    longest_delay=0.1, failures=3, looks=2,
)  # fmt: skip
SLOW = Pace()


def logged(stage: Stage, run_id: str) -> list[tuple[str | None, str]]:
    """Give what the nodes of a run have written."""
    lines = stage.world.lines(run_id, stage.clock.now())
    return [
        (clean(node_id(line.step)), text)
        for line in lines
        if line.step and line.state is None
        for text in line.message.split("\n")
    ]


def logs(told: list[Event | Gap]) -> list[tuple[str | None, str]]:
    return [(e.step, e.message) for e in told if isinstance(e, Event) and e.kind == "log"]


class TestNoxus(AdapterContract):
    api: ClassVar[str] = "noxus"
    cancel_path: ClassVar[str] = "/stop"
    retry_path: ClassVar[str] = "/v1/workflows/"
    start_path: ClassVar[str] = "/v1/workflows/"
    stream_path: ClassVar[str | None] = "/events"
    tells_errors: ClassVar[bool] = False

    def quicken(self, source: Any) -> None:
        super().quicken(source)
        source.pace = QUICK

    def step_key(self, step: WorldStep) -> str:
        return clean(node_id(step.key))

    def parents(self, step: WorldStep, keys: Mapping[str, str]) -> tuple[str, ...]:
        return tuple(clean(node_id(parent)) for parent in step.parents)

    async def test_the_first_page_and_each_reading_of_it_cost_one_request(
        self, stage: Stage
    ) -> None:
        for count in (1, 2, 3):
            assert len((await stage.source.runs(Query(limit=100))).items) == 100
            assert len(stage.faults.requests) == count
        assert 60 / stage.source.list_every <= 12

    @pytest.mark.parametrize("text", ["state:failed", "workflow:~a", "nothing-is-called-so"])
    async def test_a_filter_costs_two_requests_for_a_page(self, stage: Stage, text: str) -> None:
        page = await stage.source.runs(Query.parse(text, limit=100))
        assert len(stage.faults.requests) <= 2
        assert page.pushed == frozenset()
        assert page.total is None

    @pytest.mark.parametrize(("limit", "size", "pages"), [(150, 75, 2), (250, 84, 3), (99, 99, 1)])
    async def test_a_large_limit_is_served_by_even_pages(
        self, stage: Stage, limit: int, size: int, pages: int
    ) -> None:
        assert len((await stage.source.runs(Query(limit=limit))).items) == limit
        queries = [request.query for request in stage.faults.requests]
        assert queries == [f"page={page}&size={size}" for page in range(1, pages + 1)]

    async def test_opening_a_run_costs_three_requests_until_its_first_event(
        self, stage: Stage
    ) -> None:
        stage.source.pace = SLOW
        for seen in [run for run in stage.world.runs(stage.clock.now()) if run.started][:40:8]:
            assert await self.open(stage, seen) == 3
        await stage.source.runs(Query())
        running = stage.one(lambda run: run.state is State.RUNNING)
        assert await self.open(stage, running) == 3

    async def test_opening_a_run_without_a_snapshot_costs_four_at_first(self) -> None:
        async with self.staged(snapshot="missing") as stage:
            stage.source.pace = SLOW
            begun = [run for run in stage.world.runs(stage.clock.now()) if run.started]
            for seen in begun[:12]:
                assert await self.open(stage, seen) in {3, 4}
                assert await self.open(stage, seen) == (3 if seen.finished is None else 2)

    async def test_without_saved_versions_the_tree_is_that_of_today(self) -> None:
        async with self.staged(snapshot="missing", versions="missing") as stage:
            for seen in list(stage.world.runs(stage.clock.now()))[:12]:
                for step in await stage.source.steps(seen.id):
                    assert "current definition" in step.details["definition"]

    async def open(self, stage: Stage, seen: WorldRun) -> int:
        """Read what the dashboard shows first of a run, and count the requests for it."""
        stage.faults.requests.clear()
        await stage.source.run(seen.id)
        await stage.source.steps(seen.id)
        async with aclosing(stage.source.tail(seen.id)) as events:
            await anext(events)
        return len(stage.faults.requests)

    async def test_a_run_that_tells_its_events_is_looked_at_once(self, stage: Stage) -> None:
        stage.source.pace = SLOW
        seen, seconds = stage.ending_soon()
        await stage.source.run(seen.id)
        stage.clock.go(seconds)
        await stage.told(seen.id)
        assert len(stage.asked("/events")) == 1
        assert len(stage.asked("/workflows/")) == 1

    @pytest.mark.parametrize("switch", ["missing", 405, 501])
    async def test_without_a_stream_all_states_are_told(self, switch: str | int) -> None:
        async with self.staged(events=switch) as stage:
            seen, seconds = stage.ending_soon()
            stage.clock.go(seconds)
            told = await stage.told(seen.id)
            self.check_told(stage, seen.id, told)
            real = stage.world.run(seen.id, stage.clock.now())
            assert real is not None
            states = {item.step: item.state for item in told if isinstance(item, Event)}
            assert states[None] is real.state
            for step in stage.world.steps(seen.id, stage.clock.now()):
                if step.state in {State.SUCCEEDED, State.FAILED}:
                    assert states[node_id(step.key)] is step.state

    async def test_every_line_that_a_node_writes_is_told(self, stage: Stage) -> None:
        for seen in [run for run in stage.world.runs(stage.clock.now()) if finished(run)][:20:4]:
            told = await stage.told(seen.id)
            assert logs(told) == logged(stage, seen.id)
            states = {e.step: e.state for e in told if isinstance(e, Event) and e.state}
            assert states.pop(None) is seen.state
            real = {
                clean(node_id(step.key)): step.state
                for step in stage.world.steps(seen.id, stage.clock.now())
            }
            known = {key: state for key, state in states.items() if key != ALERT}
            assert known.items() <= real.items()
            assert {key for key, s in real.items() if s is not State.CANCELLED} <= states.keys()

    async def test_a_run_that_is_stopped_while_it_is_followed_ends(self, stage: Stage) -> None:
        seen = stage.one(lambda run: run.state is State.RUNNING)
        told: list[Event | Gap] = []
        async with aclosing(stage.source.tail(seen.id)) as events:
            async for event in events:
                told.append(event)
                if len(told) == 3:
                    await stage.source.cancel(seen.id)
                    stage.clock.skip(10)
        assert isinstance(told[-1], Event)
        assert told[-1].state is State.CANCELLED
        assert not any(isinstance(item, Gap) for item in told)

    async def test_steps_have_times_and_reasons_once_events_told_them(self, stage: Stage) -> None:
        seen = stage.one(lambda run: run.state is State.FAILED and len(run.workflow.steps) > 2)
        guessed = {step.key: step for step in await stage.source.steps(seen.id)}
        await stage.told(seen.id)
        steps = {step.key: step for step in await stage.source.steps(seen.id)}
        for real in stage.world.steps(seen.id, stage.clock.now()):
            step = steps[node_id(real.key)]
            if real.started and real.finished and step.started_at:
                assert abs(step.started_at - real.started) < timedelta(milliseconds=2)
                assert step.finished_at is not None
                assert abs(step.finished_at - real.finished) < timedelta(milliseconds=2)
                assert step.derived >= {"started_at", "finished_at"}
            if real.state is State.FAILED:
                assert guessed[step.key].status == "probably failed"
                assert (step.state, step.status) == (State.FAILED, "failed")
                assert "state" not in step.derived

    async def test_a_server_without_a_stop(self) -> None:
        async with self.staged(stop="missing") as stage:
            run = stage.one(lambda run: run.state is State.RUNNING)
            with pytest.raises(Unsupported, match="stop is not supported by this server"):
                await stage.source.cancel(run.id)

    async def test_a_retry_has_the_input_of_the_run_and_names_it(self) -> None:
        async with self.staged(null_input=True) as stage:
            old = stage.one(lambda run: run.state is State.FAILED and bool(run.parameters))
            run = await stage.source.retry(old.id, RetryMode.FULL)
            (asked,) = [r for r in stage.asked("/runs") if r.method == "POST"]
            assert json.loads(asked.body)["input"] == dict(old.parameters)
            assert run.retry_of == old.id
            listed = (await stage.source.runs(Query(limit=1))).items[0]
            assert (listed.id, listed.retry_of) == (run.id, old.id)
            assert "retry_of" in listed.derived

    async def test_names_are_found_where_lists_embed_none(self) -> None:
        async with self.staged(no_workflow=True) as stage:
            runs = await stage.every()
            names = {run.id: run.workflow.name for run in stage.world.runs(stage.clock.now())}
            assert all(run.workflow_name == names[run.id] for run in runs)
            assert len(stage.asked("/v1/workflows")) == 1

    async def test_times_without_a_zone_are_utc(self, stage: Stage) -> None:
        async with self.staged(naive_times=True) as naive:
            ours = [(run.created_at, run.finished_at) for run in await naive.every()]
        assert ours == [(run.created_at, run.finished_at) for run in await stage.every()]

    async def test_the_tree_has_the_branch_for_errors(self, stage: Stage) -> None:
        found = 0
        for seen in list(stage.world.runs(stage.clock.now()))[:40]:
            steps = {step.key: step for step in await stage.source.steps(seen.id)}
            if ALERT in steps:
                last = node_id(seen.workflow.steps[-1].key)
                assert steps[ALERT].name == "Alert"
                assert steps[ALERT].depends_on == (last,)
                assert steps[ALERT].details["on_error"] == [last]
                found += 1
        assert 0 < found < 40
