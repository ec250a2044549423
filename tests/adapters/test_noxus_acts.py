import json
from typing import Any

import pytest

from runs_tui.adapters.acts import act
from runs_tui.adapters.base import Cancels, Connection, Retries, Tails
from runs_tui.adapters.noxus import Noxus
from runs_tui.model.errors import BadAnswer, Conflict, NotFound, Refused, SourceError, Unsupported
from runs_tui.model.query import Query
from runs_tui.model.run import RetryMode
from runs_tui.model.state import State
from tests.adapters.noxus_server import (
    FLOW,
    INPUT,
    LIST,
    MISSING,
    ONE,
    RUN,
    WHOLE,
    Server,
    listed,
    talking,
    whole,
)
from tests.transport.script import reply

STOP = f"{ONE}/stop"
START = f"POST /v1/workflows/{FLOW}/runs"
NEW = "22222222-5555-4b4b-9c9c-eeeeeeeeeeee"
VERSION = "11111111-4444-4a4a-8b8b-dddddddddddd"


def started(**more: Any) -> dict[str, Any]:
    return whole("queued", id=NEW, **more)


def bodies(server: Server) -> list[Any]:
    return [json.loads(asked.body) for asked in server.asked if asked.method == "POST"]


def test_what_it_can_do() -> None:
    source = Noxus(Connection(name="n", url="https://backend.noxus.ai"))
    assert isinstance(source, Cancels)
    assert isinstance(source, Retries)
    assert isinstance(source, Tails)
    assert source.modes == {RetryMode.FULL}


async def test_a_stop_gives_the_run_as_the_server_tells_it() -> None:
    async with talking(**{STOP: whole("stopped")}) as (source, server):
        await source.runs(Query(limit=2))
        run = await source.cancel(RUN)
        assert (run.state, run.workflow_name) == (State.CANCELLED, "Invoice intake")
        (asked,) = server.requests(STOP, "POST")
        assert asked.body == b""


@pytest.mark.parametrize("answer", [reply(204), reply(200, "null"), reply(202, "")])
async def test_a_stop_that_answers_nothing_is_read_again(answer: bytes) -> None:
    async with talking(**{STOP: answer}) as (source, server):
        assert (await source.cancel(RUN)).state is State.RUNNING
        assert len(server.requests(STOP, "POST")) == 1


@pytest.mark.parametrize("status", [404, 405, 501])
async def test_a_server_without_a_stop_is_told(status: int) -> None:
    async with talking(**{STOP: reply(status, MISSING)}) as (source, server):
        with pytest.raises(Unsupported, match="stop is not supported by this server"):
            await source.cancel(RUN)
        assert len(server.requests(STOP, "POST")) == 1
        outcome = await act(source, "cancel", RUN)
        assert isinstance(outcome.error, Unsupported)


@pytest.mark.parametrize("status", ["completed", "failed", "stopped"])
async def test_what_is_over_is_not_asked_to_stop(status: str) -> None:
    async with talking(**{ONE: listed(status), STOP: whole(status)}) as (source, server):
        with pytest.raises(Conflict, match="it is already"):
            await source.cancel(RUN)
        assert server.requests(STOP, "POST") == []


@pytest.mark.parametrize("status", ["completed", "failed"])
async def test_a_run_that_ended_before_the_stop_came_is_a_conflict(status: str) -> None:
    async with talking(**{STOP: whole(status)}) as (source, _):
        with pytest.raises(Conflict, match="it is already"):
            await source.cancel(RUN)


@pytest.mark.parametrize(
    ("answer", "after", "kind"),
    [
        (reply(400, '{"detail": "Run already finished"}'), "completed", Conflict),
        (reply(409, '{"detail": "Run already finished"}'), "completed", Conflict),
        (reply(400, '{"detail": "not now"}'), "running", Refused),
        (reply(200, "[]"), "running", BadAnswer),
    ],
)
async def test_a_stop_that_did_nothing_is_told(
    answer: bytes, after: str, kind: type[SourceError]
) -> None:
    async with talking(**{STOP: answer}) as (source, server):
        server.afterwards[STOP] = {ONE: listed(after)}
        with pytest.raises(kind):
            await source.cancel(RUN)
        assert len(server.requests(STOP, "POST")) == 1


