import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import uuid4

import anyio
import httpx
import pytest

from runs_tui.demo.server import Settings
from tests.demo.served import EPOCH, Served, bent, serve

API = "automation_runs"
RUNS = "/api/v1/automation-runs"
WORDS = {"pending", "running", "awaiting_approval", "completed", "failed", "cancelled", "skipped"}

Frame = dict[str, str]


class Place(Served):
    """A served world, and the questions of this file."""

    async def get(self, path: str = "", **params: object) -> Any:
        answer = await self.client.get(RUNS + path, params={k: str(v) for k, v in params.items()})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: object = None) -> httpx.Response:
        return await self.client.post(RUNS + path, json=body)

    async def one(self, status: str, steps: int = 1) -> dict[str, Any]:
        sizes = {workflow.id: len(workflow.steps) for workflow in self.world.workflows}
        found = await self.get(status=status, limit=1000)
        return next(run for run in found["items"] if sizes[run["automationId"]] >= steps)


def opened(settings: Settings | None = None, **options: Any) -> AbstractAsyncContextManager[Place]:
    return serve(Place, API, settings, **options)


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with opened() as place:
        yield place


async def frames(place: Place, run: str, after: str | None = None) -> list[Frame]:
    """Read a stream of server-sent events to its end."""
    headers = {} if after is None else {"Last-Event-ID": after}
    with anyio.fail_after(20):
        answer = await place.client.get(f"{RUNS}/{run}/events", headers=headers)
    assert answer.headers["content-type"].startswith("text/event-stream")
    blocks = [block for block in answer.text.split("\n\n") if block.startswith("id:")]
    return [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks]


async def test_a_list_has_the_shape_of_the_contract(place: Place) -> None:
    found = await place.get(limit=400)
    assert set(found) == {"items", "total"}
    assert (len(found["items"]), found["total"]) == (400, 400)
    assert {run["status"] for run in found["items"]} <= WORDS
    for run in found["items"]:
        assert set(run) == {
            "id", "automationId", "automationVersionId", "versionNumber", "tenantId", "status",
            "triggerType", "triggerSourceType", "triggerSourceId", "orchestratorType",
            "externalJobId", "concurrencyKey", "createdAt", "updatedAt", "startedAt",
            "completedAt", "durationSeconds", "error",
        }  # fmt: skip
        assert run["createdAt"].endswith("Z")
        assert (run["error"] is not None) == (run["status"] == "failed")
    assert {run["triggerType"] for run in found["items"]} == {
        "manual", "schedule", "webhook", "event",
    }  # fmt: skip


async def test_pages_visit_every_run_once(place: Place) -> None:
    whole = [run["id"] for run in (await place.get(limit=1000))["items"]]
    paged = [
        run["id"]
        for offset in range(0, 500, 100)
        for run in (await place.get(offset=offset))["items"]
    ]
    assert paged == whole


async def test_the_status_filter_takes_one_word(place: Place) -> None:
    every = Counter(run["status"] for run in (await place.get(limit=1000))["items"])
    for word in ("running", "failed", "pending", "awaiting_approval"):
        found = await place.get(status=word, limit=1000)
        assert {run["status"] for run in found["items"]} == {word}
        assert found["total"] == len(found["items"]) == every[word]
    assert (await place.get(status="no such word"))["items"] == []


@pytest.mark.parametrize(
    ("params", "name", "kind"),
    [
        ({"limit": "1001"}, "limit", "less_than_equal"),
        ({"limit": "0"}, "limit", "greater_than_equal"),
        ({"limit": "many"}, "limit", "int_parsing"),
        ({"offset": "-1"}, "offset", "greater_than_equal"),
    ],
)
async def test_odd_pages_are_refused(
    place: Place, params: dict[str, str], name: str, kind: str
) -> None:
    answer = await place.client.get(RUNS, params=params)
    assert answer.status_code == 422
    (problem,) = answer.json()["detail"]
    assert (problem["loc"], problem["type"]) == (["query", name], kind)
    assert "Input should be" in problem["msg"]


async def test_one_run_is_as_in_the_list(place: Place) -> None:
    listed = await place.one("failed")
    assert await place.get(f"/{listed['id']}") == listed
    assert listed["error"]["message"].startswith("Step ")
    assert listed["durationSeconds"] > 0


