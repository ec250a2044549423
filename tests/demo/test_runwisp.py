import hashlib
import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import anyio
import httpx
import pytest

from runs_tui.demo.server import Settings
from tests.demo.served import EPOCH, Served, serve

API = "runwisp"
RUNS = "/api/runs"
ULID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,8}[1-9])?Z")
OLD_MEMBERS = {
    "id", "task_name", "status", "end_reason", "exit_code", "start_at", "end_at", "triggered_by",
    "created_at", "retry_attempt", "retry_of_run_id", "external_execution_id",
}  # fmt: skip
NEW_MEMBERS = {
    "id", "taskName", "status", "endReason", "exitCode", "startedAt", "endedAt", "triggeredBy",
    "createdAt", "retryAttempt", "retryOfRunId", "instanceIndex", "executionId", "params",
    "isFailure",
}  # fmt: skip

Event = dict[str, Any]


class Place(Served):
    """A served world, and the questions of this file."""

    async def get(self, path: str = RUNS, /, **params: object) -> Any:
        told = {name.rstrip("_"): str(value) for name, value in params.items()}
        answer = await self.client.get(path, params=told)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def rows(self, **params: object) -> list[dict[str, Any]]:
        told = await self.get(limit=1000, **params)
        found: list[dict[str, Any]] = told["items"] if "items" in told else told["runs"]
        return found

    async def one(self, **wanted: object) -> dict[str, Any]:
        rows = await self.rows()
        return next(row for row in rows if all(row.get(k) == v for k, v in wanted.items()))

    async def post(self, path: str, body: object = None) -> httpx.Response:
        return await self.client.post(path, json=body)


def opened(credential: str | None = None, **extra: Any) -> AbstractAsyncContextManager[Place]:
    return serve(Place, API, Settings(credential, extra))


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with opened() as place:
        yield place


async def events(
    place: Place, path: str, count: int | None = None, minutes: float = 0, /, **headers: str
) -> list[tuple[str, Event, str | None]]:
    """Read events of a stream, so many or to its end: name, data, id.

    Behind the first one time passes.
    """
    found: list[tuple[str, Event, str | None]] = []
    fields: dict[str, str] = {}
    with anyio.fail_after(20):
        async with place.client.stream("GET", path, headers=headers) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            async for line in answer.aiter_lines():
                if line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                    continue
                found.append((fields["event"], json.loads(fields["data"]), fields.get("id")))
                fields = {}
                if len(found) == 1:
                    place.wait(minutes=minutes)
                if len(found) == count:
                    break
    return found


async def test_a_list_of_the_newest_generation(place: Place) -> None:
    told = await place.get(limit=400)
    assert set(told) == {"$schema", "items", "total"}
    assert (len(told["items"]), told["total"]) == (400, 400)
    for row in told["items"]:
        assert set(row) <= NEW_MEMBERS
        assert ULID.fullmatch(row["id"])
        assert row["status"] in {"pending", "running", "ended"}
        assert ("endedAt" in row) == (row["status"] == "ended")
        assert all(INSTANT.fullmatch(row[n]) for n in row if n.endswith("At"))
        assert None not in row.values()
    ids = [row["id"] for row in told["items"]]
    assert ids == sorted(ids, reverse=True)
    assert {row.get("endReason") for row in told["items"]} >= {"succeeded", "failed", "stopped"}
    assert any(INSTANT.fullmatch(row["createdAt"])[1] for row in told["items"])  # type: ignore[index]


@pytest.mark.parametrize(
    ("generation", "instance"), [("G1", "replica_index"), ("G2", "instance_index")]
)
async def test_a_list_of_the_older_generations(generation: str, instance: str) -> None:
    async with opened(generation=generation) as place:
        told = await place.get(limit=400)
        assert set(told) == {"$schema", "runs", "total"}
        for row in told["runs"]:
            assert set(row) <= OLD_MEMBERS | {instance}
            assert instance in row
        reasons = {row.get("end_reason") for row in told["runs"]}
        assert "success" in reasons
        assert "succeeded" not in reasons
        if generation == "G1":
            assert {row["triggered_by"] for row in told["runs"]} <= {"cron", "api", "cloud"}


async def test_runs_that_did_not_end_have_an_exit_code_that_means_nothing(place: Place) -> None:
    codes = Counter((row["status"], row["exitCode"]) for row in await place.rows())
    assert codes["running", 0]
    assert all(code == 0 for status, code in codes if status != "ended")


