"""Lists and logs of an Airflow server: what is asked of it, and how often."""

import asyncio
import json
from contextlib import aclosing
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import pytest

from runs_tui.demo.faults import Fault
from runs_tui.model.errors import BadAnswer
from runs_tui.model.query import Field, Query, Sort
from runs_tui.model.run import Event
from runs_tui.model.state import State
from tests.adapters.airflow_world import Demo, demo
from tests.contract_parts.stage import DEADLINE

NOON_MINUS = "2026-06-02T11:30:00+00:00"


async def asked(d: Demo, text: str, sort: Sort | None = None) -> tuple[str, dict[str, list[str]]]:
    """Give the path and the query string of the last request for a list."""
    query = Query.parse(text, limit=20)
    await d.source.runs(Query(query.terms, sort, 20))
    request = d.asked("/dagRuns")[-1]
    return request.path, parse_qs(request.query)


async def test_newest_first_of_all_dags() -> None:
    async with demo() as d:
        path, told = await asked(d, "")
        assert path == "/api/v2/dags/~/dagRuns"
        assert told == {"limit": ["20"], "order_by": ["-run_after"]}


FILTERS: list[tuple[str, dict[str, list[str]]]] = [
    ("state:succeeded", {"state": ["success"]}),
    ("state:failed,cancelled", {"state": ["failed"]}),
    ("state:running,queued", {"state": ["queued", "running"]}),
    ("trigger:scheduled,manual", {"run_type": ["manual", "scheduled"]}),
    (f"created:>={NOON_MINUS}", {"run_after_gte": [NOON_MINUS]}),
    (f"created:<{NOON_MINUS}", {"run_after_lte": ["2026-06-02T11:29:59.999999+00:00"]}),
]


@pytest.mark.parametrize(("text", "wanted"), FILTERS)
async def test_what_the_server_applies_exactly(text: str, wanted: dict[str, list[str]]) -> None:
    async with demo() as d:
        _, told = await asked(d, text)
        assert {name: told[name] for name in told.keys() - {"limit", "order_by"}} == wanted
        page = await d.source.runs(Query.parse(text))
        assert page.pushed == frozenset(Query.parse(text).terms)
        assert page.total == len(await d.every(text))


@pytest.mark.parametrize("text", ["state:failed", "started:>1h", "-trigger:manual", "trigger:odd"])
async def test_what_is_only_narrowed_is_not_said_to_be_applied(text: str) -> None:
    async with demo() as d:
        page = await d.source.runs(Query.parse(text))
        assert (page.pushed, page.total) == (frozenset(), None)


async def test_one_dag_is_asked_for_by_its_path_and_several_by_their_names() -> None:
    async with demo() as d:
        one, *others = sorted(
            {run.workflow_id or "" for run in await d.every()}, key=lambda name: name[-1]
        )
        path, _ = await asked(d, f"workflow:{one}")
        assert path == f"/api/v2/dags/{one}/dagRuns"
        await d.source.runs(Query.parse(f"workflow:{one},{others[0]} state:succeeded"))
        (body,) = d.sent("/dagRuns/list")
        assert body["dag_ids"] == sorted([one, others[0]])
        assert (body["states"], body["order_by"]) == (["success"], "-run_after")


async def test_what_no_dag_is_called_costs_no_list() -> None:
    async with demo() as d:
        page = await d.source.runs(Query.parse("workflow:nobody"))
        assert (list(page.items), page.total, page.next) == ([], 0, None)
        assert d.asked("/dagRuns") == []


async def test_the_oldest_come_first_where_that_is_wanted() -> None:
    async with demo() as d:
        _, told = await asked(d, "", Sort("created", descending=False))
        assert told["order_by"] == ["run_after"]
        query = Query(sort=Sort("created", descending=False), limit=70)
        found, cursor = [], None
        while True:
            page = await d.source.runs(query, cursor)
            found += [run.id for run in page.items]
            cursor = page.next
            assert page.ordered
            if cursor is None:
                break
        assert found == [run.id for run in reversed(await d.every())]


@pytest.mark.parametrize("most", [7, 100])
async def test_a_server_that_cuts_pages_in_silence_loses_no_run(most: int) -> None:
    async with demo(page=most) as d:
        found = await d.every(limit=50)
        assert len({run.id for run in found}) == len(found) == 300


@pytest.mark.parametrize(("limit", "most"), [(9, 100), (50, 100), (100, 100), (50, 7)])
async def test_runs_of_one_instant_come_once_each(limit: int, most: int) -> None:
    async with demo(runs=500, hourly=True, page=most) as d:
        found = await d.every(limit=limit)
        assert len({run.id for run in found}) == len(found) == 500
        assert len({run.created_at for run in found}) < 60


def timeless(body: bytes) -> bytes:
    """Take the instant by which it is listed from the last run of a page."""
    told = json.loads(body)
    told["dag_runs"][-1]["run_after"] = None
    return json.dumps(told).encode()


async def test_a_run_without_an_instant_does_not_begin_the_list_again() -> None:
    async with demo() as d:
        d.faults.add(Fault(path="/dagRuns", rewrite=timeless, times=None))
        found = await d.every(limit=50)
        assert len({run.id for run in found}) == len(found) == 300


def boastful(body: bytes) -> bytes:
    """Promise more rows than there are."""
    told = json.loads(body)
    return json.dumps({**told, "total_entries": 5000}).encode()


