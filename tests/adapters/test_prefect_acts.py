import json
from typing import Any

import pytest

from runs_tui.adapters.base import Cancels, Connection, Follows, Retries, Tails
from runs_tui.adapters.prefect import Prefect
from runs_tui.demo.faults import Fault
from runs_tui.model.errors import (
    BadAnswer,
    Conflict,
    NotFound,
    Refused,
    Unauthorized,
    Unreachable,
    Unsupported,
)
from runs_tui.model.query import Query
from runs_tui.model.run import RetryMode, Run
from runs_tui.model.state import State
from tests.adapters.prefect_world import NOBODY, Demo, captured, demo, every, prefect
from tests.transport.script import reply, serving


async def one(d: Demo, text: str, *, deployed: bool = True) -> Run:
    runs = await every(d.source, text)
    return next(run for run in runs if ("deployment_id" in run.details) is deployed)


def wait(seconds: float) -> dict[str, Any]:
    details = {"type": "wait_details", "delay_seconds": seconds, "reason": "busy"}
    return {"status": "WAIT", "state": None, "details": details}


def test_what_it_can_do() -> None:
    source = Prefect(Connection(name="p", url="http://localhost:4200/api"))
    assert isinstance(source, Cancels)
    assert isinstance(source, Retries)
    assert isinstance(source, Tails)
    assert isinstance(source, Follows)
    assert source.modes == {RetryMode.FULL}


async def test_a_running_run_is_cancelled_by_its_server() -> None:
    async with demo() as d:
        run = await one(d, "state:running")
        asked = await d.source.cancel(run.id)
        assert (asked.state, asked.status) == (State.RUNNING, "Cancelling")
        path = f"/flow_runs/{run.id}/set_state"
        state = {"type": "CANCELLING", "name": "Cancelling"}
        assert d.asked(path) == [{"state": state, "force": False}]
        d.clock.skip(60)
        assert (await d.source.run(run.id)).state is State.CANCELLED


async def test_a_scheduled_run_is_cancelled_although_the_server_rejects_that() -> None:
    async with demo() as d:
        run = await one(d, "state:queued")
        assert (await d.source.cancel(run.id)).state is State.CANCELLED


async def test_what_is_over_cannot_be_cancelled() -> None:
    async with demo() as d:
        run = await one(d, "state:succeeded")
        with pytest.raises(Conflict, match="already in terminal state COMPLETED"):
            await d.source.cancel(run.id)


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (captured("cancel_running"), 201, None),
        (captured("cancel_scheduled"), 201, None),
        (captured("cancel_completed"), 200, "Run is already in terminal state COMPLETED."),
        (wait(30), 200, "busy .try again in 30 s."),
        ({**captured("cancel_running"), "status": "REJECT"}, 201, None),
        (
            {"status": "REJECT", "state": {"type": "RUNNING"}, "details": {}},
            201,
            "the server made it RUNNING instead",
        ),
    ],
)
async def test_the_verdict_counts_and_not_the_status(
    answer: dict[str, Any], status: int, words: str | None
) -> None:
    async with demo() as d:
        run = await one(d, "state:running")
        body = json.dumps(answer).encode()
        d.faults.add(Fault(path="set_state", status=status, body=body, times=None))
        if words is None:
            assert (await d.source.cancel(run.id)).id == run.id
        else:
            with pytest.raises(Conflict, match=words):
                await d.source.cancel(run.id)
        assert len(d.asked(f"/flow_runs/{run.id}/set_state")) == 1


async def test_a_verdict_that_nobody_knows_is_a_bad_answer() -> None:
    async with demo() as d:
        run = await one(d, "state:running")
        d.faults.add(Fault(path="set_state", status=200, body=b'{"status": "MAYBE"}'))
        with pytest.raises(BadAnswer):
            await d.source.cancel(run.id)


async def test_a_retry_runs_the_same_run_again() -> None:
    async with demo() as d:
        run = await one(d, "state:failed")
        again = await d.source.retry(run.id, RetryMode.FULL)
        assert (again.id, again.state, again.status) == (run.id, State.QUEUED, "AwaitingRetry")
        d.clock.skip(600)
        assert (await d.source.run(run.id)).attempt == (run.attempt or 1) + 1


async def test_a_run_that_goes_on_is_not_put_back_in_the_queue() -> None:
    async with demo() as d:
        run = await one(d, "state:running")
        with pytest.raises(Conflict, match="still running"):
            await d.source.retry(run.id, RetryMode.FULL)
        assert d.asked(f"/flow_runs/{run.id}/set_state") == []


async def test_a_run_without_a_deployment_is_not_retried() -> None:
    async with demo(runs=1500) as d:
        run = await one(d, "state:failed", deployed=False)
        assert d.source.objection("retry", run) == "Prefect can only retry runs of a deployment"
        with pytest.raises(Conflict, match="without an associated deployment"):
            await d.source.retry(run.id, RetryMode.FULL)


async def test_objections_and_cautions() -> None:
    async with demo(runs=1500) as d:
        failed = await one(d, "state:failed")
        assert d.source.objection("retry", failed) is None
        assert d.source.objection("cancel", failed) == "it is already failed"
        assert d.source.caution("cancel", failed) is None
        script = await one(d, "", deployed=False)
        assert "not stopped" in (d.source.caution("cancel", script) or "")
        assert d.source.caution("retry", script) is None


