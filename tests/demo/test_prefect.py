import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from runs_tui.demo.server import DemoServer, Settings
from runs_tui.model.clock import SetClock
from runs_tui.model.state import State

EPOCH = datetime(2026, 6, 2, 9, 13, 0, 250_000, tzinfo=UTC)
NOBODY = "00000000-0000-0000-0000-000000000000"
PATIENCE = 5.0

FLOW_RUN = {
    "id", "created", "updated", "name", "flow_id", "state_id", "deployment_id",
    "deployment_version", "work_queue_id", "work_queue_name", "flow_version", "parameters",
    "idempotency_key", "context", "empirical_policy", "tags", "labels", "parent_task_run_id",
    "state_type", "state_name", "run_count", "expected_start_time", "next_scheduled_start_time",
    "start_time", "end_time", "total_run_time", "estimated_run_time",
    "estimated_start_time_delta", "auto_scheduled", "infrastructure_document_id",
    "infrastructure_pid", "created_by", "work_pool_id", "work_pool_name", "state",
    "job_variables",
}  # fmt: skip
STATE = {"id", "type", "name", "timestamp", "message", "data", "state_details"}
STATE_DETAILS = {
    "flow_run_id", "task_run_id", "child_flow_run_id", "scheduled_time", "cache_key",
    "cache_expiration", "deferred", "untrackable_result", "pause_timeout", "pause_reschedule",
    "pause_key", "run_input_keyset", "refresh_cache", "retriable", "transition_id",
    "task_parameters_id", "traceparent", "deployment_concurrency_lease_id",
}  # fmt: skip
SHORT_TASK_RUN = {
    "id", "created", "updated", "name", "flow_run_id", "task_key", "state_id", "state",
    "task_version", "task_inputs", "empirical_policy", "tags", "start_time", "end_time",
    "total_run_time", "estimated_run_time", "estimated_start_time_delta",
}  # fmt: skip
TASK_RUN = SHORT_TASK_RUN | {
    "dynamic_key", "cache_key", "cache_expiration", "labels", "state_type", "state_name",
    "run_count", "flow_run_run_count", "expected_start_time", "next_scheduled_start_time",
}  # fmt: skip
LOG = {
    "id", "created", "updated", "name", "level", "message", "timestamp", "flow_run_id",
    "task_run_id",
}  # fmt: skip
EVENT = {"occurred", "event", "resource", "related", "payload", "id", "follows", "received"}
RESOURCE = {
    "prefect.resource.id", "prefect.resource.name", "prefect.run-count", "prefect.state-message",
    "prefect.state-name", "prefect.state-timestamp", "prefect.state-type",
}  # fmt: skip
NODE = {
    "kind", "id", "label", "state_type", "start_time", "end_time", "parents", "children",
    "encapsulating", "artifacts",
}  # fmt: skip
GRAPH = {"start_time", "end_time", "root_node_ids", "nodes", "artifacts", "states"}
FLOW = {"id", "created", "updated", "name", "tags", "labels"}
DEPLOYMENT = {
    "id", "created", "updated", "name", "version", "description", "flow_id", "paused",
    "schedules", "concurrency_limit", "global_concurrency_limit", "concurrency_options",
    "job_variables", "parameters", "tags", "labels", "work_queue_name", "work_queue_id",
    "last_polled", "parameter_openapi_schema", "path", "pull_steps", "entrypoint",
    "storage_document_id", "infrastructure_document_id", "created_by", "updated_by",
    "work_pool_name", "status", "enforce_parameter_schema",
}  # fmt: skip
FINAL = ["COMPLETED", "FAILED", "CANCELLED", "CRASHED"]
NEWEST = "EXPECTED_START_TIME_DESC"

Json = dict[str, Any]


