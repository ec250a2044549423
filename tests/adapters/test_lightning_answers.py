"""Answers written by hand after the contract of the API, and what is made of them."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from runs_tui.adapters.base import Connection, Credential
from runs_tui.adapters.lightning import Lightning
from runs_tui.model import shapes
from runs_tui.model.errors import BadAnswer, NotFound, Refused, Unauthorized
from runs_tui.model.query import Query
from runs_tui.model.run import Event
from runs_tui.model.state import State
from runs_tui.transport.http import Patience
from tests.adapters.sources import closing
from tests.transport.script import Asked, Script, reply, serving

HOST = "https://flow.example.org"
RUN = "7c1d0c52-3b2e-4f6a-9d37-0b8e5a4c2f19"
WAITING = "02b9d6aa-51f4-4d0c-8a6f-6c3f7d9e1b80"
WORKFLOW = "a83c1f5e-7b20-4d96-8e41-c2f0d9b7a615"
OTHER = "b94d2a6f-8c31-4ea7-9f52-d3a1eac8b726"
PROJECT = "3e9b0d74-2c5a-4f18-96d7-b1a8e4c0f372"
ORDER = "e41b7a90-6d5c-4c1f-b7e2-93a80f1d2c64"
STEP = "5f7e2a1c-0d94-4b3e-8c65-a9d1b2c3e4f5"
FETCH = "11aa22bb-33cc-44dd-88ee-556677889900"
LOAD = "22bb33cc-44dd-45ee-99ff-667788990011"
TRIGGER = "c0d1e2f3-a4b5-4678-9abc-def012345678"
NOW = datetime(2026, 3, 9, 11, 5, tzinfo=UTC)

FAILED = {
    "type": "runs", "relationships": {}, "id": RUN, "links": {"self": f"{HOST}/api/runs/{RUN}"},
    "attributes": {
        "state": "failed", "started_at": "2026-03-09T11:02:40.118233Z",
        "finished_at": "2026-03-09T11:02:52.904410Z", "priority": "normal",
        "error_type": "AdaptorError",
    },
}  # fmt: skip
AVAILABLE = {
    "type": "runs", "relationships": {}, "id": WAITING,
    "links": {"self": f"{HOST}/api/runs/{WAITING}"},
    "attributes": {
        "state": "available", "started_at": None, "finished_at": None, "priority": "immediate",
        "error_type": None,
    },
}  # fmt: skip
JOBS = [
    {
        "id": FETCH, "name": "fetch", "body": "get('/x')",
        "adaptor": "@openfn/language-http@6.0.0", "project_credential_id": None,
        "keychain_credential_id": None,
    },
    {
        "id": LOAD, "name": "load", "body": "upsert()",
        "adaptor": "@openfn/language-common@latest", "project_credential_id": None,
        "keychain_credential_id": None,
    },
]  # fmt: skip
INTAKE = {
    "id": WORKFLOW, "name": "clinic intake", "project_id": PROJECT,
    "inserted_at": "2026-01-12T08:00:00Z", "updated_at": "2026-02-20T15:31:09Z",
    "triggers": [{
        "id": TRIGGER, "type": "cron", "enabled": True, "cron_expression": "0 * * * *",
        "custom_path": "s3cret-hook", "comment": None, "webhook_reply": None,
    }],
    "jobs": JOBS,
    "edges": [
        {
            "id": "33cc44dd-55ee-46ff-8a00-778899001122", "source_trigger_id": TRIGGER,
            "source_job_id": None, "target_job_id": FETCH, "condition_type": "always",
            "condition_expression": None, "condition_label": None, "enabled": True,
        },
        {
            "id": "44dd55ee-66ff-4700-9b11-889900112233", "source_trigger_id": None,
            "source_job_id": FETCH, "target_job_id": LOAD, "condition_type": "on_job_success",
            "condition_expression": None, "condition_label": None, "enabled": True,
        },
    ],
}  # fmt: skip
EMPTY = INTAKE | {"id": OTHER, "name": "other", "jobs": [], "triggers": [], "edges": []}
LINES = [
    {
        "type": "log_lines", "id": "b0a4f3d1-8c72-4e7b-a1f5-2d6c9e0b7a33",
        "attributes": {
            "source": "JOB", "level": "error", "message": "lookup failed for patient 118",
            "timestamp": "2026-03-09T11:02:52.771000Z", "step_id": STEP, "run_id": RUN,
        },
    },
    {
        "type": "log_lines", "id": "9d2c5e70-14ab-4f08-b6d9-7e3a8c1f0b52",
        "attributes": {
            "source": "R/T", "level": "info", "message": "starting",
            "timestamp": "2026-03-09T11:02:40.120000Z", "step_id": None, "run_id": RUN,
        },
    },
]  # fmt: skip
WORK_ORDER = {
    "type": "work_orders", "relationships": {}, "id": ORDER,
    "links": {"self": f"{HOST}/api/work_orders/{ORDER}"},
    "attributes": {
        "state": "failed", "last_activity": "2026-03-09T11:02:52.910002Z",
        "inserted_at": "2026-03-09T11:02:38.700114Z",
        "updated_at": "2026-03-09T11:02:52.910233Z",
    },
}  # fmt: skip


def listed(*data: Any, total: int | None = None) -> dict[str, Any]:
    """Write the first page of a list."""
    more = total is not None and total > len(data)
    return {
        "data": list(data),
        "included": [],
        "meta": {
            "total_entries": len(data) if total is None else total,
            "total_pages": 1 if not more else 29,
            "page_number": 1,
            "page_size": max(len(data), 1),
        },
        "links": {
            "self": f"{HOST}/api/runs?page_size=2",
            "first": f"{HOST}/api/runs?page=1&page_size=2",
            "last": f"{HOST}/api/runs?page=29&page_size=2",
            "next": f"{HOST}/api/runs?page=2&page_size=2" if more else None,
            "prev": None,
        },
    }


def shown(resource: Any) -> dict[str, Any]:
    return {"data": resource, "included": [], "links": {"self": HOST}}


class Clock:
    def now(self) -> datetime:
        return NOW


def answer_of(path: str, query: Mapping[str, list[str]]) -> Any:
    """Answer as the server of the contract does, whose runs are both of one workflow."""
    ours = WORKFLOW in query.get("workflow_ids[]", query.get("workflow_id", [WORKFLOW]))
    match path:
        case "/api/runs" if "work_order_id" in query:
            return listed(FAILED) if query["work_order_id"] == [ORDER] else listed()
        case "/api/runs":
            return listed(AVAILABLE, FAILED) if ours else listed()
        case "/api/workflows":
            return {"workflows": [INTAKE, EMPTY], "errors": {}}
        case "/api/work_orders":
            return listed(WORK_ORDER)
        case "/api/log_lines":
            lines = [line for line in LINES if query["run_id"] == [RUN] and ours]
            if "job_id" in query:
                lines = lines[:1] if query["job_id"] == [FETCH] else []
            return listed(*lines)
        case _:
            return shown(FAILED if path.endswith(RUN) else AVAILABLE)


@asynccontextmanager
async def talking(answer: Any = answer_of) -> AsyncIterator[tuple[Lightning, Script]]:
    """Talk to a server that answers so, or always the same."""

    def say(asked: Asked, writer: asyncio.StreamWriter) -> None:
        told = answer
        if callable(answer):
            told = answer(asked.path, parse_qs(urlsplit(asked.target).query))
        if not isinstance(told, bytes):
            told = reply(200, json.dumps(told))
        writer.write(told)

    async with serving(say) as script:
        credential = Credential("t0ken", "LIGHTNING_TOKEN")
        connection = Connection(name="clinic", url=script.url, credential=credential)
        source = Lightning(connection, Clock())
        source.patience = Patience(fresh=0)
        async with closing(source):
            yield source, script


async def test_runs_of_a_list() -> None:
    async with talking() as (source, script):
        page = await source.runs(Query(limit=100))
        waiting, failed = page.items
        assert (page.total, page.next) == (2, None)
        assert (failed.id, failed.state, failed.status) == (RUN, State.FAILED, "failed")
        assert failed.started_at == datetime(2026, 3, 9, 11, 2, 40, 118233, tzinfo=UTC)
        assert failed.finished_at == datetime(2026, 3, 9, 11, 2, 52, 904410, tzinfo=UTC)
        assert (failed.error, failed.reason) == ("AdaptorError", None)
        assert (failed.workflow_id, failed.workflow_name) == (WORKFLOW, "clinic intake")
        assert failed.created_at is None
        assert failed.url == f"{script.url}/projects/{PROJECT}/runs/{RUN}"
        assert (waiting.state, waiting.status, waiting.started_at) == (
            State.QUEUED, "available", None,
        )  # fmt: skip
        assert waiting.details["priority"] == "immediate"
        assert {asked.headers["authorization"] for asked in script.asked} == {"Bearer t0ken"}
        assert {asked.headers["accept"] for asked in script.asked} == {"application/json"}
        assert len(script.asked) == 4
        await source.runs(Query(limit=100))
        assert len(script.asked) == 5


async def test_a_run_with_its_work_order() -> None:
    async with talking() as (source, script):
        run = await source.run(RUN)
        assert run.created_at == datetime(2026, 3, 9, 11, 2, 38, 700114, tzinfo=UTC)
        assert (run.attempt, run.retry_of) == (1, None)
        assert run.instant == run.started_at
        document = shapes.of_run(run, NOW)
        assert document["created_at"] == "2026-03-09T11:02:38.700114Z"
        assert document["details"]["derived"] == [
            "attempt", "created_at", "listed_at", "url", "workflow_id", "workflow_name",
        ]  # fmt: skip
        await source.steps(RUN)
        assert len(script.asked) <= 8


async def test_steps_out_of_a_workflow_and_a_log() -> None:
    async with talking() as (source, _):
        steps = await source.steps(RUN)
        told = {step.name: (step.key, step.state, step.depends_on) for step in steps}
        assert told == {
            "cron": (TRIGGER, State.SUCCEEDED, ()),
            "fetch": (FETCH, State.FAILED, (TRIGGER,)),
            "load": (LOAD, State.UNKNOWN, (FETCH,)),
        }
        assert steps[1].error == "lookup failed for patient 118"
        assert steps[2].details["conditions"] == ["on_job_success"]
        text = json.dumps([shapes.of_step(step, NOW) for step in steps])
        for secret in ("get('/x')", "upsert()", "s3cret-hook", HOST):
            assert secret not in text


async def test_events_of_a_log() -> None:
    async with talking() as (source, _):
        events = [event async for event in source.tail(RUN) if isinstance(event, Event)]
        assert [(event.kind, event.level, event.step, event.message) for event in events] == [
            ("state", "info", None, "started"),
            ("log", "info", None, "starting"),
            ("log", "error", FETCH, "lookup failed for patient 118"),
            ("state", "error", None, "failed: AdaptorError"),
        ]
        assert events[1].id == LINES[1]["id"]
        assert events[2].details == {"source": "JOB", "level": "error", "step_id": STEP}


async def test_an_early_release_tells_little() -> None:
    times = {name: FAILED["attributes"][name] for name in ("started_at", "finished_at")}  # type: ignore[index]
    old = {**FAILED, "attributes": {**times, "log": ["a line"]}}
    answer = {"data": [old], "included": [], "links": {"next": None}}
    async with talking(answer) as (source, _):
        page = await source.runs(Query())
        (run,) = page.items
        assert (run.state, run.status, run.active, page.total) == (State.UNKNOWN, "", False, None)
        assert run.details == {"log": ["a line"]}


async def test_workflows_of_older_servers_have_another_envelope() -> None:
    def answer(path: str, query: Mapping[str, list[str]]) -> Any:
        if path == "/api/workflows":
            return {"workflows": [INTAKE], "error": None}
        return answer_of(path, query)

    async with talking(answer) as (source, _):
        run = (await source.runs(Query())).items[1]
        assert run.workflow_name == "clinic intake"


async def test_a_state_that_nobody_knows_is_kept() -> None:
    odd = {**FAILED, "attributes": {**FAILED["attributes"], "state": "paused", "tries": 3}}  # type: ignore[dict-item]
    async with talking(listed(odd)) as (source, _):
        (run,) = (await source.runs(Query())).items
        assert (run.state, run.status) == (State.UNKNOWN, "paused")
        assert run.details["tries"] == 3


@pytest.mark.parametrize("word", ["killed", "lost", "crashed", "exception"])
async def test_why_a_run_was_ended_is_its_reason(word: str) -> None:
    for error, reason in (("OOMKilled", "OOMKilled"), (None, word)):
        told = {**FAILED["attributes"], "state": word, "error_type": error}  # type: ignore[dict-item]
        async with talking(listed({**FAILED, "attributes": told})) as (source, _):
            (run,) = (await source.runs(Query())).items
            assert (run.state, run.reason, run.error) == (State.FAILED, reason, error)


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (401, {"error": "Unauthorized"}, Unauthorized, "LIGHTNING_TOKEN"),
        (403, {"error": "Forbidden"}, Unauthorized, "Forbidden"),
        (404, {"error": "Not Found"}, NotFound, "is http"),
        (
            400,
            {"error": "Invalid datetime format for 'inserted_after': \"soon\""},
            Refused,
            "inserted_after",
        ),
        (
            422,
            {"errors": {"inserted_after": ["is invalid"]}},
            Refused,
            "inserted_after: is invalid",
        ),
        (422, {"id": None, "errors": ["Not Found"]}, Refused, "Not Found"),
    ],
)
async def test_errors_are_told(status: int, body: Any, kind: type[Exception], said: str) -> None:
    async with talking(reply(status, json.dumps(body))) as (source, _):
        with pytest.raises(kind, match=said):
            await source.runs(Query())


async def test_a_list_without_attributes_is_no_list_of_runs() -> None:
    async with talking(listed({"type": "runs", "id": RUN})) as (source, _):
        with pytest.raises(BadAnswer, match="a resource has attributes"):
            await source.runs(Query())


async def test_links_are_never_followed_and_the_next_page_is_asked_for_by_its_number() -> None:
    def answer(path: str, query: Mapping[str, list[str]]) -> Any:
        if path == "/api/runs" and query.get("page") == ["1"]:
            return listed(AVAILABLE, total=2)
        if path == "/api/runs" and query.get("page") == ["2"]:
            page = listed(FAILED, total=2)
            return page | {"meta": page["meta"] | {"page_number": 2, "total_pages": 2}}
        return answer_of(path, query)

    async with talking(answer) as (source, script):
        page = await source.runs(Query(limit=1))
        assert ([run.id for run in page.items], page.total) == ([WAITING], 2)
        page = await source.runs(Query(limit=1), page.next)
        assert ([run.id for run in page.items], page.next) == ([RUN], None)
        pages = [
            asked.target for asked in script.asked if "page=" in asked.target.partition("?")[2]
        ]
        assert pages == ["/api/runs?page_size=100&page=1", "/api/runs?page_size=1&page=2"]


@pytest.mark.parametrize("meta", [True, False])
async def test_a_server_that_repeats_a_page_for_ever_comes_to_an_end(meta: bool) -> None:
    full = listed(AVAILABLE, FAILED, total=57)
    if not meta:
        del full["meta"]
    async with talking(full) as (source, _):
        page = await source.runs(Query(limit=100))
        assert ([run.id for run in page.items], page.next) == ([WAITING, RUN], None)
