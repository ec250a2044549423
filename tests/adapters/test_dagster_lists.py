import json
from datetime import timedelta
from typing import Any

import pytest

from runs_tui.adapters.base import Connection, Credential
from runs_tui.adapters.dagster.access import auth_of
from runs_tui.demo.faults import Fault
from runs_tui.model.errors import BadAnswer, Refused, Unauthorized, Unreachable, Unsupported
from runs_tui.model.query import Query
from runs_tui.model.state import State
from tests.adapters.dagster_world import Demo, dagster, demo
from tests.adapters.sources import closing
from tests.contract_parts.stage import NOON
from tests.transport.script import reply, serving

GONE = "00000000-0000-4000-8000-00000000dead"


async def filters(seen: Demo, text: str) -> Any:
    """Give the filter that a query is sent as."""
    seen.asked()
    page = await seen.source.runs(Query.parse(text, limit=20))
    sent = seen.sent("Runs")
    assert len(sent) <= 1
    assert page.total is not None or sent[0]["limit"] > 21
    return sent[0]["filter"] if sent else None


@pytest.mark.parametrize(
    ("text", "filter_"),
    [
        ("", {}),
        ("state:failed", {"statuses": ["FAILURE"]}),
        ("state:queued", {"statuses": ["QUEUED", "NOT_STARTED", "MANAGED"]}),
        ("state:waiting", {"statuses": ["SUSPENDED"]}),
        ("-state:succeeded", {}),
        ("state:skipped", None),
        ("state:failed state:running", None),
        ("workflow:Data-Quality", {"pipelineName": "data-quality"}),
        ("workflow:~quality", {}),
        ("workflow:no-such-job", {}),
        ("workflow:data-quality,webhook-ingest", {}),
        ("-workflow:data-quality", {}),
        (
            "id:00000000-0000-4000-8000-00000000DEAD",
            {"runIds": ["00000000-0000-4000-8000-00000000dead"]},
        ),
        ("id:~0000", {}),
        ("error:*x*", {}),
        ("source:d state:failed", {"statuses": ["FAILURE"]}),
    ],
)
async def test_what_a_query_is_sent_as(text: str, filter_: Any) -> None:
    async with demo() as seen:
        assert await filters(seen, text) == filter_


async def test_a_time_is_sent_as_seconds_and_its_ends_are_kept() -> None:
    noon, early = NOON.timestamp(), (NOON - timedelta(hours=1)).timestamp()
    async with demo() as seen:
        text = f"created:{(NOON - timedelta(hours=1)).isoformat()}..{NOON.isoformat()}"
        told = await filters(seen, text)
        assert early - 1e-5 < told["createdAfter"] < early
        assert told["createdBefore"] > noon
        assert (await filters(seen, "created:>1h")) == {"createdAfter": early}
        assert (await filters(seen, "finished:<1h"))["createdBefore"] > early
        assert await filters(seen, "finished:>1h") == {"updatedAfter": early - 1}
        assert await filters(seen, "started:>1h finished:>2h") == {"updatedAfter": early - 1}


async def test_a_server_that_knows_no_suspended_runs_is_not_asked_for_them() -> None:
    async with demo(suspends=False) as seen:
        assert await filters(seen, "state:waiting") is None
        told = await filters(seen, "state:queued,running,waiting")
        assert "SUSPENDED" not in told["statuses"]
        assert {"STARTED", "QUEUED"} <= set(told["statuses"])
        assert seen.asked().count("Statuses") == 0  # it was asked before, and once


async def test_the_jobs_are_asked_for_once_and_only_when_they_are_needed() -> None:
    async with demo() as seen:
        await seen.source.runs(Query())
        assert seen.asked() == ["Runs"]
        await seen.source.runs(Query.parse("workflow:data-quality"))
        await seen.source.runs(Query.parse("workflow:webhook-ingest"))
        assert seen.asked() == ["Jobs", "Runs", "Runs"]


async def test_without_the_jobs_a_workflow_is_filtered_here() -> None:
    async with demo() as seen:
        wanted = [run.id for run in await seen.every("workflow:data-quality")]
    async with demo() as seen:
        seen.faults.add(Fault(path="op=Jobs", status=403, times=None))
        assert [run.id for run in await seen.every("workflow:data-quality")] == wanted
        assert wanted


async def test_a_list_goes_on_after_a_run_that_was_deleted_meanwhile() -> None:
    async with demo() as seen:
        whole = [run.id for run in await seen.every("")]
        page = await seen.source.runs(Query(limit=10))
        assert page.next is not None
        run_id, created, total = json.loads(page.next)
        assert run_id == page.items[-1].id == whole[9]
        gone = json.dumps([GONE, created, total])
        seen.asked()
        after = await seen.source.runs(Query(limit=10), gone)
        assert seen.asked() == ["RunsAfter", "Runs"]
        assert [run.id for run in after.items] == whole[10:20]
        assert after.total == total == 300


