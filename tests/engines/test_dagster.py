from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from runs_tui.adapters.base import Connection
from runs_tui.adapters.dagster import Dagster
from runs_tui.model.errors import Conflict, NotFound, Refused
from runs_tui.model.exchange import Exchanges
from runs_tui.model.folding import fold
from runs_tui.model.kin import Relation
from runs_tui.model.plan import Plan
from runs_tui.model.query import Query
from runs_tui.model.run import Event, RetryMode
from runs_tui.model.state import State
from runs_tui.screens.hearing import hearing
from runs_tui.transport.http import Patience
from tests.adapters.sources import check_applied, every
from tests.engines.dagster_api import ENDED
from tests.engines.dagster_server import ARCHIVE, ARCHIVED_RUNS, HELD, JOBS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.engines.dagster_server import DagsterEngine

NOBODY = "00000000-0000-0000-0000-000000000000"
LONG = 90.0
CAUSE = "ValueError: upstream answered 502 to 1"


@asynccontextmanager
async def source_at(url: str, fresh: float = 0) -> AsyncIterator[Dagster]:
    source = Dagster(Connection(name="dagster", url=url))
    source.patience = Patience(fresh=fresh)
    try:
        yield source
    finally:
        await source.close()


async def events_of(source: Dagster, run_id: str, after: str | None = None) -> list[Event]:
    async with asyncio.timeout(LONG):
        return [event async for event in source.tail(run_id, after) if isinstance(event, Event)]


def answered(url: str, *words: str) -> Any:
    command = [sys.executable, "-m", "runs_tui", *words, "--api", "dagster", "--url", url, "--json"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=LONG)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


async def started(dagster: DagsterEngine, seconds: int) -> str:
    """Start a run that goes on for so many seconds, wait until it works, and give its id."""
    launch = partial(dagster.launch, "long_runner", seconds=seconds)
    run_id = await asyncio.to_thread(launch)
    await asyncio.to_thread(dagster.wait_for, run_id, "STARTED")
    return run_id


async def test_every_run_of_the_list_comes_once(dagster: DagsterEngine) -> None:
    async with source_at(dagster.url) as source:
        first = await source.runs(Query(limit=20))
        runs = await every(source, limit=20)
        assert len(await every(source, limit=1000)) == len(runs)
    assert first.total == len(runs) == dagster.api.count()
    assert len({run.id for run in runs}) == len(runs) > ARCHIVED_RUNS
    instants = [run.instant for run in runs if run.instant]
    assert instants == sorted(instants, reverse=True)
    document = answered(dagster.url, "list", "--limit", "1000")
    assert [run["id"] for run in document["runs"]] == [run.id for run in runs]


async def test_the_address_of_the_api_itself_will_do_too(dagster: DagsterEngine) -> None:
    async with source_at(f"{dagster.url}/graphql") as source:
        run = await source.run(dagster.diamond)
        assert run.url == f"{dagster.url}/runs/{dagster.diamond}"
        assert source.run_id_of(run.url) == dagster.diamond


async def test_filters_are_applied_by_the_server(dagster: DagsterEngine) -> None:
    async with source_at(dagster.url) as source:
        everything = await every(source)
        for text in (
            "state:failed",
            "state:waiting,queued,running",
            "workflow:DIAMOND",
            "workflow:fan_out state:succeeded",
            "created:>1h",
            "created:<1h state:failed",
            f"id:{dagster.diamond}",
        ):
            await check_applied(source, everything, text)
        for text in (f"workflow:{ARCHIVE}", "workflow:~rchiv", "finished:>1h", "-state:failed"):
            holds = Query.parse(text).predicate(source.clock.now())
            assert await every(source, text) == [run for run in everything if holds(run)]
    failed = [run for run in everything if run.state is State.FAILED]
    assert len(failed) == dagster.api.count(statuses=["FAILURE"]) > ARCHIVED_RUNS // 5


