import json
from collections.abc import Callable
from dataclasses import replace
from math import comb
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs_tui.adapters.base import Cancels, Retries
from runs_tui.adapters.lightning.code import MOST_IDS, code_of
from runs_tui.demo.faults import Fault
from runs_tui.demo.lightning.names import project_id, project_of
from runs_tui.model.errors import NotFound, Refused, Unauthorized, Unsupported
from runs_tui.model.query import Query
from runs_tui.model.run import Run
from runs_tui.model.state import State
from tests.adapters.lightning_world import UNLIMITED, lightning, paths, queries, served
from tests.contract_parts.stage import NOBODY, Stage

BOARD = Query(limit=100)
RUNS = "/api/runs"
WORKFLOWS = "/api/workflows"


async def cost(stage: Stage, query: Query = BOARD) -> tuple[int, list[Run]]:
    """Read the newest page, and give how many requests that took."""
    before = len(stage.faults.requests)
    page = await stage.source.runs(query)
    return len(stage.faults.requests) - before, list(page.items)


def joining(stage: Stage) -> list[dict[str, list[str]]]:
    """Give the query strings that asked for some workflows only."""
    told = [parse_qs(query) for query in queries(stage, RUNS)]
    return [query for query in told if {"workflow_id", "workflow_ids[]"} & query.keys()]


def right(stage: Stage, run: Run) -> bool:
    """Tell whether a run has the workflow that it has in the world."""
    real = stage.world.run(run.id, stage.clock.now())
    return real is not None and run.workflow_id == real.workflow.id


def without(name: str) -> Callable[[bytes], bytes]:
    """Give what takes a workflow out of the list of them."""

    def rewrite(body: bytes) -> bytes:
        value = json.loads(body)
        value["workflows"] = [each for each in value["workflows"] if each["name"] != name]
        return json.dumps(value).encode()

    return rewrite


def test_it_can_change_nothing() -> None:
    source = lightning("http://127.0.0.1:1")
    assert not isinstance(source, Cancels | Retries)


# What it costs


async def test_the_first_page_costs_five_requests_and_a_quiet_one_a_single_one() -> None:
    async with served() as stage:
        first, runs = await cost(stage)
        assert first == 5
        assert {run.workflow_id for run in runs} == {None}
        for _ in range(2):
            again, runs = await cost(stage)
            assert again <= 4
        assert all(right(stage, run) for run in runs)
        assert {run.workflow_name is None for run in runs} == {False}
        assert {"workflow_id", "workflow_name"} <= runs[0].derived
        quiet = [(await cost(stage))[0] for _ in range(3)]
        assert quiet == [1, 1, 1]
        assert 60 / stage.source.list_every <= 12


async def test_a_minute_in_which_runs_arrive_costs_no_more_than_twelve() -> None:
    async with served() as stage:
        for _ in range(5):
            await cost(stage)
            stage.clock.skip(stage.source.list_every)
        arrived: set[str] = set()
        for _ in range(4):
            spent = 0
            for _ in range(5):
                one, runs = await cost(stage)
                spent += one
                arrived |= {run.id for run in runs}
                stage.clock.skip(stage.source.list_every)
            assert spent <= 12
        assert len(arrived) > 110
        assert all(right(stage, run) for run in runs if run.workflow_id)
        assert sum(run.workflow_id is not None for run in runs) > 80


async def test_for_somebody_who_asks_once_all_is_found_out_at_once() -> None:
    async with served() as stage:
        stage.source.thorough = True
        spent, runs = await cost(stage)
        assert spent == 9
        assert all(right(stage, run) for run in runs)


async def test_a_page_further_down_is_joined_whole() -> None:
    async with served() as stage:
        page = await stage.source.runs(BOARD)
        deeper = await stage.source.runs(BOARD, page.next)
        assert all(right(stage, run) for run in deeper.items)
        assert all("inserted_before" in query for query in joining(stage)[3:])


# Which workflow a run has


