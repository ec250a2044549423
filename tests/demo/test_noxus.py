import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import uuid4

import anyio
import httpx
import pytest

from runs_tui.demo.noxus.definitions import definition_of
from runs_tui.demo.server import Settings
from tests.demo.served import Served, bent, serve

API = "noxus"
WORDS = {"queued", "running", "awaiting_human_feedback", "completed", "failed", "stopped"}


class Place(Served):
    """A served world, and the questions of this file."""

    async def get(self, path: str = "/v1/runs", **params: object) -> Any:
        answer = await self.client.get(path, params={k: str(v) for k, v in params.items()})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def every(self) -> list[dict[str, Any]]:
        pages = [await self.get(page=page, size=100) for page in range(1, 5)]
        return [run for page in pages for run in page["items"]]

    async def one(self, status: str) -> dict[str, Any]:
        return next(run for run in await self.every() if run["status"] == status)

    async def whole(self, run: dict[str, Any]) -> dict[str, Any]:
        found = await self.get(f"/v1/workflows/{run['workflow_id']}/runs/{run['id']}")
        assert isinstance(found, dict)
        return found

    @asynccontextmanager
    async def stream(self, run: dict[str, Any], **params: str) -> AsyncIterator[httpx.Response]:
        path = f"/v1/runs/{run['id']}/events"
        async with self.client.stream("GET", path, params=params) as answer:
            yield answer

    async def frames(self, run: dict[str, Any], **params: str) -> list[dict[str, Any]]:
        """Read a stream to its end."""
        with anyio.fail_after(20):
            async with self.stream(run, **params) as answer:
                await answer.aread()
        assert answer.headers["content-type"].startswith("text/event-stream")
        blocks = [block for block in answer.text.split("\n\n") if block.startswith("event: ")]
        assert {block.splitlines()[0] for block in blocks} <= {"event: message"}
        return [json.loads(block.splitlines()[1].removeprefix("data: ")) for block in blocks]


def opened(settings: Settings | None = None, **options: Any) -> AbstractAsyncContextManager[Place]:
    return serve(Place, API, settings, **options)


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with opened() as place:
        yield place


async def test_a_list_has_the_shape_of_the_contract(place: Place) -> None:
    found = await place.get(page=2, size=100)
    assert {name: found[name] for name in ("total", "page", "size", "pages")} == {
        "total": 400, "page": 2, "size": 100, "pages": 4,
    }  # fmt: skip
    assert len((await place.get())["items"]) == 50
    for run in found["items"]:
        assert set(run) == {
            "id", "group_id", "workflow_id", "workflow_version_id", "input", "node_ids", "status",
            "progress", "definitions", "created_at", "finished_at", "workflow", "source",
        }  # fmt: skip
        assert run["workflow"]["definition"] == {}
        assert 0 <= run["progress"] <= 100
    runs = await place.every()
    assert len({run["id"] for run in runs}) == 400
    assert {run["status"] for run in runs} == WORDS


async def test_odd_pages_are_refused(place: Place) -> None:
    answer = await place.client.get("/v1/runs", params={"size": 101})
    assert answer.status_code == 422
    assert answer.json() == {
        "detail": [
            {
                "loc": ["query", "size"],
                "msg": "Input should be less than or equal to 100",
                "type": "less_than_equal",
            }
        ]
    }
    assert (await place.client.get("/v1/runs", params={"page": 0})).status_code == 422


async def test_filters_are_ignored(place: Place) -> None:
    assert await place.get(status="failed") == await place.get()


async def test_a_run_tells_more_where_its_workflow_tells_it(place: Place) -> None:
    run = await place.one("completed")
    assert await place.get(f"/v1/runs/{run['id']}") == run
    whole = await place.whole(run)
    more = {"output", "single_node_id", "workflow_definition", "progress_details"}
    assert set(whole) == set(run) - {"definitions", "workflow", "source"} | more
    listed = await place.get(f"/v1/workflows/{run['workflow_id']}/runs", size=100)
    assert {each["workflow_id"] for each in listed["items"]} == {run["workflow_id"]}
    assert set(listed["items"][0]) == set(whole)


async def test_the_lists_of_nodes_hold_each_of_them(place: Place) -> None:
    for run in (await place.every())[::9]:
        whole = await place.whole(run)
        told = whole["progress_details"]
        names = ("executed_nodes", "running_nodes", "remaining_nodes", "skipped_nodes")
        nodes = Counter(node for name in names for node in told[name])
        assert set(nodes) == {node["id"] for node in whole["workflow_definition"]["nodes"]}
        assert set(nodes.values()) == {1}
        if run["status"] == "completed":
            assert told["running_nodes"] == told["remaining_nodes"] == []


async def test_both_versions_of_a_definition_are_told(place: Place) -> None:
    told = [definition_of(each) for each in place.world.workflows]
    first = [each for each in told if each["flow_version"] == "v1"]
    ends = {edge["from_id"]["connector_name"] for each in first for edge in each["edges"]}
    assert ends == {"output", "on_error"}
    assert {each["nodes"][-1]["name"] for each in first} == {""}
    second = [each for each in told if each["flow_version"] == "v2"]
    assert {edge["source_handle"] for each in second for edge in each["edges"]} == {None}
    nodes = [node for each in second for node in each["nodes"]]
    assert any(node["variable_bindings"] for node in nodes)
    assert any(":var[" in json.dumps(node["node_config"]) for node in nodes)


