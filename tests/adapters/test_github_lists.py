"""Lists of runs: of several repositories, of several statuses, past 1,000 results."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from runs_tui.adapters.base import Connection
from runs_tui.adapters.github_actions import GitHubActions
from runs_tui.demo import github_actions
from runs_tui.demo.faults import Faults
from runs_tui.demo.server import DemoServer, Settings
from runs_tui.demo.world import World
from runs_tui.model.clock import SetClock
from runs_tui.model.errors import NotFound, RateLimited, Refused
from runs_tui.model.query import Query
from runs_tui.model.run import Run
from runs_tui.transport.http import Patience
from tests.adapters.github_server import ONE, RUN, github, run
from tests.adapters.sources import closing
from tests.transport.script import Asked, reply

NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)


class TwoRepositories(DemoServer):
    """The demo's server with a second repository beside the first."""

    def _app(self) -> ASGIApp:
        inner = super()._app()
        clock = self.clock
        self.other = World(seed=99, runs=200, epoch=clock.now())
        self.others = Faults()
        app = github_actions.app(self.other, clock, Settings(extra={"repository": "acme/gadgets"}))
        gadgets = self.others.around(app)
        prefix = "/github_actions/repos/acme/gadgets"

        async def route(scope: Scope, receive: Receive, send: Send) -> None:
            beside = scope["path"].startswith(prefix)
            told = {**scope, "root_path": prefix} if beside else scope
            await (gadgets if beside else inner)(told, receive, send)

        return route


@asynccontextmanager
async def served(
    runs: int = 300,
    *,
    two: bool = False,
    extra: dict[str, Any] | None = None,
    wanted: str | None = None,
    **options: str,
) -> AsyncIterator[tuple[DemoServer, GitHubActions]]:
    clock = SetClock(NOON)
    kind = TwoRepositories if two else DemoServer
    settings = {"github_actions": Settings(wanted, extra or {})}
    async with kind(["github_actions"], runs=runs, clock=clock, settings=settings) as server:
        url = server.urls["github_actions"]
        source = GitHubActions(Connection(name="ci", url=url, options=options), clock)
        source.patience = Patience(fresh=0)
        async with closing(source):
            yield server, source


async def every(source: GitHubActions, text: str = "", limit: int = 100) -> list[Run]:
    query, cursor = Query.parse(text, limit=limit), None
    found: list[Run] = []
    while True:
        page = await source.runs(query, cursor)
        found += page.items
        cursor = page.next
        if cursor is None:
            return found


async def test_runs_of_several_repositories_are_merged_newest_first() -> None:
    async with served(two=True, repository="acme/gadgets") as (server, source):
        assert isinstance(server, TwoRepositories)
        first = await source.runs(Query(limit=50))
        assert first.total == 500
        assert len(server.others.requests) == len(server.faults["github_actions"].requests) == 1
        runs = await every(source, limit=30)
        assert len(runs) == len({run.id for run in runs}) == 500
        instants = [run.instant for run in runs if run.instant]
        assert instants == sorted(instants, reverse=True)
        of = {run.details["repository"]["full_name"] for run in first.items}
        assert of == {"acme/widgets", "acme/gadgets"}


async def test_a_run_is_found_in_whichever_repository_it_is() -> None:
    async with served(two=True, repository="acme/gadgets") as (_, source):
        runs = (await source.runs(Query(limit=60))).items
        places = {run.details["repository"]["full_name"]: run.id for run in runs}
        stranger = GitHubActions(source.connection, source.clock)
        async with closing(stranger):
            for name, run_id in places.items():
                run = await stranger.run(run_id)
                assert run.details["repository"]["full_name"] == name
                assert await stranger.steps(run_id)
            with pytest.raises(NotFound, match="has no such run"):
                await stranger.run("12345")


@pytest.mark.parametrize("text", ["state:succeeded", "created:<1m", "trigger:push"])
async def test_more_than_a_search_gives_is_told_whole(text: str) -> None:
    """GitHub ends a search after 1,000 results; the next one begins where that one ended."""
    async with served(runs=2600) as (server, source):
        runs = await every(source, text)
        world = server.worlds["github_actions"].runs(NOON)
        holds = Query.parse(text).predicate(NOON)
        everything = await every(source)
        assert len(everything) == len(world) == 2600
        assert len(runs) > 1000 or text == "trigger:push"
        assert [run.id for run in runs] == [run.id for run in everything if holds(run)]
        page = await source.runs(Query.parse(text, limit=5))
        assert page.total == len(runs)