async def test_rows_that_are_promised_but_do_not_come_are_not_asked_for_without_end() -> None:
    async with demo() as d:
        run = d.one(lambda run: len(run.workflow.steps) > 3)
        d.faults.add(Fault(path="/taskInstances", rewrite=boastful, times=None))
        assert len(await d.source.steps(run.id)) == len(run.workflow.steps)
        assert len(d.asked("/taskInstances")) < 10
        d.faults.add(Fault(path="/dags?", rewrite=boastful, times=None))
        assert (await d.source.runs(Query.parse("workflow:~a"))).items
        assert [r.path for r in d.faults.requests].count("/api/v2/dags") == 2


def all_queued(body: bytes) -> bytes:
    told = json.loads(body)
    runs = [{**run, "state": "queued"} for run in told["dag_runs"]]
    return json.dumps({**told, "dag_runs": runs}).encode()


async def test_a_server_that_heeds_no_filter_is_not_read_to_its_end_at_once() -> None:
    async with demo(runs=500) as d:
        d.faults.add(Fault(path="/dagRuns", times=None, rewrite=all_queued))
        page = await d.source.runs(Query.parse("state:succeeded", limit=20))
        assert (list(page.items), len(d.asked("/dagRuns"))) == ([], 1)
        assert page.next is not None


async def test_a_foreign_cursor_is_refused() -> None:
    async with demo() as d:
        with pytest.raises(BadAnswer):
            await d.source.runs(Query(), "3.14")


def test_errors_are_never_told_in_lists() -> None:
    from runs_tui.adapters.airflow import Airflow

    assert Airflow.lacks == {Field.ERROR}


async def costs(d: Demo, work: Any) -> list[str]:
    before = len(d.faults.requests)
    await work
    return [request.path for request in d.faults.requests[before:]]


async def test_only_the_last_logs_of_a_wide_run_are_read_when_it_is_opened() -> None:
    async with demo() as d:
        wide = d.one(lambda r: r.state is State.SUCCEEDED and len(r.workflow.steps) > 40)
        paths = await costs(d, d.source.last_events(wide.id))
        assert len(paths) == 3
        assert len([path for path in paths if "/logs/" in path]) == 1
        again = await costs(d, d.source.last_events(wide.id))
        assert not [path for path in again if "/logs/" in path]


async def test_a_growing_log_is_read_on_by_its_token() -> None:
    async with demo() as d:
        run = d.one(lambda r: r.state is State.RUNNING and len(r.workflow.steps) < 6)
        async with asyncio.timeout(DEADLINE), aclosing(d.source.tail(run.id)) as events:
            d.clock.go(20)
            async for event in events:
                assert isinstance(event, Event)
                tokens = [parse_qs(r.query).get("token") for r in d.asked("/logs/")]
                if len([token for token in tokens if token]) > 3:
                    break
        firsts = [r.path for r in d.asked("/logs/") if "token=" not in r.query]
        assert len(firsts) == len(set(firsts))


async def test_what_a_stopped_process_still_writes_is_told() -> None:
    async with demo() as d:
        run = d.one(lambda r: r.state is State.RUNNING and len(r.workflow.steps) < 6)
        d.source.pace = replace(d.source.pace, settle=1.5)
        d.clock.go(5)
        told: list[Event] = []
        async with asyncio.timeout(DEADLINE), aclosing(d.source.tail(run.id)) as events:
            async for event in events:
                assert isinstance(event, Event)
                told.append(event)
                if len(told) == 1:
                    await d.source.cancel(run.id)
        again = [event async for event in d.source.tail(run.id)]
        assert [event.id for event in told] == [
            event.id for event in again if isinstance(event, Event)
        ]


def ageless(body: bytes) -> bytes:
    """Let a run and its tasks end as late as can be."""
    told = json.loads(body)
    for each in (told, *told.get("task_instances", ())):
        each["end_date"] = "9999-12-31T23:59:59.9Z"
    return json.dumps(told).encode()


async def test_what_ends_at_the_end_of_time_is_told_and_left() -> None:
    async with demo() as d:
        run = d.one(lambda r: r.state is State.FAILED)
        d.faults.add(Fault(path="/dagRuns/", rewrite=ageless, times=None))
        async with asyncio.timeout(DEADLINE):
            assert [event async for event in d.source.tail(run.id)]
        assert (await d.source.last_events(run.id)).events


@pytest.mark.parametrize("whole_logs", [False, True], ids=["3.3", "3.0"])
async def test_no_line_of_a_growing_log_is_told_twice(whole_logs: bool) -> None:
    async with demo(whole_logs=whole_logs) as d:
        run, seconds = d.ending_soon()
        d.clock.go(seconds / 2)
        async with asyncio.timeout(DEADLINE):
            told = [e.id async for e in d.source.tail(run.id) if isinstance(e, Event)]
            again = [e.id async for e in d.source.tail(run.id) if isinstance(e, Event)]
        assert len(told) == len(set(told))
        assert told == again


async def test_a_log_whose_token_leads_nowhere_is_left() -> None:
    told = {"content": [{"event": "here again"}], "continuation_token": "there"}
    stuck = Fault(path="/logs/", status=200, body=json.dumps(told).encode(), times=None)
    async with demo() as d:
        run = d.one(lambda r: r.state is State.SUCCEEDED and len(r.workflow.steps) < 6)
        d.faults.add(stuck)
        async with asyncio.timeout(DEADLINE):
            said = [e.message async for e in d.source.tail(run.id) if isinstance(e, Event)]
        assert 0 < said.count("here again") <= 2 * len(run.workflow.steps)