@pytest.mark.parametrize("mode", [RetryMode.FAILED, RetryMode.STEP])
async def test_other_retries_are_not_possible(mode: RetryMode) -> None:
    async with demo() as d:
        with pytest.raises(Unsupported):
            await d.source.retry(NOBODY, mode, "x")
        assert d.paths() == []


@pytest.mark.parametrize("run_id", [NOBODY, "nope", "../flows", "%2e", ""])
async def test_an_unknown_run_is_not_found(run_id: str) -> None:
    async with demo() as d:
        for read in (d.source.run, d.source.steps, d.source.cancel):
            with pytest.raises(NotFound):
                await read(run_id)
        with pytest.raises(NotFound):
            await d.source.retry(run_id, RetryMode.FULL)
        with pytest.raises(NotFound):
            await anext(aiter(d.source.tail(run_id)))


@pytest.mark.parametrize("secret", [None, "user:wrong", "wrong"])
async def test_a_wrong_credential_tells_where_it_comes_from(secret: str | None) -> None:
    async with demo() as d:
        source = prefect(d.url, secret)
        with pytest.raises(Unauthorized) as caught:
            await source.runs(Query())
        assert "PREFECT_TOKEN" in caught.value.hint
        await source.close()


async def test_the_way_of_the_credential_may_be_chosen() -> None:
    headers = {}
    for secret, way in (("a:b", None), ("a", None), ("a:b", "bearer"), ("a", "basic")):
        async with serving(reply(200, "[]")) as script:
            source = prefect(f"{script.url}/api", secret, **({"auth": way} if way else {}))
            await source.runs(Query.parse("duration:>1h"))
            headers[secret, way] = script.asked[0].headers["authorization"].split()[0]
            await source.close()
    assert list(headers.values()) == ["Basic", "Bearer", "Bearer", "Basic"]


@pytest.mark.parametrize(("name", "value"), [("auth", "digest"), ("upcoming", "yes")])
def test_an_options_value_that_cannot_be_is_refused(name: str, value: str) -> None:
    with pytest.raises(Refused, match=f"option {name} .*'{value}'"):
        Prefect(Connection(name="p", url="http://localhost/api", options={name: value}))


async def test_an_address_without_api_is_mended() -> None:
    async with demo() as d:
        source = prefect(d.url.removesuffix("/api"))
        run = (await source.runs(Query())).items[0]
        assert run.url == f"{d.url.removesuffix('/api')}/runs/flow-run/{run.id}"
        assert d.paths()[0] == "/admin/version"
        await source.close()


async def test_an_address_of_something_else_is_told_so() -> None:
    async with demo() as d:
        for url in (d.url + "x", d.url.removesuffix("/prefect/api"), d.url + "/flows"):
            source = prefect(url)
            with pytest.raises(NotFound) as caught:
                await source.runs(Query())
            assert "/api" in caught.value.hint
            await source.close()
    source = prefect(url)
    with pytest.raises(Unreachable):
        await source.runs(Query())
    await source.close()


@pytest.mark.parametrize(
    ("url", "web"),
    [
        ("http://localhost:4200/api", "http://localhost:4200"),
        ("http://localhost:4200", "http://localhost:4200"),
        ("https://me:secret@example.org/prefect/api/", "https://example.org/prefect"),
        (
            "https://api.prefect.cloud/api/accounts/a1/workspaces/w1",
            "https://app.prefect.cloud/account/a1/workspace/w1",
        ),
    ],
)
def test_web_addresses_lead_to_their_run(url: str, web: str) -> None:
    source = Prefect(Connection(name="p", url=url))
    run_id = "61eb6ac7-6182-4603-9bf8-5f09fd2b069e"
    for page in (f"{web}/runs/flow-run/{run_id}", f"{web}/flow-runs/flow-run/{run_id}/?tab=Logs#x"):
        assert source.run_id_of(page) == run_id
    for page in (f"{web}/runs/flow-run/nope", f"http://x/runs/flow-run/{run_id}", run_id, web):
        assert source.run_id_of(page) is None


async def test_servers_words_of_what_is_wrong_are_told() -> None:
    async with demo() as d:
        body = json.dumps(captured("error_unknown_filter")).encode()
        d.faults.add(Fault(path="/flow_runs/filter", status=422, body=body))
        with pytest.raises(Refused, match="Extra inputs are not permitted"):
            await d.source.runs(Query())


@pytest.mark.parametrize("body", [b"", b"<html>hello</html>", b"{}", b'[{"id": 7}]', b"[{"])
async def test_an_answer_that_is_none_of_prefects_is_a_bad_answer(body: bytes) -> None:
    async with demo() as d:
        d.faults.add(Fault(path="/flow_runs/filter", body=body, times=None))
        with pytest.raises(BadAnswer):
            await d.source.runs(Query())


async def test_reading_recovers_from_a_dropped_connection() -> None:
    async with demo() as d:
        d.faults.add(Fault(path="/flow_runs/filter", drop_after=0))
        assert (await d.source.runs(Query())).items


@pytest.mark.parametrize("status", [400, 404])
async def test_without_a_graph_the_steps_are_the_same(status: int) -> None:
    async with demo() as d:
        run = await one(d, "state:succeeded")
        steps = await d.source.steps(run.id)
        d.faults.add(Fault(path="graph-v2", status=status, times=None))
        bare = await d.source.steps(run.id)
        assert [step.key for step in bare] == [step.key for step in steps]
        assert [set(step.depends_on) for step in bare] == [set(step.depends_on) for step in steps]
