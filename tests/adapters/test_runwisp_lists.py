"""What is asked of the list of a daemon, and what it costs."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from runs_tui.adapters.base import Connection, Credential
from runs_tui.adapters.runwisp import RunWisp
from runs_tui.demo.runwisp.daemon import Daemon
from runs_tui.demo.server import DemoServer, Settings
from runs_tui.model.errors import NotFound
from runs_tui.model.query import Query, Sort
from runs_tui.model.run import Run
from runs_tui.model.state import State
from runs_tui.transport.http import Patience
from tests.adapters.runwisp_server import NEW_LIST, OLD_LIST, page, problem, run, talking
from tests.adapters.runwisp_world import RunWispStage
from tests.adapters.sources import closing
from tests.contract import Watch
from tests.contract_parts.stage import NOON
from tests.transport.script import reply

LIST = "/api/runs"
TOKEN = "lists-t0ken"


@asynccontextmanager
async def staged(*, runs: int = 300, task: str | None = None, **extra: Any) -> AsyncIterator[Any]:
    """Serve a world and build a source over it, with the pace of the program."""
    clock = Watch(NOON)
    settings = {"runwisp": Settings(TOKEN, {"services": (), **extra})}
    server = DemoServer(["runwisp"], runs=runs, clock=clock, settings=settings)
    async with server:
        connection = Connection(
            name="here",
            url=server.urls["runwisp"],
            credential=Credential(TOKEN, "VARIABLE"),
            options={"task": task} if task else {},
        )
        source = RunWisp(connection, clock)
        source.patience = Patience(fresh=0)
        daemon = Daemon(server.worlds["runwisp"])
        async with closing(source):
            yield RunWispStage(source, server, clock, "runwisp", daemon)


def asked(stage: RunWispStage) -> list[dict[str, str]]:
    """Give what the list was asked for, without paging."""
    queries = [
        dict(part.split("=", 1) for part in request.query.split("&") if part)
        for request in stage.faults.requests
        if request.path == LIST
    ]
    paging = {"limit", "offset"}
    return [{k: v for k, v in query.items() if k not in paging} for query in queries]


async def last_asked(stage: RunWispStage, text: str, sort: Sort | None = None) -> dict[str, str]:
    query = Query(Query.parse(text).terms, sort, 10)
    stage.faults.requests.clear()
    await stage.source.runs(query)
    return asked(stage)[-1]


def ids(runs: list[Run]) -> list[str]:
    return [run.id for run in runs]


# What it costs


async def test_the_first_page_costs_three_requests_and_a_quiet_one_costs_one() -> None:
    async with staged() as stage:
        await stage.source.runs(Query())
        assert sorted(request.path for request in stage.faults.requests) == [
            "/api/runs", "/api/tasks", "/openapi.json",
        ]  # fmt: skip
        for _ in range(3):
            stage.faults.requests.clear()
            await stage.source.runs(Query())
            assert [request.path for request in stage.faults.requests] == [LIST]


@pytest.mark.parametrize("generation", ["G1", "G2", "G3"])
async def test_the_first_page_of_a_daemon_that_describes_nothing(generation: str) -> None:
    async with staged(generation=generation, openapi=False) as stage:
        await stage.source.runs(Query())
        assert [request.path for request in stage.faults.requests] == [
            "/openapi.json", "/api/auth/status", LIST,
        ]  # fmt: skip
        await stage.source.runs(Query())
        assert len(stage.faults.requests) == 4


async def test_a_quiet_minute_costs_twelve_requests_at_most() -> None:
    assert 60 / RunWisp.list_every <= 12


async def opened(stage: RunWispStage, run_id: str) -> list[str]:
    """Open a run as the program does, and give what that asked for."""
    stage.faults.requests.clear()
    await stage.source.run(run_id)
    await stage.source.steps(run_id)
    async with aclosing(stage.source.tail(run_id)) as events:
        async for _ in events:
            break
    return [request.path for request in stage.faults.requests]


@pytest.mark.parametrize("generation", ["G2", "G3"])
async def test_opening_any_run_costs_four_requests_at_most(generation: str) -> None:
    async with staged(generation=generation) as stage:
        await stage.every()
        runs = stage.world.runs(stage.clock.now())
        retried = [run for run in runs if run.attempt > 1]
        assert retried
        for seen in [*runs[:40:3], *retried, stage.one(lambda run: run.state is State.FAILED)]:
            if seen.state is not State.QUEUED:
                assert len(await opened(stage, seen.id)) <= 4


async def test_opening_a_retry_whose_first_attempt_is_not_known_costs_four_requests() -> None:
    async with staged() as stage:
        await stage.source.runs(Query(limit=1))
        for seen in [run for run in stage.world.runs(stage.clock.now()) if run.attempt > 1]:
            assert len(await opened(stage, seen.id)) <= 4


async def test_what_is_read_at_once_is_read_once() -> None:
    async with staged() as stage:
        seen = stage.one(lambda run: run.state is State.SUCCEEDED)
        await stage.source.runs(Query(limit=1))
        assert await opened(stage, seen.id) == [f"{LIST}/{seen.id}", f"{LIST}/{seen.id}/log"]


# What it is asked


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", None),
        ("state:queued", "pending"),
        ("state:running", "running"),
        ("state:queued,running,waiting", "pending%2Crunning"),
        ("state:succeeded", "succeeded"),
        ("state:failed", "failed%2Ctimeout%2Ccrashed%2Clog_overflow%2Cstart_failed"),
        ("state:skipped", "skipped%2Cqueue_full%2Cdst_skipped%2Cmissed"),
    ],
)
async def test_states_that_the_newest_list_applies(text: str, words: str | None) -> None:
    async with staged() as stage:
        query = await last_asked(stage, text)
        assert query.get("status") == words
        found = await stage.source.runs(Query.parse(text))
        assert found.pushed == set(Query.parse(text).terms)
        assert found.total is not None


@pytest.mark.parametrize("text", ["state:cancelled", "state:cancelled,failed", "state:skipped"])
async def test_states_that_only_narrow_a_list(text: str) -> None:
    generation = "G2" if text == "state:skipped" else "G3"
    async with staged(generation=generation) as stage:
        assert (await last_asked(stage, text))["status"] == "ended"
        found = await stage.source.runs(Query.parse(text))
        assert (found.pushed, found.total) == (frozenset(), None)


@pytest.mark.parametrize("text", ["-state:succeeded", "state:unknown", "-state:failed"])
async def test_states_that_no_words_stand_for(text: str) -> None:
    async with staged() as stage:
        assert "status" not in await last_asked(stage, text)


@pytest.mark.parametrize("text", ["state:waiting", "state:failed state:running", "-source:here"])
async def test_what_no_run_can_be_asks_nothing(text: str) -> None:
    async with staged() as stage:
        assert list((await stage.source.runs(Query.parse(text))).items) == []
        assert LIST not in [request.path for request in stage.faults.requests]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("state:succeeded", "success"),
        ("state:running", "running"),
        ("state:failed", "ended"),
        ("state:queued,running", None),
        ("state:running,failed", None),
    ],
)
async def test_an_older_list_takes_one_word(text: str, words: str | None) -> None:
    for openapi in (True, False):
        async with staged(generation="G2", openapi=openapi) as stage:
            assert (await last_asked(stage, text)).get("status") == words
            every = await stage.every()
            holds = Query.parse(text).predicate(NOON)
            assert ids(await stage.every(text)) == ids([run for run in every if holds(run)])


async def test_an_older_list_that_knows_times_is_asked_whether_it_takes_several_words() -> None:
    async with staged(generation="G2", late=True) as stage:
        await stage.source.runs(Query.parse("state:failed"))
        assert [query.get("status") for query in asked(stage)] == [
            "ended%2Cpending%2Crunning",
            "failed%2Ctimeout%2Ccrashed%2Clog_overflow%2Cstart_failed",
        ]  # fmt: skip
        assert "status" in await last_asked(stage, "state:failed")
        assert len(asked(stage)) == 1


async def test_a_list_that_matches_no_list_of_words_is_given_one() -> None:
    document = {
        "paths": {
            LIST: {"get": {"parameters": [{"name": "status"}, {"name": "created_after"}]}},
        },
        "components": {"schemas": {"Run": {"properties": {"task_name": {}}}}},
    }
    answers = {LIST: {"runs": [], "total": 0}, "/openapi.json": document}
    async with talking(answers, newer=False) as (source, server):
        await source.runs(Query.parse("state:failed"))
        assert server.queries(LIST)[-1]["status"] == "ended"


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("created:>2h", {"createdAfter": "2026-06-02T10%3A00%3A00.000001Z"}),
        ("created:<=2026-06-02T09:00:00Z", {"createdBefore": "2026-06-02T09%3A00%3A00.000000999Z"}),
        ("created:<2026-06-02T09:00:00Z", {"createdBefore": "2026-06-02T08%3A59%3A59.999999999Z"}),
        ("trigger:CRON", {"triggeredBy": "cron"}),
        ("created:>9h created:>2h", {"createdAfter": "2026-06-02T10%3A00%3A00.000001Z"}),
        ("-created:>2h", {}),
        ("created:>2h,<3h", {}),
        ("trigger:cron,api", {}),
        ("-trigger:cron", {}),
        ("trigger:~cr", {}),
        ("started:>2h", {}),
        ("duration:>1m", {}),
        (
            "created:>9999-12-31T23:59:59.999999Z",
            {"createdAfter": "9999-12-31T23%3A59%3A59.999999Z"},
        ),
    ],
)
async def test_other_filters_of_the_newest_list(text: str, filters: dict[str, str]) -> None:
    for openapi in (True, False):
        async with staged(openapi=openapi) as stage:
            assert await last_asked(stage, text) == filters
            found = await stage.source.runs(Query.parse(text))
            assert found.pushed == (set(Query.parse(text).terms) if filters else set())


@pytest.mark.parametrize("text", ["created:>2h", "trigger:cron"])
async def test_other_filters_are_not_asked_of_older_lists(text: str) -> None:
    for openapi, late in ((True, False), (False, False), (False, True)):
        async with staged(generation="G2", openapi=openapi, late=late) as stage:
            assert await last_asked(stage, text) == {}
    async with staged(generation="G2", late=True) as stage:
        assert list(await last_asked(stage, text)) in (["created_after"], ["triggered_by"])


async def test_the_last_digits_of_a_time_do_not_hide_a_run() -> None:
    async with staged() as stage:
        one = (await stage.every())[7]
        text = f"created:{one.created_at.isoformat()}..{one.created_at.isoformat()}"
        assert ids(await stage.every(text)) == [one.id]


async def test_a_task_is_asked_for_as_it_is_spelled() -> None:
    async with staged() as stage:
        assert await last_asked(stage, "workflow:WEBHOOK-ingest") == {"taskName": "webhook-ingest"}
        assert await last_asked(stage, "workflow:nothing") == {}
        assert await last_asked(stage, "workflow:webhook-ingest,data-quality") == {}
        found = await stage.source.runs(Query.parse("workflow:webhook-ingest state:succeeded"))
        assert len(found.pushed) == 2
        assert {run.workflow_name for run in found.items} == {"webhook-ingest"}


async def test_a_task_of_an_older_daemon_is_asked_for_by_its_path() -> None:
    async with staged(generation="G2", openapi=False) as stage:
        found = await stage.source.runs(Query.parse("workflow:webhook-ingest"))
        paths = [request.path for request in stage.faults.requests]
        assert paths[-2:] == ["/api/tasks", "/api/tasks/webhook-ingest/runs"]
        assert len(found.pushed) == 1


@pytest.mark.parametrize(
    ("text", "searched", "pushed"),
    [
        ("ingest", "ingest", 1),
        ("'webhook", None, 0),
        ("webhook_ingest", None, 0),
        ("100%", None, 0),
        ("ü", None, 0),
        ("x" * 61, None, 0),
        ("exit", None, 0),
        ("timeout", None, 0),
        ("crash", None, 0),
        ("137", None, 0),
        ("ingest ocr", "ingest", 1),
        ("workflow:~ingest", "ingest", 0),
        ("id:~4M", "4M", 0),
        ("-ingest", None, 0),
        ("ingest,ocr", None, 0),
    ],
)
async def test_words_are_searched_where_the_daemon_looks_as_we_do(
    text: str, searched: str | None, pushed: int
) -> None:
    async with staged() as stage:
        await stage.source.runs(Query(limit=1))
        assert (await last_asked(stage, text)).get("search") == searched
        assert len((await stage.source.runs(Query.parse(text))).pushed) == pushed


async def test_a_search_is_tried_once_before_it_is_trusted() -> None:
    async with staged() as stage:
        newest = (await stage.source.runs(Query(limit=1))).items[0]
        await last_asked(stage, "ingest")
        probe, search = asked(stage)
        assert probe == {"search": newest.id.swapcase()}
        assert search == {"search": "ingest"}
        await last_asked(stage, "ocr")
        assert len(asked(stage)) == 1


async def test_a_search_that_minds_the_case_is_not_trusted() -> None:
    answers = {LIST: (NEW_LIST, {"items": [], "total": 0}, NEW_LIST)}
    async with talking(answers) as (source, server):
        await source.runs(Query())
        found = await source.runs(Query.parse("thumb"))
        assert len(found.items) == 1
        assert [query.get("search") is None for query in server.queries(LIST)] == [
            True, False, True,
        ]  # fmt: skip
        assert (found.pushed, found.total) == (frozenset(), None)


@pytest.mark.parametrize("text", ["state:succeeded", "created:>2h", "trigger:api"])
async def test_a_filter_that_is_ignored_is_noticed(text: str) -> None:
    other = run("ended", "failed", createdAt="2026-01-01T00:00:00Z")
    async with talking({LIST: {"items": [other], "total": 500}}) as (source, server):
        for filters in (1, 0):
            found = await source.runs(Query.parse(text))
            assert (list(found.items), found.pushed, found.total) == ([], frozenset(), None)
            query = server.queries(LIST)[-1]
            assert len({*query} - {"limit", "offset"}) == filters


async def test_a_filter_that_is_refused_is_left_out() -> None:
    row = run("ended", "succeeded")
    answers = {LIST: (problem(422), {"items": [row], "total": 1})}
    async with talking(answers) as (source, server):
        found = await source.runs(Query.parse("state:succeeded"))
        assert len(found.items) == 1
        assert [("status" in query) for query in server.queries(LIST)] == [True, False]


async def test_only_what_a_daemon_refuses_by_name_is_asked_no_more() -> None:
    errors = [{"message": "unexpected", "location": "query.createdAfter", "value": "x"}]
    answers = {LIST: (problem(422, errors=errors), {"items": [], "total": 0})}
    async with talking(answers) as (source, server):
        for _ in range(2):
            await source.runs(Query.parse("state:succeeded created:>2h"))
        asked = [{*query} - {"limit", "offset"} for query in server.queries(LIST)]
        assert asked == [{"status", "createdAfter"}, set(), {"status"}]


async def test_a_time_of_which_one_end_is_ignored_is_filtered_here() -> None:
    late = run("ended", "succeeded", createdAt="2026-07-02T11:00:00Z")
    async with talking({LIST: {"items": [late], "total": 9}}) as (source, _):
        found = await source.runs(Query.parse("created:2026-07-02T08:00Z..2026-07-02T10:00Z"))
        assert (list(found.items), found.pushed, found.total) == ([], frozenset(), None)


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("created", "createdAt"),
        ("started", "startedAt"),
        ("workflow", "taskName"),
        ("took", "duration"),
    ],
)
@pytest.mark.parametrize("descending", [True, False])
async def test_the_list_is_sorted_by_the_daemon(field: str, name: str, *, descending: bool) -> None:
    async with staged() as stage:
        query = await last_asked(stage, "", Sort(field, descending))
        direction = "desc" if descending else "asc"
        assert query == {"sortField": name, "sortDirection": direction}


@pytest.mark.parametrize("descending", [True, False])
async def test_runs_come_in_the_order_that_is_wanted_across_pages(*, descending: bool) -> None:
    async with staged() as stage:
        query = Query(sort=Sort("started", descending), limit=40)
        found: list[Run] = []
        cursor = None
        while True:
            batch = await stage.source.runs(query, cursor)
            found += batch.items
            assert batch.ordered
            cursor = batch.next
            if cursor is None:
                break
        starts = [run.started_at or run.created_at or NOON for run in found]
        assert len(found) == len(set(ids(found))) == 300
        assert starts == sorted(starts, reverse=descending)


async def test_a_field_that_a_daemon_cannot_sort_by_leaves_the_newest_first() -> None:
    async with staged() as stage:
        assert await last_asked(stage, "", Sort("finished")) == {}


async def test_pages_overlap_by_one_row_and_ask_for_the_same() -> None:
    async with staged() as stage:
        query = Query.parse("state:succeeded created:>9d", limit=100)
        first = await stage.source.runs(query)
        stage.clock.skip(60)
        stage.faults.requests.clear()
        await stage.source.runs(query, first.next)
        (request,) = stage.faults.requests
        assert "limit=101&offset=99" in request.query
        bound = (NOON - timedelta(days=9)).strftime("%Y-%m-%dT")
        assert bound in request.query


# One task


@pytest.mark.parametrize("generation", ["G1", "G2", "G3"])
async def test_one_task_is_listed(generation: str) -> None:
    async with staged(generation=generation, task="webhook-ingest") as stage:
        found = await stage.source.runs(Query(limit=1000))
        names = {run.workflow_name for run in found.items}
        assert names == {"webhook-ingest"}
        assert found.total == len(found.items)
        assert found.pushed == frozenset()
        failed = await stage.source.runs(Query.parse("state:succeeded"))
        assert len(failed.pushed) == 1
        other = await stage.source.runs(Query.parse("workflow:data-quality"))
        assert list(other.items) == []


@pytest.mark.parametrize("generation", ["G2", "G3"])
async def test_a_task_that_is_not_there_is_told_with_the_nearest_name(generation: str) -> None:
    async with staged(generation=generation, task="webhook-ingset") as stage:
        with pytest.raises(NotFound, match="webhook-ingest"):
            await stage.source.runs(Query())


async def test_a_list_that_ignores_the_task_is_filtered_here() -> None:
    both = {"items": [*NEW_LIST["items"], run("running", id="x")], "total": 2}
    async with talking({LIST: both}, task="thumbnailer") as (source, _):
        for _ in range(2):
            found = await source.runs(Query())
            assert [each.workflow_name for each in found.items] == ["thumbnailer"]
            assert found.total is None


async def test_a_foreign_cursor_does_no_harm() -> None:
    async with talking({LIST: OLD_LIST}, newer=False) as (source, _):
        for cursor in ("", "7", "1.5.nonsense", '1.0.["x"]'):
            await source.runs(Query(), cursor)


async def test_tasks_that_cannot_be_had_fail_no_list() -> None:
    document = {
        "paths": {LIST: {"get": {}}},
        "components": {"schemas": {"Run": {"properties": {"taskName": {}}}}},
    }
    for answer in (reply(403), reply(500), reply(200, "{}"), page()):
        paths = {LIST: NEW_LIST, "/openapi.json": document, "/api/tasks": answer}
        async with talking(paths) as (source, _):
            assert len((await source.runs(Query())).items) == 1
