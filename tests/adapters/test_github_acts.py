"""Stopping runs, forcing them to stop, and running them again, all of them or a part."""

import json
from datetime import timedelta

import pytest

from runs_tui.adapters.acts import act
from runs_tui.adapters.base import Connection
from runs_tui.adapters.github_actions import GitHubActions
from runs_tui.adapters.github_actions.address import place_of
from runs_tui.demo.github_actions.numbers import run_number
from runs_tui.model.clock import SetClock
from runs_tui.model.errors import BadAnswer, Conflict, Refused, Unauthorized
from runs_tui.model.query import Query
from runs_tui.model.run import RetryMode, Run
from runs_tui.model.state import State
from tests.adapters.github_server import NOON, ONE, RUN, github, job, run, said
from tests.adapters.test_github_lists import served
from tests.transport.script import Asked, reply

DONE = reply(201, "{}")


async def test_a_cancel_that_did_not_help_is_forced_a_minute_later() -> None:
    async with served(extra={"stubborn": True}) as (server, source):
        clock = source.clock
        assert isinstance(clock, SetClock)
        start, world = clock.now(), server.worlds["github_actions"]
        later = start + timedelta(minutes=5)
        lasting = {str(run_number(r.id)) for r in world.runs(later) if r.state is State.RUNNING}
        page = await source.runs(Query.parse("state:running", limit=50))
        active = next(each for each in page.items if each.id in lasting)

        def paths() -> list[str]:
            asked = server.faults["github_actions"].requests
            return [each.path.rpartition("/")[2] for each in asked if each.method == "POST"]

        assert source.caution("cancel", active) == "jobs and steps that run always still run"
        assert (await source.cancel(active.id)).state is State.RUNNING
        clock.instant += timedelta(seconds=59)
        await source.cancel(active.id)
        assert paths() == ["cancel", "cancel"]
        clock.instant += timedelta(seconds=60)
        assert "now it is forced" in (source.caution("cancel", active) or "")
        assert (await source.cancel(active.id)).active
        assert paths() == ["cancel", "cancel", "force-cancel"]
        clock.instant += timedelta(seconds=60)
        assert (await source.run(active.id)).state is State.CANCELLED


async def test_each_way_to_run_again_has_a_path_of_its_own() -> None:
    async with github() as (hub, source, _):
        hub.answers[ONE] = run("failure")
        hub.jobs(job(7, "test", "failure"))
        jobs = "/repos/acme/widgets/actions/jobs/7/rerun"
        hub.answers |= {f"{ONE}/rerun": DONE, f"{ONE}/rerun-failed-jobs": DONE, jobs: DONE}
        await source.retry(str(RUN), RetryMode.FULL)
        await source.retry(str(RUN), RetryMode.FAILED)
        await source.retry(str(RUN), RetryMode.STEP, "7")
        await source.retry(str(RUN), RetryMode.STEP, "7/2")
        assert hub.paths("POST") == [f"{ONE}/rerun", f"{ONE}/rerun-failed-jobs", jobs, jobs]
        with pytest.raises(Refused, match="needs the key of a job"):
            await source.retry(str(RUN), RetryMode.STEP, "needs/pack")


async def test_an_id_with_zeros_before_it_is_that_of_the_run() -> None:
    async with github() as (hub, source, _):
        hub.answers |= {ONE: run("failure"), f"{ONE}/rerun": DONE, f"{ONE}/cancel": DONE}
        hub.jobs(job(7, "test", "failure"))
        assert (await source.steps(f"00{RUN}"))[0].name == "test"
        await source.retry(f"00{RUN}", RetryMode.FULL)
        await source.cancel(f"00{RUN}")
        assert hub.paths("POST") == [f"{ONE}/rerun", f"{ONE}/cancel"]


async def test_nothing_is_done_to_a_run_that_was_not_asked_for() -> None:
    async with github() as (hub, source, _):
        hub.answers[ONE] = run("failure", id=7)
        for change in (source.cancel(str(RUN)), source.retry(str(RUN), RetryMode.FULL)):
            with pytest.raises(BadAnswer, match="tells of run 7"):
                await change
        assert not hub.paths("POST")


async def test_a_run_that_begins_again_late_is_waited_for() -> None:
    async with github() as (hub, source, _):
        told = [run("failure"), run("failure"), run(None, status="queued", run_attempt=2)]
        hub.answers[ONE] = lambda _: reply(200, json.dumps(told.pop(0)))
        hub.answers[f"{ONE}/rerun"] = DONE
        hub.jobs()
        again = await source.retry(str(RUN), RetryMode.FULL)
        assert (again.id, again.attempt, again.state) == (str(RUN), 2, State.QUEUED)
        assert hub.paths("POST") == [f"{ONE}/rerun"]


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("This workflow run cannot be retried", Conflict),
        ("This workflow is already running", Conflict),
        ("Unable to retry this workflow run because it was created over a month ago", Conflict),
        ("Must have admin rights to Repository.", Unauthorized),
        ("Resource not accessible by integration", Unauthorized),
    ],
)
async def test_why_github_runs_nothing_again_is_told_in_its_words(
    message: str, kind: type[Exception]
) -> None:
    async with github() as (hub, source, _):
        hub.answers[ONE] = run("failure")
        hub.answers[f"{ONE}/rerun"] = said(403, message)
        with pytest.raises(kind, match=message):
            await source.retry(str(RUN), RetryMode.FULL)
        assert len(hub.paths("POST")) == 1