class Api:
    """A demo server, its clock, and a client of it."""

    def __init__(self, server: DemoServer, clock: SetClock, http: httpx.AsyncClient) -> None:
        self.server = server
        self.clock = clock
        self.http = http

    @property
    def world(self) -> Any:
        return self.server.worlds["prefect"]

    def wait(self, **passed: float) -> None:
        self.clock.instant += timedelta(**passed)

    async def get(self, path: str, **params: str) -> Any:
        answer = await self.http.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, **body: Any) -> Any:
        answer = await self.http.post(path, json=body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    async def runs(self, **flow_runs: Any) -> list[Json]:
        found: list[Json] = []
        while True:
            rows = await self.post(
                "flow_runs/filter", sort=NEWEST, offset=len(found), flow_runs=flow_runs
            )
            found += rows
            if not rows:
                return found

    async def one(self, want: Callable[[Json], bool], **flow_runs: Any) -> Json:
        return next(run for run in await self.runs(**flow_runs) if want(run))

    async def run(self, run_id: str) -> Json:
        found: Json = await self.get(f"flow_runs/{run_id}")
        return found

    async def tasks(self, run_id: str) -> list[Json]:
        found: list[Json] = await self.post(
            "task_runs/filter",
            flow_runs={"id": {"any_": [run_id]}},
            sort="EXPECTED_START_TIME_ASC",
        )
        return found

    async def logs(self, run_id: str, **logs: Any) -> list[Json]:
        asked = {"flow_run_id": {"any_": [run_id]}, **logs}
        found: list[Json] = await self.post("logs/filter", logs=asked, sort="TIMESTAMP_ASC")
        return found

    async def set_state(self, run_id: str, **body: Any) -> httpx.Response:
        return await self.http.post(f"flow_runs/{run_id}/set_state", json=body)

    async def cancel(self, run_id: str) -> httpx.Response:
        return await self.set_state(run_id, state={"type": "CANCELLING"})

    async def retry(self, run_id: str) -> httpx.Response:
        return await self.set_state(run_id, state={"type": "SCHEDULED", "name": "AwaitingRetry"})

    @asynccontextmanager
    async def socket(
        self, path: str, asked: Json | None = None, token: str | None = None, **more: Any
    ) -> AsyncIterator[ClientConnection]:
        url = self.server.urls["prefect"].replace("http://", "ws://", 1)
        async with connect(f"{url}/{path}", subprotocols=[Subprotocol("prefect")]) as socket:
            await socket.send(json.dumps({"type": "auth", "token": token}))
            if asked is not None:
                assert await heard(socket) == {"type": "auth_success"}
                await socket.send(json.dumps({"type": "filter", "filter": asked, **more}))
            yield socket


async def heard(socket: ClientConnection) -> Json:
    async with asyncio.timeout(PATIENCE):
        message: Json = json.loads(await socket.recv())
        return message


async def silent(socket: ClientConnection) -> bool:
    try:
        async with asyncio.timeout(0.5):
            await socket.recv()
    except TimeoutError:
        return True
    return False


@asynccontextmanager
async def serving(**settings: Any) -> AsyncIterator[Api]:
    clock = SetClock(EPOCH)
    hostile = settings.pop("hostile", False)
    credential = settings.pop("credential", None)
    chosen = {"prefect": Settings(credential, settings)}
    server = DemoServer(["prefect"], runs=400, clock=clock, hostile=hostile, settings=chosen)
    async with server, httpx.AsyncClient(base_url=server.urls["prefect"]) as http:
        yield Api(server, clock, http)


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def seen() -> AsyncIterator[Api]:
    """A server to which nothing is done, at an instant that stays."""
    async with serving() as api:
        yield api


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    async with serving() as api:
        yield api


def deployed(run: Json) -> bool:
    return run["deployment_id"] is not None


def anything(_: Json) -> bool:
    return True


def types(*names: str) -> Json:
    return {"type": {"any_": list(names)}}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


# what answers look like


async def test_flow_runs_have_the_fields_of_the_real_ones(seen: Api) -> None:
    for run in await seen.runs():
        assert run.keys() == FLOW_RUN
        assert run["state"].keys() == STATE
        assert run["state"]["state_details"].keys() == STATE_DETAILS
        assert run["state_id"] == run["state"]["id"]
        assert (run["state_type"], run["state_name"]) == (
            run["state"]["type"],
            run["state"]["name"],
        )


async def test_task_runs_have_the_fields_of_the_real_ones(seen: Api) -> None:
    run = await seen.one(deployed, state=types("FAILED"))
    tasks = await seen.tasks(run["id"])
    assert tasks
    assert all(task.keys() == TASK_RUN for task in tasks)
    assert all(task["state"].keys() == STATE for task in tasks)
    asked = {"flow_runs": {"id": {"any_": [run["id"]]}}}
    page = await seen.post("task_runs/paginate", limit=2, page=1, **asked)
    assert page["results"][0].keys() == SHORT_TASK_RUN
    assert page["count"] == len(tasks) == await seen.post("task_runs/count", **asked)
    assert await seen.get(f"task_runs/{tasks[0]['id']}") == tasks[0]


async def test_task_runs_are_named_after_their_task(seen: Api) -> None:
    run = await seen.one(deployed, state=types("COMPLETED"))
    for task in await seen.tasks(run["id"]):
        name, _, digits = task["name"].rpartition("-")
        assert len(digits) == 3
        assert task["dynamic_key"].startswith(digits)
        assert name.startswith(task["task_key"].rpartition("-")[0])


async def test_flows_and_deployments_have_the_fields_of_the_real_ones(seen: Api) -> None:
    flows = await seen.post("flows/filter", limit=200)
    deployments = await seen.post("deployments/filter")
    assert all(flow.keys() == FLOW for flow in flows)
    assert all(deployment.keys() == DEPLOYMENT for deployment in deployments)
    assert {run["flow_id"] for run in await seen.runs()} <= {flow["id"] for flow in flows}
    assert await seen.get(f"flows/{flows[0]['id']}") == flows[0]
    assert await seen.get(f"deployments/{deployments[0]['id']}") == deployments[0]
    asked = {"name": {"any_": [flows[0]["name"]]}}
    assert await seen.post("flows/filter", flows=asked) == [flows[0]]


async def test_the_server_tells_that_it_is_well(seen: Api) -> None:
    assert await seen.get("health") is True
    assert await seen.get("ready") == {"message": "OK"}
    assert await seen.get("admin/version") == "3.8.8"


async def test_states_have_the_words_of_the_real_ones(seen: Api) -> None:
    words = Counter((run["state_type"], run["state_name"]) for run in await seen.runs())
    assert words.keys() <= {
        ("SCHEDULED", "Scheduled"),
        ("SCHEDULED", "Late"),
        ("SCHEDULED", "AwaitingRetry"),
        ("RUNNING", "Running"),
        ("PAUSED", "Paused"),
        ("COMPLETED", "Completed"),
        ("FAILED", "Failed"),
        ("FAILED", "TimedOut"),
        ("CRASHED", "Crashed"),
        ("CANCELLED", "Cancelled"),
    }
    assert {"SCHEDULED", "RUNNING", "PAUSED", "COMPLETED", "FAILED"} <= {kind for kind, _ in words}


async def test_a_foreign_word_stands_for_type_and_name() -> None:
    async with serving(hostile=True) as api:
        run = await api.one(lambda run: run["state_type"] == "frobnicating" and run["end_time"])
        assert run["state_name"] == "frobnicating"
        assert (await api.tasks(run["id"]))[0]["state_name"] == "frobnicating"
        assert (await api.cancel(run["id"])).json()["status"] == "ABORT"
        assert (await api.retry(run["id"])).json()["status"] == "ACCEPT"


async def test_cyclic_and_orphaned_steps_are_told_as_they_are() -> None:
    async with serving(hostile=True) as api:
        flow = (await api.post("flows/filter", flows={"name": {"any_": ["circular"]}}))[0]
        run = await api.one(lambda run: run["flow_id"] == flow["id"] and run["end_time"])
        labels = Counter(task["task_key"].split("-")[0] for task in await api.tasks(run["id"]))
        assert {"start", "orphan", "narcissus"} <= labels.keys()
        assert len((await api.get(f"flow_runs/{run['id']}/graph-v2"))["nodes"]) == labels.total()


async def test_a_run_tells_the_states_it_went_through(seen: Api) -> None:
    run = await seen.one(deployed, state=types("COMPLETED"))
    states = await seen.get("flow_run_states/", flow_run_id=run["id"])
    names = [state["name"] for state in states if state["name"] != "Late"]
    assert names == ["Scheduled", "Pending", "Submitting", "Running", "Completed"]
    assert states[-1] == run["state"]
    assert states == sorted(states, key=lambda state: state["timestamp"])


async def test_a_task_tells_the_states_it_went_through(seen: Api) -> None:
    run = await seen.one(deployed, state=types("COMPLETED"))
    for task in await seen.tasks(run["id"]):
        states = await seen.get("task_run_states/", task_run_id=task["id"])
        names = [state["name"] for state in states]
        assert names[:2] == ["Pending", "Running"]
        assert states[-1] == task["state"]
        assert task["run_count"] == 1 + names.count("Retrying")


async def test_steps_behind_a_failure_are_not_ready(seen: Api) -> None:
    tasks: dict[str, Json] = {}
    for run in await seen.runs(state=types("FAILED", "CRASHED")):
        tasks |= {task["id"]: task for task in await seen.tasks(run["id"])}
    behind = [task for task in tasks.values() if task["state_name"] == "NotReady"]
    assert behind
    for task in behind:
        blocker = task["state"]["message"].split("'")[1]
        assert tasks[blocker]["state_type"] != "COMPLETED"
        assert task["state_type"] == "PENDING"
        assert task["run_count"] == task["flow_run_run_count"] == 0


async def test_a_killed_process_is_a_crash(seen: Api) -> None:
    for run in await seen.runs(state=types("FAILED", "CRASHED")):
        killed = "killed" in run["state"]["message"]
        assert (run["state_name"] == "Crashed") is killed


# who may ask


async def test_a_credential_guards_all_but_the_health() -> None:
    async with serving(credential="ann:secret") as api:
        for path in ("health", "ready"):
            assert (await api.http.get(path)).status_code == 200
        for auth in (None, ("ann", "wrong")):
            answer = await api.http.get("admin/version", auth=auth)
            assert answer.status_code == 401
            assert answer.json() == {"exception_message": "Unauthorized"}
        assert (await api.http.get("admin/version", auth=("ann", "secret"))).json() == "3.8.8"


# what is refused


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("GET", f"flow_runs/{NOBODY}", 404, {"detail": "Flow run not found"}),
        ("GET", "flow_runs/nope", 404, {"detail": "Not Found"}),
        ("GET", "nope", 404, {"detail": "Not Found"}),
        ("GET", "flow_runs/filter", 405, {"detail": "Method Not Allowed"}),
        ("GET", f"flows/{NOBODY}", 404, {"detail": "Flow not found"}),
        ("GET", f"deployments/{NOBODY}", 404, {"detail": "Deployment not found"}),
    ],
)
async def test_what_is_not_there(
    seen: Api, method: str, path: str, status: int, body: object
) -> None:
    answer = await seen.http.request(method, path)
    assert (answer.status_code, answer.json()) == (status, body)