@given(st.integers(1, 400), st.booleans())
def test_every_workflow_has_a_word_of_its_own(number: int, apart: bool) -> None:
    ids = tuple(map(str, range(number)))
    code = code_of(ids, apart=apart)
    assert len(set(code.words)) == number
    assert {word.bit_count() for word in code.words} == {code.weight}
    for bit in range(code.bits):
        assert len(code.having(bit)) <= MOST_IDS
    assert all(code.meant(word) == each for each, word in zip(ids, code.words, strict=True))
    if apart or number <= 4:
        assert (code.weight, code.bits) == (1, number)
    elif number <= 100:
        assert comb(code.bits - 1, (code.bits - 1) // 2) < number


async def test_a_server_that_ignores_lists_of_workflows_is_asked_for_one_by_one() -> None:
    async with served(UNLIMITED, ignored=("workflow_ids",)) as stage:
        for _ in range(2):
            runs = await stage.every(limit=100)
        assert all(right(stage, run) for run in runs)
        single = [query for query in joining(stage) if "workflow_id" in query]
        assert len(single) == 3 * len(stage.world.workflows)
        assert len(joining(stage)) - len(single) == 7


@pytest.mark.parametrize("pace", [UNLIMITED, None])
async def test_a_server_that_ignores_workflows_is_soon_left_in_peace(pace: Any) -> None:
    async with served(
        pace or replace(UNLIMITED, joins=3), ignored=("workflow_ids", "workflow_id")
    ) as s:
        for _ in range(15):
            _, runs = await cost(s)
            assert {run.workflow_id for run in runs} == {None}
        assert (await cost(s))[0] == 1
        for text in ("workflow:~a", "-workflow:~a"):
            with pytest.raises(Unsupported, match="which workflow a run belongs to"):
                await s.source.runs(Query.parse(text))
        assert (await s.source.runs(Query.parse("no-such-word"))).items == []
        run = await s.source.run(runs[0].id)
        assert (run.workflow_id, run.url) == (None, None)


async def test_a_filter_by_workflow_is_probed_before_it_is_relied_on() -> None:
    async with served(ignored=("workflow_ids", "workflow_id")) as stage:
        name = stage.world.workflows[0].name
        with pytest.raises(Unsupported):
            await stage.source.runs(Query.parse(f"workflow:{name}"))
        assert len(joining(stage)) == 1


async def test_a_run_of_a_workflow_that_is_gone_stays_without_one() -> None:
    async with served(UNLIMITED, gone="webhook-ingest") as stage:
        runs = await stage.every(limit=100)
        for run in runs:
            real = stage.world.run(run.id, stage.clock.now())
            assert real is not None
            gone = real.workflow.name == "webhook-ingest"
            assert run.workflow_id == (None if gone else real.workflow.id)
        assert (await cost(stage))[0] == 1


async def test_a_workflow_that_is_new_is_found_within_two_minutes() -> None:
    async with served(UNLIMITED) as stage:
        stage.break_down(path=WORKFLOWS, rewrite=without("webhook-ingest"), times=1)
        _, runs = await cost(stage)
        assert None in {run.workflow_id for run in runs}
        stage.clock.skip(61)
        for _ in range(2):
            _, runs = await cost(stage)
        assert all(right(stage, run) for run in runs)


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 403}, {"body": b"<html>"}])
async def test_without_workflows_the_list_goes_on(fault: dict[str, Any]) -> None:
    async with served(UNLIMITED) as stage:
        stage.break_down(path=WORKFLOWS, **fault)
        assert {run.workflow_id for run in await stage.every()} == {None}
        asked = len(stage.asked(WORKFLOWS))
        await stage.every()
        assert len(stage.asked(WORKFLOWS)) == asked


# What the server filters


async def test_one_workflow_is_asked_for_by_its_id_and_some_by_a_list() -> None:
    async with served(UNLIMITED) as stage:
        one = stage.one(lambda run: True).workflow
        page = await stage.source.runs(Query.parse(f"workflow:{one.name}"))
        assert joining(stage)[-1]["workflow_id"] == [one.id]
        assert (
            page.total
            == len(page.items)
            == sum(run.workflow is one for run in stage.world.runs(stage.clock.now()))
        )
        assert len(page.pushed) == 1
        before = len(joining(stage))
        page = await stage.source.runs(Query.parse("workflow:~backup,~etl"))
        some = [w.id for w in stage.world.workflows if "backup" in w.name or "etl" in w.name]
        assert joining(stage)[before + 1]["workflow_ids[]"] == some
        assert all(right(stage, run) for run in page.items)
        assert page.total == len(page.items)