async def test_workflows_and_their_versions(place: Place) -> None:
    found = await place.get("/v1/workflows", size=100)
    assert found["total"] == len(place.world.workflows)
    saved = Counter[str]()
    for run in (await place.every())[:40]:
        path = f"/v1/workflows/{run['workflow_id']}"
        assert (await place.get(path))["definition"]["nodes"]
        versions = await place.get(f"{path}/versions")
        assert run["workflow_version_id"] == (versions[0]["id"] if versions else None)
        saved["some" if versions else "none"] += 1
    assert set(saved) == {"some", "none"}


async def test_unknown_and_malformed_ids(place: Place) -> None:
    run = await place.one("completed")
    for path in ("", "/events"):
        answer = await place.client.get(f"/v1/runs/{uuid4()}{path}")
        assert (answer.status_code, answer.json()) == (404, {"detail": "Run not found"})
        answer = await place.client.get(f"/v1/runs/not-a-uuid{path}")
        assert answer.status_code == 422
        assert answer.json()["detail"][0]["loc"] == ["path", "run_id"]
    assert (await place.client.post(f"/v1/runs/{uuid4()}/stop")).status_code == 404
    answer = await place.client.get(f"/v1/workflows/{uuid4()}/runs/{run['id']}")
    assert answer.json() == {"detail": "Workflow not found"}
    other = next(each for each in await place.every() if each["workflow_id"] != run["workflow_id"])
    answer = await place.client.get(f"/v1/workflows/{other['workflow_id']}/runs/{run['id']}")
    assert answer.json() == {"detail": "Run not found"}


async def test_a_stop_takes_effect_after_a_while(place: Place) -> None:
    run = await place.one("running")
    answer = await place.client.post(f"/v1/runs/{run['id']}/stop")
    assert (answer.status_code, answer.json()["status"]) == (200, "running")
    place.wait(seconds=4)
    assert (await place.get(f"/v1/runs/{run['id']}"))["status"] == "stopped"


@pytest.mark.parametrize(("way", "status"), [(None, 200), (409, 409), (400, 400)])
async def test_a_stop_of_what_is_over_changes_nothing(way: int | None, status: int) -> None:
    async with opened(bent(**({} if way is None else {"stop": way}))) as place:
        run = await place.one("completed")
        answer = await place.client.post(f"/v1/runs/{run['id']}/stop")
        assert answer.status_code == status
        assert await place.one("completed") == run


async def test_there_may_be_no_stop_and_no_events() -> None:
    async with opened(bent(stop="missing", events="missing", versions="missing")) as place:
        run = await place.one("running")
        assert (await place.client.post(f"/v1/runs/{run['id']}/stop")).status_code == 404
        assert (await place.client.get(f"/v1/runs/{run['id']}/events")).status_code == 404
        path = f"/v1/workflows/{run['workflow_id']}/versions"
        assert (await place.client.get(path)).status_code == 404
    async with opened(bent(events=501)) as place:
        run = await place.one("running")
        assert (await place.client.get(f"/v1/runs/{run['id']}/events")).status_code == 501


async def test_a_new_run_has_the_input_of_an_old_one(place: Place) -> None:
    old = await place.one("failed")
    path = f"/v1/workflows/{old['workflow_id']}/runs"
    body = {"input": old["input"], "workflow_version_id": old["workflow_version_id"]}
    answer = await place.client.post(path, json=body)
    assert (answer.status_code, answer.json()["status"]) == (200, "queued")
    assert (await place.get(size=1))["items"][0]["id"] == answer.json()["id"]
    assert answer.json()["input"] == old["input"]
    for wrong, status in (
        ({}, 422),
        ({"input": None}, 422),
        ({"input": {}, "workflow_version_id": str(uuid4())}, 404),
    ):
        assert (await place.client.post(path, json=wrong)).status_code == status


async def test_a_stream_tells_all_and_ends_with_the_run(place: Place) -> None:
    for status in ("completed", "failed"):
        frames = await place.frames(await place.one(status))
        assert {frame["type"] for frame in frames} == {"state", "content"}
        marks = [frame["data"].get("workflow_status") for frame in frames]
        assert marks == [None] * (len(frames) - 1) + [status]
        ids = [tuple(map(int, frame["redisId"].split("-"))) for frame in frames]
        assert ids == sorted(set(ids))


async def test_a_stream_goes_on_after_the_etag(place: Place) -> None:
    run = await place.one("failed")
    whole = await place.frames(run)
    assert await place.frames(run, etag=whole[4]["redisId"]) == whole[5:]
    assert await place.frames(run, etag=whole[-1]["redisId"]) == []
    assert await place.frames(run, etag="nonsense") == whole


async def test_the_stream_of_a_stopped_run_stays_open_and_silent() -> None:
    async with opened(bent(keepalive=0.05)) as place:
        run = await place.one("stopped")
        told: list[str] = []
        with anyio.fail_after(20):
            async with place.stream(run) as answer:
                async for line in answer.aiter_lines():
                    told.append(line)
                    if told.count(": keep-alive") == 4:
                        break
        assert not any("stopped" in line for line in told)


async def test_times_without_a_zone_and_runs_without_this_and_that() -> None:
    extra = {"naive_times": True, "null_input": True, "no_workflow": True, "snapshot": "missing"}
    async with opened(bent(**extra)) as place:
        run = await place.one("failed")
        assert datetime.fromisoformat(run["created_at"]).tzinfo is None
        assert run["input"] is run["workflow"] is None
        whole = await place.whole(run)
        assert whole["workflow_definition"] is None
        assert whole["input"] is not None


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"X-API-Key": "wrong"}, 401), ({"x-api-key": "sesame"}, 200)],
)
async def test_the_key_opens_the_door(headers: dict[str, str], status: int) -> None:
    async with opened(Settings(credential="sesame"), runs=20) as place:
        answer = await place.client.get("/v1/runs", headers=headers)
        assert answer.status_code == status
        assert answer.headers["x-request-id"]
