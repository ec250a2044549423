import random
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from runs_tui.adapters.prefect.client import MOST
from runs_tui.demo.faults import Fault
from runs_tui.model.errors import BadAnswer
from runs_tui.model.query import Field, Query
from runs_tui.model.run import Run
from runs_tui.model.state import State
from tests.adapters.prefect_world import demo, every, listing, prefect
from tests.contract_parts.stage import NOON

EXACT = [
    "state:failed,running",
    "-state:succeeded",
    "state:unknown",
    "state:skipped",
    "state:failed -state:failed",
    "workflow:~E",
    "-workflow:~e",
    "workflow:nobody",
    'workflow:~"[bold red]",~夜間',
    "started:>2h",
    "started:<=1h",
    "finished:2026-06-02T09:00:00Z..2026-06-02T11:00:00Z",
]
PARTLY = [
    "-started:>2h",
    "finished:<1d,>1h",
    "created:>1h",
    "duration:>2m",
    "trigger:schedule",
    "loud",
    "-loud",
    "id:~4",
    "state:failed loud",
]


def row(number: int, seconds: float) -> dict[str, Any]:
    expected = (NOON - timedelta(seconds=seconds)).isoformat()
    return {"id": str(UUID(int=number)), "state_type": "COMPLETED", "expected_start_time": expected}


def matching(runs: list[Run], text: str) -> list[str]:
    terms = Query.parse(text).terms
    return [run.id for run in runs if all(term.predicate(NOON)(run) for term in terms)]


def ids(runs: list[Run]) -> list[str]:
    return [run.id for run in runs]


async def test_every_run_comes_once_in_the_servers_order() -> None:
    async with demo(runs=450) as d:
        for limit in (7, 200, 1000):
            runs = await every(d.source, limit=limit)
            assert len(set(ids(runs))) == len(runs) == 450
            instants = [run.instant for run in runs if run.instant]
            assert instants == sorted(instants, reverse=True)
        assert max(body["limit"] for body in d.asked("/flow_runs/filter")) <= MOST


async def test_runs_that_arrive_meanwhile_change_nothing_of_what_follows() -> None:
    async with demo() as d:
        before = ids(await every(d.source))
        runs = ids(await every(d.source, limit=20, between=lambda: d.clock.skip(180)))
        assert len(d.world.runs(d.clock.now())) > len(before)
        assert [run_id for run_id in runs if run_id in before] == before
        assert len(set(runs)) == len(runs)


async def test_runs_that_leave_the_filter_meanwhile_hide_no_other() -> None:
    rows = [row(number, number) for number in range(120)]

    def finish() -> None:
        del rows[:10]

    async with listing(lambda: rows) as script:
        source = prefect(f"{script.url}/api")
        source.clock.now = lambda: NOON  # type: ignore[method-assign]
        runs = await every(source, limit=30, between=finish)
        await source.close()
    assert ids(runs) == [row(number, 0)["id"] for number in range(120)]


async def test_runs_of_one_instant_come_once_whatever_their_order() -> None:
    rows = [row(number, 5 if number < 80 else number) for number in range(150)]
    chance = random.Random(7)

    def shuffled() -> list[dict[str, Any]]:
        return chance.sample(rows, len(rows))

    async with listing(shuffled) as script:
        source = prefect(f"{script.url}/api")
        source.clock.now = lambda: NOON  # type: ignore[method-assign]
        assert Counter(ids(await every(source, limit=30))) == Counter(r["id"] for r in rows)
        await source.close()


async def test_more_runs_of_one_instant_than_a_page_holds_come_once() -> None:
    rows = [row(number, 5) for number in range(450)]
    async with listing(lambda: rows) as script:
        source = prefect(f"{script.url}/api")
        source.clock.now = lambda: NOON  # type: ignore[method-assign]
        for limit in (30, 200):
            assert ids(await every(source, limit=limit)) == [r["id"] for r in rows]
        await source.close()


async def test_total_is_told_on_every_page_for_one_more_request() -> None:
    async with demo() as d:
        first = await d.source.runs(Query(limit=10))
        second = await d.source.runs(Query(limit=10), first.next)
        assert first.total == second.total == len(d.world.runs(d.clock.now()))
        assert d.paths().count("/flow_runs/count") == 1


