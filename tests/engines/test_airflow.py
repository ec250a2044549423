from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from runs_tui.adapters.airflow import Airflow
from runs_tui.adapters.base import Connection, Credential
from runs_tui.model.errors import Conflict, NotFound, Refused, Unauthorized
from runs_tui.model.exchange import Exchange
from runs_tui.model.folding import fold
from runs_tui.model.plan import Plan
from runs_tui.model.query import Query
from runs_tui.model.run import Event, RetryMode, Step
from runs_tui.model.state import State
from tests.adapters.sources import check_applied, every
from tests.engines.airflow_server import ARCHIVE, ARCHIVED_RUNS, SECRET, VIEWER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.engines.airflow_server import AirflowEngine

LONG = 120.0


@asynccontextmanager
async def source_at(url: str, secret: str | None = SECRET) -> AsyncIterator[Airflow]:
    source = Airflow(Connection(name="airflow", url=url, credential=Credential(secret, "SECRET")))
    try:
        yield source
    finally:
        await source.close()


def call(url: str, *words: str, secret: str = SECRET) -> subprocess.CompletedProcess[str]:
    options = ["--api", "airflow", "--url", url, "--token-env", "SECRET"]
    return subprocess.run(
        [sys.executable, "-m", "runs_tui", *words, *options],
        check=False,
        capture_output=True,
        text=True,
        timeout=LONG,
        env=os.environ | {"SECRET": secret},
    )