async def test_a_run_that_is_named_is_asked_for_alone() -> None:
    async with served() as stage:
        wanted = list(stage.world.runs(stage.clock.now()))[200]
        page = await stage.source.runs(Query.parse(f"id:{wanted.id.upper()},{NOBODY}"))
        assert [run.id for run in page.items] == [wanted.id]
        assert paths(stage).count(RUNS) <= 4
        stage.faults.requests.clear()
        assert (await stage.source.runs(Query.parse("id:nobody"))).items == []
        assert paths(stage) == []


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("created:>1h", {"inserted_after": ["2026-06-01T11:00:00Z"]}),
        ("created:<1h", {"inserted_before": ["2026-06-02T11:00:00Z"]}),
        ("finished:>1h", {"inserted_after": ["2026-06-01T11:00:00Z"]}),
        (
            "started:2026-06-02T10:00:00Z..2026-06-02T11:00:00Z created:<90m",
            {
                "inserted_after": ["2026-06-01T10:00:00Z"],
                "inserted_before": ["2026-06-02T10:30:00Z"],
            },
        ),
        ("started:>1h,<2h", {}),
        ("-created:>1h", {}),
    ],
)
async def test_times_narrow_what_is_asked_for(text: str, bounds: dict[str, list[str]]) -> None:
    async with served() as stage:
        page = await stage.source.runs(Query.parse(text))
        asked = parse_qs(queries(stage, RUNS)[0])
        told = {name: value for name, value in asked.items() if name.startswith("inserted")}
        assert told == bounds
        assert page.pushed == frozenset()
        assert page.total is None


@pytest.mark.parametrize("status", [400, 422])
async def test_a_server_that_refuses_times_is_asked_without(status: int) -> None:
    async with served() as stage:
        plain = [run.id for run in await stage.every("created:<1h")]
        other = lightning(stage.url, stage.clock)
        said = {400: b'{"error": "Invalid datetime format"}', 422: b'{"errors": {"a": ["bad"]}}'}
        stage.faults.add(Fault(path=RUNS, status=status, body=said[status]))
        page = await other.runs(Query.parse("created:<1h", limit=100))
        assert [run.id for run in page.items] == plain[: len(page.items)]
        await other.runs(Query.parse("created:<1h"))
        await other.close()
        assert "inserted" not in queries(stage, RUNS)[-1]


async def test_what_the_server_says_of_a_time_is_told() -> None:
    for refuses, said in ((400, "Invalid datetime format"), (422, "is not a valid datetime")):
        async with served(refuses=refuses) as stage:
            with pytest.raises(Refused, match=said):
                await stage.source._desk._client.runs({"inserted_after": "soon"})


# The order of the list


async def test_a_run_that_has_not_started_keeps_the_servers_place() -> None:
    async with served() as stage:
        runs = await stage.every()
        waiting = [index for index, run in enumerate(runs) if run.started_at is None]
        assert waiting
        assert [run.id for run in runs] == [r.id for r in stage.world.runs(stage.clock.now())]
        for index in waiting:
            assert runs[index].state is State.QUEUED
            assert "listed_at" in runs[index].derived
            assert runs[index].created_at is None
            if index:
                assert runs[index].instant == runs[index - 1].instant
            again = await stage.source.run(runs[index].id)
            assert again.instant == runs[index].instant


async def test_a_run_stays_in_its_place_when_it_starts() -> None:
    async with served() as stage:
        before = {run.id: run for run in await stage.every() if run.started_at is None}
        stage.clock.skip(200)
        after = {run.id: run for run in await stage.every()}
        started = [run_id for run_id in before if after[run_id].started_at]
        assert started
        assert all(after[each].instant == before[each].instant for each in started)


async def test_an_instant_is_never_before_the_creation() -> None:
    async with served() as stage:
        real = {run.id: run.created for run in stage.world.runs(stage.clock.now())}
        runs = await stage.every(limit=50)
        assert all(run.instant and run.instant >= real[run.id] for run in runs)
        late = [run for run in runs if run.instant != run.started_at and run.started_at]
        assert all("listed_at" in run.derived for run in late)


@pytest.mark.parametrize("most", [10, 33])
async def test_smaller_pages_than_asked_for_come_whole(most: int) -> None:
    async with served(UNLIMITED, most=most) as stage:
        runs = await stage.every(limit=25)
        assert [run.id for run in runs] == [r.id for r in stage.world.runs(stage.clock.now())]
        assert all(right(stage, run) for run in runs)