async def test_the_end_of_a_list_is_its_end() -> None:
    async with demo() as seen:
        page = await seen.source.runs(Query(limit=299))
        assert page.next is not None
        last = await seen.source.runs(Query(limit=299), page.next)
        assert (len(last.items), last.next) == (1, None)
        exact = await seen.source.runs(Query(limit=300))
        assert (len(exact.items), exact.next) == (300, None)


@pytest.mark.parametrize("cursor", ["", "x", "[]", '["a"]', '["a", "b", 1]', "null", "7"])
async def test_a_cursor_that_is_none_of_it_is_told(cursor: str) -> None:
    async with demo() as seen:
        with pytest.raises(BadAnswer, match="none of this source"):
            await seen.source.runs(Query(), cursor)


async def test_a_queued_run_says_that_nothing_takes_it_from_the_queue() -> None:
    for daemon, reason in ((True, None), (False, "nothing takes it from the queue")):
        async with demo(daemon=daemon) as seen:
            run = await seen.source.run(seen.one(lambda r: r.state is State.QUEUED).id)
            assert (run.reason or "").startswith(reason or "")
            assert (run.reason is None) == (reason is None)


async def test_the_health_of_daemons_is_only_an_ornament() -> None:
    async with demo(daemon=False) as seen:
        seen.faults.add(Fault(path="op=Health", status=403, times=None))
        run = await seen.source.run(seen.one(lambda r: r.state is State.QUEUED).id)
        assert (run.state, run.reason) == (State.QUEUED, None)


async def test_a_failure_of_the_server_comes_at_once_and_in_its_words() -> None:
    said = "sqlalchemy.exc.OperationalError: database is locked\n"
    body = json.dumps({"data": {"runsOrError": {"__typename": "PythonError", "message": said}}})
    async with serving(reply(500, body)) as script, closing(dagster(script.url)) as source:
        with pytest.raises(Unreachable, match="the server failed: database is locked") as caught:
            await source.runs(Query())
    assert len(script.asked) == 1
    assert caught.value.detail == "the server failed: database is locked"


async def test_another_version_is_told() -> None:
    body = json.dumps({"errors": [{"message": "Cannot query field 'tags' on type 'Run'."}]})
    async with serving(reply(400, body)) as script, closing(dagster(script.url)) as source:
        with pytest.raises(Unsupported, match="version of Dagster"):
            await source.runs(Query())


@pytest.mark.parametrize(
    ("options", "secret", "name", "value"),
    [
        ({}, "s3cret", "authorization", "Bearer s3cret"),
        ({}, "user:s3cret", "authorization", "Basic dXNlcjpzM2NyZXQ="),
        ({"header": "X-Proxy-Key"}, "s3cret", "x-proxy-key", "s3cret"),
        ({"header": "Authorization"}, "Basic abc", "authorization", "Basic abc"),
    ],
)
async def test_how_the_credential_is_shown(
    options: dict[str, str], secret: str, name: str, value: str
) -> None:
    body = json.dumps({"data": {"runsOrError": {"__typename": "Runs", "results": []}}})
    async with (
        serving(reply(200, body)) as script,
        closing(dagster(script.url, secret, **options)) as source,
    ):
        await source.runs(Query())
    assert script.asked[0].headers[name] == value


def test_dagster_plus_takes_its_token_in_a_header_of_its_own() -> None:
    for url, name in (
        ("https://hooli.dagster.cloud/prod", "Dagster-Cloud-Api-Token"),
        ("https://hooli.dagster.plus/prod/graphql", "Dagster-Cloud-Api-Token"),
        ("https://dagster.plus.example.org", "Authorization"),
    ):
        auth = auth_of(Connection(name="d", url=url, credential=Credential("s3cret")))
        assert auth is not None
        assert auth.name == name
    assert auth_of(Connection(name="d", url="http://127.0.0.1:3000")) is None


@pytest.mark.parametrize("name", ["", "X Key", "X:Key", "X\nKey", "ü"])
def test_a_header_that_cannot_be_one_is_told(name: str) -> None:
    with pytest.raises(Refused, match="the option header is the name of an HTTP header"):
        dagster("http://127.0.0.1:3000", header=name)


async def test_a_complaint_about_rights_says_where_they_are_mended() -> None:
    body = json.dumps({"data": None, "errors": [{"message": "permission denied"}]})
    async with (
        serving(reply(500, body)) as script,
        closing(dagster(script.url, "s3cret")) as source,
    ):
        with pytest.raises(Unauthorized, match="check DAGSTER_TOKEN") as caught:
            await source.runs(Query())
    assert caught.value.status == 500


async def test_a_server_that_does_not_tell_its_schema_is_taken_to_be_an_old_one() -> None:
    async with demo() as seen:
        seen.faults.add(Fault(path="op=Statuses", status=400, times=None))
        assert "SUSPENDED" not in (await filters(seen, "state:queued,running,waiting"))["statuses"]
