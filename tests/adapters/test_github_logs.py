"""The logs of jobs: where they are kept, what they say, and what is said where there are none."""

import tracemalloc
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from runs_tui.adapters.github_actions.log import lines_of
from runs_tui.model.errors import Unauthorized
from runs_tui.model.run import Event
from tests.adapters.github_server import ONE, RUN, SECRET, GitHub, github, job, run, said
from tests.adapters.sources import events_of
from tests.transport.script import Script, reply, serving

LOG = (
    "\ufeff2026-05-04T10:01:10.1234567Z ##[group]Run make test\n"
    "2026-05-04T10:01:10.2000000Z \x1b[36;1mmake test\x1b[0m\n"
    "2026-05-04T10:01:10.3000000Z ##[endgroup]\n"
    "2026-05-04T10:01:11.0000000Z ok\x1b]0;pwned\x07\n"
    "a line without a time\n"
    "2026-05-04T10:01:12.5000000Z ##[warning]slow\n"
    "2026-05-04T10:01:12.9000000Z ##[error]Process completed with exit code 1.\r\n"
)


def to(url: str, path: str = "/logs/7?se=2026&sig=a%2Fb%3D") -> bytes:
    return reply(302, location=f"{url}{path}")


@asynccontextmanager
async def storage(*replies: bytes) -> AsyncIterator[Script]:
    async with serving(*replies) as script:
        yield script


async def logs(source: object, run_id: int = RUN) -> list[Event]:
    told = await events_of(source, str(run_id))  # type: ignore[arg-type]
    return [each for each in told if isinstance(each, Event) and each.kind == "log"]


def over(hub: GitHub, conclusion: str = "failure") -> None:
    hub.answers[ONE] = run(conclusion)
    hub.jobs(job(7, "test", conclusion))


async def test_a_log_is_fetched_where_it_is_kept_and_the_token_stays_here() -> None:
    async with storage(reply(200, LOG)) as kept, github() as (hub, source, _):
        over(hub)
        hub.log(7, to(kept.url))
        assert await logs(source)
        (asked,) = kept.asked
        assert "authorization" not in asked.headers
        assert SECRET not in str(asked)
        assert asked.target == "/logs/7?se=2026&sig=a%2Fb%3D"
        assert all(each.headers["authorization"] == f"Bearer {SECRET}" for each in hub.asked)


async def test_lines_have_times_levels_groups_and_their_job() -> None:
    async with storage(reply(200, LOG)) as kept, github() as (hub, source, _):
        over(hub)
        hub.log(7, to(kept.url))
        group, make, said_so, bare, warning, error = await logs(source)
        assert (group.message, group.details["mark"]) == ("Run make test", "group")
        assert (make.message, make.details["group"]) == ("make test", "Run make test")
        assert make.colors
        assert said_so.message == "ok"
        assert "group" not in said_so.details
        assert (bare.message, bare.at) == ("a line without a time", said_so.at)
        assert (warning.level, warning.message) == ("warning", "slow")
        assert (error.level, error.message) == ("error", "Process completed with exit code 1.")
        assert error.at is not None
        assert error.at.isoformat() == "2026-05-04T10:01:12.900000+00:00"
        assert {each.step for each in (group, error)} == {"7"}
        assert (group.details["step"], error.details["step"]) == ("Set up job", "Run tests")
        assert len({each.id for each in await logs(source)}) == 6


@pytest.mark.parametrize("body", [b"", b"\n", b"\xff\xfe\x00", b"Z " * 9, LOG.encode()[:30]])
def test_any_bytes_are_a_log(body: bytes) -> None:
    assert all(line.number > 0 for line in lines_of(body))


async def test_a_log_that_has_expired_is_told_in_one_sentence() -> None:
    async with github() as (hub, source, _):
        over(hub, "success")
        hub.log(7, said(410, "Server Error"))
        (told,) = await logs(source)
        assert told.level == "warning"
        assert told.message.startswith("the log of test has expired: GitHub keeps logs for 90 days")


async def test_a_log_that_is_too_long_says_what_is_left_out() -> None:
    line = "2026-05-04T10:01:10.0000000Z x\n"
    async with storage(reply(200, line * 100_007)) as kept, github() as (hub, source, _):
        over(hub)
        hub.log(7, to(kept.url))
        note, *lines = await logs(source)
        assert note.message == "7 earlier lines of this log are left out: it has 100,007"
        assert (len(lines), lines[0].id, lines[-1].id) == (100_000, "7.8", "7.100007")
        older = await source.last_events(str(RUN), lines[0].id)
        assert older.events[-1] == note


async def test_a_log_that_is_too_large_is_told_and_the_rest_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with storage(reply(200, "x\n" * 20_000)) as kept, github() as (hub, source, _):
        monkeypatch.setattr("runs_tui.transport._wire.MOST_BYTES", 30_000)
        over(hub)
        hub.log(7, to(kept.url))
        told = [each for each in await events_of(source, str(RUN)) if isinstance(each, Event)]
        assert "the log of test cannot be read" in told[-3].message
        assert "larger than" in told[-3].message
        assert [each.id for each in told[-2:]] == ["7.end", "end.1"]
        newest = await source.last_events(str(RUN))
        assert [each.id for each in newest.events] == [each.id for each in told]