async def test_runs_that_never_began(place: Place) -> None:
    skipped = {"skipped", "missed", "queue_full", "dst_skipped"}
    found = [row for row in await place.rows() if row.get("endReason") in skipped]
    assert found
    for row in found:
        assert row["exitCode"] == -1
        assert "startedAt" not in row
        assert (await place.get(f"{RUNS}/{row['id']}/log"))["lines"] == []


async def test_pages_visit_every_run_once(place: Place) -> None:
    whole = [row["id"] for row in await place.rows()]
    paged = [
        row["id"]
        for offset in range(0, 450, 50)
        for row in (await place.get(offset=offset))["items"]
    ]
    assert paged == whole


@pytest.mark.parametrize("naming", ["previous", "first"])
async def test_retries_name_the_run_that_they_retry(naming: str) -> None:
    async with opened(retries_name=naming) as place:
        rows = {row["id"]: row for row in await place.rows()}
        retries = [row for row in rows.values() if row["retryAttempt"]]
        assert retries
        for row in retries:
            earlier = rows.get(row["retryOfRunId"])
            if earlier is not None:
                number = 0 if naming == "first" else row["retryAttempt"] - 1
                assert earlier["retryAttempt"] in {number, 1}
                assert earlier["endReason"] in {"failed", "timeout", "crashed", "log_overflow"}
                assert earlier["taskName"] == row["taskName"]
        assert all(("retryOfRunId" in row) == (row["retryAttempt"] > 0) for row in rows.values())


async def test_services_fill_their_instances(place: Place) -> None:
    tasks = {task["name"]: task for task in (await place.get("/api/tasks"))["items"]}
    services = {name for name, task in tasks.items() if task.get("kind") == "service"}
    assert services
    rows = [row for row in await place.rows() if row["taskName"] in services]
    assert {row["triggeredBy"] for row in rows} == {"service"}
    active = Counter(
        (row["taskName"], row["instanceIndex"]) for row in rows if row["status"] != "ended"
    )
    assert max(active.values()) == 1
    for row in rows:
        assert row["instanceIndex"] < tasks[row["taskName"]]["instances"]
    others = [row for row in await place.rows() if row["taskName"] not in services]
    assert {row["instanceIndex"] for row in others} == {0}


async def test_tasks_keep_secrets_and_leave_out_what_is_absent(place: Place) -> None:
    tasks = (await place.get("/api/tasks"))["items"]
    assert [task["name"] for task in tasks] == sorted(task["name"] for task in tasks)
    assert all(task["env"] and task["manualTrigger"] for task in tasks)
    assert any("kind" not in task for task in tasks)
    async with opened(generation="G2", scheduled_only=["webhook-ingest"]) as other:
        tasks = await other.get("/api/tasks")
        assert [t["name"] for t in tasks if not t["api_trigger"]] == ["webhook-ingest"]


# Filters


async def test_the_status_is_a_phase_or_a_reason_or_several(place: Place) -> None:
    every = Counter(
        word for row in await place.rows() for word in {row["status"], row.get("endReason")}
    )
    for words in ("running", "ended", "failed", "pending,running", "timeout,crashed,odd"):
        found = await place.get(status=words)
        assert found["total"] == sum(every[word] for word in words.split(","))
    assert (await place.get(status="odd"))["total"] == 0
    assert (await place.get(status="success"))["total"] == 0


async def test_older_lists_take_one_word_and_not_every_reason() -> None:
    async with opened(generation="G2") as place:
        assert (await place.get(status="running"))["total"] > 0
        assert (await place.get(status="running,pending"))["total"] == 0
        assert (await place.get(status="daemon_stopped"))["total"] == 0
    async with opened(generation="G2", late=True) as place:
        assert (await place.get(status="running,pending"))["total"] > 0


async def test_filters_in_the_wrong_casing_are_ignored(place: Place) -> None:
    whole = (await place.get())["total"]
    for name in ("task_name", "sort_field", "created_after", "odd"):
        assert (await place.get(**{name: "webhook-ingest"}))["total"] == whole
    assert 0 < (await place.get(taskName="webhook-ingest"))["total"] < whole


async def test_a_search_looks_into_names_and_ids_and_drops_wildcards(place: Place) -> None:
    found = await place.rows(search="INGEST")
    assert {row["taskName"] for row in found} == {"webhook-ingest"}
    assert len(await place.rows(search="in%ge_st")) == len(found)
    assert await place.rows(search=found[0]["id"].lower()) == found[:1]


