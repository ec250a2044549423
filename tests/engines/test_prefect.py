from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from contextlib import aclosing, asynccontextmanager
from http import HTTPStatus
from itertools import count
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from runs_tui.adapters.base import Connection, Credential
from runs_tui.adapters.prefect import Prefect
from runs_tui.model.errors import Conflict, NotFound, Refused, Unauthorized, Unreachable
from runs_tui.model.query import Query
from runs_tui.model.run import Event, Gap, RetryMode, Run, Step
from runs_tui.model.state import State
from tests.adapters.sources import check_applied, every
from tests.engines.environment import ensure_environment
from tests.engines.prefect_api import PrefectApi
from tests.engines.prefect_server import (
    ARCHIVE,
    ARCHIVED_RUNS,
    REQUIREMENTS,
    START_SECONDS,
    TASKS_OF_BOTH,
    prefect_variables,
    server_command,
)
from tests.engines.service import free_port, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from pathlib import Path

    from tests.engines.prefect_server import PrefectEngine

NOBODY = "00000000-0000-0000-0000-000000000000"
LONG = 90.0


@asynccontextmanager
async def source_at(url: str, secret: str | None = None) -> AsyncIterator[Prefect]:
    source = Prefect(Connection(name="prefect", url=url, credential=Credential(secret, "SECRET")))
    try:
        yield source
    finally:
        await source.close()


def command(url: str, *words: str, secret: str | None = None) -> list[str]:
    options = ["--api", "prefect", "--url", url]
    if secret is not None:
        options += ["--token-env", "SECRET"]
    return [sys.executable, "-m", "runs_tui", *words, *options]


def call(url: str, *words: str, secret: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(url, *words, secret=secret),
        check=False,
        capture_output=True,
        text=True,
        timeout=LONG,
        env=os.environ | {"SECRET": secret or ""},
    )


