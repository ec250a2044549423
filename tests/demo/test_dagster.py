"""The demo's Dagster, held against what a real server answered to the same questions."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from runs_tui.demo.server import DemoServer, Settings
from runs_tui.demo.world import World, WorldRun
from runs_tui.model.clock import SetClock
from runs_tui.model.state import State
from tests.adapters.dagster_world import captured, data

NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)
NOBODY = "00000000-0000-0000-0000-000000000000"
PATIENCE = 5.0
RUN = """
query Run($id: ID!) { runOrError(runId: $id) { __typename ... on Run {
  id runId jobName status creationTime startTime endTime updateTime canTerminate rootRunId
  parentRunId tags { key value } hasReExecutePermission hasTerminatePermission runConfigYaml
  stepKeysToExecute
  executionPlan { steps { key kind solidHandleID inputs { name dependsOn { key } } } }
  stepStats { stepKey status startTime endTime attempts { startTime endTime } }
} ... on RunNotFoundError { message } ... on PythonError { message } } }
"""
RUNS = """
query Runs($f: RunsFilter, $cur: String, $n: Int) {
  runsOrError(filter: $f, cursor: $cur, limit: $n) {
    __typename ... on Runs { count results { id status jobName } }
    ... on InvalidPipelineRunsFilterError { message } ... on PythonError { message }
  }
}
"""
LOGS = """
query L($id: ID!, $cur: String, $n: Int) { logsForRun(runId: $id, afterCursor: $cur, limit: $n) {
  __typename ... on EventConnection { cursor hasMore events { __typename
    ... on MessageEvent { runId message timestamp level stepKey eventType } } }
  ... on RunNotFoundError { message } ... on PythonError { message } } }
"""
TERMINATE = """
mutation T($id: String!, $p: TerminateRunPolicy) { terminateRun(runId: $id, terminatePolicy: $p) {
  __typename ... on TerminateRunSuccess { run { status canTerminate } }
  ... on TerminateRunFailure { message run { runId status } } ... on RunNotFoundError { message }
  ... on UnauthorizedError { message } ... on PythonError { message } } }
"""
REEXECUTE = """
mutation Re($r: ReexecutionParams) { launchRunReexecution(reexecutionParams: $r) { __typename
  ... on LaunchRunSuccess { run {
    runId status rootRunId parentRunId stepKeysToExecute tags { key value } } }
  ... on PythonError { message } ... on RunConflict { message } } }
"""
EXECUTE = """
mutation Re($p: ExecutionParams) { launchRunReexecution(executionParams: $p) { __typename
  ... on LaunchRunSuccess { run { runId stepKeysToExecute } } ... on PythonError { message }
  ... on InvalidStepError { invalidStepKey } } }