async def test_more_runs_in_one_second_than_a_search_gives_are_told_to_be_too_many() -> None:
    async with github() as (hub, source, _):

        def answer(asked: Asked) -> bytes:
            told = parse_qs(urlsplit(asked.target).query)
            size, page = int(told["per_page"][0]), int(told.get("page", ["1"])[0])
            rows = [run(id=10**6 + number) for number in range(size * (page - 1), size * page)]
            return reply(200, json.dumps({"total_count": 5000, "workflow_runs": rows}))

        hub.answers["/repos/acme/widgets/actions/runs"] = answer
        with pytest.raises(Refused, match="more runs of one second than the 1,000 results"):
            await every(source, limit=20)


async def test_failed_runs_are_searched_by_each_of_their_words() -> None:
    async with served() as (server, source):
        page = await source.runs(Query.parse("state:failed", limit=10))
        asked = server.faults["github_actions"].requests
        words = sorted(each.query.partition("status=")[2].partition("&")[0] for each in asked)
        assert words == ["failure", "startup_failure", "timed_out"]
        assert page.pushed == set(Query.parse("state:failed").terms)
        assert page.total == len(await every(source, "state:failed"))


@pytest.mark.parametrize("statuses", ["refuse", "ignore"])
async def test_a_status_that_the_server_does_not_filter_by_is_filtered_here(statuses: str) -> None:
    async with served(extra={"statuses": statuses}) as (server, source):
        page = await source.runs(Query.parse("state:failed", limit=10))
        assert page.pushed == frozenset()
        assert page.total is None
        everything = await every(source)
        failed = [run.id for run in everything if run.state == "failed"]
        assert [run.id for run in await every(source, "state:failed")] == failed
        before = len(server.faults["github_actions"].requests)
        await source.runs(Query.parse("state:failed", limit=1))
        asked = server.faults["github_actions"].requests[before:]
        assert not [each for each in asked if "status=" in each.query]


async def test_too_many_searches_are_not_made_for_a_filter() -> None:
    async with served(two=True, repository="acme/gadgets") as (server, source):
        text = "state:failed,queued"
        page = await source.runs(Query.parse(text, limit=10))
        assert page.pushed == frozenset()
        asked = server.faults["github_actions"].requests
        assert not [each for each in asked if "status=" in each.query]


async def test_options_narrow_every_list() -> None:
    async with served() as (_, plain):
        everything = await every(plain)
        workflow = everything[0].details["path"].partition("@")[0].rpartition("/")[2]
        wanted = [run.id for run in everything if run.workflow_id == everything[0].workflow_id]
    async with served(workflow=workflow) as (_, source):
        assert [run.id for run in await every(source)] == wanted
    dana = [run.id for run in everything if run.details["actor"]["login"] == "dana"]
    async with served(actor="dana", branch="main") as (_, source):
        assert [run.id for run in await every(source)] == dana
    async with served(branch="elsewhere") as (_, source):
        assert await every(source) == []
    async with served(workflow="none.yml") as (_, source):
        with pytest.raises(NotFound, match=r"or has no workflow none\.yml"):
            await source.runs(Query())


async def test_pull_requests_are_left_out_for_their_size() -> None:
    async with github() as (hub, source, _):
        hub.runs(run())
        await source.runs(Query())
        (asked,) = hub.params()
        assert asked == {"per_page": "50", "exclude_pull_requests": "true"}


async def test_what_is_unchanged_comes_free() -> None:
    async with served() as (server, source):
        await source.runs(Query(limit=20))
        left = source.requests_left
        first = server.faults["github_actions"].requests[-1]
        again = await source.runs(Query(limit=20))
        asked = server.faults["github_actions"].requests[-1]
        assert (first.status, asked.status) == (200, 304)
        assert "if-none-match" in asked.headers
        assert len(again.items) == 20
        assert source.requests_left == left


async def test_a_limit_that_is_spent_is_kept_without_asking() -> None:
    async with served(extra={"rate": 3}) as (server, source):
        runs = (await source.runs(Query(limit=20))).items
        assert source.requests_left == 2

        async def open_all() -> None:
            for each in runs:
                await source.steps(each.id)

        with pytest.raises(RateLimited) as caught:
            await open_all()
        assert caught.value.retry_after
        asked = server.faults["github_actions"].requests
        assert {each.status for each in asked} <= {200, None}
        assert len(asked) <= 3