async def test_unknown_and_malformed_ids(place: Place) -> None:
    for path in ("", "/steps", "/events"):
        answer = await place.client.get(f"{RUNS}/{uuid4()}{path}")
        assert (answer.status_code, answer.json()) == (404, {"detail": "Automation run not found"})
        answer = await place.client.get(f"{RUNS}/not-a-uuid{path}")
        assert answer.status_code == 422
        assert answer.json()["detail"][0]["loc"] == ["path", "run_id"]
    for path in ("/cancel", "/retry"):
        assert (await place.post(f"/{uuid4()}{path}", {})).status_code == 404
    assert (await place.client.get("/api/v1/nothing")).json() == {"detail": "Not Found"}
    assert (await place.client.put(RUNS)).json() == {"detail": "Method Not Allowed"}


async def test_steps_have_the_shape_of_the_contract(place: Place) -> None:
    run = await place.one("failed", steps=3)
    found = await place.get(f"/{run['id']}/steps")
    assert found["automationRunId"] == run["id"]
    words = Counter(step["status"] for step in found["steps"])
    assert found["failedCount"] == words["failed"] == 1
    assert found["completedCount"] == words["completed"]
    assert found["pendingCount"] == found["runningCount"] == 0
    keys = {step["key"] for step in found["steps"]}
    for step in found["steps"]:
        assert set(step) == {
            "key", "name", "dependsOn", "status", "actionRunId", "decisionId", "startedAt",
            "completedAt", "durationSeconds", "error", "result", "resultTruncated",
        }  # fmt: skip
        assert set(step["dependsOn"]) <= keys
        assert (step["actionRunId"] is None) == (step["startedAt"] is None)
        assert (step["result"] is not None) == (step["status"] == "completed")
        assert (step["error"] is not None) == (step["status"] == "failed")


async def test_an_approval_waits_with_a_decision(place: Place) -> None:
    run = await place.one("awaiting_approval")
    steps = (await place.get(f"/{run['id']}/steps"))["steps"]
    (waiting,) = [step for step in steps if step["status"] == "awaiting_approval"]
    assert waiting["decisionId"]


async def test_a_cancel_takes_effect_after_a_while(place: Place) -> None:
    run = await place.one("running")
    answer = await place.client.post(f"{RUNS}/{run['id']}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "running")
    place.wait(seconds=4)
    done = await place.get(f"/{run['id']}")
    assert (done["status"], done["completedAt"] is None) == ("cancelled", False)
    again = await place.client.post(f"{RUNS}/{run['id']}/cancel")
    assert (again.status_code, again.json()) == (409, {"detail": "Run is already cancelled"})


async def test_a_full_retry_is_a_new_run(place: Place) -> None:
    run = await place.one("failed")
    new = (await place.post(f"/{run['id']}/retry", {"mode": "full"})).json()
    assert new["id"] != run["id"]
    assert (new["status"], new["automationId"]) == ("pending", run["automationId"])
    assert (await place.get(limit=1))["items"] == [new]
    assert await place.get(f"/{run['id']}") == run


@pytest.mark.parametrize("body", [{}, {"mode": "from_failed"}, {"mode": "from_failed", "x": 1}])
async def test_a_retry_from_the_failed_step_is_the_same_run(
    place: Place, body: dict[str, Any]
) -> None:
    run = await place.one("failed", steps=3)
    before = {step["key"]: step for step in (await place.get(f"/{run['id']}/steps"))["steps"]}
    again = (await place.post(f"/{run['id']}/retry", body)).json()
    assert (again["id"], again["status"], again["error"]) == (run["id"], "pending", None)
    for step in (await place.get(f"/{run['id']}/steps"))["steps"]:
        if before[step["key"]]["status"] == "completed":
            assert step == before[step["key"]]
        else:
            assert (step["status"], step["actionRunId"]) == ("pending", None)


async def test_a_retry_from_a_step_is_the_same_run(place: Place) -> None:
    run = await place.one("completed", steps=3)
    steps = (await place.get(f"/{run['id']}/steps"))["steps"]
    body = {"mode": "from_step", "stepKey": steps[1]["key"]}
    again = (await place.post(f"/{run['id']}/retry", body)).json()
    assert again["id"] == run["id"]
    now = {
        step["key"]: step["status"] for step in (await place.get(f"/{run['id']}/steps"))["steps"]
    }
    assert now[steps[0]["key"]] == "completed"
    assert now[steps[1]["key"]] == "pending"


@pytest.mark.parametrize(("switch", "same"), [("same", True), ("new", False)])
async def test_what_a_retry_gives_can_be_switched(switch: str, same: bool) -> None:
    async with opened(bent(retry=switch)) as place:
        for mode in ("full", "from_failed"):
            run = await place.one("failed")
            again = (await place.post(f"/{run['id']}/retry", {"mode": mode})).json()
            assert (again["id"] == run["id"]) is same


async def test_odd_retries_are_refused(place: Place) -> None:
    failed, running = await place.one("failed"), await place.one("running")
    path = f"/{failed['id']}/retry"
    for body, loc in (
        ({"mode": "sideways"}, ["body", "mode"]),
        ({"mode": ["full"]}, ["body", "mode"]),
        ({"mode": "from_step"}, ["body", "stepKey"]),
        ({"mode": "from_step", "stepKey": {}}, ["body", "stepKey"]),
        ({"mode": "from_step", "stepKey": "nope"}, ["body", "stepKey"]),
        ([], ["body"]),
    ):
        answer = await place.post(path, body)
        assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, loc)
    answer = await place.client.post(RUNS + path, content=b"{")
    assert (answer.status_code, answer.json()["detail"][0]["type"]) == (422, "json_invalid")
    answer = await place.post(f"/{running['id']}/retry", {})
    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        "Cannot retry: the run is still active",
    )