async def test_tags_are_facts_of_a_run(dagster: DagsterEngine) -> None:
    async with source_at(dagster.url) as source:
        run = await source.run(dagster.diamond)
    assert run.details["tags"]["team"] == "diamond"
    assert run.trigger == "manual"
    tags = [{"key": "team", "value": "diamond"}]
    assert dagster.api.count(tags=tags) == 1
    # Of two values for one key the last one counts: a filter by either is no filter of this server.
    assert dagster.api.count(tags=[{"key": "team", "value": "fan_out"}, *tags]) == 1


async def test_the_diamond_has_its_edges(dagster: DagsterEngine) -> None:
    async with source_at(dagster.url) as source:
        run, steps = await source.run(dagster.diamond), await source.steps(dagster.diamond)
    assert (run.workflow_name, run.state, run.error) == ("diamond", State.SUCCEEDED, None)
    assert run.started_at
    assert run.finished_at
    assert {step.key: set(step.depends_on) for step in steps} == {
        "extract": set(),
        "left": {"extract"},
        "right": {"extract"},
        "join": {"left", "right"},
    }
    assert {step.state for step in steps} == {State.SUCCEEDED}
    shown = answered(dagster.url, "show", dagster.diamond)
    assert {step["key"] for step in shown["steps"]} == {step.key for step in steps}


async def test_a_fan_out_has_all_its_steps(dagster: DagsterEngine) -> None:
    async with source_at(dagster.url) as source:
        steps = {step.key: step for step in await source.steps(dagster.fan_out)}
    items = [key for key in steps if key.startswith("item[")]
    assert sorted(items) == sorted(f"item[k{number}]" for number in range(40))
    assert all(steps[key].depends_on == ("make",) for key in items)
    assert set(steps["total"].depends_on) == set(items)
    assert len(fold(Plan.of(list(steps.values()))).plan.steps) == 3
    told = dagster.api.run(dagster.fan_out)["stepStats"]
    assert {each["stepKey"] for each in told} == set(steps)


async def test_a_failed_run_tells_why_and_what_was_not_run(dagster: DagsterEngine) -> None:
    async with source_at(dagster.url) as source:
        run = await source.run(dagster.failed)
        steps = {step.key: step for step in await source.steps(dagster.failed)}
        events = await events_of(source, dagster.failed)
    assert (run.state, run.error, run.reason) == (State.FAILED, CAUSE, "STEP_FAILURE")
    assert {key: step.state for key, step in steps.items()} == {
        "extract": State.SUCCEEDED,
        "boom": State.FAILED,
        "load": State.SKIPPED,
    }
    assert (steps["boom"].error, steps["boom"].attempt) == (CAUSE, 2)
    told = {event.step for event in events if event.state is State.FAILED}
    assert told == {"boom", None}
    assert any(CAUSE in event.message for event in events if event.step == "boom")