async def test_the_list_is_read_less_often_as_the_limit_shrinks() -> None:
    async with served(extra={"rate": 5000}) as (_, source):
        assert source.until_next_list() == source.list_every
        await source.runs(Query(limit=20))
        assert source.until_next_list() == source.list_every
    async with served(extra={"rate": 60}) as (_, source):
        await source.runs(Query(limit=20))
        assert source.until_next_list() == 120
    async with github() as (hub, source, _):
        found = json.dumps({"total_count": 0, "workflow_runs": []})
        limits = {"x_ratelimit_limit": "5000", "x_ratelimit_remaining": "400"}
        hub.answers["/repos/acme/widgets/actions/runs"] = reply(200, found, **limits)
        await source.runs(Query())
        assert source.requests_left == 400
        assert source.until_next_list() == 2 * source.list_every


@pytest.mark.parametrize(
    ("headers", "message", "wait"),
    [
        ({"retry_after": "17"}, "You have exceeded a secondary rate limit.", 17),
        ({}, "You have exceeded a secondary rate limit. Please wait a few minutes.", 60),
        ({"x_ratelimit_remaining": "100"}, "You have exceeded a secondary rate limit.", 60),
    ],
)
async def test_a_secondary_limit_is_a_limit(
    headers: dict[str, str], message: str, wait: float
) -> None:
    async with github() as (hub, source, _):
        body = json.dumps({"message": message, "status": "403"})
        hub.answers["/repos/acme/widgets/actions/runs"] = reply(403, body, **headers)
        with pytest.raises(RateLimited, match="secondary rate limit") as caught:
            await source.runs(Query())
        assert caught.value.retry_after == wait
        assert len(hub.asked) == 1


async def test_a_repository_that_may_not_be_seen_is_not_there_and_that_is_said() -> None:
    async with served(wanted="a-token", extra={"hidden": True}) as (_, source):
        with pytest.raises(NotFound, match="acme/widgets is not there") as caught:
            await source.runs(Query())
        assert "what the credential may not see" in caught.value.hint
    async with github() as (hub, source, _):
        hub.answers.clear()
        with pytest.raises(NotFound, match="acme/widgets is not there") as caught:
            await source.runs(Query())
        assert "what the credential may not see" in caught.value.hint
        with pytest.raises(NotFound, match="acme/widgets has no such run") as caught:
            await source.run(str(RUN))
        assert "what the credential may not see" in caught.value.hint


async def test_a_permission_that_is_missing_is_named() -> None:
    async with github() as (hub, source, _):
        body = json.dumps({"message": "Resource not accessible by personal access token"})
        hub.answers[ONE] = reply(403, body, x_accepted_github_permissions="actions=read")
        with pytest.raises(Exception, match="Resource not accessible") as caught:
            await source.run(str(RUN))
        assert str(caught.value).endswith(
            "(check GITHUB_TOKEN; it needs the permission actions=read)"
        )


async def test_a_renamed_repository_is_followed() -> None:
    async with github() as (hub, source, _):
        moved = "/repositories/7001/actions/runs"
        hub.answers["/repos/acme/widgets/actions/runs"] = reply(301, location=moved)
        hub.answers[moved] = {"total_count": 1, "workflow_runs": [run()]}
        assert [each.id for each in (await source.runs(Query())).items] == [str(RUN)]


def test_a_second_is_not_lost_at_either_end() -> None:
    from runs_tui.adapters.github_actions.filters import wish_of

    low = NOON + timedelta(milliseconds=300)
    text = f"created:{low.isoformat()}..{(low + timedelta(hours=1)).isoformat()}"
    wish = wish_of(Query.parse(text), NOON, 1, frozenset())
    assert wish.since == NOON + timedelta(seconds=1)
    assert wish.until == NOON + timedelta(hours=1)
    wish = wish_of(Query.parse(f"created:>{NOON.isoformat()}"), NOON, 1, frozenset())
    assert wish.since == NOON + timedelta(seconds=1)
    wish = wish_of(Query.parse(f"created:<{NOON.isoformat()}"), NOON, 1, frozenset())
    assert wish.until == NOON - timedelta(seconds=1)