async def test_times_triggers_and_retries(place: Place) -> None:
    rows = await place.rows()
    at = rows[200]["createdAt"]
    later = await place.rows(createdAfter=at)
    earlier = await place.rows(createdBefore=at)
    assert len(later) + len(earlier) in {400, 401}
    assert {row["triggeredBy"] for row in await place.rows(triggeredBy="cron")} == {"cron"}
    assert all(row["retryAttempt"] for row in await place.rows(retriesOnly="true"))


async def test_lists_are_sorted_as_they_are_asked(place: Place) -> None:
    rows = await place.rows()
    for field in ("taskName", "createdAt", "exitCode"):
        ascending = await place.rows(sortField=field, sortDirection="asc")
        assert [row[field] for row in ascending] == sorted(row[field] for row in rows)
        assert (await place.rows(sortField=field))[0][field] == max(row[field] for row in rows)


@pytest.mark.parametrize(
    ("params", "location"),
    [
        ({"limit": 0}, "query.limit"),
        ({"limit": 1001}, "query.limit"),
        ({"limit": "x"}, "query.limit"),
        ({"offset": -1}, "query.offset"),
        ({"sortField": "odd"}, "query.sortField"),
        ({"sortDirection": "down"}, "query.sortDirection"),
        ({"createdAfter": "yesterday"}, "query.createdAfter"),
    ],
)
async def test_what_is_wrong_is_a_problem(
    place: Place, params: dict[str, object], location: str
) -> None:
    answer = await place.client.get(RUNS, params={n: str(v) for n, v in params.items()})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["title"]) == (422, "Unprocessable Entity")
    assert [error["location"] for error in problem["errors"]] == [location]


async def test_ids_are_checked(place: Place) -> None:
    answer = await place.client.get(f"{RUNS}/nobody")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["location"] == "path.run"
    assert (await place.client.get(f"{RUNS}/{'0' * 26}")).status_code == 404
    assert (await place.client.get("/api/nothing")).text == "404 page not found\n"


# Logs


async def test_a_log_is_numbered_from_0_and_tells_no_times(place: Place) -> None:
    row = await place.one(status="ended", endReason="failed")
    log = await place.get(f"{RUNS}/{row['id']}/log")
    assert set(log) == {"lines", "firstAvailable", "totalLines", "truncated", "finalized"}
    assert [line["n"] for line in log["lines"]] == list(range(log["totalLines"]))
    assert {line["ts"] for line in log["lines"]} == {0}
    assert {line["stream"] for line in log["lines"]} == {"stdout", "stderr", "system"}
    assert all("\n" not in line["text"] for line in log["lines"])
    assert log["finalized"]
    tail = await place.get(f"{RUNS}/{row['id']}/log", from_=-2)
    assert tail["lines"] == log["lines"][-2:]
    middle = await place.get(f"{RUNS}/{row['id']}/log", from_=1, limit=2)
    assert middle["lines"] == log["lines"][1:3]


async def test_the_first_lines_of_a_log_may_be_gone() -> None:
    async with opened(generation="G2", rotated=3) as place:
        row = await place.one(status="ended", end_reason="failed")
        path = f"/api/tasks/{row['task_name']}/runs/{row['id']}/log"
        log = await place.get(path, from_=0)
        assert (log["first_available"], log["truncated"]) == (3, True)
        assert log["lines"][0]["n"] == 3


async def test_a_log_stream_ends_with_done(place: Place) -> None:
    row = await place.one(status="ended", endReason="failed")
    path = f"{RUNS}/{row['id']}/log/stream"
    total = (await place.get(f"{RUNS}/{row['id']}/log"))["totalLines"]
    told = await events(place, f"{path}?from=0")
    assert told[-1] == ("done", {"finalLine": total - 1, "status": "ended"}, None)
    assert [data["n"] for name, data, _ in told if name == "line"] == list(range(total))
    assert [number for _, _, number in told[:2]] == [None, "1"]
    rest = await events(place, f"{path}?from=0", **{"Last-Event-ID": "1"})
    assert rest == told[2:]
    newest = await events(place, f"{path}?from=0&replayLimit=2")
    assert newest == told[-3:]


async def test_lines_that_come_live_tell_their_time(place: Place) -> None:
    row = await place.one(status="running")
    path = f"{RUNS}/{row['id']}/log/stream"
    before = (await place.get(f"{RUNS}/{row['id']}/log"))["totalLines"]
    told = await events(place, f"{path}?from={before - 1}", 2, 2)
    (_, old, _), (_, new, _) = told
    assert old["ts"] == 0
    assert EPOCH.timestamp() * 1000 <= new["ts"] <= place.clock.now().timestamp() * 1000


