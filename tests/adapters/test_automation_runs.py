import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

import pytest

from runs_tui.adapters.automation_runs import AutomationRuns
from runs_tui.adapters.automation_runs.pace import Pace
from runs_tui.adapters.base import Connection, Credential
from runs_tui.demo.world import WorldRun
from runs_tui.model.errors import BadAnswer, Conflict, Refused, SourceError, Unauthorized
from runs_tui.model.query import Query
from runs_tui.model.run import Event, RetryMode
from runs_tui.model.state import State
from runs_tui.model.text import clean_log
from tests.adapters.automation_runs_server import PATH, RUN, run, talking
from tests.contract import AdapterContract, Stage
from tests.transport.script import reply

QUICK = Pace(
    poll=0.05, poll_beside=0.15, silence=0.5, settle=0.5, patience=2.0, first_delay=0.02,
    longest_delay=0.1, longest_asked=0.02, failures=2,
)  # fmt: skip
LIST = "/api/v1/automation-runs"


def lively(stage: Stage) -> tuple[WorldRun, float]:
    """Give a run whose steps change soon and often, and the seconds until it is over."""
    now = stage.clock.now()

    def changes(run: WorldRun, seconds: float) -> int:
        lines = stage.world.lines(run.id, now + timedelta(seconds=seconds))
        return sum(line.state is not None and line.at > now for line in lines)

    active = [run for run in stage.world.runs(now) if run.state is State.RUNNING]
    liveliest = max(active, key=lambda run: changes(run, 210))
    end = stage.world.lines(liveliest.id, now + timedelta(days=1))[-1].at
    return liveliest, (end - now).total_seconds()


