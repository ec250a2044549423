"""Stopping runs and starting them again."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from runs_tui.adapters.acts import act
from runs_tui.adapters.runwisp import RunWisp
from runs_tui.adapters.runwisp.sentences import (
    NOT_BY_HAND,
    NOT_RETRIED,
    QUEUED,
    REFILLED,
    SERVICE,
)
from runs_tui.model import shapes
from runs_tui.model.errors import (
    BadAnswer,
    Conflict,
    NotFound,
    Refused,
    SourceError,
    Unauthorized,
    Unsupported,
)
from runs_tui.model.query import Query
from runs_tui.model.run import RetryMode, Run
from runs_tui.model.state import State
from tests.adapters.runwisp_server import (
    NOON,
    OLD_LIST,
    OTHER,
    RUN,
    Server,
    problem,
    run,
    talking,
)
from tests.transport.script import Asked, reply

LIST = "/api/runs"
ONE = f"{LIST}/{RUN}"
NEW = f"{LIST}/{OTHER}"
STOP = f"{ONE}/stop"
RERUN = f"{LIST}/bulk/rerun"
TRIGGER = "/api/tasks/ledger-export/run"
OVER = run("ended", "failed", exitCode=3, params={"MONTH": "may"})
AGAIN = run("pending", id=OTHER, startedAt=None, triggeredBy="api")
STARTED = {"triggered": [{"taskName": "ledger-export", "runId": OTHER}]}


def writes(server: Server) -> list[Asked]:
    return [asked for asked in server.asked if asked.method == "POST"]


def bodies(server: Server) -> list[Any]:
    return [json.loads(asked.body) if asked.body else None for asked in writes(server)]


async def test_a_stop_that_says_nothing_tells_the_run_as_it_is() -> None:
    async with talking({ONE: run(), STOP: reply(204)}) as (source, server):
        found = await source.cancel(RUN)
        assert found.state is State.RUNNING
        assert bodies(server) == [None]


async def test_an_older_daemon_stops_a_run_below_its_task() -> None:
    below = f"/api/tasks/ledger-export/runs/{OTHER}"
    row = {**OLD_LIST["runs"][1], "status": "running"}
    answers = {LIST: OLD_LIST, below: row, f"{below}/stop": {"message": "signal sent"}}
    async with talking(answers, newer=False) as (source, server):
        assert (await source.cancel(OTHER)).state is State.RUNNING
        assert [asked.path for asked in writes(server)] == [f"{below}/stop"]


@pytest.mark.parametrize(
    ("row", "kind", "words"),
    [
        (OVER, Conflict, "it is already failed"),
        (AGAIN, Conflict, QUEUED),
        (run(), Refused, "run is not running"),
    ],
)
async def test_a_stop_that_is_refused_says_why(
    row: dict[str, Any], kind: type[SourceError], words: str
) -> None:
    refusal = problem(400, "run is not running")
    async with talking({ONE: row, STOP: refusal}) as (source, server):
        with pytest.raises(kind) as caught:
            await source.cancel(RUN)
        assert caught.value.detail == words
        assert len(writes(server)) == 1


async def test_a_run_is_started_again_with_its_parameters() -> None:
    async with talking({ONE: OVER, RERUN: STARTED, NEW: AGAIN}) as (source, server):
        found = await source.retry(RUN, RetryMode.FULL)
        assert (found.id, found.state) == (OTHER, State.QUEUED)
        assert (found.retry_of, found.derived) == (RUN, frozenset({"retry_of"}))
        assert bodies(server) == [{"ids": [RUN]}]
        assert shapes.of_run(found, NOON)["details"]["derived"] == ["retry_of"]


async def test_what_a_run_repeats_is_remembered() -> None:
    answers = {ONE: OVER, RERUN: STARTED, NEW: AGAIN, LIST: {"items": [AGAIN, OVER], "total": 2}}
    async with talking(answers) as (source, _):
        await source.retry(RUN, RetryMode.FULL)
        assert (await source.run(OTHER)).retry_of == RUN
        again, over = (await source.runs(Query())).items
        assert (again.retry_of, again.derived) == (RUN, frozenset({"retry_of"}))
        assert (over.retry_of, over.derived) == (None, frozenset())


async def test_what_the_daemon_tells_itself_is_not_ours() -> None:
    linked = {**AGAIN, "retryOfRunId": "01JZ8Q3A0B1C2D3E4F5G6H7J8K"}
    async with talking({ONE: OVER, RERUN: STARTED, NEW: linked}) as (source, _):
        found = await source.retry(RUN, RetryMode.FULL)
    assert (found.retry_of, found.derived) == ("01JZ8Q3A0B1C2D3E4F5G6H7J8K", frozenset())


async def test_only_so_much_is_remembered() -> None:
    async with talking({ONE: OVER}) as (source, _):
        await source.run(RUN)
        assert source._opening.made is not None
        translator = source._opening.made._translator
        for number in range(1500):
            translator.origins.tie(str(number), RUN)
        assert len(translator.origins) == 1000


@pytest.mark.parametrize(
    ("answer", "paths"),
    [(reply(404), [RERUN, TRIGGER]), (reply(405), [RERUN, TRIGGER]), ("described", [TRIGGER])],
)
async def test_a_daemon_that_cannot_repeat_starts_the_task(answer: Any, paths: list[str]) -> None:
    answers = {ONE: OVER, TRIGGER: reply(201, json.dumps(AGAIN)), NEW: AGAIN, RERUN: answer}
    if answer == "described":
        answers["/openapi.json"] = {
            "paths": {LIST: {"get": {}}, TRIGGER: {}},
            "components": {"schemas": {"Run": {"properties": {"taskName": {}}}}},
        }
    async with talking(answers) as (source, server):
        found = await source.retry(RUN, RetryMode.FULL)
        assert (found.id, found.retry_of) == (OTHER, RUN)
        assert [asked.path for asked in writes(server)] == paths
        assert bodies(server)[-1] == {"params": {"MONTH": "may"}}


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (problem(403, "trigger not allowed"), Refused, NOT_BY_HAND),
        (reply(401), Unauthorized, "refuses the token"),
        (problem(409, "it is a service"), Conflict, "it is a service"),
        (problem(400, "parameter MONTH is required"), Refused, "MONTH is required"),
    ],
)
async def test_a_task_that_is_not_started_says_why(
    answer: bytes, kind: type[SourceError], words: str
) -> None:
    async with talking({ONE: OVER, TRIGGER: answer}) as (source, _):
        with pytest.raises(kind, match=words):
            await source.retry(RUN, RetryMode.FULL)


@pytest.mark.parametrize(
    ("tasks", "words"),
    [
        ([{"name": "ledger-export", "kind": "service"}], SERVICE),
        ([{"name": "ledger-export", "manualTrigger": False}], NOT_BY_HAND),
        ([{"name": "another"}], "there is no task 'ledger-export' any more"),
        ([{"name": "ledger-export", "manualTrigger": True}], "its task is a service, is gone, or"),
        (None, "its task is a service, is gone, or"),
    ],
)
@pytest.mark.parametrize("triggered", [[], None])
async def test_a_repetition_that_starts_nothing_is_refused_with_the_reason(
    tasks: Any, words: str, triggered: Any
) -> None:
    answers = {ONE: OVER, RERUN: {"triggered": triggered}, "/api/tasks": {"items": tasks}}
    async with talking(answers) as (source, server):
        outcome = await act(source, "retry", RUN)
        assert not outcome.ok
        assert isinstance(outcome.error, Refused)
        assert f"RunWisp started nothing: {words}" in outcome.error.detail
        assert len(writes(server)) == 1


@pytest.mark.parametrize("answer", [{}, [], {"triggered": [{}]}, {"triggered": [{"runId": ""}]}])
async def test_a_repetition_that_answers_nonsense_is_a_bad_answer(answer: Any) -> None:
    async with talking({ONE: OVER, RERUN: answer}) as (source, server):
        with pytest.raises(BadAnswer):
            await source.retry(RUN, RetryMode.FULL)
        assert len(writes(server)) == 1


@pytest.mark.parametrize("row", [run(), AGAIN])
async def test_a_run_that_goes_on_is_not_repeated(row: dict[str, Any]) -> None:
    async with talking({ONE: row, RERUN: STARTED}) as (source, server):
        with pytest.raises(Conflict, match="it is still"):
            await source.retry(RUN, RetryMode.FULL)
        assert writes(server) == []


async def test_a_run_of_a_service_is_not_repeated() -> None:
    row = {**OVER, "triggeredBy": "service"}
    async with talking({ONE: row, RERUN: STARTED}) as (source, server):
        with pytest.raises(Refused, match=SERVICE):
            await source.retry(RUN, RetryMode.FULL)
        assert writes(server) == []


@pytest.mark.parametrize("mode", [RetryMode.FAILED, RetryMode.STEP])
async def test_other_ways_to_repeat_are_not_there(mode: RetryMode) -> None:
    async with talking({}) as (source, server):
        with pytest.raises(Unsupported, match="it can: full"):
            await source.retry(RUN, mode, "a")
        assert server.asked == []


async def test_a_run_that_is_gone_is_not_repeated() -> None:
    async with talking({RERUN: STARTED}) as (source, server):
        with pytest.raises(NotFound):
            await source.retry(RUN, RetryMode.FULL)
        assert writes(server) == []


# What is said beforehand


@asynccontextmanager
async def knowing(task: dict[str, Any]) -> AsyncIterator[tuple[RunWisp, Run]]:
    """Give a source that has listed one run and its task."""
    answers = {
        LIST: {"items": [OVER], "total": 1},
        "/api/tasks": {"items": [{"name": "ledger-export", **task}]},
        "/openapi.json": {
            "paths": {LIST: {"get": {}}},
            "components": {"schemas": {"Run": {"properties": {"taskName": {}}}}},
        },
    }
    async with talking(answers) as (source, _):
        (found,) = (await source.runs(Query())).items
        yield source, found


def told(source: RunWisp, **more: Any) -> tuple[str | None, ...]:
    found = Run(source="box", id=RUN, workflow_name="ledger-export", **more)
    return (
        source.objection("cancel", found),
        source.objection("retry", found),
        source.caution("cancel", found),
        source.caution("retry", found),
    )


async def test_what_is_said_beforehand() -> None:
    async with talking({}) as (source, _):
        anew = "a new run is started; its parameters are the same unless you change them"
        assert told(source, state=State.QUEUED) == (QUEUED, "it is still queued", None, anew)
        assert told(source, state=State.RUNNING) == (None, "it is still running", None, anew)
        assert told(source, state=State.FAILED) == ("it is already failed", None, None, anew)
        service = told(source, state=State.FAILED, trigger="service")
        assert service == ("it is already failed", SERVICE, REFILLED, anew)


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ({"retryAttempts": 2}, NOT_RETRIED),
        ({"retry_attempts": 2}, NOT_RETRIED),
        ({"retryAttempts": 0}, None),
        ({}, None),
        ({"kind": "service", "retryAttempts": 2}, REFILLED),
    ],
)
async def test_a_stop_ends_the_retries(task: dict[str, Any], words: str | None) -> None:
    async with knowing(task) as (source, found):
        assert source.caution("cancel", found) == words


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ({"manualTrigger": False}, NOT_BY_HAND),
        ({"api_trigger": False}, NOT_BY_HAND),
        ({"manualTrigger": True}, None),
        ({"kind": "task", "manualTrigger": True}, None),
        ({"kind": "service", "manualTrigger": True}, SERVICE),
        ({}, None),
    ],
)
async def test_tasks_that_are_known_are_minded(task: dict[str, Any], words: str | None) -> None:
    async with knowing(task) as (source, found):
        assert source.objection("retry", found) == words
