from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import uuid4

import pytest

from runs_tui.demo.lightning.names import PROJECTS, project_id, project_of
from runs_tui.demo.server import Settings
from runs_tui.demo.world import WorldRun
from runs_tui.model.state import State
from tests.demo.served import EPOCH, Served, serve

API = "lightning"
FINAL = {"success", "failed", "crashed", "exception", "killed", "lost", "cancelled"}


class Place(Served):
    """A served world, and the questions of this file."""

    async def get(self, path: str, **params: Any) -> Any:
        answer = await self.client.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def rows(self, path: str, **params: Any) -> list[Any]:
        """Read every page of a list."""
        found: list[Any] = []
        for number in range(1, 100):
            answer = await self.get(path, page=number, page_size=100, **params)
            found += answer["data"]
            if number >= answer["meta"]["total_pages"]:
                break
        return found

    def runs(self) -> list[WorldRun]:
        return list(self.world.runs(self.clock.now()))


def opened(credential: str | None = None, **extra: Any) -> AbstractAsyncContextManager[Place]:
    return serve(Place, API, Settings(credential, extra))


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with opened() as place:
        yield place


async def test_a_run_has_five_attributes_and_no_relation(place: Place) -> None:
    found = await place.get("/api/runs", page_size=100)
    assert set(found) == {"data", "included", "meta", "links"}
    assert found["included"] == []
    words: Counter[str] = Counter()
    for run in await place.rows("/api/runs"):
        assert set(run) == {"type", "id", "relationships", "links", "attributes"}
        assert (run["type"], run["relationships"]) == ("runs", {})
        told = run["attributes"]
        assert set(told) == {"state", "started_at", "finished_at", "priority", "error_type"}
        assert (told["finished_at"] is not None) == (told["state"] in FINAL)
        assert (told["started_at"] is None) == (told["state"] in {"available", "claimed"})
        words[told["state"]] += 1
    assert set(words) >= FINAL - {"lost"} | {"started"}


async def test_runs_come_by_creation_and_a_page_past_the_end_is_the_last(place: Place) -> None:
    assert [run["id"] for run in await place.rows("/api/runs")] == [r.id for r in place.runs()]
    usual = await place.get("/api/runs")
    assert usual["meta"] == {
        "total_entries": 400, "total_pages": 40, "page_number": 1, "page_size": 10,
    }  # fmt: skip
    last, past = [await place.get("/api/runs", page=number) for number in (40, 77)]
    assert (past["meta"]["page_number"], past["data"]) == (40, last["data"])
    assert (last["links"]["next"], usual["links"]["prev"]) == (None, None)
    assert not usual["links"]["next"].startswith(str(place.client.base_url))


async def test_runs_are_chosen_by_workflow_and_a_list_wins(place: Place) -> None:
    runs = place.runs()
    one, other = runs[0].workflow, next(r.workflow for r in runs if r.workflow != runs[0].workflow)

    async def found(**params: Any) -> set[str]:
        return {run["id"] for run in await place.rows("/api/runs", **params)}

    ours = {run.id for run in runs if run.workflow is one}
    theirs = {run.id for run in runs if run.workflow is other}
    assert await found(workflow_id=one.id) == ours
    assert await found(**{"workflow_ids[]": [one.id, other.id]}) == ours | theirs
    assert await found(**{"workflow_ids[]": [other.id], "workflow_id": one.id}) == theirs
    assert await found(workflow_id=str(uuid4())) == set()


async def test_time_filters_are_inclusive_and_want_a_zone(place: Place) -> None:
    run = place.runs()[50]
    stamp = run.created.isoformat()
    found = await place.rows("/api/runs", inserted_after=stamp, inserted_before=stamp)
    assert run.id in {each["id"] for each in found}
    for text in ("soon", "2026-06-02T09:00:00"):
        answer = await place.client.get("/api/runs", params={"inserted_after": text})
        assert answer.status_code == 400
        assert answer.json()["error"].startswith("Invalid datetime format for 'inserted_after'")
    async with opened(refuses=422) as other:
        answer = await other.client.get("/api/runs", params={"updated_before": "soon"})
        assert answer.status_code == 422
        assert list(answer.json()["errors"]) == ["updated_before"]


async def test_a_work_order_holds_a_run_and_those_that_repeat_it(place: Place) -> None:
    repeated = next(run for run in place.runs() if run.retry_of and run.state.terminal)
    first = place.world.run(repeated.retry_of or "", EPOCH)
    assert first is not None
    orders = await place.rows("/api/work_orders", workflow_id=repeated.workflow.id)
    assert set(orders[0]["attributes"]) == {"state", "last_activity", "inserted_at", "updated_at"}
    activity = [order["attributes"]["last_activity"] for order in orders]
    assert activity == sorted(activity, reverse=True)
    for order in orders:
        runs = [r["id"] for r in await place.rows("/api/runs", work_order_id=order["id"])]
        if repeated.id in runs:
            assert first.id in runs[1:]
            assert (await place.get(f"/api/work_orders/{order['id']}"))["data"] == order
            return
    raise AssertionError("no work order has the run")


