import asyncio
import json
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from runs_tui.adapters.lightning import Lightning
from runs_tui.demo.faults import Fault
from runs_tui.demo.lightning.definitions import CODE, HOOK
from runs_tui.demo.lightning.lines import logs
from runs_tui.demo.lightning.names import job_id, project_of, step_id, trigger_id
from runs_tui.demo.lightning.shapes import order_id
from runs_tui.demo.world import WorldRun
from runs_tui.model import shapes
from runs_tui.model.errors import Unreachable
from runs_tui.model.query import Query
from runs_tui.model.run import Event, Run, Step
from runs_tui.model.state import State
from tests.adapters.lightning_world import LIMITED, UNLIMITED, lightning, over, served
from tests.contract_parts.stage import Stage

LOG = "/api/log_lines"
OPENING = 8
AT_ONCE = replace(LIMITED, fresh=60.0, look=60.0)
"""Takes all that follows for one opening, however long it takes."""


async def first_events(source: Lightning, run_id: str, count: int = 3) -> list[Event]:
    told: list[Event] = []
    async with aclosing(source.tail(run_id)) as events:
        async for event in events:
            assert isinstance(event, Event)
            told.append(event)
            if len(told) == count:
                break
    return told


async def opened(stage: Stage, run_id: str) -> tuple[Run, dict[str, Step], list[Event]]:
    """Open a run as the dashboard does: all at once."""
    source = stage.source
    run, steps, events = await asyncio.gather(
        source.run(run_id), source.steps(run_id), first_events(source, run_id)
    )
    return run, {step.name: step for step in steps}, events


def long_log(stage: Stage, least: int = 250) -> WorldRun:
    """Give a run that is over and has written much."""
    now = stage.clock.now()

    def wrote_much(run: WorldRun) -> bool:
        return over(run) and len(list(logs(stage.world, run, now, timedelta()))) > least

    return stage.one(wrote_much)


def lines_of(stage: Stage, run: WorldRun) -> list[str]:
    """Give the ids of all lines of a run, in order."""
    lines = [log.line for log in logs(stage.world, run, stage.clock.now(), timedelta())]
    return [line.id for line in sorted(lines, key=lambda line: (line.at, line.id))]


async def told_by(stage: Stage, run_id: str) -> list[Event]:
    """Give all events of a run that ends, none of which is lost."""
    told = await asyncio.wait_for(stage.told(run_id), 30)
    assert all(isinstance(event, Event) for event in told)
    return [event for event in told if isinstance(event, Event)]


def ids(events: list[Any]) -> list[str]:
    return [event.id for event in events]


# What opening a run costs


async def test_opening_a_listed_run_costs_eight_requests_at_most() -> None:
    async with served(AT_ONCE) as stage:
        for _ in range(3):
            await stage.source.runs(Query(limit=100))
        runs = list(stage.world.runs(stage.clock.now()))[:100]
        for seen in runs[::5]:
            before = len(stage.faults.requests)
            run = await stage.source.run(seen.id)
            await stage.source.steps(seen.id)
            if seen.started:
                await first_events(stage.source, seen.id, 1)
            assert len(stage.faults.requests) - before <= OPENING
            assert run.workflow_name == seen.workflow.name


async def test_opening_all_at_once_costs_no_more_and_reads_nothing_twice() -> None:
    async with served(AT_ONCE) as stage:
        for _ in range(3):
            await stage.source.runs(Query(limit=100))
        active = stage.one(lambda run: run.state is State.RUNNING)
        before = len(stage.faults.requests)
        await opened(stage, active.id)
        spent = stage.faults.requests[before:]
        assert len(spent) <= OPENING
        whole = [(request.path, request.query) for request in spent]
        assert len(whole) == len(set(whole))
        assert sum(request.path.endswith(active.id) for request in spent) == 1


@pytest.mark.parametrize("index", range(0, 30, 6))
async def test_opening_a_run_that_was_never_listed_costs_no_more(index: int) -> None:
    async with served() as stage:
        seen = [run for run in stage.world.runs(stage.clock.now()) if over(run)][index]
        await opened(stage, seen.id)
        assert len(stage.faults.requests) <= OPENING
        for _ in range(6):
            run, steps, _ = await opened(stage, seen.id)
        assert run.workflow_name == seen.workflow.name
        touched = {step.name for step in steps.values() if step.finished_at}
        real = stage.world.steps(seen.id, stage.clock.now())
        assert touched == {step.name for step in real if step.started}
        asked = len(stage.faults.requests)
        await opened(stage, seen.id)
        assert len(stage.faults.requests) == asked