async def test_a_state_cannot_be_set_where_there_is_no_run(api: Api) -> None:
    answer = await api.cancel(NOBODY)
    assert answer.status_code == 404
    assert answer.json() == {"exception_message": f"Flow run with id {NOBODY} not found"}


@pytest.mark.parametrize("path", ["flow_runs/filter", "flow_runs/paginate", "logs/filter"])
async def test_more_than_200_rows_are_refused(seen: Api, path: str) -> None:
    answer = await seen.http.post(path, json={"limit": 201})
    assert answer.status_code == 422
    assert answer.json() == {"detail": "Invalid limit: must be less than or equal to 200."}


@pytest.mark.parametrize(
    ("path", "body", "kind", "place"),
    [
        ("flow_runs/filter", {"limit": None}, "int_type", ["body", "limit"]),
        ("flow_runs/filter", {"limit": -1}, "greater_than_equal", ["body", "limit"]),
        ("flow_runs/filter", {"sort": "NEWEST"}, "enum", ["body", "sort"]),
        ("flow_runs/paginate", {"page": 0}, "greater_than_equal", ["body", "page"]),
        (
            "flow_runs/filter",
            {"flow_runs": {"bogus": 1}, "limit": 1},
            "extra_forbidden",
            ["body", "flow_runs"],
        ),
        (
            "flow_runs/filter",
            {"flow_runs": {"state": {"type": {"any_": ["BOGUS"]}}}},
            "enum",
            ["body", "flow_runs"],
        ),
        (
            "flow_runs/filter",
            {"flow_runs": {"id": {"any_": ["nope"]}}},
            "uuid_parsing",
            ["body", "flow_runs"],
        ),
        (
            "task_runs/filter",
            {"task_runs": {"start_time": {"after_": "soon"}}},
            "datetime_parsing",
            ["body", "task_runs"],
        ),
        ("logs/filter", {"logs": {"level": {"ge_": "INFO"}}}, "int_type", ["body", "logs"]),
        ("events/filter", {"limit": 51}, "less_than_equal", ["body", "limit"]),
        ("events/filter", {"filter": {"bogus": 1}}, "extra_forbidden", ["body", "filter"]),
        (f"flow_runs/{NOBODY}/set_state", {"state": {"type": "NOPE"}}, "enum", ["body", "state"]),
    ],
)
async def test_what_is_wrong_is_named(
    seen: Api, path: str, body: Json, kind: str, place: list[str]
) -> None:
    answer = await seen.http.post(path, json=body)
    assert answer.status_code == 422
    refusal = answer.json()
    assert refusal["exception_message"] == "Invalid request received."
    assert refusal["request_body"] == body
    (entry,) = refusal["exception_detail"]
    assert (entry["type"], entry["loc"]) == (kind, place)
    assert {"msg", "input"} <= entry.keys()