async def test_a_log_stream_may_be_closed_without_done() -> None:
    async with opened(close_after=0.2) as place:
        row = await place.one(status="running")
        told = await events(place, f"{RUNS}/{row['id']}/log/stream?from=0")
        assert "done" not in {name for name, _, _ in told}


async def test_a_log_stream_of_nobody_is_empty(place: Place) -> None:
    assert await events(place, f"{RUNS}/{'0' * 26}/log/stream") == []


async def test_a_daemon_may_have_no_logs() -> None:
    for extra in ({"generation": "G1"}, {"logs": False}):
        async with opened(**extra) as place:
            paths = (await place.get("/openapi.json"))["paths"]
            assert not any(path.endswith("/log") for path in paths)


# Changes


async def test_changes_are_announced_with_numbers(place: Place) -> None:
    told = await events(place, "/api/events/stream", 12, 5)
    assert told[0] == ("ping", {}, None)
    numbers = [int(number or 0) for _, _, number in told[1:]]
    assert numbers == list(range(1, 12))
    assert {name for name, _, _ in told[1:]} <= {
        "run.created", "run.started", "run.completed", "run.failed",
    }  # fmt: skip
    replayed = await events(place, "/api/events/stream", 6, **{"Last-Event-ID": "4"})
    assert replayed[1:] == told[5:10]
    again = await events(place, "/api/events/stream?lastEventId=4", 6)
    assert again == replayed


async def test_older_daemons_replay_nothing() -> None:
    async with opened(generation="G2") as place:
        await events(place, "/api/runs/stream", 1)
        place.wait(minutes=5)
        headers = {"Last-Event-ID": "1"}
        told = await events(place, "/api/runs/stream", 4, 5, **headers)
        assert {number for _, _, number in told} == {None}
        known = {row["id"]: row for row in await place.rows()}
        for _, data, _ in told[1:]:
            changed = known[data["run"]["id"]]
            moment = changed.get("end_at") or changed.get("start_at") or changed["created_at"]
            assert moment > "2026-06-02T09:18"


async def test_a_restart_ends_the_streams_and_begins_the_numbers_anew() -> None:
    async with opened(restart_after=5) as place:
        path = "/api/events/stream"
        told = await events(place, path, None, 5)
        assert all(int(number or 0) < 5 for _, _, number in told)
        headers = {"Last-Event-ID": "8812"}
        told = await events(place, path, 3, 5, **headers)
        assert all(int(number or 0) < 8812 for _, _, number in told)
        assert all(number for _, _, number in told[1:])


# Acting


async def test_a_stop_says_nothing_and_ends_the_run_later(place: Place) -> None:
    row = await place.one(status="running")
    answer = await place.post(f"{RUNS}/{row['id']}/stop")
    assert (answer.status_code, answer.content) == (204, b"")
    place.wait(minutes=1)
    ended = await place.get(f"{RUNS}/{row['id']}")
    assert ended["status"] == "ended"
    assert ended.get("endReason") in {"stopped", "daemon_stopped", None}
    assert (await place.post(f"{RUNS}/{row['id']}/stop")).status_code == 400


async def test_older_daemons_say_that_a_signal_was_sent() -> None:
    async with opened(generation="G2") as place:
        row = await place.one(status="running")
        path = f"/api/tasks/{row['task_name']}/runs/{row['id']}/stop"
        answer = await place.post(path)
        assert (answer.status_code, answer.json()) == (200, {"message": "Stop signal sent"})


async def test_a_queued_run_cannot_be_stopped() -> None:
    async with opened() as place:
        for _ in range(200):
            queued = [row for row in await place.rows() if row["status"] == "pending"]
            if queued:
                break
            place.wait(seconds=20)
        answer = await place.post(f"{RUNS}/{queued[0]['id']}/stop")
        assert answer.status_code == 400


async def test_a_run_is_started_again_without_a_link() -> None:
    async with opened(services=()) as place:
        row = await place.one(status="ended", endReason="failed")
        answer = await place.post("/api/runs/bulk/rerun", {"ids": [row["id"]]})
        ((started),) = answer.json()["triggered"]
        assert started["taskName"] == row["taskName"]
        again = await place.get(f"{RUNS}/{started['runId']}")
        assert (again["retryAttempt"], again["triggeredBy"]) == (0, "api")
        assert "retryOfRunId" not in again
        assert again["params"] == row["params"]
        body = {"params": row["params"]}
        triggered = await place.post(f"/api/tasks/{row['taskName']}/run", body)
        assert triggered.status_code == 201
        assert triggered.json()["taskName"] == row["taskName"]