async def test_a_log_is_the_same_each_time_and_goes_on_after_any_event(
    dagster: DagsterEngine,
) -> None:
    async with source_at(dagster.url) as source:
        events = await events_of(source, dagster.failed)
        assert await events_of(source, dagster.failed) == events
    said = dagster.api.log(dagster.failed)
    assert len(events) == len(said)
    assert [event.id for event in events] == [str(at) for at in range(1, len(said) + 1)]
    async with source_at(dagster.url) as source:
        for at in (1, len(events) // 2, len(events) - 1, len(events)):
            assert await events_of(source, dagster.failed, str(at)) == events[at:]


async def test_opening_a_run_costs_few_requests(dagster: DagsterEngine) -> None:
    for run_id in (dagster.fan_out, dagster.failed):
        exchanges = Exchanges()
        async with source_at(dagster.url, fresh=LONG) as source:
            # A run that ended a moment ago is asked for a while whether more of its log comes.
            source.pace = replace(source.pace, settle=0)
            with hearing(exchanges):
                await asyncio.gather(source.run(run_id), source.steps(run_id))
                end = await source.last_events(run_id)
                assert await events_of(source, run_id, end.events[-1].id) == []
        assert len(exchanges.all) <= 4


async def test_a_log_is_read_back_from_its_end(dagster: DagsterEngine) -> None:
    async with source_at(dagster.url) as source:
        whole = await events_of(source, dagster.fan_out)
    async with source_at(dagster.url) as source:
        source.pace = replace(source.pace, stretch=100)
        stretch = await source.last_events(dagster.fan_out)
        assert list(stretch.events) == whole[-100:]
        found = [*stretch.events]
        while stretch.older:
            stretch = await source.last_events(dagster.fan_out, found[0].id)
            found = [*stretch.events, *found]
    assert found == whole
    assert len(found) == len(dagster.api.log(dagster.fan_out)) > 400


async def test_a_running_log_is_told_as_it_grows(dagster: DagsterEngine) -> None:
    run_id = await started(dagster, 6)
    early: list[str] = []
    events: list[Event] = []
    async with source_at(dagster.url) as source, asyncio.timeout(LONG):
        async for event in source.tail(run_id):
            assert isinstance(event, Event)
            events.append(event)
            if event.message.startswith("tick") and not early:
                assert dagster.api.run(run_id)["status"] == "STARTED"
                early.append(event.message)
    assert early
    ticks = [event.message for event in events if event.message.startswith("tick")]
    assert ticks == [f"tick {number}" for number in range(12)]
    states = [event.state for event in events if event.state and event.step is None]
    assert states[-1] is State.SUCCEEDED
    assert [event.message for event in events if event.message] == [
        said["message"] or said["eventType"] for said in dagster.api.log(run_id)
    ]


async def test_a_running_run_is_cancelled(dagster: DagsterEngine) -> None:
    run_id = await started(dagster, 60)
    async with source_at(dagster.url) as source:
        run = await source.cancel(run_id)
        assert run.state in {State.RUNNING, State.CANCELLED}
        await asyncio.to_thread(dagster.wait_for, run_id, "CANCELED")
        run, (step,) = await source.run(run_id), await source.steps(run_id)
        assert run.state is State.CANCELLED
        assert run.finished_at
        assert step.state in {State.FAILED, State.SKIPPED}
        with pytest.raises(Conflict, match="already cancelled"):
            await source.cancel(run_id)
    assert "RUN_CANCELED" in {said["eventType"] for said in dagster.api.log(run_id)}


async def test_a_queued_run_is_taken_out_of_the_queue(dagster: DagsterEngine) -> None:
    run_id = await asyncio.to_thread(partial(dagster.launch, "diamond", tags=HELD))
    async with source_at(dagster.url) as source:
        run = await source.run(run_id)
        assert (run.state, run.reason) == (State.QUEUED, None)
        assert all(step.state is State.QUEUED for step in await source.steps(run_id))
        assert (await source.cancel(run_id)).state is State.CANCELLED
    assert dagster.api.run(run_id)["status"] == "CANCELED"


async def test_a_run_is_repeated_whole(dagster: DagsterEngine) -> None:
    async with source_at(dagster.url) as source:
        again = await source.retry(dagster.diamond, RetryMode.FULL)
        assert again.active
        assert again.retry_of == dagster.diamond
        assert again.trigger == "re-execution"
        made = await asyncio.to_thread(dagster.wait_for, again.id, *ENDED)
        assert made["status"] == "SUCCESS"
        assert made["parentRunId"] == made["rootRunId"] == dagster.diamond
        assert len(await source.steps(again.id)) == 4
        for run_id, other in ((dagster.diamond, again.id), (again.id, dagster.diamond)):
            kin = {each.run.id: each.relation for each in (await source.kin(run_id)).relatives}
            assert kin[other] is Relation.ATTEMPT
            assert run_id not in kin


async def test_a_run_is_repeated_from_what_failed(dagster: DagsterEngine) -> None:
    async with source_at(dagster.url) as source:
        again = await source.retry(dagster.failed, RetryMode.FAILED)
        made = await asyncio.to_thread(dagster.wait_for, again.id, *ENDED)
        steps = {step.key: step for step in await source.steps(again.id)}
        with pytest.raises(Conflict, match="nothing of it failed"):
            await source.retry(dagster.diamond, RetryMode.FAILED)
    assert set(made["stepKeysToExecute"]) == {"boom", "load"} == set(steps)
    assert made["parentRunId"] == again.retry_of == dagster.failed
    assert {each["key"] for each in made["tags"]} >= {"dagster/is_resume_retry", "team"}


@pytest.mark.parametrize(
    ("step", "again"),
    [("right", {"right", "join"}), ("extract", {"extract", "left", "right", "join"})],
)
async def test_a_run_is_repeated_from_a_step_on(
    dagster: DagsterEngine, step: str, again: set[str]
) -> None:
    async with source_at(dagster.url) as source:
        run = await source.retry(dagster.diamond, RetryMode.STEP, step)
        made = await asyncio.to_thread(dagster.wait_for, run.id, *ENDED)
        assert {each.key for each in await source.steps(run.id)} == again
    assert made["status"] == "SUCCESS"
    assert {each["stepKey"] for each in made["stepStats"]} == again
    assert made["parentRunId"] == run.retry_of == dagster.diamond
    assert {"key": "team", "value": "diamond"} in made["tags"]


async def test_one_of_many_mapped_steps_is_repeated(dagster: DagsterEngine) -> None:
    async with source_at(dagster.url) as source:
        run = await source.retry(dagster.fan_out, RetryMode.STEP, "item[k7]")
        made = await asyncio.to_thread(dagster.wait_for, run.id, *ENDED)
        again = await source.retry(run.id, RetryMode.FULL)
        last = await asyncio.to_thread(dagster.wait_for, again.id, *ENDED)
        kin = await source.kin(again.id)
    assert {each["stepKey"] for each in made["stepStats"]} == {"item[k7]", "total"}
    assert made["status"] == "SUCCESS"
    assert last["rootRunId"] == dagster.fan_out
    assert {each.run.id for each in kin.relatives} >= {dagster.fan_out, run.id}


async def test_an_asset_is_made_again(dagster: DagsterEngine) -> None:
    run_id = await asyncio.to_thread(dagster.launch, "assets")
    await asyncio.to_thread(dagster.wait_for, run_id, "SUCCESS")
    async with source_at(dagster.url) as source:
        steps = {step.key: step.depends_on for step in await source.steps(run_id)}
        run = await source.retry(run_id, RetryMode.STEP, "refined")
        made = await asyncio.to_thread(dagster.wait_for, run.id, *ENDED)
    assert steps == {"raw": (), "refined": ("raw",)}
    assert made["status"] == "SUCCESS"
    assert {each["stepKey"] for each in made["stepStats"]} == {"refined"}


async def test_what_is_not_there_is_told(dagster: DagsterEngine) -> None:
    async with source_at(dagster.url) as source:
        for asked in (
            source.run(NOBODY),
            source.steps(NOBODY),
            source.kin(NOBODY),
            source.cancel(NOBODY),
            source.retry(NOBODY, RetryMode.FULL),
            events_of(source, NOBODY),
        ):
            with pytest.raises(NotFound, match=f"{NOBODY} could not be found"):
                await asked
        with pytest.raises(Refused, match="no step nobody"):
            await source.retry(dagster.diamond, RetryMode.STEP, "nobody")


async def test_a_run_of_a_job_that_is_gone_is_refused_in_a_sentence(
    dagster: DagsterEngine,
) -> None:
    async with source_at(dagster.url) as source:
        (run, *_) = await every(source, f"workflow:{ARCHIVE} state:failed", limit=200)
        assert await source.steps(run.id) == []
        for mode in (RetryMode.FULL, RetryMode.FAILED):
            with pytest.raises(Refused) as caught:
                await source.retry(run.id, mode)
            assert caught.value.detail


async def test_it_is_watched_from_the_command_line(dagster: DagsterEngine) -> None:
    run_id = await started(dagster, 3)
    command = [sys.executable, "-m", "runs_tui", "watch", run_id, "--api", "dagster"]
    watching = await asyncio.create_subprocess_exec(
        *command, "--url", dagster.url, stdout=subprocess.PIPE, env=dict(os.environ)
    )
    async with asyncio.timeout(LONG):
        said, _ = await watching.communicate()
    assert watching.returncode == 0
    assert b"succeeded" in said
    assert dagster.api.run(run_id)["status"] == "SUCCESS"
    assert set(JOBS) >= {"diamond"}