async def test_an_unknown_state_type_is_answered_with_every_known_one(seen: Api) -> None:
    body = {"flow_runs": {"state": {"type": {"any_": ["BOGUS"]}}}}
    answer = await seen.http.post("flow_runs/filter", json=body)
    known = (
        "'SCHEDULED', 'PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED', "
        "'PAUSED' or 'CANCELLING'"
    )
    assert answer.json()["exception_detail"] == [
        {
            "type": "enum",
            "loc": ["body", "flow_runs"],
            "msg": f"Input should be {known}",
            "input": "BOGUS",
            "ctx": {"expected": known},
        }
    ]


async def test_unknown_fields_beside_the_filters_are_ignored(seen: Api) -> None:
    assert len(await seen.post("flow_runs/filter", bogus=1, limit=1)) == 1


async def test_searching_in_logs_fails_as_on_an_old_sqlite(seen: Api) -> None:
    answer = await seen.http.post("logs/filter", json={"logs": {"text": {"query": "row"}}})
    assert answer.status_code == 500
    assert answer.json() == {"exception_message": "Internal Server Error"}


# filters, orders and pages


async def test_runs_are_filtered_by_state(seen: Api) -> None:
    everything = await seen.runs()
    failed = await seen.runs(state=types("FAILED", "CRASHED"))
    others = await seen.runs(state={"type": {"not_any_": ["FAILED", "CRASHED"]}})
    timed_out = await seen.runs(state={"name": {"any_": ["TimedOut"]}})
    assert {run["state_type"] for run in failed} == {"FAILED", "CRASHED"}
    assert len(failed) + len(others) == len(everything)
    assert {run["state_name"] for run in timed_out} <= {"TimedOut"}


async def test_runs_are_filtered_by_name_flow_tag_and_id(seen: Api) -> None:
    everything = await seen.runs()
    run = everything[-1]
    part = run["name"][2:7].upper()
    found = await seen.runs(name={"like_": part})
    assert found == [each for each in everything if part.lower() in each["name"]]
    assert run in await seen.runs(name={"any_": [run["name"]]})
    assert await seen.runs(id={"any_": [run["id"]]}) == [run]
    tagged = await seen.runs(tags={"all_": run["tags"][:1]})
    assert tagged == [each for each in everything if run["tags"][0] in each["tags"]]
    flow = await seen.get(f"flows/{run['flow_id']}")
    for asked in ({"id": {"any_": [flow["id"]]}}, {"name": {"like_": flow["name"]}}):
        count = await seen.post("flow_runs/count", flows=asked)
        assert count == sum(each["flow_id"] == flow["id"] for each in everything)


