"""The demo's GitHub, asked as any client would ask it."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import yaml

from runs_tui.demo.server import DemoServer, Settings
from runs_tui.model.clock import SetClock

NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)
API = "github_actions"
TOKEN = "a-token"


@pytest.fixture
async def github() -> AsyncIterator[httpx.AsyncClient]:
    settings = {API: Settings(TOKEN, {"rate": 40})}
    async with DemoServer([API], runs=300, clock=SetClock(NOON), settings=settings) as server:
        headers = {"authorization": f"Bearer {TOKEN}", "user-agent": "a test"}
        async with httpx.AsyncClient(base_url=server.urls[API], headers=headers) as client:
            yield client


async def told(client: httpx.AsyncClient, path: str, **params: Any) -> Any:
    answer = await client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_what_is_known_already_is_not_sent_again_and_not_counted(
    github: httpx.AsyncClient,
) -> None:
    first = await github.get("/actions/runs")
    tag = first.headers["etag"]
    again = await github.get("/actions/runs", headers={"if-none-match": tag})
    other = await github.get("/actions/runs", params={"page": 2}, headers={"if-none-match": tag})
    assert (first.status_code, again.status_code, other.status_code) == (200, 304, 200)
    assert again.content == b""
    left = [int(each.headers["x-ratelimit-remaining"]) for each in (first, again, other)]
    assert left == [39, 39, 38]


async def test_who_has_spent_the_hour_is_turned_away(github: httpx.AsyncClient) -> None:
    answers = [await github.get("/actions/runs/1") for _ in range(41)]
    assert {each.status_code for each in answers[:40]} == {404}
    assert answers[40].status_code == 403
    assert answers[40].headers["x-ratelimit-remaining"] == "0"
    assert "rate limit exceeded" in answers[40].json()["message"]


@pytest.mark.parametrize(
    ("given", "status"), [("", 401), ("Bearer no", 401), ("token a-token", 200)]
)
async def test_a_token_is_wanted(github: httpx.AsyncClient, given: str, status: int) -> None:
    github.headers["authorization"] = given
    answer = await github.get("/actions/runs")
    assert answer.status_code == status
    assert status == 200 or answer.json()["status"] == "401"


async def test_a_page_has_a_hundred_runs_at_most(github: httpx.AsyncClient) -> None:
    assert len((await told(github, "/actions/runs"))["workflow_runs"]) == 30
    page = await told(github, "/actions/runs", per_page=500)
    assert (len(page["workflow_runs"]), page["total_count"]) == (100, 300)


async def test_times_are_whole_seconds_and_stretches_hold_both_ends(
    github: httpx.AsyncClient,
) -> None:
    everything = (await told(github, "/actions/runs", per_page=100))["workflow_runs"]
    times = [run["created_at"] for run in everything]
    assert all(len(time) == len("2026-06-02T12:00:00Z") for time in times)
    late, early = times[10], times[20]
    for span, wanted in {
        f"{early}..{late}": [time for time in times if early <= time <= late],
        f">={late}": [time for time in times if time >= late],
        f">{late}": [time for time in times if time > late],
    }.items():
        found = await told(github, "/actions/runs", created=span, per_page=100)
        assert [run["created_at"] for run in found["workflow_runs"]] == wanted
    assert (await github.get("/actions/runs", params={"created": "x"})).status_code == 422


async def test_a_log_is_kept_elsewhere_and_takes_no_token(github: httpx.AsyncClient) -> None:
    done = await told(github, "/actions/runs", status="success", per_page=1)
    run = done["workflow_runs"][0]
    job = (await told(github, f"/actions/runs/{run['id']}/jobs"))["jobs"][0]
    answer = await github.get(f"/actions/jobs/{job['id']}/logs")
    place = answer.headers["location"]
    assert (answer.status_code, httpx.URL(place).host) == (302, "localhost")
    assert (await github.get(place)).status_code == 400
    async with httpx.AsyncClient() as stranger:
        log = await stranger.get(place)
    assert log.status_code == 200
    assert log.text.startswith("\ufeff2026-")


async def test_the_workflow_file_names_the_jobs(github: httpx.AsyncClient) -> None:
    run = (await told(github, "/actions/runs", status="success", per_page=1))["workflow_runs"][0]
    path, _, branch = run["path"].partition("@")
    raw = {"accept": "application/vnd.github.raw+json"}
    answer = await github.get(f"/contents/{path}", params={"ref": run["head_sha"]}, headers=raw)
    file = yaml.safe_load(answer.text)
    jobs = (await told(github, f"/actions/runs/{run['id']}/jobs"))["jobs"]
    assert {job["name"] for job in jobs} == {job["name"] for job in file["jobs"].values()}
    assert branch == "main"
    other = await github.get(f"/contents/{path}", params={"ref": "0" * 40}, headers=raw)
    assert other.status_code == 404


async def test_an_accepted_wish_says_nothing_more(github: httpx.AsyncClient) -> None:
    failed = await told(github, "/actions/runs", status="failure", per_page=1)
    run = failed["workflow_runs"][0]
    path = f"/actions/runs/{run['id']}"
    answer = await github.post(f"{path}/rerun-failed-jobs")
    assert (answer.status_code, json.loads(answer.content)) == (201, {})
    again = await told(github, path)
    assert (again["id"], again["run_attempt"]) == (run["id"], run["run_attempt"] + 1)
    assert again["created_at"] == run["created_at"]
    before = await told(github, f"{path}/attempts/{run['run_attempt']}")
    assert (before["status"], before["conclusion"]) == ("completed", "failure")
    refused = await github.post(f"{path}/rerun")
    assert (refused.status_code, refused.json()["status"]) == (403, "403")