async def test_automations_give_names(place: Place) -> None:
    answer = (await place.client.get("/api/v1/automations", params={"limit": 1000})).json()
    names = {each["id"]: each["name"] for each in answer["items"]}
    assert answer["total"] == len(names) >= 24
    assert {run["automationId"] for run in (await place.get())["items"]} <= set(names)


async def test_audit_events_tell_the_changes_of_a_run(place: Place) -> None:
    run = await place.one("completed", steps=3)
    params = {"resource_type": "automation_run", "resource_id": run["id"], "limit": "100"}
    answer = (await place.client.get("/api/v1/events", params=params)).json()
    assert set(answer) == {"events", "total", "limit", "offset", "hasNext"}
    names = [event["eventType"] for event in answer["events"]]
    assert (names[0], names[-1]) == ("automation.created", "automation.completed")
    assert "action.log" not in names


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": "Bearer sesame"}, 200),
        ({"Authorization": "sesame"}, 200),
        ({"X-API-Key": "sesame"}, 200),
        ({"Cookie": "a=b; vai_token=sesame"}, 200),
        ({"Cookie": "other=sesame"}, 401),
    ],
)
async def test_a_credential_is_taken_in_any_of_three_ways(
    headers: dict[str, str], status: int
) -> None:
    async with opened(Settings(credential="sesame"), runs=20) as place:
        answer = await place.client.get(RUNS, headers=headers)
        assert answer.status_code == status
        if status == 401:
            assert answer.json() == {"detail": "Not authenticated"}