class TestAutomationRuns(AdapterContract):
    api: ClassVar[str] = "automation_runs"
    stream_path: ClassVar[str | None] = "/events"

    def quicken(self, source: Any) -> None:
        super().quicken(source)
        source.pace = QUICK

    def messages(self, stage: Stage, run_id: str) -> list[str] | None:
        lines = stage.world.lines(run_id, stage.clock.now())
        return [clean_log(line.message) for line in lines]

    def queries(self, stage: Stage) -> list[str]:
        return [request.query for request in stage.asked(LIST)]

    @pytest.mark.parametrize("framing", ["sse", "ndjson", "array", "concatenated", "record"])
    @pytest.mark.parametrize("replay", [False, True])
    async def test_every_framing_gives_the_same_view(self, framing: str, replay: bool) -> None:
        async with self.staged(framing=framing, replay=replay) as stage:
            seen, seconds = stage.ending_soon()
            stage.break_down(path="/events", method="GET", drop_after=1500, times=1)
            stage.clock.go(seconds)
            told = await stage.told(seen.id)
            self.check_told(stage, seen.id, told)
            lines = stage.world.lines(seen.id, stage.clock.now())
            events = [item for item in told if isinstance(item, Event)]
            assert [(e.step, e.level, e.state, e.at) for e in events] == [
                (line.step, line.level, line.state, line.at) for line in lines
            ]
            assert {e.kind for e in events} == {"log", "state"}

    @pytest.mark.parametrize("replay", [False, True])
    @pytest.mark.parametrize("patience", [0.2, 10.0])
    async def test_after_a_while_without_its_stream_each_state_is_told_once(
        self, patience: float, replay: bool
    ) -> None:
        async with self.staged(replay=replay) as stage:
            stage.source.pace = replace(QUICK, patience=patience)
            seen, seconds = lively(stage)
            stage.break_down(path="/events", method="GET", drop_after=20_000, times=1)
            stage.break_down(path="/events", method="GET", drop_after=0, times=12)
            stage.clock.go(seconds / 4)
            told = await stage.told(seen.id)
            lines = stage.world.lines(seen.id, stage.clock.now())
            events = [item for item in told if isinstance(item, Event)]
            assert len(events) == len(told) == len(lines)
            states = [(e.at, e.step, e.state) for e in events if e.at and e.state]
            assert [at for at, *_ in states] == sorted(at for at, *_ in states)
            assert Counter(states) == Counter(
                (line.at, line.step, line.state) for line in lines if line.state
            )
            if any("polled" in event.details for event in events):
                assert patience < 1
            else:
                assert patience > 1
                self.check_told(stage, seen.id, told)

    async def test_plain_lines_are_told_as_they_are(self) -> None:
        async with self.staged(framing="text") as stage:
            seen = stage.one(lambda run: run.state is State.FAILED)
            told = await stage.told(seen.id)
            lines = stage.world.lines(seen.id, stage.clock.now())
            events = [item for item in told if isinstance(item, Event) and item.kind == "log"]
            assert len(events) == sum(len(line.message.split("\n")) for line in lines)
            assert events[0].message.endswith(lines[0].message)

    @pytest.mark.parametrize("framing", ["null", "none", "empty", "405"])
    async def test_without_a_stream_all_states_are_told(self, framing: str) -> None:
        async with self.staged(framing=framing) as stage:
            seen, seconds = stage.ending_soon()
            stage.clock.go(seconds)
            told = await stage.told(seen.id)
            lines = stage.world.lines(seen.id, stage.clock.now())
            final = {line.step: line.state for line in lines if line.state}
            heard = {item.step: item.state for item in told if isinstance(item, Event)}
            assert heard == final
            ids = [item.id for item in told if isinstance(item, Event)]
            assert len(ids) == len(set(ids))

    @pytest.mark.parametrize(
        ("text", "word"),
        [
            ("state:running", "running"),
            ("state:succeeded", "completed"),
            ("state:waiting", "awaiting_approval"),
            ("state:cancelled workflow:~a", "cancelled"),
            ("state:running,failed -state:failed", "running"),
            ("state:failed", None),
            ("state:queued,running", None),
            ("state:unknown", None),
            ("-state:running", None),
            ("", None),
        ],
    )
    async def test_one_word_is_asked_of_the_server(
        self, stage: Stage, text: str, word: str | None
    ) -> None:
        query = Query.parse(text)
        page = await stage.source.runs(query)
        assert (f"status={word}" in self.queries(stage)[0]) if word else True
        assert ("status=" in self.queries(stage)[0]) == (word is not None)
        states = {term for term in query.terms if str(term.field) == "state"}
        assert page.pushed == (states if word else set())

    @pytest.mark.parametrize("way", ["refuse", "ignore"])
    async def test_a_server_that_does_not_filter_is_asked_only_once(self, way: str) -> None:
        async with self.staged(status_filter=way) as stage:
            running = {r.id for r in stage.world.runs(stage.clock.now()) if r.state == "running"}
            for _ in range(2):
                page = await stage.source.runs(Query.parse("state:running", limit=1000))
                assert {run.id for run in page.items} == running
                assert page.pushed == frozenset()
                assert page.total is None
            assert sum("status=" in query for query in self.queries(stage)) == 1

    async def test_a_word_that_is_spelled_otherwise_is_asked_for_so(self, stage: Stage) -> None:
        def loud(body: bytes) -> bytes:
            return body.replace(b'"awaiting_approval"', b'"AWAITING APPROVAL"')

        stage.break_down(path=LIST, rewrite=loud)
        await stage.source.runs(Query(limit=1000))
        await stage.source.runs(Query.parse("state:waiting"))
        assert "status=AWAITING+APPROVAL" in self.queries(stage)[1]

    async def test_a_second_word_for_a_state_ends_the_pushing(self, stage: Stage) -> None:
        async def found() -> set[str]:
            return {run.id for run in (await stage.every("state:running"))}

        wanted = await found()

        def ending(body: bytes) -> bytes:
            return body.replace(b'"running"', b'"cancelling"', 1)

        stage.break_down(path=LIST, rewrite=ending)
        await stage.source.runs(Query(limit=1000))
        assert await found() == wanted
        assert "status=" not in self.queries(stage)[-1]

    async def test_pages_overlap_by_one_row(self, stage: Stage) -> None:
        await stage.every(limit=100)
        assert self.queries(stage) == [
            "limit=100&offset=0", "limit=101&offset=99", "limit=101&offset=199",
            "limit=101&offset=299",
        ]  # fmt: skip

    async def test_rows_that_go_away_between_pages_lose_no_run(self, stage: Stage) -> None:
        def running() -> set[str]:
            return {r.id for r in stage.world.runs(stage.clock.now()) if r.state == "running"}

        query = Query.parse("state:running", limit=5)
        page = await stage.source.runs(query)
        before = running()
        found = {run.id for run in page.items}
        for each in list(page.items)[:4]:
            await stage.source.cancel(each.id)
        stage.clock.skip(40)
        assert len(found & running()) == 1
        while page.next:
            page = await stage.source.runs(query, page.next)
            found |= {run.id for run in page.items}
        assert before & running() <= found

    async def test_a_long_forgotten_cursor_still_leads_on(self, stage: Stage) -> None:
        query = Query(limit=10)
        first = (await stage.source.runs(query)).next
        await stage.every(limit=2)
        page = await stage.source.runs(query, first)
        assert len(page.items) >= 9
        assert await stage.source.runs(query, "nonsense")

    async def test_names_are_asked_for_once_a_minute(self, stage: Stage) -> None:
        runs = await stage.every()
        assert all(run.workflow_name for run in runs)
        await stage.source.run(runs[0].id)
        assert len(stage.asked("/automations")) == 1
        stage.break_down(
            path=LIST, rewrite=lambda b: b.replace(b'"automationId":"', b'"automationId":"new-')
        )
        for seconds, asked in ((0, 1), (59, 1), (2, 2), (0, 2)):
            stage.clock.skip(seconds)
            assert {run.workflow_name for run in await stage.every()} == {None}
            assert len(stage.asked("/automations")) == asked

    @pytest.mark.parametrize(
        "fault",
        [{"status": 403}, {"status": 404}, {"status": 500}, {"body": b"<html>"}, {"drop_after": 0}],
    )
    async def test_names_that_cannot_be_had_fail_no_list(
        self, stage: Stage, fault: dict[str, Any]
    ) -> None:
        stage.break_down(path="/automations", **fault)
        runs = await stage.every()
        assert len(runs) == 300
        assert {run.workflow_name for run in runs} == {None}
        assert all(run.workflow_id for run in runs)

    async def test_names_that_come_late_keep_no_list_waiting(self, stage: Stage) -> None:
        stage.source.pace = replace(QUICK, names=0.1)
        stage.break_down(path="/automations", delay=30)
        assert len((await stage.source.runs(Query(limit=10))).items) == 10

    async def test_answers_in_an_envelope_are_unwrapped(self) -> None:
        async with self.staged(envelope=True, problem=True) as stage:
            page = await stage.source.runs(Query(limit=10))
            assert (len(page.items), page.total) == (10, 300)
            assert page.items[0].workflow_name
            listed = page.items[0]
            assert (await stage.source.run(listed.id)).key == listed.key
            assert await stage.source.steps(listed.id)
            done = stage.one(lambda run: run.state is State.SUCCEEDED)
            with pytest.raises(Conflict, match="already"):
                await stage.source.cancel(done.id)
            with pytest.raises(Refused, match="stepKey: Unknown step: nowhere"):
                await stage.source.retry(done.id, RetryMode.STEP, "nowhere")

    @pytest.mark.parametrize(
        ("way", "secret", "name", "value"),
        [
            ("bearer", "k", "authorization", "Bearer k"),
            ("bearer", "Basic azo=", "authorization", "Basic azo="),
            ("api_key_header", "k", "x-api-key", "k"),
            ("cookie", "k", "cookie", "vai_token=k"),
        ],
    )
    async def test_exactly_one_credential_is_sent(
        self, stage: Stage, way: str, secret: str, name: str, value: str
    ) -> None:
        connection = Connection(
            name="a", url=stage.url, credential=Credential(secret, "K"), options={"auth": way}
        )
        source = AutomationRuns(connection, stage.clock)
        with pytest.raises(Unauthorized, match="check K"):
            await source.runs(Query())
        await source.close()
        headers = stage.faults.requests[-1].headers
        sent = {
            key: headers[key] for key in ("authorization", "x-api-key", "cookie") if key in headers
        }
        assert sent == {name: value}

    @pytest.mark.parametrize("way", ["api_key_header", "cookie"])
    async def test_other_ways_to_show_a_credential_are_let_in(self, stage: Stage, way: str) -> None:
        connection = Connection(
            name="a", url=stage.url, credential=Credential(self.secret), options={"auth": way}
        )
        source = AutomationRuns(connection, stage.clock)
        assert (await source.runs(Query())).items
        await source.close()

    def test_a_way_that_is_none_is_refused(self) -> None:
        with pytest.raises(Refused, match="did you mean 'cookie'"):
            AutomationRuns(Connection(name="a", url="http://x", options={"auth": "cooky"}))

    async def test_the_address_may_end_with_the_prefix_of_the_api(self, stage: Stage) -> None:
        source = self.source(f"{stage.url}/api/v1/", self.secret, stage.clock)
        assert (await source.runs(Query())).items
        await source.close()

    @pytest.mark.parametrize(
        ("address", "run_id"),
        [
            ("{url}/api/v1/automation-runs/r-1", "r-1"),
            ("{url}/app/automation-runs/r%201/steps?x=1#y", "r 1"),
            ("{url}/api/v1/automations/r-1", None),
            ("http://elsewhere/api/v1/automation-runs/r-1", None),
        ],
    )
    async def test_addresses_of_its_runs(
        self, stage: Stage, address: str, run_id: str | None
    ) -> None:
        host = stage.url.removesuffix("/automation_runs")
        assert stage.source.run_id_of(address.format(url=host)) == run_id

    async def test_what_a_run_tells(self, stage: Stage) -> None:
        seen = stage.one(lambda run: run.state is State.FAILED)
        run = await stage.source.run(seen.id)
        assert run.trigger == seen.trigger
        assert run.version == str(seen.workflow.version)
        assert run.workflow_id == seen.workflow.id
        assert run.took == pytest.approx(
            (run.finished_at - run.started_at).total_seconds(), abs=0.01
        )
        assert run.details["tenantId"]
        assert run.details["error"]["message"] == run.error
        assert "status" not in run.details
        waiting = stage.one(lambda run: run.state is State.WAITING)
        assert (await stage.source.run(waiting.id)).reason == "awaiting_approval"

    @pytest.mark.parametrize("again", ["same", "new"])
    async def test_a_retry_is_the_same_run_or_another_one(self, again: str) -> None:
        async with self.staged(retry=again) as stage:
            seen = stage.one(lambda run: run.state is State.FAILED)
            for mode, body in (
                (RetryMode.FULL, {"mode": "full"}),
                (RetryMode.FAILED, {"mode": "from_failed"}),
            ):
                run = await stage.source.retry(seen.id, mode)
                assert (run.id == seen.id) == (again == "same")
                assert run.retry_of == (None if again == "same" else seen.id)
                assert json.loads(stage.asked("/retry")[-1].body) == body
                if again == "same":
                    stage.clock.skip(1)
                    await stage.source.cancel(run.id)
                    stage.clock.skip(3600)

    async def test_a_retry_from_a_step_names_it(self, stage: Stage) -> None:
        seen = stage.one(lambda run: run.state is State.FAILED and len(run.workflow.steps) > 1)
        key = seen.workflow.steps[0].key
        await stage.source.retry(seen.id, RetryMode.STEP, key)
        body = json.loads(stage.asked("/retry")[-1].body)
        assert body == {"mode": "from_step", "stepKey": key}