async def test_a_lost_answer_is_looked_into_and_nothing_is_sent_again() -> None:
    async with github() as (hub, source, _):
        hub.answers[ONE] = run("failure")
        old = await source.run(str(RUN))

        def lose(_: Asked) -> bytes:
            hub.answers[ONE] = run(None, status="queued", run_attempt=2)
            return b""

        hub.answers[f"{ONE}/rerun-failed-jobs"] = lose
        outcome = await act(source, "retry", str(RUN), before=old)
        assert outcome.ok
        assert outcome.run is not None
        assert outcome.run.attempt == 2
        assert len(hub.paths("POST")) == 1


def made(**more: object) -> Run:
    told = {"source": "ci", "id": "1", "state": State.FAILED, "status": "failure", **more}
    return Run(**told)  # type: ignore[arg-type]


async def test_what_github_would_not_do_is_not_offered() -> None:
    async with github() as (_, source, __):
        assert source.objection("retry", made(created_at=NOON - timedelta(days=29))) is None
        old = made(created_at=NOON - timedelta(days=31))
        assert "older than 30 days" in (source.objection("retry", old) or "")
        broken = made(status="startup_failure")
        assert "workflow file is broken" in (source.objection("retry", broken) or "")
        assert source.objection("cancel", made()) == "it is already failed"


async def test_the_earlier_attempts_are_read_once() -> None:
    async with github() as (hub, source, _):
        hub.answers[ONE] = run("success", run_attempt=3)
        hub.answers[f"{ONE}/attempts/1"] = run("failure", run_attempt=1)
        hub.answers[f"{ONE}/attempts/2"] = run("cancelled", run_attempt=2)
        for _ in range(2):
            kin = await source.kin(str(RUN))
            assert [(each.number, each.state) for each in kin.attempts] == [
                (1, State.FAILED),
                (2, State.CANCELLED),
                (3, State.SUCCEEDED),
            ]
        assert len([path for path in hub.paths() if "attempts" in path]) == 2


async def test_of_many_attempts_the_latest_are_read() -> None:
    async with github() as (hub, source, _):
        hub.answers[ONE] = run("success", run_attempt=1000)
        for number in range(990, 1000):
            hub.answers[f"{ONE}/attempts/{number}"] = run("failure", run_attempt=number)
        kin = await source.kin(str(RUN))
        assert [each.number for each in kin.attempts] == [996, 997, 998, 999, 1000]
        assert not kin.whole


@pytest.mark.parametrize(
    ("url", "base", "repository"),
    [
        ("https://github.com/acme/widgets", "https://api.github.com", "acme/widgets"),
        ("https://github.com/acme/widgets.git/", "https://api.github.com", "acme/widgets"),
        ("https://github.com", "https://api.github.com", None),
        ("http://github.com/acme/widgets", "https://api.github.com", "acme/widgets"),
        ("https://api.github.com/", "https://api.github.com", None),
        ("https://api.github.com/repos/a/b", "https://api.github.com", "a/b"),
        ("https://git.example.org/api/v3", "https://git.example.org/api/v3", None),
        ("https://git.example.org/api/v3/repos/a/b", "https://git.example.org/api/v3", "a/b"),
        ("https://api.corp.ghe.com", "https://api.corp.ghe.com", None),
    ],
)
def test_an_address_is_that_of_an_api_or_of_a_repository(
    url: str, base: str, repository: str | None
) -> None:
    place = place_of(url)
    assert (place.base, place.repository) == (base, repository)


def source_at(url: str, repository: str = "acme/widgets") -> GitHubActions:
    return GitHubActions(Connection(name="ci", url=url, options={"repository": repository}))


@pytest.mark.parametrize(
    ("url", "page", "found"),
    [
        ("https://api.github.com", "https://github.com/acme/widgets/actions/runs/42", "42"),
        ("https://api.github.com", "https://github.com/Acme/Widgets/actions/runs/42/job/7", "42"),
        ("https://api.github.com", "https://github.com/acme/other/actions/runs/42", None),
        ("https://api.github.com", "https://git.example.org/acme/widgets/actions/runs/42", None),
        ("https://h.org/api/v3", "https://h.org/acme/widgets/actions/runs/42/attempts/2", "42"),
        ("https://api.c.ghe.com", "https://c.ghe.com/acme/widgets/actions/runs/42", "42"),
        ("https://api.github.com", "https://github.com/acme/widgets/actions/runs/x", None),
        ("https://api.github.com", "https://github.com/acme/widgets/pull/42", None),
    ],
)
def test_the_page_of_a_run_names_it(url: str, page: str, found: str | None) -> None:
    assert source_at(url).run_id_of(page) == found


@pytest.mark.parametrize("name", ["acme", "a/b/c", "../..", "a b/c", "acme/", "/x", "a/b?c"])
def test_what_can_be_no_repository_is_told(name: str) -> None:
    with pytest.raises(Refused, match="OWNER/NAME"):
        source_at("https://api.github.com", name)


async def test_a_source_without_a_repository_asks_for_one() -> None:
    source = source_at("https://api.github.com", "")
    with pytest.raises(Refused, match="no repository is named") as caught:
        await source.runs(Query())
    assert "https://github.com/OWNER/NAME" in caught.value.hint
