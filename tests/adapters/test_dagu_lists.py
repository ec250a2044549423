import json
from datetime import timedelta
from urllib.parse import parse_qs

import pytest

from runs_tui.adapters.dagu.filters import Wish, wish_of
from runs_tui.model.query import Query
from runs_tui.model.state import State
from tests.adapters.dagu_world import Place, served, source_at
from tests.adapters.sources import closing, every
from tests.contract_parts.stage import NOON
from tests.transport.script import reply, serving

SECOND = int(NOON.timestamp())
MANY = 3000


def asked_for(place: Place) -> list[dict[str, str]]:
    """Give what the lists were asked for, and forget it."""
    requests = [request for request in place.faults.requests if request.path.endswith("/dag-runs")]
    place.faults.requests.clear()
    return [{key: value[0] for key, value in parse_qs(each.query).items()} for each in requests]


def wish(text: str) -> Wish:
    found = wish_of(Query.parse(text), NOON, ["etl-nightly", "Etl-Hourly", "twin", "TWIN"])
    assert found is not None
    return found


async def test_a_list_is_never_asked_for_today_alone() -> None:
    async with served() as place, closing(place.source()) as source:
        await source.runs(Query(limit=1000))
        asked = [int(each["fromDate"]) for each in asked_for(place)]
        assert asked == [SECOND + 1 - 86_400, SECOND + 1 - 9 * 86_400, 0]
        await source.runs(Query(limit=1000))
        assert asked_for(place) == [{"fromDate": "0"}]


@pytest.mark.parametrize("limit", [50, 1000])
@pytest.mark.parametrize("text", ["", "state:failed", "workflow:~a"])
async def test_runs_that_an_answer_leaves_out_come_all_the_same(limit: int, text: str) -> None:
    async with served(runs=MANY) as place, closing(place.source()) as source:
        found = await every(source, text, limit)
        ids = [run.id for run in found]
        assert len(ids) == len(set(ids))
        runs = place.world.runs(place.clock.now())
        assert len(runs) >= MANY
        wanted = {
            run.id
            for run in runs
            if (text != "state:failed" or run.state is State.FAILED)
            and (text != "workflow:~a" or "a" in run.workflow.name)
        }
        assert set(ids) == wanted
        instants = [run.instant for run in found if run.instant]
        assert instants == sorted(instants, reverse=True)


@pytest.mark.parametrize("text", ["", "state:failed"])
async def test_runs_that_newer_servers_give_page_by_page_all_come(text: str) -> None:
    async with served(runs=MANY, api="v1") as place, closing(place.source()) as source:
        found = [run.id for run in await every(source, text, 300)]
        assert len(found) == len(set(found))
        runs = place.world.runs(place.clock.now())
        assert set(found) == {r.id for r in runs if text == "" or r.state is State.FAILED}
        assert any(each.get("limit") == "500" for each in asked_for(place))


async def test_a_cursor_that_leads_nowhere_is_left() -> None:
    run = {"dagRunId": "one", "name": "etl", "statusLabel": "failed"}
    told = reply(200, json.dumps({"dagRuns": [run], "nextCursor": "again"}))
    async with serving(told) as script, closing(source_at(script.url)) as source:
        page = await source.runs(Query(limit=50))
        assert [each.id for each in page.items] == ["etl/one"]
        assert len(script.asked) <= 6


async def test_how_far_back_to_look_is_remembered() -> None:
    async with served(runs=MANY) as place, closing(place.source()) as source:
        first = await source.runs(Query(limit=50))
        assert len(asked_for(place)) <= 2
        again = await source.runs(Query(limit=50))
        (asked,) = asked_for(place)
        assert int(asked["fromDate"]) > SECOND - 86_400 * 30
        assert [run.id for run in again.items] == [run.id for run in first.items]
        rows = [
            run
            for run in place.world.runs(place.clock.now())
            if run.created.timestamp() >= int(asked["fromDate"])
        ]
        assert 50 < len(rows) < 400