@pytest.mark.parametrize(
    ("answer", "status", "kind"),
    [
        (reply(400, '{"detail": "Run already finished"}'), "failed", Conflict),
        (reply(400, '{"detail": "not now"}'), "running", Refused),
        (reply(200, json.dumps(run("completed"))), "completed", Conflict),
        (reply(200, "[]"), "running", BadAnswer),
    ],
)
async def test_a_cancel_that_did_nothing_is_told(
    answer: bytes, status: str, kind: type[SourceError]
) -> None:
    async with talking(run=run(status), others={f"{PATH}/cancel": answer}) as (source, server):
        with pytest.raises(kind):
            await source.cancel(RUN)
        assert len(server.writes) == 1


@pytest.mark.parametrize("answer", [reply(204), reply(200, "null"), reply(202, "")])
async def test_a_cancel_without_an_answer_is_read_again(answer: bytes) -> None:
    async with talking(run=run("running"), others={f"{PATH}/cancel": answer}) as (source, server):
        assert (await source.cancel(RUN)).state is State.RUNNING
        assert len(server.writes) == 1


@pytest.mark.parametrize(
    "wrap",
    [
        lambda items: {"data": items, "meta": {"total": 1}},
        lambda items: {"data": {"items": items, "total": 1}},
        lambda items: {"items": items, "total": 1, "data": None},
        lambda items: {"items": items},
    ],
)
async def test_lists_in_any_envelope(wrap: Callable[[list[Any]], Any]) -> None:
    async with talking(others={LIST: wrap([run("failed")])}) as (source, _):
        page = await source.runs(Query())
    assert [each.id for each in page.items] == [RUN]
    assert page.next is None


async def test_a_server_that_gives_one_row_for_ever_comes_to_an_end() -> None:
    async with talking(others={LIST: {"items": [run()], "total": 10**6}}) as (source, _):
        query = Query(limit=1)
        page = await source.runs(query)
        cursor, pages = page.next, 1
        while cursor and pages < 20:
            page = await source.runs(query, cursor)
            cursor, pages = page.next, pages + 1
    assert pages < 20


async def test_steps_without_names_and_parents() -> None:
    async with talking() as (source, _):
        steps = await source.steps(RUN)
    assert [(step.key, step.name) for step in steps][-1] == ("archive", "archive")
    assert steps[1].error == "Upstream answered 502"
    assert steps[1].finished_at
    assert steps[1].finished_at - steps[0].finished_at == timedelta(seconds=21)  # type: ignore[operator]


async def test_what_is_left_of_the_rate_limit_is_told() -> None:
    async with TestAutomationRuns().staged(rate=70) as stage:
        assert stage.source.requests_left is None
        await stage.source.runs(Query())
        assert stage.source.requests_left == 68