async def test_for_somebody_who_asks_once_a_run_is_opened_whole() -> None:
    async with served() as stage:
        stage.source.thorough = True
        seen = stage.one(lambda run: run.state is State.FAILED and len(run.workflow.steps) > 8)
        run, steps = await asyncio.gather(stage.source.run(seen.id), stage.source.steps(seen.id))
        assert run.workflow_name == seen.workflow.name
        assert run.attempt is not None
        assert {step.name for step in steps[1:]} == {step.name for step in seen.workflow.steps}
        assert not any(step.status == "not asked yet" for step in steps)


async def test_a_run_of_a_long_log_tells_its_first_lines_soon() -> None:
    async with served() as stage:
        seen = long_log(stage)
        await stage.source.run(seen.id)
        await stage.source.steps(seen.id)
        events = await first_events(stage.source, seen.id, 20)
        assert len(stage.faults.requests) <= OPENING
        assert ids(events)[1:] == lines_of(stage, seen)[:19]


async def test_a_run_that_is_over_is_not_read_again() -> None:
    async with served(UNLIMITED) as stage:
        seen = stage.one(over)
        once = await stage.source.run(seen.id), await stage.source.steps(seen.id)
        asked = len(stage.faults.requests)
        again = await stage.source.run(seen.id), await stage.source.steps(seen.id)
        assert (once, asked) == (again, len(stage.faults.requests))


async def test_a_run_that_waits_has_no_log_to_be_read() -> None:
    async with served() as stage:
        seen = stage.one(lambda run: run.state is State.QUEUED and run.attempt == 1)
        await stage.every()
        steps = {step.name: step for step in await stage.source.steps(seen.id)}
        assert stage.asked(LOG) == []
        del steps["webhook"]
        assert {(step.state, step.status) for step in steps.values()} == {
            (State.QUEUED, "no output yet")
        }


# What is found out about a run


async def test_the_workflow_of_a_run_is_found_without_a_list() -> None:
    for ignored in ((), ("workflow_ids",)):
        async with served(UNLIMITED, ignored=ignored) as stage:
            for seen in list(stage.world.runs(stage.clock.now()))[:12]:
                run = await stage.source.run(seen.id)
                assert run.workflow_id == seen.workflow.id
                assert run.details["project_id"] == project_of(seen.workflow)
                assert run.url is not None
                assert stage.source.run_id_of(run.url) == seen.id
                assert {"workflow_id", "workflow_name", "url"} <= run.derived


async def test_no_workflow_is_made_up_for_a_run() -> None:
    ignoring = ("workflow_id", "workflow_ids")
    for extra in ({"ignored": ignoring}, {"gone": "webhook-ingest"}):
        async with served(UNLIMITED, **extra) as stage:
            seen = stage.one(lambda run: run.workflow.name == "webhook-ingest" and over(run))
            run = await stage.source.run(seen.id)
            assert (run.workflow_id, run.workflow_name, run.attempt) == (None, None, None)
            steps = await stage.source.steps(seen.id)
            assert [step.name for step in steps] == ["step 1"]
            assert steps[0].key == step_id(seen.id, "ingest")


async def test_attempts_are_the_runs_of_a_work_order() -> None:
    async with served(UNLIMITED) as stage:
        runs = list(stage.world.runs(stage.clock.now()))
        again = [run for run in runs if run.retry_of in {each.id for each in runs}]
        assert again
        for seen in again[:6]:
            run = await stage.source.run(seen.id)
            assert (run.retry_of, run.created_at) == (seen.retry_of, None)
            assert run.attempt is not None
            assert run.attempt > 1
            assert {"attempt", "retry_of"} <= run.derived
            first = await stage.source.run(seen.retry_of or "")
            if first.attempt == 1:
                real = stage.world.run(first.id, stage.clock.now())
                assert real is not None
                assert first.created_at == real.created
                assert first.details["work_order_id"] == order_id(first.id)
            assert first.details["work_order_id"] == run.details["work_order_id"]


async def test_what_was_found_out_stays_in_the_list_and_moves_nothing() -> None:
    async with served(UNLIMITED) as stage:
        before = (await stage.every())[40]
        opened_run = await stage.source.run(before.id)
        after = (await stage.every())[40]
        assert opened_run.created_at is not None
        assert after == opened_run
        assert after.instant == before.instant


async def test_why_a_run_failed_is_told() -> None:
    async with served(UNLIMITED) as stage:
        told = {run.status: run for run in await stage.every() if run.state is State.FAILED}
        assert len(told) >= 3
        for word, run in told.items():
            assert run.error == run.details["error_type"]
            assert run.reason == (None if word == "failed" else run.error)


