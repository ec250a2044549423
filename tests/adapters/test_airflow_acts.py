"""Stopping, clearing and starting runs of an Airflow server, and who may do it."""

import json
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from runs_tui.adapters.airflow import Airflow
from runs_tui.adapters.airflow.login import renewed_at
from runs_tui.adapters.base import (
    Cancels,
    Connection,
    Follows,
    Previews,
    Relates,
    Retries,
    Rewinds,
    Tails,
    TakesInputs,
)
from runs_tui.demo.faults import Fault
from runs_tui.model.errors import Conflict, Refused, Unauthorized
from runs_tui.model.query import Query
from runs_tui.model.run import RetryMode
from runs_tui.model.state import State
from tests.adapters.airflow_world import Demo, airflow, captured, demo
from tests.adapters.sources import closing
from tests.contract_parts.stage import NOON


def test_what_it_can_do() -> None:
    source = Airflow(Connection(name="a", url="http://localhost:8080"))
    for can in (Cancels, Retries, Tails, Rewinds, Relates, TakesInputs, Previews):
        assert isinstance(source, can)
    assert not isinstance(source, Follows)
    assert source.modes == frozenset(RetryMode)


async def test_a_running_run_is_made_to_fail_with_a_note() -> None:
    async with demo() as d:
        run = await d.run_in(State.RUNNING)
        stopped = await d.source.cancel(run.id)
        assert (stopped.state, stopped.status) == (State.CANCELLED, "failed")
        (body,) = d.sent("/dagRuns/")
        assert body["state"] == "failed"
        assert body["note"].startswith("cancelled by runs-tui (queued at ")
        listed = await d.source.runs(Query.parse("state:cancelled", limit=100))
        assert run.id in {each.id for each in listed.items}
        d.clock.skip(60)
        assert (await d.source.run(run.id)).state is State.CANCELLED


async def test_what_has_succeeded_is_never_asked_to_fail() -> None:
    async with demo() as d:
        run = await d.run_in(State.SUCCEEDED)
        with pytest.raises(Conflict, match="already succeeded"):
            await d.source.cancel(run.id)
        assert d.sent("/dagRuns/") == []


async def test_a_run_that_was_stopped_and_fails_again_has_failed() -> None:
    async with demo() as d:
        run = await d.run_in(State.RUNNING)
        await d.source.cancel(run.id)
        d.clock.skip(30)
        assert d.source.caution("retry", await d.source.run(run.id))
        again = await d.source.retry(run.id, RetryMode.FULL)
        assert (again.state, again.id) == (State.QUEUED, run.id)
        assert again.details["note"].startswith("cancelled by runs-tui")
        d.clock.skip(24 * 3600)
        assert (await d.source.run(run.id)).state is not State.CANCELLED


async def test_a_paused_dag_is_told_before_what_would_only_wait() -> None:
    async with demo() as d, httpx.AsyncClient(base_url=d.server.urls["airflow"]) as engine:
        run = await d.run_in(State.FAILED)
        told = await d.source.run(run.id)
        for paused in (True, False):
            path = f"/api/v2/dags/{run.id.partition('/')[0]}"
            (await engine.patch(path, json={"is_paused": paused})).raise_for_status()
            await d.source.inputs(run.id)
            assert ("is paused" in (d.source.caution("retry", told) or "")) is paused
            assert d.source.caution("cancel", told) is None
            stopped = replace(told, state=State.CANCELLED)
            assert (d.source.caution("retry", stopped) or "").count(";") == paused


BODIES: list[tuple[RetryMode, dict[str, Any]]] = [
    (RetryMode.FULL, {"only_failed": False, "dry_run": False}),
    (RetryMode.FAILED, {"only_failed": True, "dry_run": False}),
]


@pytest.mark.parametrize(("mode", "body"), BODIES)
async def test_what_is_asked_to_be_cleared(mode: RetryMode, body: dict[str, Any]) -> None:
    async with demo() as d:
        run = await d.run_in(State.FAILED)
        assert (await d.source.retry(run.id, mode)).active
        assert d.sent("/clear") == [body]


async def test_one_of_many_is_cleared_with_what_follows() -> None:
    async with demo() as d:
        run = d.one(lambda run: run.state is State.SUCCEEDED and "resize" in str(run.workflow))
        assert (await d.source.retry(run.id, RetryMode.STEP, "resize-image[4]")).active
        (body,) = d.sent("/clearTaskInstances")
        assert body["task_ids"] == [["resize-image", 4]]
        assert body["include_downstream"] is True
        assert body["only_failed"] is False
        assert body["dag_run_id"] == run.id.partition("/")[2]


async def test_what_has_not_failed_is_not_said_to_be_retried() -> None:
    async with demo() as d:
        run = await d.run_in(State.SUCCEEDED)
        with pytest.raises(Conflict, match="no task of it has failed"):
            await d.source.retry(run.id, RetryMode.FAILED)
        assert len(d.sent("/clear")) == 1


async def test_a_preview_changes_nothing_and_says_what_is_cleared_then() -> None:
    async with demo() as d:
        run = await d.run_in(State.FAILED)
        failed = {
            step.key
            for step in await d.source.steps(run.id)
            if step.status in {"failed", "upstream_failed"}
        }
        told = {step.key for step in await d.source.preview(run.id, RetryMode.FAILED)}
        assert told == failed
        whole = await d.source.preview(run.id, RetryMode.FULL)
        assert len(whole) == len(run.workflow.steps)
        assert all(body["dry_run"] is True for body in d.sent("/clear"))
        assert (await d.source.run(run.id)).state is State.FAILED