async def test_log_lines_come_newest_first_and_by_job(place: Place) -> None:
    run = next(r for r in place.runs() if r.state is State.FAILED and len(r.workflow.steps) > 2)
    lines = await place.rows("/api/log_lines", run_id=run.id)
    assert set(lines[0]) == {"type", "id", "attributes"}
    stamps = [line["attributes"]["timestamp"] for line in lines]
    assert stamps == sorted(stamps, reverse=True)
    assert {line["attributes"]["run_id"] for line in lines} == {run.id}
    levels = {"success", "always", "info", "warn", "error", "debug"}
    assert {line["attributes"]["level"] for line in lines} <= levels
    steps = {line["attributes"]["step_id"] for line in lines} - {None}
    (defined,) = [
        workflow
        for workflow in (await place.get("/api/workflows"))["workflows"]
        if workflow["id"] == run.workflow.id
    ]
    by_job = set()
    for job in defined["jobs"]:
        found = await place.get("/api/log_lines", run_id=run.id, job_id=job["id"], page_size=1)
        by_job |= {line["attributes"]["step_id"] for line in found["data"]}
        assert len(found["data"]) == min(found["meta"]["total_entries"], 1)
    assert by_job == steps
    middle = stamps[len(stamps) // 2]
    older = await place.rows("/api/log_lines", run_id=run.id, timestamp_before=middle)
    newer = await place.rows("/api/log_lines", run_id=run.id, timestamp_after=middle)
    assert len(older) + len(newer) == len(lines) + stamps.count(middle)


async def test_lines_may_be_stored_after_the_run_is_over() -> None:
    async with opened(late=30) as place:
        run = next(run for run in place.runs() if run.state is State.RUNNING)
        while not place.world.run(run.id, place.clock.now()).state.terminal:  # type: ignore[union-attr]
            place.wait(seconds=5)
        early = len(await place.rows("/api/log_lines", run_id=run.id))
        place.wait(seconds=30)
        assert len(await place.rows("/api/log_lines", run_id=run.id)) > early


async def test_workflows_come_whole_with_code_and_edges(place: Place) -> None:
    answer = await place.get("/api/workflows")
    assert set(answer) == {"workflows", "errors"}
    assert len(answer["workflows"]) == len(place.world.workflows)
    for workflow in answer["workflows"]:
        assert all(job["body"] for job in workflow["jobs"])
        for edge in workflow["edges"]:
            assert (edge["source_trigger_id"] is None) != (edge["source_job_id"] is None)
        disabled = [edge for edge in workflow["edges"] if not edge["enabled"]]
        assert len(disabled) == (len(workflow["jobs"]) > 1)
    one = answer["workflows"][0]
    assert (await place.get(f"/api/workflows/{one['id']}"))["workflow"] == one
    unknown = await place.client.get(f"/api/workflows/{uuid4()}")
    assert unknown.json()["errors"] == ["Not Found"]


async def test_a_project_has_its_own_runs_and_workflows(place: Place) -> None:
    listed = await place.get("/api/projects", page_size=100)
    assert "meta" not in listed
    assert [project["attributes"]["name"] for project in listed["data"]] == list(PROJECTS)
    for name in PROJECTS:
        scope = f"/api/projects/{project_id(name)}"
        ours = [run.id for run in place.runs() if project_of(run.workflow) == project_id(name)]
        assert [run["id"] for run in await place.rows(f"{scope}/runs")] == ours
        assert await place.get(f"{scope}/runs/{ours[0]}")
        for workflow in (await place.get(f"{scope}/workflows"))["workflows"]:
            assert workflow["project_id"] == project_id(name)


@pytest.mark.parametrize(("missing", "said"), [(403, "Forbidden"), (404, "Not Found"), (500, None)])
async def test_what_is_missing_is_told_in_many_ways(missing: int, said: str | None) -> None:
    async with opened(missing=missing) as place:
        answer = await place.client.get(f"/api/runs/{uuid4()}")
        assert answer.status_code == missing
        assert answer.json()["error"] == (said or "Internal Server Error")
        assert (await place.client.get("/api/runs/nonsense")).status_code == 400
        assert (await place.client.get(f"/api/projects/{uuid4()}/runs")).status_code == 404
        assert (await place.client.get("/api/steps")).json() == {"error": "Not Found"}


async def test_a_project_may_be_closed_to_a_token() -> None:
    closed = project_id("shop")
    async with opened(closed=closed) as place:
        answer = await place.client.get(f"/api/projects/{closed}/runs")
        assert (answer.status_code, answer.json()) == (403, {"error": "Forbidden"})


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (None, 401),
        ("Bearer wrong", 401),
        ("bearer sesame", 401),
        ("sesame", 401),
        ("Bearer sesame", 200),
    ],
)
async def test_the_token_is_taken_in_one_way(header: str | None, status: int) -> None:
    async with opened("sesame") as place:
        headers = {"Authorization": header} if header else {}
        answer = await place.client.get("/api/runs", headers=headers)
        assert answer.status_code == status
        assert (await place.client.get("/health_check")).text == "Hello you!"


async def test_old_servers_tell_less_and_ignore_filters() -> None:
    async with opened(old=True, ignored=("workflow_id", "workflow_ids")) as place:
        found = await place.get("/api/runs", workflow_id=str(uuid4()))
        assert "meta" not in found
        assert set(found["data"][0]["attributes"]) == {"started_at", "finished_at"}
        assert len(found["data"]) == 10
        assert set(await place.get("/api/workflows")) == {"workflows", "error"}