async def test_what_may_not_be_started_is_not(place: Place) -> None:
    row = await place.one(triggeredBy="service", status="ended")
    for ids in ([row["id"]], ["0" * 26]):
        answer = await place.post("/api/runs/bulk/rerun", {"ids": ids})
        assert answer.json() == {"triggered": []}
    assert (await place.post("/api/runs/bulk/rerun", {})).status_code == 400
    assert (await place.post(f"/api/tasks/{row['taskName']}/run")).status_code == 409
    assert (await place.post("/api/tasks/nothing/run")).status_code == 404
    async with opened(scheduled_only=["webhook-ingest"], rerun=False) as other:
        assert (await other.post("/api/tasks/webhook-ingest/run")).status_code == 403
        answer = await other.post("/api/runs/bulk/rerun", {"ids": [row["id"]]})
        assert answer.status_code in {404, 405}


async def test_three_runs_of_one_task_start_one() -> None:
    async with opened(services=()) as place:
        rows = [
            row for row in await place.rows()
            if row["taskName"] == "webhook-ingest" and row["status"] == "ended"
        ]  # fmt: skip
        ids = [row["id"] for row in rows[:3]]
        answer = await place.post("/api/runs/bulk/rerun", {"ids": ids})
        assert len(answer.json()["triggered"]) == 1


# Who may enter


async def test_without_a_credential_everyone_may_enter(place: Place) -> None:
    assert await place.get("/api/auth/status") == {"authRequired": False, "authenticated": False}
    assert (await place.client.get("/health")).text == "OK"


async def test_a_credential_is_a_token() -> None:
    async with opened("t0ken", generation="G2") as place:
        answer = await place.client.get(RUNS)
        assert (answer.status_code, answer.text) == (401, "Unauthorized\n")
        assert answer.headers["content-type"].startswith("text/plain")
        assert "auth_required" in await place.get("/api/auth/status")
        assert (await place.client.get("/openapi.json")).status_code == 200
        shown = {"Authorization": "Bearer t0ken"}
        assert (await place.client.get(RUNS, headers=shown)).status_code == 200


async def test_a_login_takes_the_right_response_once() -> None:
    async with opened("t0ken", password="pass", generation="G2") as place:
        nonce = (await place.get("/api/auth/challenge"))["nonce"]
        response = hashlib.sha256(f"pass:{nonce}".encode()).hexdigest()
        body = {"nonce": nonce, "response": response}
        answer = await place.post("/api/auth", body)
        shown = {"Authorization": f"Bearer {answer.json()['token']}"}
        assert (await place.client.get(RUNS, headers=shown)).status_code == 200
        again = await place.post("/api/auth", body)
        assert (again.status_code, again.text) == (401, "Invalid or expired nonce\n")
        place.wait(hours=25)
        assert (await place.client.get(RUNS, headers=shown)).status_code == 401


async def test_the_sixth_request_of_a_login_is_one_too_many() -> None:
    async with opened("t0ken") as place:
        for _ in range(5):
            assert (await place.client.get("/api/auth/challenge")).status_code == 200
        answer = await place.post("/api/auth/login", {})
        assert answer.status_code == 429
        assert answer.headers["content-type"].startswith("text/plain")
        place.wait(minutes=6)
        assert (await place.post("/api/auth/login", {})).status_code == 400


async def test_a_login_may_be_switched_off() -> None:
    async with opened("t0ken", auth="off") as place:
        assert (await place.get("/api/auth/status"))["authRequired"] is False
        assert await place.rows()


async def test_the_description_tells_the_routes_and_the_filters() -> None:
    async with opened() as place:
        document = await place.get("/openapi.json")
        assert document["openapi"] == "3.1.0"
        assert "/api/runs/{run}" in document["paths"]
        names = {each["name"] for each in document["paths"][RUNS]["get"]["parameters"]}
        assert names >= {"limit", "status", "createdAfter", "sortField"}
        assert "taskName" in document["components"]["schemas"]["Run"]["properties"]
    async with opened(openapi=False) as place:
        assert (await place.client.get("/openapi.json")).status_code == 404
