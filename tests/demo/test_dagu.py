from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from runs_tui.model.state import State
from tests.adapters.dagu_world import captured
from tests.demo.served import Served, bent, serve


class Place(Served):
    """A served world, and the questions of this file."""

    async def get(self, path: str, /, **params: object) -> httpx.Response:
        told = {name: str(value) for name, value in params.items()}
        return await self.client.get(f"/api/v2{path}", params=told)

    async def rows(self, **params: object) -> list[dict[str, Any]]:
        answer = await self.get("/dag-runs", **{"fromDate": 0, **params})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] | None = answer.json()["dagRuns"]
        return found or []

    async def post(self, path: str, body: object = None) -> httpx.Response:
        return await self.client.post(f"/api/v2{path}", json=body)

    def path(self, state: State) -> str:
        run = next(run for run in self.world.runs(self.clock.now()) if run.state is state)
        return f"/dag-runs/{run.workflow.name}/{run.id}"

    async def label(self, path: str) -> str:
        return str((await self.get(path)).json()["dagRunDetails"]["statusLabel"])


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with serve(Place, "dagu") as served:
        yield served


async def test_a_list_without_a_date_is_that_of_today(place: Place) -> None:
    place.wait(hours=16)
    today = (await place.get("/dag-runs")).json()["dagRuns"]
    assert 0 < len(today) < len(await place.rows())
    assert all(row["log"].partition("dag-run_")[2].startswith("20260603") for row in today)


async def test_the_first_second_is_in_and_the_last_is_not(place: Place) -> None:
    rows = await place.rows()
    stamp = rows[50]["log"].partition("dag-run_")[2][:15]
    second = next(
        int(run.created.timestamp())
        for run in place.world.runs(place.clock.now())
        if f"{run.created:%Y%m%d_%H%M%S}" == stamp
    )
    since, until = await place.rows(fromDate=second), await place.rows(toDate=second)
    assert rows[50] in since
    assert rows[50] not in until
    assert len(since) + len(until) == len(rows)


async def test_an_empty_list_is_null(place: Place) -> None:
    assert (await place.get("/dag-runs", fromDate=0, name="none")).json() == {"dagRuns": None}


async def test_filters(place: Place) -> None:
    rows = await place.rows()
    name = rows[0]["name"]
    assert {row["name"] for row in await place.rows(name=name)} == {name}
    assert await place.rows(name=name.upper()) == []
    assert {row["statusLabel"] for row in await place.rows(status=2)} == {"failed"}
    (one,) = await place.rows(dagRunId=rows[3]["dagRunId"][4:20])
    assert one == rows[3]
    refused = await place.get("/dag-runs", status="failed")
    assert (refused.status_code, refused.headers["content-type"]) == (
        400,
        "text/plain; charset=utf-8",
    )


async def test_a_cut_leaves_out_the_newest_and_filters_look_at_the_rest() -> None:
    async with serve(Place, "dagu", runs=3000) as place:
        rows = await place.rows()
        assert len(rows) == 1000
        ids = {row["dagRunId"] for row in rows}
        newest = [run.id for run in place.world.runs(place.clock.now())[:200]]
        assert not set(newest) <= ids
        failed = {row["dagRunId"] for row in await place.rows(status=2)}
        assert failed == {row["dagRunId"] for row in rows if row["status"] == 2}


@pytest.mark.parametrize(
    ("state", "name"),
    [
        (State.FAILED, "run_failed"),
        (State.QUEUED, "run_queued"),
        (State.CANCELLED, "run_aborted"),
        (State.SUCCEEDED, "run_parent"),
    ],
)
async def test_a_run_looks_like_one_of_the_engine(place: Place, state: State, name: str) -> None:
    told = (await place.get(place.path(state))).json()["dagRunDetails"]
    real = captured(name)["dagRunDetails"]
    handlers = {"onExit", "onSuccess", "onFailure", "onCancel"}
    assert set(told) - handlers - {"params"} == set(real) - handlers - {"params"}
    optional = {"error", "subRuns"}
    for node in told["nodes"]:
        assert set(node) - optional == set(real["nodes"][0]) - optional
    assert told["status"] == real["status"]
    assert told["statusLabel"] == real["statusLabel"]
    assert (told["startedAt"] == "") == (real["startedAt"] == "")


async def test_what_never_ran_has_no_log(place: Place) -> None:
    path = place.path(State.FAILED)
    nodes = (await place.get(path)).json()["dagRunDetails"]["nodes"]
    name = nodes[0]["step"]["name"]
    assert (await place.get(f"{path}/steps/{name}/log")).status_code == 500
    told = await place.get(f"{path}/steps/{name}/log", stream="stdout", offset=100_000, limit=3)
    assert told.json()["content"] == ""
    assert "lineCount" not in told.json()
    assert (await place.get(f"{path}/steps/zzz/log", stream="stdout")).status_code == 404
    never = [node["step"]["name"] for node in nodes if node["stdout"] == ""]
    for each in never:
        answer = await place.get(f"{path}/steps/{each}/log", stream="stdout")
        assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")


async def test_stopping(place: Place) -> None:
    path = place.path(State.RUNNING)
    answer = await place.post(f"{path}/stop")
    assert (answer.status_code, answer.content) == (200, b"")
    place.wait(seconds=60)
    assert await place.label(path) == "aborted"
    again = await place.post(f"{path}/stop")
    assert (again.status_code, again.json()["code"]) == (400, "not_running")
    assert (await place.post(f"{place.path(State.QUEUED)}/stop")).status_code == 400


async def test_taking_from_the_queue_leaves_nothing(place: Place) -> None:
    path = place.path(State.QUEUED)
    assert (await place.get(f"{path}/dequeue")).status_code == 200
    assert (await place.get(path)).status_code == 404
    assert path.rpartition("/")[2] not in {row["dagRunId"] for row in await place.rows()}
    refused = await place.get(f"{place.path(State.RUNNING)}/dequeue")
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_request")


async def test_retrying(place: Place) -> None:
    path = place.path(State.FAILED)
    run_id = path.rpartition("/")[2]
    assert (await place.post(f"{path}/retry")).status_code == 500
    assert await place.label(path) == "failed"
    answer = await place.post(f"{path}/retry", {"dagRunId": run_id, "stepName": "nowhere"})
    assert (answer.status_code, await place.label(path)) == (200, "failed")
    answer = await place.post(f"{path}/retry", {"dagRunId": run_id})
    assert (answer.status_code, answer.content) == (200, b"")
    assert await place.label(path) in {"queued", "running"}
    running = place.path(State.RUNNING)
    body = {"dagRunId": running.rpartition("/")[2]}
    assert (await place.post(f"{running}/retry", body)).status_code == 200


async def test_a_run_is_started_anew(place: Place) -> None:
    path = place.path(State.SUCCEEDED)
    answer = await place.post(f"{path}/reschedule", {})
    assert answer.json()["dagRunId"] in {row["dagRunId"] for row in await place.rows()}
    assert await place.label(path) == "succeeded"


async def test_paths_that_are_none(place: Place) -> None:
    for path in ("/nope", "/dag-runs/a/b/c"):
        answer = await place.get(path)
        assert answer.status_code == 404
    assert (await place.client.get("/api/v1/health")).text == "404 page not found\n"
    missing = await place.get("/dag-runs/diamond/nope")
    assert missing.json() == {
        "code": "not_found",
        "message": "dag-run ID nope not found for DAG diamond",
    }


async def test_the_health_is_open() -> None:
    async with serve(Place, "dagu", bent(auth="basic")) as place:
        assert (await place.get("/health")).json()["status"] == "healthy"