"""


class Asked:
    """The served demo, asked in plain GraphQL."""

    def __init__(self, server: DemoServer, clock: SetClock, client: httpx.AsyncClient) -> None:
        self.server = server
        self.clock = clock
        self.client = client

    @property
    def world(self) -> World:
        return self.server.worlds["dagster"]

    def one(self, state: State, job: str | None = None) -> WorldRun:
        runs = self.world.runs(self.clock.now())
        return next(r for r in runs if r.state is state and job in (None, r.workflow.name))

    async def send(self, query: str, **variables: Any) -> tuple[int, Any]:
        answer = await self.client.post("/graphql", json={"query": query, "variables": variables})
        return answer.status_code, answer.json()

    async def told(self, query: str, **variables: Any) -> Any:
        status, body = await self.send(query, **variables)
        assert "errors" not in body, body
        assert status == 200
        (value,) = body["data"].values()
        return value


@asynccontextmanager
async def asking(**extra: Any) -> AsyncIterator[Asked]:
    clock = SetClock(NOON)
    settings = {"dagster": Settings(None, extra)}
    server = DemoServer(["dagster"], runs=200, clock=clock, settings=settings)
    async with server, httpx.AsyncClient(base_url=server.urls["dagster"], timeout=10) as client:
        yield Asked(server, clock, client)


def shape(value: Any) -> Any:
    """Give what a value is made of: the names of its fields, and the kinds of its values."""
    match value:
        case dict():
            return {key: shape(each) for key, each in sorted(value.items())}
        case list():
            return [shape(value[0])] if value else []
        case _:
            return type(value).__name__


async def test_a_run_has_the_fields_of_a_real_one() -> None:
    real = data("run_diamond")["runOrError"]
    real.pop("stats")
    async with asking() as seen:
        run = await seen.told(RUN, id=seen.one(State.SUCCEEDED, "order-fulfilment").id)
    assert run.keys() == real.keys()
    for name in ("tags", "creationTime", "endTime", "canTerminate", "runConfigYaml", "status"):
        assert shape(run[name]) == shape(real[name])
    assert shape(run["stepStats"]) == shape(real["stepStats"])
    planned = [step for step in run["executionPlan"]["steps"] if step["inputs"]]
    assert shape(planned) == shape(real["executionPlan"]["steps"])


async def test_many_alike_steps_are_mapped_as_in_a_real_plan() -> None:
    real = data("run_fan_out")["runOrError"]
    async with asking() as seen:
        run = await seen.told(RUN, id=seen.one(State.SUCCEEDED, "product-images").id)
    kinds = {step["kind"] for step in run["executionPlan"]["steps"]}
    assert kinds == {step["kind"] for step in real["executionPlan"]["steps"]}
    many = next(s for s in run["executionPlan"]["steps"] if s["kind"] == "UNRESOLVED_MAPPED")
    assert many["key"] == "resize-image[?]"
    assert many["key"] in run["stepKeysToExecute"]
    assert {f"resize-image[{at}]" for at in range(1, 41)} <= {
        each["stepKey"] for each in run["stepStats"]
    }


@pytest.mark.parametrize(
    ("name", "query", "variables"),
    [
        ("error_field", "{ nope }", {}),
        ("error_bad_enum", RUNS, {"f": {"statuses": ["BOGUS"]}, "n": 1}),
        ("error_run_404", RUN, {"id": NOBODY}),
        ("error_reexec_404", REEXECUTE, {"r": {"parentRunId": NOBODY, "strategy": "ALL_STEPS"}}),
        ("terminate_404", TERMINATE, {"id": NOBODY}),
    ],
)
async def test_it_says_no_as_a_real_server_does(
    name: str, query: str, variables: dict[str, Any]
) -> None:
    real = captured(name)
    async with asking() as seen:
        status, body = await seen.send(query, **variables)
    assert status == real["status"]
    if "errors" in real["body"]:
        assert body["data"] == real["body"]["data"]
        assert body["errors"][0]["message"] == real["body"]["errors"][0]["message"]
    else:
        assert body == real["body"]


async def test_a_finished_run_is_not_terminated_in_the_words_of_a_real_server() -> None:
    real = data("terminate_finished")["terminateRun"]
    async with asking() as seen:
        run = seen.one(State.SUCCEEDED)
        told = await seen.told(TERMINATE, id=run.id)
    assert told["__typename"] == real["__typename"]
    assert told["message"] == real["message"].replace(real["run"]["runId"], run.id)
    assert told["run"] == {"runId": run.id, "status": "SUCCESS"}


async def test_a_run_that_succeeded_is_not_repeated_from_its_failure() -> None:
    real = captured("reexec_success_from_failure")
    async with asking() as seen:
        params = {"parentRunId": seen.one(State.SUCCEEDED).id, "strategy": "FROM_FAILURE"}
        assert await seen.send(REEXECUTE, r=params) == (real["status"], real["body"])


async def test_a_step_that_no_job_has_cannot_be_repeated() -> None:
    real = captured("error_reexec_bad_step")
    async with asking() as seen:
        run = seen.one(State.SUCCEEDED)
        params: dict[str, Any] = {
            "selector": {
                "repositoryLocationName": "demo",
                "repositoryName": "__repository__",
                "jobName": run.workflow.name,
            },
            "stepKeys": ["nope"],
            "executionMetadata": {"parentRunId": run.id, "rootRunId": run.id},
        }
        assert await seen.send(EXECUTE, p=params) == (real["status"], real["body"])
        params["selector"]["jobName"] = "elsewhere"
        status, body = await seen.send(EXECUTE, p=params)
        assert status == 200
        assert body["data"]["launchRunReexecution"]["__typename"] == "PipelineNotFoundError"


async def test_a_run_that_is_ended_is_told_as_it_was_before() -> None:
    async with asking() as seen:
        run = seen.one(State.RUNNING)
        told = await seen.told(TERMINATE, id=run.id, p="SAFE_TERMINATE")
        assert told["run"] == {"status": "STARTED", "canTerminate": True}
        assert (await seen.told(RUN, id=run.id))["status"] == "CANCELING"
        refused = await seen.told(TERMINATE, id=run.id, p="SAFE_TERMINATE")
        assert "due to having status CANCELING" in refused["message"]
        seen.clock.instant += timedelta(seconds=10)
        assert (await seen.told(RUN, id=run.id))["status"] == "CANCELED"


async def test_a_repeated_run_names_its_parent_and_its_root() -> None:
    async with asking() as seen:
        run = seen.one(State.FAILED)
        params = {"parentRunId": run.id, "strategy": "FROM_FAILURE"}
        made = (await seen.told(REEXECUTE, r=params))["run"]
        tags = {tag["key"]: tag["value"] for tag in made["tags"]}
    assert made["rootRunId"] == made["parentRunId"] == run.id
    assert tags["dagster/parent_run_id"] == tags["dagster/root_run_id"] == run.id


async def test_pages_go_on_after_a_run_and_end_after_one_that_is_not_there() -> None:
    async with asking() as seen:
        whole = await seen.told(RUNS)
        assert len(whole["results"]) == whole["count"] == 200
        page = await seen.told(RUNS, n=3, cur=whole["results"][4]["id"])
        assert page["results"] == whole["results"][5:8]
        assert (await seen.told(RUNS, n=3, cur="nope")) == {**whole, "results": []}


@pytest.mark.parametrize(
    "filter_",
    [{"statuses": []}, {"runIds": []}, {"createdAfter": 0}, {"tags": []}],
)
async def test_an_empty_filter_is_no_filter(filter_: dict[str, Any]) -> None:
    async with asking() as seen:
        assert (await seen.told(RUNS, f=filter_, n=1))["count"] == 200


async def test_times_are_bounds_that_are_not_reached() -> None:
    async with asking() as seen:
        runs = seen.world.runs(NOON)
        at = runs[50].created.timestamp()
        later = await seen.told(RUNS, f={"createdAfter": at})
        earlier = await seen.told(RUNS, f={"createdBefore": at})
    assert [run["id"] for run in later["results"]] == [run.id for run in runs[:50]]
    assert [run["id"] for run in earlier["results"]] == [run.id for run in runs[51:]]


async def test_of_two_values_for_one_tag_the_last_one_counts() -> None:
    key = "dagster/code_location"
    async with asking() as seen:
        for values, count in ((("x", "demo"), 200), (("demo", "x"), 0)):
            tags = [{"key": key, "value": value} for value in values]
            assert (await seen.told(RUNS, f={"tags": tags}, n=1))["count"] == count


async def test_a_log_goes_on_after_its_cursor() -> None:
    real = data("logs_first")["logsForRun"]
    async with asking() as seen:
        run = seen.one(State.SUCCEEDED)
        first = await seen.told(LOGS, id=run.id, n=10)
        rest = await seen.told(LOGS, id=run.id, cur=first["cursor"])
        whole = await seen.told(LOGS, id=run.id)
        counted = base64.b64encode(b'{"type": "OFFSET", "value": 4}').decode()
        after = await seen.told(LOGS, id=run.id, cur=counted, n=2)
        status, bad = await seen.send(LOGS, id=run.id, cur="nope")
    assert first["cursor"] == real["cursor"]
    assert shape(first["events"][0]) == shape(real["events"][0])
    assert first["events"][0]["eventType"] == real["events"][0]["eventType"]
    assert [first["hasMore"], rest["hasMore"]] == [True, False]
    assert [*first["events"], *rest["events"]] == whole["events"]
    assert after["events"] == whole["events"][4:6]
    assert (status, bad["data"]["logsForRun"]["__typename"]) == (500, "PythonError")


async def test_other_requests() -> None:
    async with asking() as seen:
        got = await seen.client.get("/graphql")
        assert (got.status_code, got.text) == (400, "No GraphQL query found in the request")
        empty = await seen.client.post("/graphql", json={})
        assert (empty.status_code, empty.text) == (400, got.text)
        torn = await seen.client.post("/graphql", content=b"{")
        assert torn.status_code == 400
        info = (await seen.client.get("/server_info")).json()
        assert info["dagster_version"] == "1.13.27"


async def test_the_websocket_answers_with_the_old_protocol_whatever_is_wished_for() -> None:
    upgrade = {
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": base64.b64encode(b"0" * 16).decode(),
        "sec-websocket-protocol": "graphql-transport-ws",
    }
    async with asking() as seen:
        answer = await seen.client.get("/graphql", headers=upgrade)
    assert answer.headers["sec-websocket-protocol"] == "graphql-ws"


async def test_the_first_that_is_pushed_is_all_there_was() -> None:
    query = """
    subscription S($id: ID!, $after: String) { pipelineRunLogs(runId: $id, cursor: $after) {
      __typename ... on PipelineRunLogsSubscriptionSuccess {
        run { runId status } hasMorePastEvents cursor
        messages { __typename ... on MessageEvent { message } } } } }
    """
    async with asking() as seen:
        run = seen.one(State.SUCCEEDED)
        payload = {"query": query, "variables": {"id": run.id}}
        url = seen.server.urls["dagster"].replace("http", "ws", 1)
        opening = connect(f"{url}/graphql", subprotocols=[Subprotocol("graphql-ws")])
        async with opening as socket, asyncio.timeout(PATIENCE):
            await socket.send('{"type": "connection_init", "payload": {}}')
            assert json.loads(await socket.recv()) == {"type": "connection_ack"}
            await socket.send(json.dumps({"id": "1", "type": "start", "payload": payload}))
            told = json.loads(await socket.recv())
        whole = await seen.told(LOGS, id=run.id)
    logs = told["payload"]["data"]["pipelineRunLogs"]
    assert (told["type"], told["id"]) == ("data", "1")
    assert len(logs["messages"]) == len(whole["events"])
    assert logs["cursor"] == whole["cursor"]
    assert logs["run"]["status"] == "SUCCESS"