def answered(url: str, *words: str) -> Any:
    done = call(url, *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


async def launched(airflow: AirflowEngine, dag: str, **conf: object) -> str:
    return f"{dag}/{await asyncio.to_thread(airflow.api.launch, dag, conf)}"


async def ended(airflow: AirflowEngine, run_id: str) -> dict[str, Any]:
    """Wait for the end of a run, and give it as the engine has it."""
    dag, _, run = run_id.partition("/")
    return await asyncio.to_thread(airflow.wait_for, dag, run, "success", "failed")


def tries(airflow: AirflowEngine, run_id: str) -> dict[str, tuple[str, int]]:
    """Give the state and the try of each task that is not mapped, as the engine has it."""
    dag, _, run = run_id.partition("/")
    return {
        name: (told["state"], told["try_number"])
        for name, told in airflow.api.tasks(dag, run).items()
    }


def by_key(steps: list[Step]) -> dict[str, Step]:
    return {step.key: step for step in steps}


async def steps_of(source: Airflow, run_id: str) -> dict[str, Step]:
    return by_key([*await source.steps(run_id)])


async def told(source: Airflow, run_id: str, after: str | None = None) -> list[Event]:
    return [each async for each in source.tail(run_id, after) if isinstance(each, Event)]


async def test_every_run_of_the_list_comes_once(airflow: AirflowEngine) -> None:
    async with source_at(airflow.url) as source:
        first = await source.runs(Query(limit=30))
        runs = await every(source, limit=30)
        assert [run.id for run in await every(source, limit=500)] == [run.id for run in runs]
    assert first.total == len(runs) == airflow.api.get("/dags/~/dagRuns", limit=1)["total_entries"]
    assert len({run.id for run in runs}) == len(runs) > ARCHIVED_RUNS > 100
    instants = [run.instant for run in runs if run.instant]
    assert instants == sorted(instants, reverse=True)
    document = answered(airflow.url, "list", "--limit", "1000")
    assert [run["id"] for run in document["runs"]] == [run.id for run in runs]


async def test_filters_are_applied_by_the_server(airflow: AirflowEngine) -> None:
    async with source_at(airflow.url) as source:
        everything = await every(source)
        middle = everything[len(everything) // 2].created_at
        assert middle is not None
        for text in (
            "state:succeeded",
            "state:running,queued",
            "state:failed,cancelled",
            f"workflow:{ARCHIVE}",
            f"-workflow:{ARCHIVE}",
            "workflow:~IN state:failed,cancelled",
            f"created:<={middle.isoformat()}",
            f"created:>{middle.isoformat()} trigger:manual",
        ):
            await check_applied(source, everything, text)
        for text in ("state:failed", "started:<1h", "-trigger:manual", "archive-00"):
            test = Query.parse(text).predicate(source.clock.now())
            wanted = [run.id for run in everything if test(run)]
            assert [run.id for run in await every(source, text)] == wanted
    failed = airflow.api.get("/dags/~/dagRuns", limit=1, state="failed")["total_entries"]
    stopped = [run for run in everything if run.state in {State.FAILED, State.CANCELLED}]
    assert len(stopped) == failed >= ARCHIVED_RUNS // 5


async def test_the_diamond_has_its_edges(airflow: AirflowEngine) -> None:
    run_id = f"diamond/{airflow.runs['diamond']}"
    async with source_at(airflow.url) as source:
        run, steps = await source.run(run_id), await steps_of(source, run_id)
    assert (run.workflow_name, run.state, run.trigger) == ("diamond", State.SUCCEEDED, "manual")
    assert run.took is not None
    assert {name: set(step.depends_on) for name, step in steps.items()} == {
        "extract": set(),
        "clean": {"extract"},
        "enrich": {"extract"},
        "load": {"clean", "enrich"},
    }
    assert {step.state for step in steps.values()} == {State.SUCCEEDED}
    shown = answered(airflow.url, "show", run_id)
    assert {step["key"] for step in shown["steps"]} == set(steps)


async def test_opening_a_run_with_40_mapped_tasks_costs_4_requests(
    airflow: AirflowEngine, caplog: pytest.LogCaptureFixture
) -> None:
    run_id = f"fan_out/{airflow.runs['fan_out']}"
    async with source_at(airflow.url) as source:
        await source.runs(Query(limit=1))
        with caplog.at_level(logging.DEBUG, "runs_tui.exchanges"):
            run, steps, end = await asyncio.gather(
                source.run(run_id), source.steps(run_id), source.last_events(run_id)
            )
        assert run.state is State.SUCCEEDED
        squares = {step.name for step in steps if step.key.startswith("square[")}
        assert squares == {f"square [number {number}]" for number in range(40)}
        (total,) = (step for step in steps if step.key == "total")
        assert set(total.depends_on) == {f"square[{number}]" for number in range(40)}
        folded = fold(Plan.of(steps))
        assert [step.name for step in folded.plan.steps.values()] == ["numbers", "square", "total"]
        assert any(event.message == "the sum is 20540" for event in end.events)
        assert end.older
    asked = {record.msg.number for record in caplog.records if isinstance(record.msg, Exchange)}
    assert len(asked) == 4


async def test_a_log_read_back_is_the_one_told_from_its_begin(airflow: AirflowEngine) -> None:
    for dag, run in airflow.runs.items():
        async with source_at(airflow.url) as source:
            stretch = await source.last_events(f"{dag}/{run}")
            found = [*stretch.events]
            while stretch.older:
                stretch = await source.last_events(f"{dag}/{run}", found[0].id)
                found[:0] = stretch.events
            events = await told(source, f"{dag}/{run}")
            assert found == events
            middle = len(events) // 2
            assert await told(source, f"{dag}/{run}", events[middle].id) == events[middle + 1 :]
        assert [event.at for event in events] == sorted(e.at for e in events if e.at)


async def test_a_failed_run_tells_why_and_what_was_skipped(airflow: AirflowEngine) -> None:
    run_id = await launched(airflow, "fails_in_middle")
    await ended(airflow, run_id)
    async with source_at(airflow.url) as source:
        run, steps = await source.run(run_id), await steps_of(source, run_id)
        events = await told(source, run_id)
    assert run.state is State.FAILED
    assert {name: step.state for name, step in steps.items()} == {
        "read_orders": State.SUCCEEDED,
        "check_orders": State.FAILED,
        "send_orders": State.SKIPPED,
    }
    (error,) = [e for e in events if e.level == "error" and e.kind == "log"]
    assert error.step == "check_orders"
    assert error.message.startswith("Task failed with exception\nTraceback (most recent call last)")
    assert error.message.endswith("ValueError: order A-2 has no customer [red]not markup[/red]")


async def test_a_running_log_is_told_as_it_grows(airflow: AirflowEngine) -> None:
    ticks = [f"tick {second} of 12" for second in range(1, 13)]
    run_id = await launched(airflow, "ticker", seconds=12)
    tailing = asyncio.ensure_future(asyncio.to_thread(call, airflow.url, "tail", run_id, "--json"))
    early: list[str] = []
    async with source_at(airflow.url) as source, asyncio.timeout(LONG):
        events: list[Event] = []
        async for event in source.tail(run_id):
            assert isinstance(event, Event)
            events.append(event)
            if event.message in ticks and (await source.run(run_id)).active:
                early.append(event.message)
        assert await told(source, run_id) == events
    assert [event.message for event in events if event.message in ticks] == ticks
    assert len(early) >= 3
    assert events[-1].state is State.SUCCEEDED
    done = await tailing
    assert done.returncode == 0, done.stderr
    printed = [json.loads(line)["id"] for line in done.stdout.splitlines()]
    assert printed == [event.id for event in events]


async def test_a_cancel_reaches_the_engine(airflow: AirflowEngine) -> None:
    run_id = await launched(airflow, "ticker", seconds=90)
    events: list[Event] = []
    async with source_at(airflow.url) as source, asyncio.timeout(LONG):
        async for event in source.tail(run_id):
            assert isinstance(event, Event)
            events.append(event)
            if event.message == "tick 2 of 90":
                with pytest.raises(Conflict, match="still running"):
                    await source.retry(run_id, RetryMode.FULL)
                done = await asyncio.to_thread(call, airflow.url, "cancel", run_id, "--yes")
                assert done.returncode == 0, done.stderr
        run = await source.run(run_id)
        assert (run.state, run.status, run.derived) == (
            State.CANCELLED,
            "failed",
            frozenset({"state"}),
        )
        assert [run.id for run in await every(source, "state:cancelled")] == [run_id]
        assert source.caution("retry", run) is not None
        assert [step.key for step in await source.preview(run_id, RetryMode.FAILED)] == ["tick"]
        with pytest.raises(Conflict, match="already cancelled"):
            await source.cancel(run_id)
        assert await told(source, run_id) == events
    assert "Task killed!" in events[-1].message
    assert (await ended(airflow, run_id))["state"] == "failed"
    assert tries(airflow, run_id) == {"tick": ("failed", 1), "tock": ("skipped", 0)}
    assert call(airflow.url, "cancel", run_id, "--yes").returncode == 1


async def test_a_run_that_has_succeeded_is_not_made_to_fail(airflow: AirflowEngine) -> None:
    run_id = f"diamond/{airflow.runs['diamond']}"
    async with source_at(airflow.url) as source:
        with pytest.raises(Conflict, match="already succeeded"):
            await source.cancel(run_id)
    assert (await ended(airflow, run_id))["state"] == "success"


async def test_each_way_to_retry_runs_on_the_engine_what_was_foretold(
    airflow: AirflowEngine,
) -> None:
    run_id = await launched(airflow, "fails_in_middle")
    await ended(airflow, run_id)
    async with source_at(airflow.url) as source:
        again = [step.key for step in await source.preview(run_id, RetryMode.FAILED)]
        assert sorted(again) == ["check_orders", "send_orders"]
        airflow.mended(yes=True)
        try:
            assert (await source.retry(run_id, RetryMode.FAILED)).state is State.QUEUED
            assert (await ended(airflow, run_id))["state"] == "success"
        finally:
            airflow.mended(yes=False)
        assert tries(airflow, run_id) == {
            "read_orders": ("success", 1),
            "check_orders": ("success", 2),
            "send_orders": ("success", 1),
        }
        with pytest.raises(Conflict, match="no task of it has failed"):
            await source.retry(run_id, RetryMode.FAILED)
        steps = await source.preview(run_id, RetryMode.STEP, "send_orders")
        assert [step.key for step in steps] == ["send_orders"]
        done = await asyncio.to_thread(
            call, airflow.url, "retry", run_id, "--step", "send_orders", "--yes"
        )
        assert done.returncode == 0, done.stderr
        await ended(airflow, run_id)
        assert tries(airflow, run_id)["send_orders"] == ("success", 2)
        assert len(await source.preview(run_id, RetryMode.FULL)) == 3
        await source.retry(run_id, RetryMode.FULL)
        assert (await ended(airflow, run_id))["state"] == "failed"
        attempts = (await source.kin(run_id)).attempts
        assert [each.number for each in attempts] == [1, 2, 3]
        assert [each.state for each in attempts][::2] == [State.FAILED] * 2
        events = await told(source, run_id)
    assert tries(airflow, run_id)["check_orders"] == ("failed", 3)
    read = {event.id.rpartition("#")[0] for event in events if event.id and "#" in event.id}
    assert {f"check_orders/{number}" for number in (1, 2, 3)} <= read


async def test_one_of_many_and_what_follows_it_is_retried(airflow: AirflowEngine) -> None:
    run_id = f"fan_out/{airflow.runs['fan_out']}"
    dag, _, run = run_id.partition("/")
    async with source_at(airflow.url) as source:
        await source.retry(run_id, RetryMode.STEP, "square[7]")
        await ended(airflow, run_id)
        steps = await steps_of(source, run_id)
        assert sorted(key for key, step in steps.items() if step.attempt == 2) == [
            "square[7]",
            "total",
        ]
    again = airflow.api.get(f"/dags/{dag}/dagRuns/{run}/taskInstances/square/7")
    assert (again["state"], again["try_number"]) == ("success", 2)


async def test_another_conf_starts_another_run_on_the_engine(airflow: AirflowEngine) -> None:
    run_id = await launched(airflow, "ticker", seconds=1)
    await ended(airflow, run_id)
    async with source_at(airflow.url) as source:
        (seconds,) = (await source.inputs(run_id)).fields
        assert (seconds.name, seconds.value, seconds.type) == ("seconds", 1, "integer")
        assert (seconds.default, seconds.about) == (60, "how long to tick")
        with pytest.raises(Refused, match="'many' is not of type 'integer'"):
            await source.run_with(run_id, {"seconds": "many"})
        again = await source.run_with(run_id, {"seconds": 2})
        assert (again.retry_of, again.active) == (run_id, True)
        assert (await ended(airflow, again.id))["conf"] == {"seconds": 2}
        assert (await source.inputs(again.id)).values == {"seconds": 2}


async def test_a_paused_dag_is_told_before_what_would_only_wait(airflow: AirflowEngine) -> None:
    async with source_at(airflow.url) as source:
        for dag, paused in ((ARCHIVE, True), ("diamond", False)):
            (run,) = (await source.runs(Query.parse(f"workflow:{dag}", limit=1))).items
            await source.inputs(run.id)
            assert airflow.api.get(f"/dags/{dag}/details")["is_paused"] is paused
            assert ("is paused" in (source.caution("retry", run) or "")) is paused


async def test_what_is_not_there_is_told(airflow: AirflowEngine) -> None:
    async with source_at(airflow.url) as source:
        for run_id in ("nope", "nope/nope", "diamond/nope", "diamond/a/b"):
            for read in (source.run, source.steps, source.cancel, source.kin):
                with pytest.raises(NotFound):
                    await read(run_id)
        run_id = f"diamond/{airflow.runs['diamond']}"
        for step in ("nope", "load[3]"):
            with pytest.raises(Refused, match="has no step"):
                await source.retry(run_id, RetryMode.STEP, step)
    assert call(airflow.url, "show", "diamond/nope").returncode == 4


async def test_who_may_do_what(airflow: AirflowEngine) -> None:
    run_id = f"diamond/{airflow.runs['diamond']}"
    async with source_at(airflow.url, "admin:wrong") as source:
        with pytest.raises(Unauthorized, match="user or the password") as caught:
            await source.runs(Query())
        assert "SECRET" in caught.value.hint
    for secret in (None, "no.good.token"):
        async with source_at(airflow.url, secret) as source:
            with pytest.raises(Unauthorized):
                await source.runs(Query())
    async with source_at(airflow.url, VIEWER) as source:
        assert await told(source, run_id)
        with pytest.raises(Unauthorized, match="Forbidden"):
            await source.retry(run_id, RetryMode.FULL)
    token = airflow.api.client.headers["Authorization"].removeprefix("Bearer ")
    async with source_at(f"{airflow.url}/api/v2/", token) as source:
        run = await source.run(run_id)
        assert source.run_id_of(run.url or "") == run_id
    assert call(airflow.url, "list", secret="admin:wrong").returncode == 5
    assert tries(airflow, run_id)["load"] == ("success", 1)


def test_it_goes_where_the_engines_own_programs_go(airflow: AirflowEngine) -> None:
    token = airflow.api.client.headers["Authorization"].removeprefix("Bearer ")
    own = {"AIRFLOW__API__BASE_URL": airflow.url, "AIRFLOW_CLI_TOKEN": token}
    shown = subprocess.run(
        [sys.executable, "-m", "runs_tui", "list", "--limit", "1", "--api", "airflow"],
        check=False,
        capture_output=True,
        text=True,
        timeout=LONG,
        env=os.environ | own,
    )
    assert shown.returncode == 0, shown.stderr
    assert "ticker" in shown.stdout