async def test_an_old_server_without_lengths_and_states_is_read_all_the_same() -> None:
    async with served(UNLIMITED, old=True) as stage:
        page = await stage.source.runs(Query(limit=60))
        assert (len(page.items), page.total) == (60, None)
        runs = await stage.every(limit=60)
        assert len({run.id for run in runs}) == 300
        for run in runs:
            real = stage.world.run(run.id, stage.clock.now())
            assert real is not None
            assert "state" in run.derived
            assert run.status == ""
            assert run.active == (real.finished is None)
            assert (run.state is State.UNKNOWN) == (real.finished is not None)


# Projects and what is not there


async def test_a_source_may_be_of_one_project() -> None:
    shop = project_id("shop")
    async with served(UNLIMITED) as stage:
        source = lightning(stage.url + "/api/", stage.clock, UNLIMITED, project=shop)
        page = await source.runs(Query(limit=1000))
        ours = [r for r in stage.world.runs(stage.clock.now()) if project_of(r.workflow) == shop]
        assert [run.id for run in page.items] == [run.id for run in ours]
        assert all(right(stage, run) for run in page.items)
        assert {path.startswith(f"/api/projects/{shop}/") for path in paths(stage)} == {True}
        run = await source.run(ours[0].id)
        assert run.url == f"{stage.url}/projects/{shop}/runs/{run.id}"
        assert source.run_id_of(f"{run.url}?step=1") == run.id
        assert source.run_id_of(run.url.replace("/lightning", "")) is None
        with pytest.raises(NotFound):
            await source.run(stage.one(lambda r: project_of(r.workflow) != shop).id)
        await source.close()


@pytest.mark.parametrize(("project", "kind"), [("shop", Unauthorized), (None, NotFound)])
async def test_a_project_that_is_closed_is_told_in_one_sentence(
    project: str | None, kind: type[Exception]
) -> None:
    wanted = project_id(project) if project else NOBODY
    async with served(closed=project_id("shop")) as stage:
        source = lightning(stage.url, stage.clock, project=wanted)
        with pytest.raises(kind) as caught:
            await source.runs(BOARD)
        await source.close()
        assert f"project {wanted} is not there or not open to the token" in str(caught.value)
        assert "option project" in str(caught.value)


def test_a_project_that_can_be_none_is_refused() -> None:
    with pytest.raises(Refused, match="the option project is the id of a project"):
        lightning("http://x", project="shop")


@pytest.mark.parametrize("status", [403, 404, 500])
async def test_a_run_that_is_not_there_is_told_so_whatever_the_server_says(status: int) -> None:
    async with served(missing=status) as stage:
        for _ in range(2):
            with pytest.raises(NotFound) as caught:
                await stage.source.run(NOBODY)
        assert status == 404 or str(status) in caught.value.sentence
        with pytest.raises(NotFound):
            await stage.source.steps(NOBODY)
        with pytest.raises(NotFound):
            await stage.told(NOBODY)


async def test_what_is_no_id_is_not_asked_for() -> None:
    async with served() as stage:
        for run_id in ("7", "nobody", "../runs", ""):
            with pytest.raises(NotFound, match="UUID"):
                await stage.source.run(run_id)
        assert stage.faults.requests == []


async def test_runs_that_arrive_meanwhile_change_nothing_of_what_follows() -> None:
    async with served() as stage:
        before = [run.id for run in stage.world.runs(stage.clock.now())]
        ids: list[str] = []
        cursor: str | None = None
        while True:
            page = await stage.source.runs(Query(limit=30), cursor)
            ids += [run.id for run in page.items]
            cursor = page.next
            if cursor is None:
                break
            stage.clock.skip(60)
        assert ids == before
        assert len(stage.world.runs(stage.clock.now())) > len(before)


async def test_a_long_forgotten_cursor_still_leads_on() -> None:
    async with served() as stage:
        first = (await stage.source.runs(Query(limit=30))).next
        await stage.every(limit=3)
        page = await stage.source.runs(Query(limit=30), first)
        ids = [run.id for run in stage.world.runs(stage.clock.now())]
        assert [run.id for run in page.items] == ids[30:60]
        assert (await stage.source.runs(Query(limit=30), "nonsense")).items
