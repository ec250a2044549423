"""The demo's Airflow server, held against what its API is known to answer."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest

from runs_tui.demo.server import Settings
from tests.demo.served import Served, bent, serve

API = "airflow"
RUN_FIELDS = {
    "dag_run_id", "dag_id", "logical_date", "queued_at", "start_date", "end_date", "duration",
    "run_after", "run_type", "state", "conf", "note", "dag_versions", "dag_display_name",
    "triggered_by", "triggering_user_name",
}  # fmt: skip


class Place(Served):
    """A served world, and the questions of this file."""

    async def get(self, path: str, status: int = 200, **params: Any) -> Any:
        answer = await self.client.get(f"/api/v2{path}", params=params)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def send(self, path: str, body: Any, status: int = 200, method: str = "POST") -> Any:
        answer = await self.client.request(method, f"/api/v2{path}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def runs(self, **params: Any) -> list[dict[str, Any]]:
        told = await self.get(
            "/dags/~/dagRuns", **{"limit": 100, "order_by": "-run_after", **params}
        )
        found = told["dag_runs"]
        assert isinstance(found, list)
        return found

    async def one(self, state: str) -> dict[str, Any]:
        return (await self.runs(state=state))[0]

    async def instances(self, run: dict[str, Any]) -> list[dict[str, Any]]:
        told = await self.get(f"{path_of(run)}/taskInstances", limit=100)
        found = told["task_instances"]
        assert isinstance(found, list)
        return found


def path_of(run: dict[str, Any]) -> str:
    return f"/dags/{run['dag_id']}/dagRuns/{quote(run['dag_run_id'], safe='')}"


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with serve(Place, API) as place:
        yield place


async def test_a_run_has_the_fields_of_the_api(place: Place) -> None:
    for run in await place.runs():
        assert run.keys() >= RUN_FIELDS
        assert run["dag_run_id"].startswith(f"{run['run_type']}__")
        assert (run["duration"] is None) == (run["end_date"] is None or run["start_date"] is None)
        assert await place.get(path_of(run)) == run


async def test_pages_are_cut_in_silence(place: Place) -> None:
    told = await place.get("/dags/~/dagRuns", limit=1000)
    assert (len(told["dag_runs"]), told["total_entries"]) == (100, 400)
    assert len((await place.get("/dags/~/dagRuns"))["dag_runs"]) == 50


async def test_filters_are_applied_and_unknown_ones_ignored(place: Place) -> None:
    assert {run["state"] for run in await place.runs(state=["failed", "running"])} == {
        "failed",
        "running",
    }
    assert {run["run_type"] for run in await place.runs(run_type="scheduled")} == {"scheduled"}
    assert len(await place.runs(stat="failed")) == 100
    middle = (await place.runs())[50]["run_after"]
    older = await place.runs(run_after_lte=middle, limit=1)
    newer = await place.runs(run_after_gte=middle)
    assert older[0]["run_after"] == newer[-1]["run_after"] == middle


async def test_a_run_that_has_not_begun_counts_as_begun_now(place: Place) -> None:
    waiting = await place.runs(state="queued", start_date_gte="2026-06-02T09:00:00Z")
    assert {run["start_date"] for run in waiting} <= {None}


@pytest.mark.parametrize(
    ("params", "status", "words"),
    [
        ({"state": "waiting"}, 422, "Valid values are queued, running, success, failed"),
        ({"run_type": "odd"}, 422, "Invalid value for run type"),
        ({"order_by": "queued_at"}, 400, "Ordering with 'queued_at' is disallowed"),
        ({"limit": -1}, 422, "greater than or equal to 0"),
    ],
)
async def test_what_a_list_refuses(
    place: Place, params: dict[str, Any], status: int, words: str
) -> None:
    assert words in str(await place.get("/dags/~/dagRuns", status, **params))


async def test_what_is_not_there(place: Place) -> None:
    assert "not found" in (await place.get("/dags/nope/dagRuns", 404))["detail"]
    assert "not found" in (await place.get("/dags/nope/dagRuns/nope", 404))["detail"]
    assert await place.get("/nope", 404) == {"error": "API route not found"}
    run = await place.one("success")
    assert "not found" in (await place.get(f"{path_of(run)}/taskInstances/nope", 404))["detail"]


async def test_mapped_tasks_are_one_task_with_many_instances(place: Place) -> None:
    run = next(run for run in await place.runs() if run["dag_id"] == "product-images")
    found = [each for each in await place.instances(run) if each["task_id"] == "resize-image"]
    assert [each["map_index"] for each in found] == list(range(40))
    assert found[3]["rendered_map_index"] == "resize-image-4"
    told = await place.get(f"{path_of(run)}/taskInstances/resize-image", 404)
    assert "add the map_index value" in told["detail"]
    one = await place.get(f"{path_of(run)}/taskInstances/resize-image/3")
    assert one == found[3]
    tasks = {
        each["task_id"]: each for each in (await place.get("/dags/product-images/tasks"))["tasks"]
    }
    assert tasks["list_images"]["downstream_task_ids"] == ["resize-image"]
    assert tasks["resize-image"]["is_mapped"] is True


async def test_what_follows_a_failed_task_was_never_tried(place: Place) -> None:
    run = next(r for r in await place.runs(state="failed") if not r["note"])
    states = {each["state"] for each in await place.instances(run)}
    assert "failed" in states
    for each in await place.instances(run):
        if each["state"] == "upstream_failed":
            assert (each["try_number"], each["duration"]) == (0, 0.0)


async def test_a_log_goes_on_behind_its_token_until_the_task_has_ended(place: Place) -> None:
    for run in await place.runs(state="running"):
        going = [each for each in await place.instances(run) if each["state"] == "running"]
        if going and going[0]["map_index"] < 0:
            break
    path = f"{path_of(run)}/taskInstances/{going[0]['task_id']}/logs/1"
    first = await place.get(path)
    assert first["content"][0]["event"] == "::group::Log message source details"
    again = await place.get(path, token=first["continuation_token"])
    assert again["content"] == []
    place.wait(hours=3)
    rest = await place.get(path, token=again["continuation_token"])
    assert rest["continuation_token"] is None
    whole = await place.get(path)
    assert whole["content"] == [*first["content"], *rest["content"]]


async def test_logs_that_are_not_there(place: Place) -> None:
    skipped: list[dict[str, Any]] = []
    for run in await place.runs(state="failed"):
        skipped = [e for e in await place.instances(run) if e["state"] == "upstream_failed"]
        if skipped:
            break
    path = f"{path_of(run)}/taskInstances/{skipped[0]['task_id']}/logs"
    params = {"map_index": skipped[0]["map_index"]}
    assert "upstream" in (await place.get(f"{path}/0", **params))["content"][-1]["event"]
    assert await place.get(f"{path}/1", 404, **params) == {"detail": "TaskInstance not found"}


async def test_clearing_is_a_dry_run_unless_it_is_said_otherwise(place: Place) -> None:
    run = await place.one("success")
    told = await place.send(f"{path_of(run)}/clear", {})
    assert len(told["task_instances"]) == len(await place.instances(run))
    assert (await place.get(path_of(run)))["state"] == "success"
    cleared = await place.send(f"{path_of(run)}/clear", {"dry_run": False})
    assert (cleared["state"], cleared["start_date"]) == ("queued", None)
    assert cleared["queued_at"] > run["queued_at"]


async def test_clearing_one_task_leaves_out_what_has_not_failed_unless_it_is_said(
    place: Place,
) -> None:
    run = await place.one("success")
    task = (await place.instances(run))[0]["task_id"]
    body = {"dag_run_id": run["dag_run_id"], "task_ids": [task]}
    path = f"/dags/{run['dag_id']}/clearTaskInstances"
    assert (await place.send(path, body))["task_instances"] == []
    told = await place.send(path, {**body, "only_failed": False})
    assert {each["task_id"] for each in told["task_instances"]} == {task}


async def test_tries_are_kept(place: Place) -> None:
    run = next(r for r in await place.runs(state="success") if not r["note"])
    task = next(e for e in await place.instances(run) if e["map_index"] < 0)["task_id"]
    await place.send(f"{path_of(run)}/clear", {"dry_run": False})
    place.wait(hours=3)
    told = await place.get(f"{path_of(run)}/taskInstances/{task}/tries")
    assert [each["try_number"] for each in told["task_instances"]] == [1, 2]


async def test_a_run_is_stopped_by_letting_it_fail_at_once(place: Place) -> None:
    run = await place.one("running")
    body = {"state": "failed", "note": "enough"}
    told = await place.send(path_of(run), body, method="PATCH")
    assert (told["state"], told["note"]) == ("failed", "enough")
    states = {each["state"] for each in await place.instances(run)}
    assert states <= {"success", "failed", "skipped"}


async def test_a_run_that_has_succeeded_is_made_to_fail_without_complaint(place: Place) -> None:
    run = await place.one("success")
    told = await place.send(path_of(run), {"state": "failed"}, method="PATCH")
    assert (told["state"], told["end_date"]) == ("failed", run["end_date"])


async def test_there_is_no_state_for_what_was_stopped(place: Place) -> None:
    run = await place.one("running")
    told = await place.send(path_of(run), {"state": "cancelled"}, 422, "PATCH")
    assert "Input should be 'queued', 'success' or 'failed'" in str(told)


async def test_a_new_run_needs_a_logical_date_that_may_be_null(place: Place) -> None:
    run = next(r for r in await place.runs(state="success") if r["conf"])
    path = f"/dags/{run['dag_id']}/dagRuns"
    assert "logical_date" in str(await place.send(path, {"conf": {}}, 422))
    new = await place.send(path, {"logical_date": None, "conf": run["conf"]})
    assert (new["state"], new["conf"]) == ("queued", run["conf"])
    assert new["dag_run_id"] != run["dag_run_id"]


async def test_several_dags_are_listed_by_a_body_without_unknown_words(place: Place) -> None:
    dags = sorted({run["dag_id"] for run in await place.runs()})[:2]
    body = {"dag_ids": dags, "states": ["success"], "page_limit": 5, "order_by": "-run_after"}
    told = await place.send("/dags/~/dagRuns/list", body)
    assert {run["dag_id"] for run in told["dag_runs"]} <= set(dags)
    assert "forbidden" in str(await place.send("/dags/~/dagRuns/list", {"dag_id": "x"}, 422))


async def test_the_door() -> None:
    async with serve(Place, API, Settings("someone:s3cret")) as place:
        assert await place.get("/dags", 401) == {"detail": "Not authenticated"}
        await place.get("/version")
        wrong = await place.client.post("/auth/token", json={"username": "someone"})
        assert (wrong.status_code, wrong.json()) == (401, {"detail": "Invalid credentials"})
        body = {"username": "someone", "password": "s3cret"}
        right = await place.client.post("/auth/token", json=body)
        assert right.status_code == 201
        place.client.headers["Authorization"] = f"Bearer {right.json()['access_token']}"
        await place.get("/dags")
        place.wait(hours=25)
        assert await place.get("/dags", 403) == {"detail": "Invalid JWT token"}


async def test_a_viewer_changes_nothing() -> None:
    settings = Settings("t0ken", {"viewer": True})
    async with serve(Place, API, settings) as place:
        place.client.headers["Authorization"] = "Bearer t0ken"
        run = await place.one("running")
        told = await place.send(path_of(run), {"state": "failed"}, 403, "PATCH")
        assert told == {"detail": "Forbidden"}


async def test_runs_can_be_due_at_one_instant() -> None:
    async with serve(Place, API, bent(hourly=True)) as place:
        due = [run["run_after"] for run in await place.runs()]
        assert len(set(due)) < 30
        assert due == sorted(due, reverse=True)