@pytest.mark.parametrize("text", EXACT)
async def test_what_is_pushed_changes_nothing_of_what_is_seen(text: str) -> None:
    async with demo(hostile=True) as d:
        everything = await every(d.source)
        assert ids(await every(d.source, text)) == matching(everything, text)
        page = await d.source.runs(Query.parse(text, limit=500))
        assert page.pushed == frozenset(Query.parse(text).terms)
        assert page.total == len(matching(everything, text))


@pytest.mark.parametrize("text", PARTLY)
async def test_what_is_not_pushed_is_filtered_here(text: str) -> None:
    async with demo(hostile=True) as d:
        everything = await every(d.source)
        assert ids(await every(d.source, text)) == matching(everything, text)
        page = await d.source.runs(Query.parse(text))
        assert page.pushed < frozenset(Query.parse(text).terms)
        assert page.total is None
        assert all(term.field is Field.STATE for term in page.pushed)


async def test_workflow_and_run_may_be_named_by_id_in_any_case() -> None:
    async with demo() as d:
        await every(d.source)  # after which all names are known
        one = (await every(d.source))[5]
        assert one.workflow_id is not None
        found = await every(d.source, f"workflow:{one.workflow_id.upper()}")
        assert {run.workflow_name for run in found} == {one.workflow_name}
        assert await every(d.source, f"id:{one.id.upper()}") == [one]
        assert d.asked("/flow_runs/filter")[-1]["flow_runs"]["id"] == {"any_": [one.id]}
        assert await every(d.source, f"id:{one.id} state:{one.state}") == [one]


async def test_another_source_asks_nothing() -> None:
    async with demo() as d:
        assert (await d.source.runs(Query.parse("source:q"))).items == ()
        assert d.paths() == []


async def test_runs_scheduled_for_later_are_listed_only_where_wanted() -> None:
    async with demo() as d:
        listed = await every(d.source)
        shown = prefect(d.url, upcoming="show")
        everything = await every(shown)
        await shown.close()
        later = [run for run in everything if run.id not in set(ids(listed))]
        assert {run.state for run in later} == {State.QUEUED}
        assert all(run.listed_at and run.listed_at > NOON for run in later)
        assert (await d.source.run(later[0].id)).id == later[0].id
        assert ids(await every(d.source, f"id:{later[0].id}")) == [later[0].id]


async def test_names_are_asked_for_once_and_together() -> None:
    async with demo() as d:
        await every(d.source, limit=100)
        await every(d.source, limit=100)
        assert all(run.workflow_name for run in await every(d.source, limit=100))
        bodies = d.asked("/flows/filter")
        asked = [flow for body in bodies for flow in body["flows"]["id"]["any_"]]
        assert len(asked) == len(set(asked))
        assert len(bodies) <= 3


async def test_runs_are_counted_again_only_when_others_lead_the_list() -> None:
    async with demo() as d:
        first = await d.source.runs(Query(limit=10))
        again = await d.source.runs(Query(limit=10))
        assert first.total == again.total == len(d.world.runs(d.clock.now()))
        assert d.paths().count("/flow_runs/count") == 1
        d.clock.skip(120)
        later = await d.source.runs(Query(limit=10))
        assert later.total == len(d.world.runs(d.clock.now()))
        assert later.total > (first.total or 0)
        assert d.paths().count("/flow_runs/count") == 2
        failed = await d.source.runs(Query.parse("state:failed", limit=10))
        assert d.paths().count("/flow_runs/count") == 3
        assert failed.total == sum(run.state == "failed" for run in d.world.runs(d.clock.now()))


async def test_missing_names_of_deployments_do_no_harm() -> None:
    async with demo() as d:
        d.faults.add(Fault(path="/deployments/filter", status=403, times=None))
        page = await d.source.runs(Query())
        assert len(page.items) == 50
        assert not any("deployment_name" in run.details for run in page.items)


async def test_foreign_cursor_is_a_bad_answer() -> None:
    async with demo() as d:
        for cursor in ("", "7", "[1, 2]", '["x"'):
            with pytest.raises(BadAnswer):
                await d.source.runs(Query(), cursor)


async def test_opening_a_run_costs_four_requests() -> None:
    async with demo() as d:
        one = next(run for run in d.world.runs(NOON) if run.finished)
        await d.source.run(one.id)
        await d.source.steps(one.id)
        assert len(d.paths()) == 4