async def test_a_page_that_follows_ends_where_the_one_before_began() -> None:
    async with served(runs=MANY) as place, closing(place.source()) as source:
        first = await source.runs(Query(limit=50))
        asked_for(place)
        await source.runs(Query(limit=50), first.next)
        (asked,) = asked_for(place)
        last = first.items[-1].created_at
        assert last is not None
        assert int(asked["toDate"]) == int(last.timestamp()) + 1


async def test_a_page_remembered_no_more_goes_on_from_its_second() -> None:
    async with served(runs=MANY) as place, closing(place.source()) as source:
        first = await source.runs(Query(limit=50))
        async with closing(place.source()) as other:
            page = await other.runs(Query(limit=50), first.next)
        seen = {run.id for run in first.items}
        assert {run.id for run in page.items if run.id not in seen}
        end, begin = first.items[-1].instant, page.items[0].instant
        assert end is not None
        assert begin is not None
        assert begin < end + timedelta(seconds=1)


async def test_a_name_is_asked_for_as_it_is_spelled() -> None:
    async with served() as place, closing(place.source()) as source:
        name = (await source.runs(Query(limit=50))).items[0].workflow_name or ""
        query = Query.parse(f'workflow:"{name.upper()}"', limit=50)
        asked_for(place)
        page = await source.runs(query)
        assert asked_for(place)[0]["name"] == name
        assert page.pushed == frozenset(query.terms)
        assert {run.workflow_name for run in page.items} == {name}


async def test_states_that_no_run_is_ever_in_cost_no_request() -> None:
    async with served() as place, closing(place.source()) as source:
        assert (await source.runs(Query.parse("state:skipped"))).items == ()
        assert asked_for(place) == []


@pytest.mark.parametrize(
    ("text", "since", "until", "exact"),
    [
        ("", 0, None, False),
        ("created:>20m", SECOND - 1200, None, False),
        ("created:>=20m", SECOND - 1200, None, True),
        ("created:<20m", 0, SECOND - 1200, True),
        ("created:<=20m", 0, SECOND - 1199, False),
        ("created:>1h created:<20m", SECOND - 3600, SECOND - 1200, False),
        ("-created:>20m", 0, None, False),
        ("started:>20m", 0, None, False),
        ("started:<20m", 0, SECOND - 1200, False),
        ("finished:<=20m", 0, SECOND - 1199, False),
        ("created:>90000w", 0, None, False),
    ],
)
def test_times(text: str, since: int, until: int | None, exact: bool) -> None:
    found = wish(text)
    assert (found.since, found.until) == (since, until)
    assert bool(found.pushed) == (exact or text == "created:>1h created:<20m")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("workflow:etl-nightly", "etl-nightly"),
        ("workflow:ETL-HOURLY", "Etl-Hourly"),
        ("workflow:twin", None),
        ("workflow:~etl", None),
        ("-workflow:etl-nightly", None),
        ("workflow:etl-nightly,twin", None),
        ("workflow:unknown", None),
    ],
)
def test_names(text: str, name: str | None) -> None:
    assert wish(text).name == name
    assert bool(wish(text).pushed) == (name is not None)


async def test_a_run_is_found_by_its_id_among_many() -> None:
    async with served(runs=MANY) as place:
        runs = list(place.world.runs(place.clock.now()))
        for run in (runs[0], runs[1500], runs[-1]):
            async with closing(place.source()) as source:
                assert (await source.run(run.id)).workflow_name == run.workflow.name
                assert len(place.asked()) <= 12
            place.faults.requests.clear()


async def test_a_run_that_was_listed_needs_no_search() -> None:
    async with served() as place, closing(place.source()) as source:
        run = (await source.runs(Query(limit=5))).items[0]
        place.faults.requests.clear()
        await source.run(run.id)
        (asked,) = place.asked()
        assert asked.path == f"/api/v2/dag-runs/{run.workflow_name}/{run.id}"