# Steps


async def test_code_and_paths_of_webhooks_are_shown_nowhere() -> None:
    async with served(UNLIMITED) as stage:
        for seen in [run for run in stage.world.runs(stage.clock.now()) if over(run)][:10]:
            run, steps = await stage.source.run(seen.id), await stage.source.steps(seen.id)
            told = json.dumps(shapes.of_run_and_steps(run, steps, stage.clock.now())) + repr(steps)
            assert CODE not in told
            assert HOOK not in told
            assert "example.invalid" not in told


async def test_a_step_tells_what_was_concluded() -> None:
    async with served(UNLIMITED) as stage:
        seen = stage.one(lambda run: run.state is State.FAILED and len(run.workflow.steps) > 2)
        steps = await stage.source.steps(seen.id)
        (failed,) = [step for step in steps if step.state is State.FAILED]
        assert {"state", "status", "started_at", "finished_at", "error"} <= failed.derived
        assert failed.error
        real = {step.name: step for step in stage.world.steps(seen.id, stage.clock.now())}
        for step in steps:
            if step.name in real and step.started_at:
                begun, ended = real[step.name].started, real[step.name].finished
                assert (step.started_at, step.finished_at) == (begun, ended)
                assert step.details["step_id"] == step_id(seen.id, real[step.name].key)
            assert step.state is not State.SKIPPED


async def test_a_trigger_has_fired_only_where_it_is_certain_enough() -> None:
    async with served(UNLIMITED) as stage:
        for by_hand in (False, True):
            seen = stage.one(lambda run, hand=by_hand: (run.trigger == "manual") == hand)  # type: ignore[misc]
            trigger, *_ = await stage.source.steps(seen.id)
            assert trigger.key == trigger_id(seen.workflow)
            expected = (State.UNKNOWN, "not told") if by_hand else (State.SUCCEEDED, "fired")
            assert (trigger.state, trigger.status) == expected


async def test_the_step_with_the_newest_line_is_at_work() -> None:
    async with served(UNLIMITED) as stage:
        seen = stage.one(
            lambda run: run.state is State.RUNNING and run.workflow.name == "churn-model-training"
        )
        steps = (await stage.source.steps(seen.id))[1:]
        assert [step.state for step in steps].count(State.RUNNING) == 1
        states = [step.state for step in steps]
        assert states == sorted(states, key=[State.SUCCEEDED, State.RUNNING, State.QUEUED].index)
        (running,) = [step for step in steps if step.state is State.RUNNING]
        assert running.finished_at is None


def dropping(job: str) -> Callable[[bytes], bytes]:
    """Give what takes a job out of the definition of its workflow."""

    def rewrite(body: bytes) -> bytes:
        value = json.loads(body)
        for workflow in value["workflows"]:
            workflow["jobs"] = [each for each in workflow["jobs"] if each["id"] != job]
        return json.dumps(value).encode()

    return rewrite


async def test_a_step_whose_job_is_gone_is_a_step_of_a_removed_job() -> None:
    async with served(UNLIMITED) as stage:
        seen = stage.one(lambda run: run.workflow.name == "crm-contacts-sync" and over(run))
        gone = job_id(seen.workflow, "fetch")
        stage.break_down(path="/api/workflows", rewrite=dropping(gone))
        steps = {step.key: step for step in await stage.source.steps(seen.id)}
        removed = steps[step_id(seen.id, "fetch")]
        assert (removed.name, removed.state) == ("removed job", State.SUCCEEDED)
        assert "name" in removed.derived
        assert steps[job_id(seen.workflow, "match")].depends_on == (gone,)
        events = await told_by(stage, seen.id)
        assert {event.step for event in events} <= {*steps, None}


async def test_what_is_not_known_yet_says_so_and_keeps_its_key() -> None:
    async with served() as stage:
        seen = stage.one(lambda run: len(run.workflow.steps) > 8 and over(run))
        events = await told_by(stage, seen.id)
        steps = {step.key: step for step in await stage.source.steps(seen.id)}
        open_ones = [step for step in steps.values() if step.status == "not asked yet"]
        assert open_ones
        for step in open_ones:
            assert (step.state, step.started_at) == (State.UNKNOWN, None)
            assert "further readings" in step.details["note"]
        told = {event.step for event in events if event.step}
        assert told <= set(steps)
        for _ in range(25):
            steps = {step.key: step for step in await stage.source.steps(seen.id)}
        assert told <= set(steps)
        names = {step.name for step in seen.workflow.steps}
        assert names <= {step.name for step in steps.values()}
        assert not any(step.name.startswith("step ") for step in steps.values())
        for step in steps.values():
            assert set(step.depends_on) <= set(steps)