async def test_a_conf_that_the_dag_does_not_take_is_refused_in_its_words() -> None:
    async with demo() as d:
        run = d.one(lambda run: run.state is State.FAILED and bool(run.parameters))
        name = next(iter(run.parameters))
        with pytest.raises(Refused, match=f"Invalid input for param {name}"):
            await d.source.run_with(run.id, {name: [1]})


async def asked_twice(d: Demo) -> list[str]:
    await d.source.runs(Query())
    d.clock.skip(120)
    await d.source.runs(Query())
    return [request.path for request in d.faults.requests]


async def test_a_login_is_kept() -> None:
    async with demo("someone:s3cret") as d:
        paths = await asked_twice(d)
        assert [path for path in paths if "/auth/" in path] == ["/auth/token"]
        assert json.loads(d.asked("/auth/token")[0].body) == {
            "username": "someone",
            "password": "s3cret",
        }


async def test_a_token_about_to_end_is_replaced_before_it_is_refused() -> None:
    async with demo("someone:s3cret", token_seconds=230) as d:
        await asked_twice(d)
        assert len(d.asked("/auth/token")) == 2
        assert [request.status for request in d.faults.requests if request.status == 403] == []


async def test_a_token_that_lives_for_minutes_is_kept_for_half_of_them() -> None:
    async with demo("someone:s3cret", token_seconds=280) as d:
        await asked_twice(d)
        assert len(d.asked("/auth/token")) == 1
        d.clock.skip(30)
        await d.source.runs(Query())
        assert len(d.asked("/auth/token")) == 2


def test_a_token_that_has_ended_by_this_clock_is_kept_until_it_is_refused() -> None:
    claims = urlsafe_b64encode(json.dumps({"exp": NOON.timestamp()}).encode()).decode()
    token = f"x.{claims.rstrip('=')}.x"
    assert renewed_at(token, NOON - timedelta(hours=24)) == NOON - timedelta(minutes=5)
    assert renewed_at(token, NOON + timedelta(hours=1)) is None
    assert renewed_at("opaque", NOON) is None


async def test_a_refused_token_is_replaced_once() -> None:
    async with demo("someone:s3cret") as d:
        await d.source.runs(Query())
        body = json.dumps(captured("error_bad_token")).encode()
        d.faults.add(Fault(path="/dagRuns", status=403, body=body))
        await d.source.runs(Query())
        assert len(d.asked("/auth/token")) == 2
        d.faults.add(Fault(path="/dagRuns", status=403, body=body, times=None))
        with pytest.raises(Unauthorized, match="refuses the token"):
            await d.source.runs(Query())


async def test_a_write_whose_token_is_refused_is_not_sent_again() -> None:
    async with demo("someone:s3cret") as d:
        run = await d.run_in(State.FAILED)
        body = json.dumps(captured("error_bad_token")).encode()
        d.faults.add(Fault(path="/clear", status=403, body=body))
        with pytest.raises(Unauthorized):
            await d.source.retry(run.id, RetryMode.FULL)
        assert len(d.asked("/clear")) == 1


async def test_who_may_only_read_is_told_so_in_the_words_of_the_server() -> None:
    async with demo("someone:s3cret", viewer=True) as d:
        run = await d.run_in(State.RUNNING)
        with pytest.raises(Unauthorized, match="Forbidden"):
            await d.source.cancel(run.id)
        assert len(d.asked("/auth/token")) == 1
        assert captured("error_403_viewer") == {"detail": "Forbidden"}


@pytest.mark.parametrize("secret", ["someone:wr0ng", "someone", "", None])
async def test_who_is_not_let_in_is_told_where_to_mend_it(secret: str | None) -> None:
    async with demo("someone:s3cret") as d, closing(airflow(d.url, secret)) as source:
        with pytest.raises(Unauthorized) as caught:
            await source.runs(Query())
        assert "wr0ng" not in caught.value.sentence
        assert ("AIRFLOW_TOKEN" if secret else "token_env") in caught.value.hint


async def test_a_password_that_the_server_repeats_is_not_told() -> None:
    async with demo("someone:b3n1gn-w0rd") as d:
        said = {"detail": "b3n1gn-w0rd is no good"}
        d.faults.add(Fault(path="/auth/token", status=422, body=json.dumps(said).encode()))
        with pytest.raises(Unauthorized) as caught:
            await d.source.runs(Query())
        assert "is no good" in caught.value.sentence
        assert "b3n1gn-w0rd" not in caught.value.sentence


async def test_a_user_in_the_address_logs_in() -> None:
    async with demo("someone:s3cret") as d:
        url = d.url.replace("http://", "http://someone:s3cret@")
        async with closing(airflow(url, None)) as source:
            assert (await source.runs(Query())).items
            run = (await source.runs(Query())).items[0]
            assert "s3cret" not in (run.url or "")


def test_an_option_that_cannot_be_is_told() -> None:
    with pytest.raises(Refused, match="token or password"):
        airflow("http://localhost:8080", None, auth="basic")
