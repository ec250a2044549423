"""Answers in the shapes of every generation, and what is made of them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from runs_tui.adapters.base import Connection
from runs_tui.adapters.runwisp import RunWisp
from runs_tui.adapters.runwisp.generation import Generation, described
from runs_tui.adapters.runwisp.states import state_of
from runs_tui.model import shapes
from runs_tui.model.errors import BadAnswer, NotFound, Refused, Unauthorized
from runs_tui.model.query import Query
from runs_tui.model.run import Event, Run
from runs_tui.model.state import State
from tests.adapters.runwisp_server import (
    LOG_PAGE,
    NEW_LIST,
    NEW_RUN,
    NOON,
    OLD_LIST,
    OLD_TASKS,
    OTHER,
    RUN,
    STATUS,
    Server,
    page,
    problem,
    run,
    talking,
    told,
)
from tests.adapters.sources import said
from tests.transport.script import reply

LIST = "/api/runs"


def old_document(**filters: Any) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "paths": {
            "/api/runs": {"get": {"parameters": [{"name": name} for name in filters]}},
            "/api/tasks/{name}/runs/{id}": {},
            "/api/runs/{run_id}": {},
            "/api/tasks/{name}/runs/{id}/log": {},
        },
        "components": {"schemas": {"Run": {"properties": {"task_name": {}, "id": {}}}}},
    }


async def listed(source: RunWisp) -> list[Run]:
    return list((await source.runs(Query())).items)


async def test_a_list_of_the_older_generations() -> None:
    async with talking({LIST: OLD_LIST}, newer=False) as (source, _):
        page = await source.runs(Query(limit=2))
    first, second = page.items
    assert page.total == 318
    assert page.next is not None
    assert (first.state, first.status, first.reason) == (State.FAILED, "ended", "timeout")
    assert (first.error, first.attempt) == ("timeout", 2)
    assert (first.retry_of, first.derived) == ("01JZ8Q3A0B1C2D3E4F5G6H7J8K", frozenset())
    assert first.started_at == datetime(2026, 5, 14, 9, 30, 0, 412345, UTC)
    assert first.created_at == datetime(2026, 5, 14, 9, 30, 0, 400000, UTC)
    assert (first.workflow_id, first.workflow_name) == ("ledger-export", "ledger-export")
    assert (first.trigger, first.url, first.name) == ("cron", None, None)
    assert first.details == {"exit_code": 143}
    assert (second.state, second.reason, second.error) == (State.QUEUED, None, None)
    assert (second.started_at, second.attempt, second.details) == (None, 1, {})


async def test_a_list_of_the_newest_generation() -> None:
    async with talking({LIST: NEW_LIST}) as (source, _):
        (found,) = await listed(source)
    assert (found.state, found.status, found.trigger) == (State.RUNNING, "running", "service")
    assert (found.workflow_name, found.name) == ("thumbnailer", "#3")
    assert found.started_at == datetime(2026, 7, 2, 18, 4, 11, 500000, UTC)
    assert found.details == {"instanceIndex": 2}
    assert "640" not in json.dumps(shapes.of_run(found, NOON))


async def test_a_list_of_the_oldest_generation() -> None:
    rows = [
        {
            ("replica_index" if name == "instance_index" else name): each
            for name, each in row.items()
        }
        for row in OLD_LIST["runs"]
    ]
    rows[0]["replica_index"] = 1
    async with talking({LIST: {"runs": rows, "total": 2}}, newer=False) as (source, _):
        assert [found.name for found in await listed(source)] == ["#2", None]


async def test_what_is_told_besides_is_kept_but_nothing_private() -> None:
    row = run(
        "ended", "failed", exitCode=3, executionId="e-1", isFailure=True, peakMemory=5,
        params={"TOKEN": "hidden"}, env={"TOKEN": "hidden"},
    )  # fmt: skip
    async with talking({f"{LIST}/{RUN}": row}) as (source, _):
        found = await source.run(RUN)
    assert found.details == {
        "exitCode": 3, "executionId": "e-1", "isFailure": True, "peakMemory": 5,
    }  # fmt: skip
    assert found.error == "exit 3"


@pytest.mark.parametrize("empty", [{"items": None, "total": 0}, {"items": [], "total": 0}])
async def test_no_runs(empty: dict[str, Any]) -> None:
    async with talking({LIST: empty}) as (source, _):
        found = await source.runs(Query())
    assert (list(found.items), found.total, found.next) == ([], 0, None)


@pytest.mark.parametrize(
    ("phase", "reason", "state"),
    [
        ("pending", None, State.QUEUED),
        ("running", None, State.RUNNING),
        ("ended", "success", State.SUCCEEDED),
        ("ended", "succeeded", State.SUCCEEDED),
        ("ended", "failed", State.FAILED),
        ("ended", "timeout", State.FAILED),
        ("ended", "crashed", State.FAILED),
        ("ended", "log_overflow", State.FAILED),
        ("ended", "start_failed", State.FAILED),
        ("ended", "stopped", State.CANCELLED),
        ("ended", "daemon_stopped", State.CANCELLED),
        ("ended", "skipped", State.SKIPPED),
        ("ended", "queue_full", State.SKIPPED),
        ("ended", "dst_skipped", State.SKIPPED),
        ("ended", "missed", State.SKIPPED),
        ("ended", None, State.CANCELLED),
        ("ended", "eaten", State.UNKNOWN),
        ("hibernating", None, State.UNKNOWN),
    ],
)
def test_phases_and_reasons(phase: str, reason: str | None, state: State) -> None:
    assert state_of(phase, reason) is state


@pytest.mark.parametrize(
    ("reason", "exit_code", "error"),
    [
        ("failed", 3, "exit 3"),
        ("failed", 0, "exit 0"),
        ("failed", None, "failed"),
        ("timeout", 143, "timeout"),
        ("crashed", -2, "found dead when the daemon started"),
        ("crashed", 139, "crashed"),
        ("log_overflow", 1, "log full"),
        ("start_failed", 1, "gave up"),
        ("succeeded", 4, None),
        ("stopped", 143, None),
        ("missed", -1, None),
        ("eaten", 1, None),
    ],
)
async def test_errors_are_told_in_one_line(
    reason: str, exit_code: int | None, error: str | None
) -> None:
    row = run("ended", reason, exitCode=exit_code)
    async with talking({f"{LIST}/{RUN}": row}) as (source, _):
        found = await source.run(RUN)
    assert (found.error, found.reason) == (error, reason)
    assert found.details.get("exitCode") == exit_code


async def test_an_unknown_reason_keeps_its_word() -> None:
    async with talking({f"{LIST}/{RUN}": run("ended", "eaten")}) as (source, _):
        found = await source.run(RUN)
    assert (found.state, found.status, found.reason) == (State.UNKNOWN, "ended", "eaten")
    assert not found.active


async def test_a_log_of_an_older_daemon() -> None:
    tasks = "/api/tasks/ledger-export/runs"
    row = OLD_LIST["runs"][0]
    log = {**LOG_PAGE, "finalized": True}
    async with talking(
        {LIST: OLD_LIST, f"{tasks}/{RUN}": row, f"{tasks}/{RUN}/log": log}, newer=False
    ) as (source, server):
        items = await told(source)
    assert said(items) == ["—", "uploading part 7 of 9", "slow link", "failed: timeout"]
    first, last = (item for item in items[1:3] if isinstance(item, Event))
    assert (first.id, first.at, first.level, first.details) == (
        "41",
        None,
        None,
        {"stream": "stdout"},
    )
    assert last.details == {"stream": "stderr"}
    assert server.queries(f"{tasks}/{RUN}/log") == [{"from": "-10000", "limit": "10000"}]


# How it finds out how a daemon speaks


def test_the_description_of_an_older_daemon() -> None:
    found = described(old_document(status=1, limit=1, created_after=1))
    assert found is not None
    assert not found.camel
    assert found.filters_by("created_after")
    assert not found.filters_by("triggered_by")
    assert found.path_of("a b", RUN) == f"/api/runs/{RUN}"
    assert found.path_of("a b", RUN, "/log") == f"/api/tasks/a%20b/runs/{RUN}/log"
    assert found.path_of("a b", RUN, "/log/stream").startswith("/api/tasks/a%20b/")
    assert found.path_of("a b", RUN, "/stop") == f"/api/tasks/a%20b/runs/{RUN}/stop"
    assert list(found.events) == ["/api/runs/stream", "/api/stream"]
    assert found.list_of("a b") == ("/api/tasks/a%20b/runs", {})


def test_a_description_that_names_the_parameter_of_the_task() -> None:
    found = described(old_document(task_name=1))
    assert found is not None
    assert found.list_of("a") == ("/api/runs", {"task_name": "a"})


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"paths": None},
        {"paths": {"/api/runs": None}, "components": {}},
        {"paths": {}, "components": {"schemas": {"Run": {"properties": {"taskName": {}}}}}},
        {"paths": {"/pets": {}}, "components": {"schemas": {"Pet": {}}}},
        {
            "paths": {"/api/runs": {"get": {}}},
            "components": {"schemas": {"Run": {"properties": []}}},
        },
    ],
)
def test_a_description_of_something_else(document: dict[str, Any]) -> None:
    assert described(document) is None


def test_names_in_camel_case() -> None:
    newest = Generation(camel=True)
    assert newest.asked({"sort_field": "start_at", "sort_direction": "asc", "status": "a"}) == {
        "sortField": "startedAt", "sortDirection": "asc", "status": "a",
    }  # fmt: skip
    assert newest.name("created_after") == "createdAfter"
    assert list(newest.events) == ["/api/events/stream"]
    assert Generation(camel=False).name("created_after") == "created_after"


@pytest.mark.parametrize(
    ("paths", "asked"),
    [
        ({"/openapi.json": old_document(status=1)}, ["/openapi.json", LIST, "/api/tasks"]),
        ({}, ["/openapi.json", STATUS, LIST]),
        ({"/openapi.json": reply(500)}, ["/openapi.json", "/openapi.json", STATUS, LIST]),
        ({"/openapi.json": reply(200, "<html>")}, ["/openapi.json", STATUS, LIST]),
        ({"/openapi.json": {"paths": {}}}, ["/openapi.json", STATUS, LIST]),
        ({STATUS: reply(404)}, ["/openapi.json", STATUS, LIST, LIST]),
        ({STATUS: {"other": True}}, ["/openapi.json", STATUS, LIST, LIST]),
    ],
)
async def test_each_way_to_find_out(paths: dict[str, Any], asked: list[str]) -> None:
    async with talking({LIST: OLD_LIST, "/api/tasks": OLD_TASKS, **paths}, newer=False) as (
        source,
        server,
    ):
        assert len(await listed(source)) == 2
        assert sorted(each.path for each in server.asked) == sorted(asked)
        await listed(source)
        assert len(server.asked) == len(asked) + 1


async def test_a_daemon_that_was_replaced_is_looked_at_again() -> None:
    async with talking({LIST: OLD_LIST}, newer=False) as (source, server):
        assert len(await listed(source)) == 2
        server.paths[LIST] = NEW_LIST
        server.paths[STATUS] = {"authRequired": True}
        assert [found.workflow_name for found in await listed(source)] == ["thumbnailer"]
        await source.runs(Query.parse("state:succeeded"))
    assert server.queries(LIST)[-1]["status"] == "succeeded"


async def test_a_daemon_between_two_generations_is_looked_at_once() -> None:
    mixed = {"items": OLD_LIST["runs"], "total": 2}
    async with talking({LIST: mixed}, newer=False) as (source, server):
        assert len(await listed(source)) == 2
        before = len(server.asked)
        assert len(await listed(source)) == 2
        assert len(server.asked) == before + 1


# What a daemon says that is wrong


async def test_problems_are_told_with_their_places() -> None:
    refusal = problem(
        422, "validation failed",
        errors=[{
            "message": 'expected value to be one of "asc, desc, "',
            "location": "query.sort_direction", "value": "down",
        }],
    )  # fmt: skip
    async with talking({LIST: refusal}) as (source, _):
        with pytest.raises(Refused) as caught:
            await source.runs(Query())
    told = 'validation failed: query.sort_direction: expected value to be one of "asc, desc, "'
    assert caught.value.detail == told


async def test_an_id_that_the_path_does_not_take_is_not_found() -> None:
    errors = [{"message": "expected string to match pattern", "location": "path.id", "value": "x"}]
    async with talking({f"{LIST}/x": problem(422, errors=errors)}) as (source, _):
        with pytest.raises(NotFound, match="expected string to match pattern"):
            await source.run("x")


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        (None, ("this daemon wants a login", "--token-env", "--option auth=password")),
        ("s", ("the daemon refuses the token", "check BOX", "auth=password")),
    ],
)
async def test_a_refused_request_says_what_to_set(secret: str | None, words: tuple[str]) -> None:
    refusal = reply(401, "Unauthorized\n", content_type="text/plain")
    async with talking({LIST: refusal}, secret=secret) as (source, _):
        with pytest.raises(Unauthorized) as caught:
            await source.runs(Query())
    for each in words:
        assert each in caught.value.sentence


async def test_other_refusals_are_told_in_the_words_of_the_daemon() -> None:
    refusal = reply(403, "cross-origin request refused\n", content_type="text/plain")
    async with talking({LIST: refusal}) as (source, _):
        with pytest.raises(Unauthorized, match="cross-origin request refused"):
            await source.runs(Query())


@pytest.mark.parametrize("body", ["{}", '{"items": {}}', '{"items": [{}]}', "[]", '{"total": 1}'])
async def test_a_list_that_is_none(body: str) -> None:
    async with talking({LIST: reply(200, body)}) as (source, _):
        with pytest.raises(BadAnswer):
            await source.runs(Query())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"auth": "passwort"}, "did you mean 'password'"),
        ({"task": "a b"}, "not 'a b'"),
        ({"task": ""}, "not ''"),
        ({"task": "x" * 101}, "letters, digits"),
    ],
)
def test_options_that_cannot_be(options: dict[str, str], words: str) -> None:
    with pytest.raises(Refused, match=words):
        RunWisp(Connection(name="box", url="http://box", options=options))


# The runs that belong together


def attempt(
    number: int, retry_of: str | None, status: str = "ended", **more: Any
) -> dict[str, Any]:
    reason = more.pop("reason", "failed" if status == "ended" else None)
    return run(
        status, reason, id=f"01JZ8Q0000000000000000000{number}", retryAttempt=number,
        retryOfRunId=retry_of, createdAt=f"2026-07-02T09:3{number}:00Z", **more,
    )  # fmt: skip


def chain(naming: str) -> list[dict[str, Any]]:
    ids = [f"01JZ8Q0000000000000000000{number}" for number in range(3)]
    last = {"reason": "succeeded"}
    return [
        attempt(0, None),
        attempt(1, ids[0]),
        attempt(2, ids[1] if naming == "previous" else ids[0], **last),
    ]


async def steps_of(rows: list[dict[str, Any]], opened: int) -> tuple[list[Any], Server]:
    own = rows[opened]
    answers = {f"{LIST}/{own['id']}": own, LIST: {"items": rows[::-1], "total": len(rows)}}
    async with talking(answers) as (source, server):
        return list(await source.steps(own["id"])), server


@pytest.mark.parametrize("naming", ["previous", "first"])
@pytest.mark.parametrize("opened", [0, 1, 2])
async def test_attempts_are_steps_one_behind_the_other(naming: str, opened: int) -> None:
    rows = chain(naming)
    ids = [row["id"] for row in rows]
    steps, server = await steps_of(rows, opened)
    assert [step.key for step in steps] == [step.child_run for step in steps] == ids
    assert [step.depends_on for step in steps] == [(), (ids[0],), (ids[1],)]
    assert [step.name for step in steps] == ["attempt 1", "attempt 2", "attempt 3"]
    assert [step.attempt for step in steps] == [1, 2, 3]
    assert [step.state for step in steps] == [State.FAILED, State.FAILED, State.SUCCEEDED]
    derived = {"depends_on"} if naming == "first" else set()
    assert [set(step.derived) for step in steps] == [set(), set(), derived]
    assert server.times(LIST) == 1


async def test_only_a_run_that_may_be_retried_is_looked_behind() -> None:
    for status, reason, lists in (
        ("ended", "succeeded", 0), ("ended", "stopped", 0), ("running", None, 0),
        ("ended", "skipped", 0), ("ended", "failed", 1), ("ended", "log_overflow", 1),
    ):  # fmt: skip
        steps, server = await steps_of([run(status, reason)], 0)
        assert [step.key for step in steps] == [RUN]
        assert server.times(LIST) == lists


async def test_an_attempt_that_went_on_is_asked_for_again() -> None:
    first = attempt(0, None)
    going, over = attempt(1, first["id"], "running"), attempt(1, first["id"], reason="succeeded")
    answers = {
        LIST: ({"items": [going, first], "total": 2}, {"items": [first, over], "total": 2}),
        f"{LIST}/{first['id']}": first,
    }
    async with talking(answers) as (source, _):
        await listed(source)
        steps = await source.steps(first["id"])
    assert [step.state for step in steps] == [State.FAILED, State.SUCCEEDED]


async def test_later_attempts_are_asked_for_from_the_run_on() -> None:
    _, server = await steps_of(chain("previous"), 0)
    (query,) = server.queries(LIST)
    assert query == {
        "limit": "200", "taskName": "ledger-export", "retriesOnly": "true",
        "createdAfter": "2026-07-02T09:30:00.000000+00:00", "sortField": "createdAt",
        "sortDirection": "asc",
    }  # fmt: skip


async def test_an_attempt_whose_first_is_gone_names_it_all_the_same() -> None:
    steps, _ = await steps_of([attempt(1, OTHER, "running")], 0)
    assert [(step.depends_on, step.derived) for step in steps] == [((OTHER,), frozenset())]


async def test_instances_of_a_service_are_steps_without_an_order() -> None:
    rows = [
        run("running", triggeredBy="service", instanceIndex=2, id=f"{RUN[:-1]}9"),
        run("running", triggeredBy="service", instanceIndex=0, id=f"{RUN[:-1]}8"),
        run("ended", "failed", triggeredBy="service", instanceIndex=2),
    ]
    steps, server = await steps_of(rows, 2)
    assert [(step.name, step.child_run, step.depends_on) for step in steps] == [
        ("instance 1", f"{RUN[:-1]}8", ()), ("instance 3", RUN, ()),
    ]  # fmt: skip
    assert server.times(LIST) == 1


async def test_a_run_of_an_older_daemon_is_found_by_its_id_alone() -> None:
    row = OLD_LIST["runs"][1]
    path = f"/api/tasks/ledger-export/runs/{OTHER}"
    async with talking({LIST: OLD_LIST, path: row}, newer=False) as (source, server):
        found = await source.run(OTHER)
        assert found.id == OTHER
        assert server.queries(LIST) == [{"search": OTHER, "limit": "1000"}]
        await source.run(OTHER)
        assert server.times(path) == 1
        with pytest.raises(NotFound):
            await source.run("01JZ8Q000000000000000000ZZ")


async def test_tasks_are_read_without_their_environment() -> None:
    service = {"name": "thumbnailer", "kind": "service", "env": {"A": "b"}, "instances": 3}
    first = {**NEW_RUN, "instanceIndex": 0, "triggeredBy": "api"}
    document = {
        "paths": {"/api/runs": {"get": {}}},
        "components": {"schemas": {"Run": {"properties": {"taskName": {}}}}},
    }
    answers = {
        LIST: {"items": [first], "total": 1},
        "/api/tasks": {"items": [service]},
        "/openapi.json": document,
    }
    async with talking(answers) as (source, _):
        await listed(source)
        (found,) = await listed(source)
        assert found.name == "#1"
        assert source.caution("cancel", found) == "the service starts another run in its place"
        ended = run("ended", "failed", taskName="thumbnailer")
        assert "service" in (source.objection("retry", await _of(ended)) or "")


async def _of(row: dict[str, Any]) -> Run:
    async with talking({f"{LIST}/{RUN}": row, f"{LIST}/{RUN}/log": page()}) as (source, _):
        return await source.run(RUN)