@pytest.mark.parametrize("version", [None, VERSION])
async def test_a_retry_is_a_new_run_with_the_old_input(version: str | None) -> None:
    old = listed("failed", workflow_version_id=version)
    async with talking(**{ONE: old, START: started()}) as (source, server):
        run = await source.retry(RUN, RetryMode.FULL)
        assert (run.id, run.state, run.retry_of) == (NEW, State.QUEUED, RUN)
        assert run.workflow_name == "Invoice intake"
        assert run.derived == {"retry_of"}
        wanted = {"input": INPUT} | ({"workflow_version_id": version} if version else {})
        assert bodies(server) == [wanted]


async def test_later_reads_and_lists_know_the_origin_of_a_retry() -> None:
    rows = {"items": [listed(id=NEW), *LIST["items"]]}
    answers = {
        ONE: listed("failed"), START: started(), "/v1/runs": rows, f"/v1/runs/{NEW}": started(),
    }  # fmt: skip
    async with talking(**answers) as (source, _):
        assert (await source.runs(Query())).items[0].retry_of is None
        await source.retry(RUN, RetryMode.FULL)
        new, old, *_ = (await source.runs(Query())).items
        assert new.retry_of == RUN
        assert new.derived == {"retry_of"}
        assert old.retry_of is None
        assert (await source.run(NEW)).retry_of == RUN


async def test_an_input_that_lists_leave_out_is_fetched() -> None:
    answers = {ONE: listed("failed", input=None), WHOLE: whole("failed"), START: started()}
    async with talking(**answers) as (source, server):
        await source.retry(RUN, RetryMode.FULL)
        assert [asked.path for asked in server.asked][:2] == [ONE, WHOLE]
        assert bodies(server) == [{"input": INPUT}]


async def test_an_empty_input_is_an_input() -> None:
    async with talking(**{ONE: listed("failed", input={}), START: started()}) as (source, server):
        await source.retry(RUN, RetryMode.FULL)
        assert bodies(server) == [{"input": {}}]


@pytest.mark.parametrize("lost", [None, "text", 7, []])
async def test_without_its_input_a_run_is_not_retried(lost: object) -> None:
    answers = {
        ONE: listed("failed", input=lost), WHOLE: whole("failed", input=lost), START: started(),
    }  # fmt: skip
    async with talking(**answers) as (source, server):
        with pytest.raises(Refused, match="the input of this run cannot be found"):
            await source.retry(RUN, RetryMode.FULL)
        assert bodies(server) == []


async def test_a_run_that_goes_on_is_not_started_again() -> None:
    async with talking(**{START: started()}) as (source, server):
        with pytest.raises(Conflict, match="still running"):
            await source.retry(RUN, RetryMode.FULL)
        assert bodies(server) == []


@pytest.mark.parametrize("mode", [RetryMode.FAILED, RetryMode.STEP])
async def test_other_retries_are_not_possible(mode: RetryMode) -> None:
    async with talking() as (source, server):
        with pytest.raises(Unsupported, match="it can: full"):
            await source.retry(RUN, mode, "n-in")
        assert server.asked == []


async def test_the_servers_words_about_expired_files_are_told() -> None:
    answer = reply(422, '{"detail": "File inv-204.pdf has expired"}')
    async with talking(**{ONE: listed("failed"), START: answer}) as (source, server):
        with pytest.raises(Refused, match=r"File inv-204\.pdf has expired"):
            await source.retry(RUN, RetryMode.FULL)
        assert len(bodies(server)) == 1


async def test_a_key_that_may_not_start_is_told() -> None:
    async with talking(**{ONE: listed("failed"), START: reply(404, "{}")}) as (source, _):
        with pytest.raises(NotFound):
            await source.retry(RUN, RetryMode.FULL)


async def test_cautions_tell_of_money_files_and_parts() -> None:
    async with talking() as (source, _):
        files, part = (await source.runs(Query(limit=2))).items
        assert source.caution("cancel", files) is None
        told = source.caution("retry", files)
        assert told is not None
        assert "cost money" in told
        assert "expired" in told
        assert "part" not in told
        told = source.caution("retry", part)
        assert told is not None
        assert "it ran a part of its workflow" in told
        assert "expired" not in told