async def test_times_are_inclusive_and_nothing_is_outside(seen: Api) -> None:
    everything = await seen.runs()
    middle = everything[len(everything) // 2]["start_time"]
    after = await seen.runs(start_time={"after_": middle})
    before = await seen.runs(start_time={"before_": middle})
    missing = await seen.runs(start_time={"is_null_": True})
    present = await seen.runs(start_time={"is_null_": False})
    assert middle in {run["start_time"] for run in after} & {run["start_time"] for run in before}
    assert len(after) + len(before) == len(present) + 1
    assert len(missing) + len(present) == len(everything)


async def test_fields_are_joined_by_and_unless_told_otherwise(seen: Api) -> None:
    asked = {"state": types("FAILED"), "deployment_id": {"is_null_": True}}
    both = await seen.runs(**asked)
    either = await seen.runs(operator="or_", **asked)
    assert all(run["state_type"] == "FAILED" and not deployed(run) for run in both)
    assert all(run["state_type"] == "FAILED" or not deployed(run) for run in either)
    assert len(either) > len(both)


async def test_every_run_is_a_top_level_one(seen: Api) -> None:
    runs = await seen.runs()
    assert await seen.runs(parent_task_run_id={"is_null_": True}) == runs
    assert await seen.runs(parent_flow_run_id={"any_": [runs[0]["id"]]}) == []


async def test_runs_of_a_deployment(seen: Api) -> None:
    run = await seen.one(deployed, state=types("COMPLETED"))
    name = (await seen.get(f"deployments/{run['deployment_id']}"))["name"]
    found = await seen.runs(deployment_id={"any_": [run["deployment_id"]]})
    count = await seen.post("flow_runs/count", deployments={"name": {"any_": [name]}})
    assert run in found
    assert len(found) == count


async def test_runs_with_a_task(seen: Api) -> None:
    run = await seen.one(deployed, state=types("COMPLETED"))
    task = (await seen.tasks(run["id"]))[0]
    asked = {"id": {"any_": [task["id"]]}}
    found = await seen.post(
        "flow_runs/filter", task_runs=asked, flow_runs={"name": {"any_": [run["name"]]}}
    )
    assert [each["id"] for each in found] == [run["id"]]
    assert await seen.post("task_runs/filter", task_runs=asked) == [task]


@pytest.mark.parametrize(
    ("sort", "field", "backwards"),
    [
        ("ID_DESC", "id", True),
        ("EXPECTED_START_TIME_ASC", "expected_start_time", False),
        ("EXPECTED_START_TIME_DESC", "expected_start_time", True),
        ("NAME_ASC", "name", False),
        ("NAME_DESC", "name", True),
    ],
)
async def test_orders(seen: Api, sort: str, field: str, backwards: bool) -> None:
    rows = await seen.post("flow_runs/filter", sort=sort)
    values = [row[field] for row in rows]
    assert values == sorted(values, reverse=backwards)


async def test_without_an_order_runs_are_ordered_by_id(seen: Api) -> None:
    assert await seen.post("flow_runs/filter") == await seen.post(
        "flow_runs/filter", sort="ID_DESC"
    )


async def test_the_future_comes_first_in_both_orders_by_time(seen: Api) -> None:
    now = seen.clock.now()
    for sort in ("START_TIME_DESC", NEWEST):
        rows = await seen.post("flow_runs/filter", sort=sort)
        future = [at(row["expected_start_time"]) > now for row in rows]
        assert future[0]
        assert future == sorted(future, reverse=True)
        first = rows[0]
        assert (first["state_name"], first["auto_scheduled"]) == ("Scheduled", True)
        assert first["next_scheduled_start_time"] == first["expected_start_time"]
        assert await seen.run(first["id"]) == first


async def test_the_future_can_be_left_out() -> None:
    async with serving(upcoming=False) as api:
        now = api.clock.now()
        assert await api.post("flow_runs/count") == len(api.world.runs(now))


async def test_pages_hold_every_run_once(seen: Api) -> None:
    whole = [run["id"] for run in await seen.runs()]
    found: list[str] = []
    page = await seen.post("flow_runs/paginate", limit=70, sort=NEWEST)
    for number in range(1, page["pages"] + 1):
        page = await seen.post("flow_runs/paginate", limit=70, page=number, sort=NEWEST)
        assert (page["count"], page["limit"], page["page"]) == (len(whole), 70, number)
        found += [run["id"] for run in page["results"]]
    assert found == whole
    beyond = await seen.post("flow_runs/paginate", limit=70, page=page["pages"] + 1)
    assert beyond["results"] == []


async def test_the_chart_counts_every_run(seen: Api) -> None:
    end = seen.clock.now()
    start = end - timedelta(days=30)
    bins = await seen.post(
        "flow_runs/history",
        history_start=start.isoformat(),
        history_end=end.isoformat(),
        history_interval_seconds=86400,
    )
    counted = sum(state["count_runs"] for each in bins for state in each["states"])
    past = await seen.runs(expected_start_time={"before_": end.isoformat()})
    assert len(bins) == 30
    assert counted == len(past)


async def test_task_runs_are_counted_for_many_runs(seen: Api) -> None:
    runs = (await seen.runs(state=types("COMPLETED")))[:5]
    ids = [run["id"] for run in runs]
    counts = await seen.post("ui/flow_runs/count-task-runs", flow_run_ids=ids)
    assert counts == {run_id: len(await seen.tasks(run_id)) for run_id in ids}


# asking for another state


async def test_a_running_run_is_cancelling_and_then_cancelled(api: Api) -> None:
    run = await api.one(deployed, state=types("RUNNING"))
    answer = await api.set_state(
        run["id"], state={"type": "CANCELLING", "name": "Cancelling", "message": "enough"}
    )
    assert answer.status_code == 201
    body = answer.json()
    assert body["state"].keys() == STATE
    assert (body["status"], body["details"]) == ("ACCEPT", {"type": "accept_details"})
    assert (body["state"]["type"], body["state"]["message"]) == ("CANCELLING", "enough")
    assert (await api.run(run["id"]))["state"] == body["state"]
    api.wait(seconds=4)
    after = await api.run(run["id"])
    assert after["state_type"] == "CANCELLED"
    assert after["state"]["message"] == "Flow run was cancelled successfully."
    assert after["end_time"]
    names = [s["name"] for s in await api.get("flow_run_states/", flow_run_id=run["id"])]
    assert names[-3:] == ["Running", "Cancelling", "Cancelled"]
    crashed = [task for task in await api.tasks(run["id"]) if task["state_type"] == "CRASHED"]
    assert crashed
    assert crashed[0]["state"]["message"] == "Execution was aborted by a termination signal."


async def test_a_scheduled_run_is_rejected_into_cancelled(api: Api) -> None:
    for run in await api.runs(state=types("SCHEDULED")):
        answer = await api.cancel(run["id"])
        assert answer.status_code == 201
        body = answer.json()
        assert (body["status"], body["state"]["type"]) == ("REJECT", "CANCELLED")
        assert body["details"] == {
            "type": "reject_details",
            "reason": "Scheduled flow run has no infrastructure to terminate.",
        }
        assert (await api.run(run["id"]))["state"] == body["state"]


@pytest.mark.parametrize("kind", FINAL)
async def test_a_finished_run_cannot_be_cancelled(api: Api, kind: str) -> None:
    api.wait(hours=12)
    run = await api.one(anything, state=types(kind))
    answer = await api.cancel(run["id"])
    assert answer.status_code == 200
    assert answer.json() == {
        "state": run["state"],
        "status": "ABORT",
        "details": {
            "type": "abort_details",
            "reason": f"Run is already in terminal state {kind}.",
        },
    }


async def test_a_run_from_a_script_stays_cancelling_for_ever(api: Api) -> None:
    run = await api.one(lambda run: not deployed(run), state=types("RUNNING", "PAUSED"))
    assert (await api.cancel(run["id"])).json()["status"] == "ACCEPT"
    api.wait(hours=6)
    assert api.world.run(run["id"], api.clock.now()).state.terminal
    stuck = await api.run(run["id"])
    assert (stuck["state_type"], stuck["end_time"]) == ("CANCELLING", None)
    forced = await api.set_state(run["id"], state={"type": "CANCELLED"}, force=True)
    assert forced.json()["status"] == "ACCEPT"
    assert (await api.run(run["id"]))["state_type"] == "CANCELLED"


@pytest.mark.parametrize("kind", ["COMPLETED", "FAILED"])
async def test_a_retry_is_another_attempt_of_the_same_run(api: Api, kind: str) -> None:
    run = await api.one(lambda run: deployed(run) and run["run_count"] == 1, state=types(kind))
    before = await api.tasks(run["id"])
    answer = await api.set_state(
        run["id"], state={"type": "SCHEDULED", "name": "AwaitingRetry", "message": "once more"}
    )
    assert answer.status_code == 201
    body = answer.json()
    assert body["status"] == "ACCEPT"
    assert (body["state"]["name"], body["state"]["message"]) == ("AwaitingRetry", "once more")
    assert body["state"]["state_details"]["scheduled_time"]
    waiting = await api.run(run["id"])
    assert (waiting["state_name"], waiting["end_time"]) == ("AwaitingRetry", None)
    api.wait(hours=3)
    after = await api.run(run["id"])
    assert after["run_count"] == 2
    assert after["total_run_time"] > run["total_run_time"]
    tasks = await api.tasks(run["id"])
    assert {task["id"] for task in before} < {task["id"] for task in tasks}
    assert {task["flow_run_run_count"] for task in tasks} - {0} >= {1}
    nodes = (await api.get(f"flow_runs/{run['id']}/graph-v2"))["nodes"]
    assert len(nodes) == len(tasks)


async def test_some_flows_keep_the_results_of_their_tasks(api: Api) -> None:
    for run in filter(deployed, await api.runs(state=types("FAILED", "CRASHED", "CANCELLED"))):
        await api.retry(run["id"])
    api.wait(hours=3)
    tasks = [
        task
        for run in filter(deployed, await api.runs())
        if run["run_count"] > 1
        for task in await api.tasks(run["id"])
    ]
    cached = [task for task in tasks if task["state_name"] == "Cached"]
    assert cached
    assert {(task["state_type"], task["run_count"]) for task in cached} == {("COMPLETED", 0)}
    assert len({task["id"] for task in tasks}) == len(tasks)


async def test_a_run_from_a_script_cannot_be_retried(api: Api) -> None:
    run = await api.one(lambda run: not deployed(run), state=types(*FINAL))
    answer = await api.retry(run["id"])
    assert answer.status_code == 200
    assert answer.json() == {
        "state": run["state"],
        "status": "ABORT",
        "details": {
            "type": "abort_details",
            "reason": "Cannot reschedule a run without an associated deployment.",
        },
    }


async def test_a_run_before_its_time_has_to_wait(api: Api) -> None:
    run = await api.one(lambda run: at(run["expected_start_time"]) > api.clock.now())
    answer = await api.set_state(run["id"], state={"type": "RUNNING"})
    body = answer.json()
    assert (answer.status_code, body["status"]) == (200, "WAIT")
    assert body["details"]["delay_seconds"] > 0


async def test_every_wish_can_be_made_to_wait() -> None:
    async with serving(wait_seconds=7) as api:
        run = await api.one(deployed, state=types("RUNNING"))
        body = (await api.cancel(run["id"])).json()
        assert (body["status"], body["details"]["delay_seconds"]) == ("WAIT", 7)
        assert (await api.run(run["id"]))["state_type"] == "RUNNING"


async def test_a_deployment_is_launched(api: Api) -> None:
    old = await api.one(deployed, state=types("COMPLETED"))
    answer = await api.http.post(
        f"deployments/{old['deployment_id']}/create_flow_run",
        json={"parameters": {**old["parameters"], "n": 3}, "tags": ["b", "a"]},
    )
    assert answer.status_code == 201
    new = answer.json()
    assert new.keys() == FLOW_RUN
    assert new["id"] != old["id"]
    assert (new["state_name"], new["run_count"]) == ("Scheduled", 0)
    assert (new["flow_id"], new["deployment_id"]) == (old["flow_id"], old["deployment_id"])
    assert (new["parameters"], new["tags"]) == ({**old["parameters"], "n": 3}, ["a", "b"])
    api.wait(hours=3)
    assert (await api.run(new["id"]))["state_type"] in FINAL


# graph


async def test_the_graph_has_its_edges_both_ways(seen: Api) -> None:
    for run in (await seen.runs(state=types("COMPLETED", "FAILED")))[:20]:
        graph = await seen.get(f"flow_runs/{run['id']}/graph-v2")
        assert graph.keys() == GRAPH
        nodes = dict(graph["nodes"])
        assert all(node.keys() == NODE for node in nodes.values())
        down = {(p["id"], key) for key, node in nodes.items() for p in node["parents"]}
        up = {(key, child["id"]) for key, node in nodes.items() for child in node["children"]}
        assert down == up
        roots = {key for key, node in nodes.items() if not node["parents"]}
        assert roots == set(graph["root_node_ids"])
        inputs = {
            (source["id"], task["id"])
            for task in await seen.tasks(run["id"])
            for sources in task["task_inputs"].values()
            for source in sources
        }
        assert inputs == down
        assert [state["name"] for state in graph["states"]][-1] == run["state_name"]


async def test_the_graph_grows_while_the_run_goes(api: Api) -> None:
    runs = await api.runs(state=types("RUNNING"))
    sizes: dict[str, list[int]] = {run["id"]: [] for run in runs[:10]}
    for _ in range(5):
        for run_id, counts in sizes.items():
            counts.append(len((await api.get(f"flow_runs/{run_id}/graph-v2"))["nodes"]))
        api.wait(minutes=8)
    grown = [counts for counts in sizes.values() if counts[-1] > counts[0]]
    assert grown
    assert all(counts == sorted(counts) for counts in grown)


# logs


async def test_logs_are_the_lines_of_the_run(seen: Api) -> None:
    run = await seen.one(deployed, state=types("FAILED"))
    lines = [line for line in seen.world.lines(run["id"], seen.clock.now()) if line.kind == "log"]
    logs = await seen.logs(run["id"])
    assert all(log.keys() == LOG for log in logs)
    assert [log["message"] for log in logs] == [line.message for line in lines[:200]]
    assert {log["task_run_id"] for log in logs} <= {
        None,
        *(task["id"] for task in await seen.tasks(run["id"])),
    }
    assert {log["level"] for log in logs} <= {10, 20, 30, 40}


async def test_logs_are_filtered_and_paged(seen: Api) -> None:
    run = await seen.one(deployed, state=types("FAILED"))
    logs = await seen.logs(run["id"])
    errors = await seen.logs(run["id"], level={"ge_": 40})
    assert errors == [log for log in logs if log["level"] >= 40]
    assert errors
    task = errors[0]["task_run_id"]
    of_task = [log for log in logs if log["task_run_id"] == task]
    assert await seen.logs(run["id"], task_run_id={"any_": [task]}) == of_task
    assert await seen.post("logs/filter", logs={"task_run_id": {"any_": [task]}}) == of_task
    middle = logs[len(logs) // 2]["timestamp"]
    later = await seen.logs(run["id"], timestamp={"after_": middle})
    assert later == [log for log in logs if log["timestamp"] >= middle]
    asked = {"flow_run_id": {"any_": [run["id"]]}}
    pages = [
        await seen.post("logs/filter", logs=asked, limit=5, offset=offset, sort="TIMESTAMP_ASC")
        for offset in range(0, len(logs), 5)
    ]
    assert [log for page in pages for log in page] == logs
    newest = await seen.post("logs/filter", logs=asked, limit=1, sort="TIMESTAMP_DESC")
    assert newest[0]["timestamp"] == logs[-1]["timestamp"]


async def test_the_lines_of_tasks_can_land_late() -> None:
    async with serving(logs_late=2.0) as api:
        run = await api.one(deployed, state=types("RUNNING"))
        before = await api.logs(run["id"])
        horizon = api.clock.now() - timedelta(seconds=2)
        assert all(at(log["timestamp"]) <= horizon for log in before if log["task_run_id"])


# events


async def test_events_are_the_states_of_a_run_and_its_tasks(seen: Api) -> None:
    run = await seen.one(deployed, state=types("FAILED"))
    asked = {"any_resource": {"id": [f"prefect.flow-run.{run['id']}"]}, "order": "ASC"}
    page = await seen.post("events/filter", filter=asked, limit=50)
    events = page["events"]
    assert all(event.keys() == EVENT for event in events)
    assert all(event["resource"].keys() == RESOURCE for event in events)
    assert events == sorted(events, key=lambda event: event["occurred"])
    own = [event for event in events if event["event"].startswith("prefect.flow-run.")]
    states = await seen.get("flow_run_states/", flow_run_id=run["id"])
    assert [event["id"] for event in own] == [state["id"] for state in states]
    assert own[0]["follows"] is None
    assert own[1]["follows"] == own[0]["id"]
    assert own[1]["payload"]["intended"] == {"from": "SCHEDULED", "to": states[1]["type"]}
    tasks = {event["resource"]["prefect.resource.id"] for event in events} - {
        f"prefect.flow-run.{run['id']}"
    }
    assert tasks == {f"prefect.task-run.{task['id']}" for task in await seen.tasks(run["id"])}


async def test_events_come_in_pages(seen: Api) -> None:
    asked = {"event": {"prefix": ["prefect.flow-run."]}, "order": "DESC"}
    page = await seen.post("events/filter", filter=asked, limit=50)
    total, found = page["total"], list(page["events"])
    for _ in range(3):
        page = (await seen.http.get(page["next_page"])).json()
        found += page["events"]
    assert page["total"] == total > 200
    assert len({event["id"] for event in found}) == len(found) == 200
    times = [event["occurred"] for event in found]
    assert times == sorted(times, reverse=True)


def until_next_year() -> Json:
    return {"until": (EPOCH + timedelta(days=365)).isoformat()}


async def test_live_events_pass_a_filter_that_ends_in_the_future(api: Api) -> None:
    run = await api.one(deployed, state=types("RUNNING"))
    resource = {"id": [f"prefect.flow-run.{run['id']}"]}
    asked = {"resource": resource, "occurred": until_next_year()}
    async with api.socket("events/out", asked, backfill=False) as socket:
        assert await silent(socket)
        await api.cancel(run["id"])
        message = await heard(socket)
        assert message["type"] == "event"
        assert message["event"]["event"] == "prefect.flow-run.Cancelling"
        assert message["event"].keys() == EVENT
        api.wait(seconds=4)
        assert (await heard(socket))["event"]["event"] == "prefect.flow-run.Cancelled"


async def test_no_live_event_passes_a_filter_without_an_end(api: Api) -> None:
    run = await api.one(deployed, state=types("RUNNING"))
    asked = {"any_resource": {"id": [f"prefect.flow-run.{run['id']}"]}}
    async with api.socket("events/out", asked, backfill=False) as socket:
        assert await silent(socket)
        api.wait(seconds=1)
        await api.cancel(run["id"])
        api.wait(seconds=4)
        assert await silent(socket)


async def test_every_change_of_a_run_is_told_once(api: Api) -> None:
    asked = {"event": {"prefix": ["prefect.flow-run."]}, "occurred": until_next_year()}
    async with api.socket("events/out", asked, backfill=False) as socket:
        assert await silent(socket)
        api.wait(seconds=30)
        expected = await api.post(
            "events/filter",
            filter={
                "event": asked["event"],
                "occurred": {"since": (EPOCH + timedelta(microseconds=1)).isoformat()},
                "order": "ASC",
            },
        )
        assert expected["total"] > 3
        found = [(await heard(socket))["event"]["id"] for _ in range(expected["total"])]
        assert len(set(found)) == len(found)
        assert {event["id"] for event in expected["events"]} <= set(found)
        assert await silent(socket)


async def test_the_backfill_misses_the_last_seconds_and_the_distant_past(seen: Api) -> None:
    asked = {"event": {"prefix": ["prefect.flow-run."]}, "occurred": until_next_year()}
    now = seen.clock.now()
    since = {"since": (now - timedelta(minutes=15)).isoformat()}
    until = {"until": (now - timedelta(seconds=2)).isoformat()}
    expected = await seen.post(
        "events/filter", filter={**asked, "occurred": since | until, "order": "ASC"}, limit=50
    )
    async with seen.socket("events/out", asked, backfill=True) as socket:
        found = [(await heard(socket))["event"] for _ in range(expected["total"])]
        assert await silent(socket)
    assert found[:50] == expected["events"]


# WebSockets


@pytest.mark.parametrize("path", ["events/out", "logs/out"])
@pytest.mark.parametrize(
    ("token", "reason"),
    [("ann:wrong", "Invalid token"), (None, "Auth required but no token provided")],
)
async def test_a_socket_wants_the_credential(path: str, token: str | None, reason: str) -> None:
    async with serving(credential="ann:secret") as api, api.socket(path, token=token) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await heard(socket)
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1008, reason)


async def test_a_socket_opens_for_the_credential() -> None:
    async with (
        serving(credential="ann:secret") as api,
        api.socket("events/out", token="ann:secret") as socket,
    ):
        assert await heard(socket) == {"type": "auth_success"}


async def test_a_socket_speaks_its_subprotocol() -> None:
    async with serving(credential="ann:secret") as api:
        url = api.server.urls["prefect"].replace("http://", "ws://", 1)
        with pytest.raises(InvalidStatus) as refused:
            async with connect(f"{url}/events/out"):
                pass
        assert refused.value.response.status_code == 403


async def test_log_lines_are_not_streamed_by_default(api: Api) -> None:
    run = await api.one(deployed, state=types("RUNNING"))
    async with api.socket("logs/out", {"flow_run_id": {"any_": [run["id"]]}}) as socket:
        api.wait(minutes=5)
        assert await silent(socket)


async def test_log_lines_are_streamed_where_that_is_switched_on() -> None:
    async with serving(logs_stream=True) as api:
        run = await api.one(deployed, state=types("RUNNING"))
        before = len(await api.logs(run["id"]))
        async with api.socket("logs/out", {"flow_run_id": {"any_": [run["id"]]}}) as socket:
            assert await silent(socket)
            api.wait(minutes=5)
            after = await api.logs(run["id"])
            assert len(after) > before
            message = await heard(socket)
        assert message["type"] == "log"
        assert message["log"].keys() == LOG
        assert message["log"]["message"] == after[before]["message"]
        assert message["log"]["created"] is None


async def test_the_world_is_served_whole(seen: Api) -> None:
    now = seen.clock.now()
    ids = {run["id"] for run in await seen.runs()}
    assert {run.id for run in seen.world.runs(now)} <= ids
    waiting = [run for run in seen.world.runs(now) if run.state is State.WAITING]
    paused = await seen.runs(state=types("PAUSED"))
    assert len(paused) == len(waiting)