def answered(url: str, *words: str) -> Any:
    done = call(url, *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def by_task(steps: list[Step]) -> dict[str, Step]:
    return {step.name.rpartition("-")[0]: step for step in steps}


async def test_every_run_of_the_list_comes_once(prefect: PrefectEngine) -> None:
    async with source_at(prefect.url) as source:
        first = await source.runs(Query(limit=50))
        runs = await every(source, limit=50)
        assert len(await every(source, limit=500)) == len(runs)
    assert first.total == len(runs) == prefect.api.post("/flow_runs/count", {})
    assert len({run.id for run in runs}) == len(runs) > ARCHIVED_RUNS
    instants = [run.instant for run in runs if run.instant]
    assert instants == sorted(instants, reverse=True)
    document = answered(prefect.url, "list", "--limit", "1000")
    assert [run["id"] for run in document["runs"]] == [run.id for run in runs]
    assert document["sources"] == [
        {"name": "prefect", "ok": True, "error": None, "total": len(runs)}
    ]


async def test_filters_are_applied_by_the_server(prefect: PrefectEngine) -> None:
    async with source_at(prefect.url) as source:
        everything = await every(source)
        for text in (
            "state:failed",
            "-state:succeeded",
            "workflow:~ARCH",
            f"-workflow:{ARCHIVE}",
            f"workflow:{ARCHIVE} state:failed",
            "started:>1h",
            "finished:<1h",
            f"id:{prefect.diamond}",
        ):
            await check_applied(source, everything, text)
        assert await every(source, "state:waiting") == []
        assert len(await every(source, "shelf")) == ARCHIVED_RUNS // 5
    failed = {"state": {"type": {"any_": ["FAILED", "CRASHED"]}}}
    assert len([run for run in everything if run.state is State.FAILED]) == prefect.api.post(
        "/flow_runs/count", {"flow_runs": failed}
    )
    document = answered(prefect.url, "list", f"workflow:{ARCHIVE} state:failed", "--limit", "7")
    assert [run["workflow"]["name"] for run in document["runs"]] == [ARCHIVE] * 7
    assert document["more"] is True


async def test_the_diamond_has_its_edges(prefect: PrefectEngine) -> None:
    async with source_at(prefect.url) as source:
        run, steps = (
            await source.run(prefect.diamond),
            by_task([*await source.steps(prefect.diamond)]),
        )
    assert (run.workflow_name, run.state, run.attempt) == ("diamond", State.SUCCEEDED, 1)
    assert run.took is not None
    assert {name: set(step.depends_on) for name, step in steps.items()} == {
        "extract": set(),
        "clean": {steps["extract"].key},
        "enrich": {steps["extract"].key},
        "load": {steps["clean"].key, steps["enrich"].key},
    }
    assert {step.state for step in steps.values()} == {State.SUCCEEDED}
    shown = answered(prefect.url, "show", prefect.diamond)
    assert {step["key"] for step in shown["steps"]} == {step.key for step in steps.values()}


async def test_a_fan_out_has_all_its_tasks(prefect: PrefectEngine) -> None:
    async with source_at(prefect.url) as source:
        steps = await source.steps(prefect.fan_out)
    squares = [step for step in steps if step.name.startswith("square")]
    (total,) = (step for step in steps if step.name.startswith("total"))
    assert len(squares) == 40
    assert set(total.depends_on) == {step.key for step in squares}


async def test_a_failed_run_tells_why_and_what_was_skipped(prefect: PrefectEngine) -> None:
    async with source_at(prefect.url) as source:
        run, steps = (
            await source.run(prefect.failed),
            by_task([*await source.steps(prefect.failed)]),
        )
        events = [event async for event in source.tail(prefect.failed)]
        again = [event async for event in source.tail(prefect.failed)]
    assert run.error is not None
    assert "order A-2 has no customer [red]not markup[/red]" in run.error
    assert [steps[name].state for name in ("read_orders", "check_orders", "send_orders")] == [
        State.SUCCEEDED,
        State.FAILED,
        State.SKIPPED,
    ]
    assert again == events
    lines = [event for event in events if isinstance(event, Event)]
    assert [line.at for line in lines] == sorted(line.at for line in lines if line.at)
    told = {line.step for line in lines if line.level == "error" and line.kind == "log"}
    assert steps["check_orders"].key in told


async def test_a_running_log_is_told_as_it_grows(prefect: PrefectEngine) -> None:
    ticks = [f"tick {second} of 15" for second in range(1, 16)]
    run_id = await asyncio.to_thread(prefect.launch, "ticker", seconds=15)
    words = command(prefect.url, "tail", run_id, "--json")
    tailing = await asyncio.create_subprocess_exec(*words, stdout=subprocess.PIPE)
    early: list[str] = []
    events: list[Event] = []
    async with source_at(prefect.url) as source, asyncio.timeout(LONG):
        async for event in source.tail(run_id):
            assert isinstance(event, Event)
            events.append(event)
            if event.message.startswith("tick") and (await source.run(run_id)).active:
                early.append(event.message)
        replay = [event async for event in source.tail(run_id)]
    assert [event.message for event in events if event.message.startswith("tick")] == ticks
    assert len(early) >= 3
    assert early == ticks[: len(early)]
    assert len({event.id for event in events}) == len(events)
    assert {event.id for event in replay if isinstance(event, Event)} == {
        event.id for event in events
    }
    assert events[-1].message == "Finished in state Completed()"
    output, _ = await asyncio.wait_for(tailing.communicate(), LONG)
    printed = [json.loads(line) for line in output.splitlines()]
    assert tailing.returncode == 0
    assert {line["id"] for line in printed} == {event.id for event in events}
    assert [line["message"] for line in printed if line["message"].startswith("tick")] == ticks


async def first_change(prefect: PrefectEngine, changes: AsyncIterator[Run | Gap]) -> Run | Gap:
    """Wait for the first change, and make changes until the server, which does not say, listens."""
    flow = prefect.api.post("/flows/", {"name": ARCHIVE})["id"]
    first = asyncio.ensure_future(anext(changes))
    for number in count():
        name = f"late-{number}"
        await asyncio.to_thread(prefect.api.add_finished_run, flow, name, {"type": "COMPLETED"})
        if (await asyncio.wait({first}, timeout=0.5))[0]:
            break
    return first.result()


async def test_changes_are_pushed_and_a_cancel_reaches_the_engine(prefect: PrefectEngine) -> None:
    seen: list[str] = []
    async with source_at(prefect.url) as source, asyncio.timeout(LONG):
        async with aclosing(source.follow()) as changes:
            assert isinstance(await first_change(prefect, changes), Run)
            run_id = await asyncio.to_thread(prefect.launch, "ticker", seconds=80)
            async for change in changes:
                if not isinstance(change, Run) or change.id != run_id or change.status in seen:
                    continue
                seen.append(change.status)
                if change.status == "Running":
                    with pytest.raises(Conflict, match="still running"):
                        await source.retry(run_id, RetryMode.FULL)
                    done = await asyncio.to_thread(call, prefect.url, "cancel", run_id, "--yes")
                    assert done.returncode == 0, done.stderr
                if change.state is State.CANCELLED:
                    break
        with pytest.raises(Conflict, match="already in terminal state CANCELLED"):
            await source.cancel(run_id)
    assert seen[-3:] == ["Running", "Cancelling", "Cancelled"]
    assert prefect.api.flow_run(run_id)["state_type"] == "CANCELLED"
    assert call(prefect.url, "cancel", run_id, "--yes").returncode == 1


async def test_a_retry_runs_again_on_the_engine(prefect: PrefectEngine) -> None:
    run_id = await asyncio.to_thread(prefect.launch, "fails-in-middle")
    await asyncio.to_thread(prefect.wait_for, run_id, "FAILED")
    done = await asyncio.to_thread(call, prefect.url, "retry", run_id, "--yes", "--json")
    assert done.returncode == 0, done.stderr
    (result,) = json.loads(done.stdout)["results"]
    assert (result["run"]["id"], result["run"]["status"]) == (run_id, "AwaitingRetry")
    told = await asyncio.to_thread(prefect.wait_for, run_id, "FAILED")
    assert told["run_count"] == 2
    await asyncio.to_thread(prefect.wait_for_tasks, run_id, TASKS_OF_BOTH)
    async with source_at(prefect.url) as source:
        assert (await source.run(run_id)).attempt == 2
        steps = await source.steps(run_id)
    assert len(steps) == 3
    assert sorted(step.attempt or 0 for step in steps) == [0, 2, 2]


async def unlocked(write: Callable[[], Awaitable[Run]]) -> Run:
    """Write; again where the server has done nothing and said 503, for its SQLite was locked."""
    for pause in (1, 2, 4, None):
        try:
            return await write()
        except Unreachable as error:
            if error.status != HTTPStatus.SERVICE_UNAVAILABLE or pause is None:
                raise
            await asyncio.sleep(pause)
    raise AssertionError


async def test_other_parameters_start_another_run_on_the_engine(prefect: PrefectEngine) -> None:
    run_id = await asyncio.to_thread(prefect.launch, "ticker", seconds=1)
    await asyncio.to_thread(prefect.wait_for, run_id, "COMPLETED")
    async with source_at(prefect.url) as source:
        (seconds,) = (await source.inputs(run_id)).fields
        assert (seconds.name, seconds.value, seconds.type) == ("seconds", 1, "integer")
        assert (seconds.default, seconds.required) == (60, False)
        with pytest.raises(Refused, match="'many' is not of type 'integer'"):
            await source.run_with(run_id, {"seconds": "many"})
        again = await unlocked(lambda: source.run_with(run_id, {"seconds": 2}))
        assert (again.retry_of, again.active) == (run_id, True)
        told = await asyncio.to_thread(prefect.wait_for, again.id, "COMPLETED")
        assert told["parameters"] == {"seconds": 2}
        assert (await source.inputs(again.id)).values == {"seconds": 2}
        assert (await source.run(again.id)).retry_of == run_id


async def test_archived_runs_have_no_deployment_and_are_not_retried(prefect: PrefectEngine) -> None:
    async with source_at(prefect.url) as source:
        run = (await every(source, f"workflow:{ARCHIVE} state:failed"))[0]
        assert source.objection("retry", run) is not None
        with pytest.raises(Conflict, match="without an associated deployment"):
            await source.retry(run.id, RetryMode.FULL)


async def test_what_is_not_there_is_told(prefect: PrefectEngine) -> None:
    async with source_at(prefect.url) as source:
        for run_id in (NOBODY, "nope"):
            for read in (source.run, source.steps, source.cancel):
                with pytest.raises(NotFound):
                    await read(run_id)
    assert call(prefect.url, "show", NOBODY).returncode == 4


async def test_addresses_are_mended_or_told_to_be_wrong(prefect: PrefectEngine) -> None:
    bare = prefect.url.removesuffix("/api")
    async with source_at(bare) as source:
        assert (await source.runs(Query(limit=1))).items
    async with source_at(f"{bare}/nowhere") as source:
        with pytest.raises(NotFound) as caught:
            await source.runs(Query())
        assert "/api" in caught.value.hint
    nobody = f"http://127.0.0.1:{free_port()}/api"
    async with source_at(nobody) as source:
        with pytest.raises(Unreachable):
            await source.runs(Query())
    assert call(f"{bare}/nowhere", "list").returncode == 4
    assert call(nobody, "list").returncode == 6


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a server that wants the credential `user:pass`."""
    programs = ensure_environment(REQUIREMENTS) / "bin"
    home: Path = tmp_path_factory.mktemp("locked")
    port = free_port()
    url = f"http://127.0.0.1:{port}/api"
    variables = prefect_variables(home, programs, url)
    variables["PREFECT_SERVER_API_AUTH_STRING"] = "user:pass"
    with running("locked", server_command(programs, port), variables, home) as server:
        with httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
            server.wait_until(PrefectApi(client).is_healthy, "it is healthy", START_SECONDS)
        yield url


@pytest.mark.parametrize("secret", [None, "user:wrong"])
async def test_a_locked_server_wants_the_credential(locked: str, secret: str | None) -> None:
    async with source_at(locked, secret) as source:
        with pytest.raises(Unauthorized) as caught:
            await source.runs(Query())
        assert "SECRET" in caught.value.hint
        with pytest.raises(Unauthorized):
            await anext(aiter(source.follow()))
    assert call(locked, "list", secret=secret).returncode == 5


async def test_a_locked_server_opens_with_the_credential(locked: str) -> None:
    async with source_at(locked, "user:pass") as source:
        assert (await source.runs(Query())).total == 0
        async with aclosing(source.follow()) as changes:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(changes), 2)