@pytest.mark.parametrize("status", [401, 409])
async def test_a_log_that_its_keeper_does_not_give_is_told(status: int) -> None:
    async with storage(reply(status)) as kept, github() as (hub, source, _):
        over(hub)
        hub.log(7, to(kept.url))
        assert [each.message for each in await logs(source)] == ["GitHub has no log of test"]


def test_a_log_takes_no_more_room_than_the_lines_that_are_told() -> None:
    body = b"2026-05-04T10:01:10.1234567Z x\r\n" * 300_000
    tracemalloc.start()
    try:
        count = sum(1 for _ in lines_of(body))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 300_000
    assert peak < len(body) + 1_000_000


async def test_a_log_is_read_once() -> None:
    async with storage(reply(200, LOG)) as kept, github() as (hub, source, _):
        over(hub)
        hub.log(7, to(kept.url))
        assert await logs(source) == await logs(source)
        assert len(kept.asked) == 1
    async with github() as (hub, source, _):
        over(hub)
        hub.log(7, said(410, "Server Error"))
        assert await logs(source) == await logs(source)
        assert len([path for path in hub.paths() if path.endswith("/logs")]) == 1


async def test_a_log_that_is_late_is_waited_for_and_what_follows_with_it() -> None:
    async with (
        storage(reply(404, "<Error><Code>BlobNotFound</Code></Error>"), reply(200, LOG)) as kept,
        github() as (hub, source, clock),
    ):
        over(hub)
        clock.instant = clock.instant.replace(hour=10, minute=2, second=45)
        hub.log(7, to(kept.url))
        told = [each for each in await events_of(source, str(RUN)) if isinstance(each, Event)]
        assert len(kept.asked) == 2
        assert [each.id for each in told[-3:]] == ["7.7", "7.end", "end.1"]


async def test_a_log_that_never_comes_is_given_up_and_told() -> None:
    async with storage(reply(404)) as kept, github() as (hub, source, clock):
        over(hub)
        clock.instant = clock.instant.replace(hour=10, minute=2, second=45)
        hub.log(7, to(kept.url))
        assert [each.message for each in await logs(source)] == ["GitHub has no log of test"]
        assert len(kept.asked) == len(source.pace.log_pauses) + 1


async def test_a_log_that_is_not_open_is_told_and_the_rest_goes_on() -> None:
    async with github() as (hub, source, _):
        over(hub)
        hub.log(7, said(403, "Must have admin rights to Repository."))
        (told,) = await logs(source)
        assert "Must have admin rights" in told.message
        assert "a token may be needed" in told.message


async def test_a_token_that_is_wrong_is_no_missing_log() -> None:
    async with github() as (hub, source, _):
        over(hub)
        hub.log(7, said(401, "Bad credentials"))
        with pytest.raises(Unauthorized, match="Bad credentials"):
            await logs(source)


async def test_no_log_is_asked_of_jobs_that_run_or_never_did() -> None:
    async with github() as (hub, source, _):
        hub.answers[ONE] = run("cancelled")
        hub.jobs(
            job(1, "skipped", "skipped", steps=[]),
            job(2, "cancelled", "cancelled", steps=[]),
            job(3, "still at it", None),
        )
        told = await events_of(source, str(RUN))
        assert not [path for path in hub.paths() if path.endswith("/logs")]
        began = [e.message for e in told if isinstance(e, Event) and e.id == "3.begin"]
        assert began == ["still at it began on GitHub Actions 11: its log comes when it is over"]


async def test_a_job_that_ends_tells_its_log_while_others_run() -> None:
    async with storage(reply(200, LOG)) as kept, github() as (hub, source, _):
        hub.jobs(job(7, "test", "failure"), job(8, "build", None))
        hub.log(7, to(kept.url))
        async with aclosing(source.tail(str(RUN))) as events:
            async for event in events:
                if event.id == "7.end":
                    break
        assert len(kept.asked) == 1
        assert not [path for path in hub.paths() if "/8/logs" in path]


async def test_a_place_that_is_no_web_address_is_not_followed() -> None:
    async with github() as (hub, source, _):
        over(hub)
        for place in ("ftp://127.0.0.1/x", "http://u:p@127.0.0.1/x"):
            hub.log(7, reply(302, location=place))
            (told,) = await logs(source)
            assert "not followed" in told.message
            assert "p@" not in told.message


async def test_a_second_attempt_tells_both_and_a_tail_goes_on_after_the_first() -> None:
    async with storage(reply(200, LOG)) as kept, github() as (hub, source, _):
        hub.answers[ONE] = run("success", run_attempt=2)
        again: dict[str, Any] = {
            "run_attempt": 2,
            "started_at": "2026-05-04T10:05:00Z",
            "steps": [],
        }
        again["completed_at"] = "2026-05-04T10:06:00Z"
        hub.jobs(job(9, "test", "success", **again), job(7, "test", "failure"))
        hub.log(7, to(kept.url))
        hub.log(9, to(kept.url, "/logs/9?sig=x"))
        whole = [each.id for each in await events_of(source, str(RUN)) if isinstance(each, Event)]
        assert whole.index("7.end") < whole.index("9.begin") < whole.index("end.2")
        rest = [e.id for e in await events_of(source, str(RUN), "end.1") if isinstance(e, Event)]
        assert rest[0] == "9.begin"
        assert {"filter": "all", "per_page": "100", "page": "1"} in hub.params()
        (now,) = [step for step in await source.steps(str(RUN)) if "/" not in step.key]
        assert (now.key, now.attempt) == ("9", 2)