async def test_the_rate_is_told_and_kept() -> None:
    async with opened(bent(rate=2), runs=20) as place:
        answers = [await place.client.get(RUNS) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["1", "0", "0"]
        assert answers[0].headers["x-ratelimit-limit"] == "2"
        assert float(answers[0].headers["x-ratelimit-reset"]) == EPOCH.timestamp() + 60
        place.wait(seconds=60)
        assert (await place.client.get(RUNS)).status_code == 200


async def test_other_dresses_of_the_same_answers() -> None:
    async with opened(bent(envelope=True, problem=True, status_filter="refuse")) as place:
        found = await place.get()
        assert found["meta"]["total"] == found["data"]["total"] == 400
        answer = await place.client.get(f"{RUNS}/{uuid4()}")
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"] == "Automation run not found"
        answer = await place.client.get(RUNS, params={"status": "failed"})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "query.status"


async def test_a_stream_of_a_finished_run_tells_all_and_ends(place: Place) -> None:
    run = await place.one("failed", steps=3)
    told = await frames(place, run["id"])
    assert [int(each["id"]) for each in told] == list(range(1, len(told) + 1))
    assert told[0]["event"] == "automation.created"
    last = json.loads(told[-1]["data"])
    assert told[-1]["event"] == "automation.failed"
    assert (last["status"], last["runId"], "stepKey" in last) == ("failed", run["id"], False)
    failures = [json.loads(each["data"]) for each in told if each["event"] == "action.failed"]
    assert [each["stepKey"] for each in failures] != []
    logs = [json.loads(each["data"]) for each in told if each["event"] == "action.log"]
    assert all("status" not in each and each["message"] for each in logs)


async def test_a_stream_goes_on_after_the_last_event_id(place: Place) -> None:
    run = await place.one("failed", steps=3)
    whole = await frames(place, run["id"])
    assert await frames(place, run["id"], after=whole[4]["id"]) == whole[5:]
    assert await frames(place, run["id"], after=whole[-1]["id"]) == []
    assert await frames(place, run["id"], after="nonsense") == whole


async def test_a_stream_may_start_over_on_every_connect() -> None:
    async with opened(bent(replay=True)) as place:
        run = await place.one("failed")
        assert await frames(place, run["id"], after="3") == await frames(place, run["id"])


async def test_a_stream_of_a_repeated_run_begins_with_the_newest_attempt(place: Place) -> None:
    run = await place.one("failed", steps=3)
    earlier = await frames(place, run["id"])
    await place.post(f"/{run['id']}/retry", {})
    place.wait(hours=3)
    told = await frames(place, run["id"])
    assert int(told[0]["id"]) == int(earlier[-1]["id"]) + 1
    assert told[0]["event"] == "automation.created"


async def test_a_stream_tells_what_happens_while_it_is_open(place: Place) -> None:
    run = await place.one("running", steps=3)
    path = f"{RUNS}/{run['id']}/events"
    seen: list[str] = []
    with anyio.fail_after(20):
        async with place.client.stream("GET", path) as answer:
            async for line in answer.aiter_lines():
                seen.append(line)
                if len(seen) == 3:
                    place.wait(seconds=1)
                    assert (await place.post(f"/{run['id']}/cancel")).status_code == 200
                    place.wait(seconds=4)
    events = [line for line in seen if line.startswith("event:")]
    assert events[-1] == "event: automation.cancelled"
    assert events.count("event: automation.cancelled") == 1


async def test_a_silent_stream_is_kept_alive() -> None:
    async with opened(bent(keepalive=0.05)) as place:
        run = await place.one("running")
        with anyio.fail_after(20):
            async with place.client.stream("GET", f"{RUNS}/{run['id']}/events") as answer:
                lines = answer.aiter_lines()
                while await anext(lines) != ": keep-alive":
                    pass


@pytest.mark.parametrize(
    ("framing", "media", "pattern"),
    [
        ("ndjson", "application/x-ndjson", r'\{"seq":1,"type":"automation.created".*\}\n\{"seq":2'),
        ("array", "application/json", r'\[\{"id":".*"eventType":"automation.created".*\}\]$'),
        ("concatenated", "application/json", r'\{"runId":[^\n]*\}\{"runId"'),
        ("record", "application/json-seq", '\x1e\\{"runId".*\\}\n\x1e\\{'),
        ("text", "text/plain; charset=utf-8", r"2026-\S+Z INFO \S+ is queued\n"),
    ],
)
async def test_streams_come_in_many_framings(framing: str, media: str, pattern: str) -> None:
    async with opened(bent(framing=framing)) as place:
        run = await place.one("completed")
        answer = await place.client.get(f"{RUNS}/{run['id']}/events")
        assert answer.headers["content-type"] == media
        assert re.match(pattern, answer.text, re.DOTALL)
        if framing == "array":
            kinds = {event["resourceType"] for event in answer.json()}
            assert kinds == {"automation_run", "action_run"}


@pytest.mark.parametrize(
    ("framing", "status", "body"),
    [
        ("null", 200, b"null"),
        ("none", 404, b'{"detail":"Not Found"}'),
        ("empty", 204, b""),
        ("405", 405, b'{"detail":"Method Not Allowed"}'),
    ],
)
async def test_there_may_be_no_stream(framing: str, status: int, body: bytes) -> None:
    async with opened(bent(framing=framing), runs=20) as place:
        run = await place.one("running")
        answer = await place.client.get(f"{RUNS}/{run['id']}/events")
        assert (answer.status_code, answer.content) == (status, body)


async def test_a_hostile_world_passes_as_json() -> None:
    async with opened(hostile=True) as place:
        names = (await place.client.get("/api/v1/automations")).text
        assert r"\u001b]0;pwned\u0007" in names
        assert r"\u0000" in names
        odd = await place.one("frobnicating")
        steps = (await place.get(f"/{odd['id']}/steps"))["steps"]
        assert steps[0]["status"] == "frobnicating"