# Events


async def test_a_long_log_comes_whole_and_in_order() -> None:
    async with served(UNLIMITED) as stage:
        seen = long_log(stage, 500)
        events = await told_by(stage, seen.id)
        assert ids(events)[0] == "state/started"
        assert ids(events)[1:-1] == lines_of(stage, seen)
        assert ids(events)[-1].startswith("state/")
        pages = -(-len(lines_of(stage, seen)) // 100)
        asked = [
            r for r in stage.asked(LOG) if "job_id" not in r.query and "workflow" not in r.query
        ]
        assert len(asked) == pages


async def test_events_name_the_steps_of_the_plan() -> None:
    async with served(UNLIMITED) as stage:
        seen = stage.one(lambda run: len(run.workflow.steps) > 3 and over(run))
        events = await told_by(stage, seen.id)
        keys = {step.key for step in await stage.source.steps(seen.id)}
        named_steps = {event.step for event in events if event.step}
        assert named_steps <= keys
        assert named_steps <= {job_id(seen.workflow, step.key) for step in seen.workflow.steps}
        assert {event.level for event in events} <= {"debug", "info", "warning", "error"}


async def test_another_reader_resumes_where_one_has_stopped() -> None:
    async with served(UNLIMITED) as stage:
        seen = long_log(stage)
        whole = ids(await told_by(stage, seen.id))
        for index in (0, 1, 120, len(whole) - 2, len(whole) - 1):
            other = lightning(stage.url, stage.clock, UNLIMITED)
            async with aclosing(other.tail(seen.id, whole[index])) as events:
                rest = [event.id async for event in events if isinstance(event, Event)]
            await other.close()
            assert rest == whole[index + 1 :]
        other = lightning(stage.url, stage.clock, UNLIMITED)
        async with aclosing(other.tail(seen.id, "never-told")) as events:
            assert [event.id async for event in events if isinstance(event, Event)] == whole
        await other.close()


@pytest.mark.parametrize("late", [0, 4])
async def test_lines_that_are_stored_late_are_told_once(late: int) -> None:
    pace = replace(UNLIMITED, settle=0.6)
    async with served(pace, late=late) as stage:
        seen, seconds = stage.ending_soon()
        stage.clock.go(max(seconds / 2, 10))
        told = await told_by(stage, seen.id)
        stage.clock.skip(60)
        real = stage.world.run(seen.id, stage.clock.now())
        assert real is not None
        assert sorted(ids(told)[1:-1]) == sorted(lines_of(stage, real))
        assert len(set(ids(told))) == len(told)


async def test_a_run_that_starts_while_it_is_followed_begins_with_its_start() -> None:
    async with served(UNLIMITED) as stage:
        seen = stage.one(lambda run: run.state is State.QUEUED and run.attempt == 1)
        stage.clock.go(300)
        told = await told_by(stage, seen.id)
        assert ids(told)[0] == "state/started"
        assert told[-1].state is stage.world.run(seen.id, stage.clock.now()).state  # type: ignore[union-attr]


async def test_a_run_that_was_cancelled_before_it_started_tells_only_that() -> None:
    async with served(UNLIMITED) as stage:
        waiting = stage.one(lambda run: run.state is State.QUEUED and run.attempt == 1)
        stage.world.cancel(waiting.id, stage.clock.now())
        stage.clock.skip(60)
        assert ids(await told_by(stage, waiting.id)) == ["state/cancelled"]
        assert stage.asked(LOG) == []


async def test_a_tail_goes_on_when_jobs_and_workflows_cannot_be_read() -> None:
    async with served(UNLIMITED) as stage:
        seen = stage.one(over)
        stage.break_down(path="/api/workflows", status=500)
        stage.faults.add(Fault(path=LOG, status=502))
        events = await told_by(stage, seen.id)
        assert ids(events)[1:-1] == lines_of(stage, seen)
        assert {event.step for event in events if event.step} == {
            step_id(seen.id, step.key)
            for step in stage.world.steps(seen.id, stage.clock.now())
            if step.started
        }


async def test_a_server_that_fails_hides_no_run_that_was_listed() -> None:
    async with served() as stage:
        page = await stage.source.runs(Query(limit=100))
        going_on = next(run for run in page.items if run.active)
        stage.break_down(path=f"/api/runs/{going_on.id}", status=500)
        with pytest.raises(Unreachable):
            await stage.source.run(going_on.id)
