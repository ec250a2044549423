from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from runs_tui.adapters.dagster.address import base_of, run_id_in, web_of
from runs_tui.adapters.dagster.events import event_of, step_error
from runs_tui.adapters.dagster.log_wire import LogPage, WireEvent
from runs_tui.adapters.dagster.runs import run_of
from runs_tui.adapters.dagster.source import Dagster
from runs_tui.adapters.dagster.states import STATES, marked
from runs_tui.adapters.dagster.steps import after, steps_of
from runs_tui.adapters.dagster.wire import WholeRun
from runs_tui.model.errors import Conflict, NotFound, Refused, SourceError, Unsupported
from runs_tui.model.folding import fold
from runs_tui.model.plan import Plan
from runs_tui.model.query import Query
from runs_tui.model.run import RetryMode, Run, Step
from runs_tui.model.state import State
from tests.adapters.dagster_world import DIAMOND, NOBODY, answering, dagster, data

WEB = "http://127.0.0.1:3000"


def told(name: str, **fields: Any) -> WholeRun:
    run = WholeRun.model_validate(data(name)["runOrError"] | fields)
    assert isinstance(run, WholeRun)
    return run


def run(name: str, **fields: Any) -> Run:
    return run_of(told(name, **fields), "d", WEB)


def steps(name: str, **fields: Any) -> dict[str, Step]:
    return {step.key: step for step in steps_of(told(name, **fields), {"boom": "it broke"})}


def tags(**values: str) -> list[dict[str, str]]:
    return [{"key": f"dagster/{name}", "value": value} for name, value in values.items()]


def test_a_run_that_succeeded() -> None:
    diamond = run("run_diamond")
    assert diamond.id == DIAMOND
    assert (diamond.workflow_name, diamond.state, diamond.status) == (
        "diamond",
        State.SUCCEEDED,
        "SUCCESS",
    )
    assert diamond.created_at == datetime(2026, 11, 23, 13, 39, 6, 858221, UTC)
    assert diamond.duration(datetime.now(UTC)) == pytest.approx(1.369238)
    assert diamond.url == f"{WEB}/runs/{DIAMOND}"
    assert diamond.details["tags"]["made_by"] == "seed"
    assert (diamond.trigger, diamond.retry_of, diamond.attempt) == ("manual", None, None)


def test_a_run_that_failed_says_of_what_kind_that_was() -> None:
    failed = run("run_fails_in_middle")
    assert (failed.state, failed.reason, failed.error) == (State.FAILED, "STEP_FAILURE", None)


def test_a_run_that_was_made_elsewhere_has_no_plan() -> None:
    assert steps("run_seed_no_plan") == {}
    assert run("run_seed_no_plan").state is State.SUCCEEDED


@pytest.mark.parametrize("status", [*STATES, "FROBNICATING"])
def test_statuses(status: str) -> None:
    found = run("run_diamond", status=status)
    assert (found.state, found.status) == (STATES.get(status, State.UNKNOWN), status)


@pytest.mark.parametrize(
    ("values", "trigger"),
    [
        ({}, "manual"),
        ({"schedule_name": "nightly"}, "schedule"),
        ({"sensor_name": "files"}, "sensor"),
        ({"backfill": "abc"}, "backfill"),
        ({"auto_materialize": "true"}, "automation"),
    ],
)
def test_what_started_a_run_is_told_by_its_tags(values: dict[str, str], trigger: str) -> None:
    assert run("run_diamond", tags=tags(**values)).trigger == trigger
    assert run("run_diamond", tags=tags(**values), parentRunId=NOBODY).trigger == "re-execution"


@pytest.mark.parametrize(
    ("number", "attempt"), [("1", 2), ("0", 1), ("x", None), ("", None), ("9" * 50, None)]
)
def test_a_run_that_the_server_started_again_tells_its_attempt(
    number: str, attempt: int | None
) -> None:
    assert run("run_diamond", tags=tags(retry_number=number)).attempt == attempt


def test_the_diamond() -> None:
    assert {key: set(step.depends_on) for key, step in steps("run_diamond").items()} == {
        "extract": set(),
        "left": {"extract"},
        "right": {"extract"},
        "join": {"left", "right"},
    }


def test_nested_steps_keep_their_whole_key() -> None:
    assert steps("run_nested_multiprocess")["load"].depends_on == ("inner.join",)


def test_a_step_without_an_entry_was_not_run() -> None:
    found = steps("run_fails_in_middle")
    assert {key: step.state for key, step in found.items()} == {
        "extract": State.SUCCEEDED,
        "boom": State.FAILED,
        "load": State.SKIPPED,
    }
    assert (found["boom"].attempt, found["boom"].error) == (2, "it broke")
    assert found["extract"].error is None


def test_a_step_without_an_entry_is_queued_while_the_run_goes_on() -> None:
    found = steps("run_fails_in_middle", status="STARTED", stepStats=[])
    assert {step.state for step in found.values()} == {State.QUEUED}
    assert {step.attempt for step in found.values()} == {None}


def test_a_step_at_its_first_try_is_at_its_first_attempt() -> None:
    stats: list[dict[str, Any]] = [{"stepKey": "boom", "status": "IN_PROGRESS", "attempts": []}]
    assert steps("run_fails_in_middle", stepStats=stats)["boom"].attempt == 1
    stats[0]["attempts"] = [{"startTime": 1.0, "endTime": 2.0}]
    assert steps("run_fails_in_middle", stepStats=stats)["boom"].attempt == 2


def test_mapped_steps_take_the_place_of_what_they_were_planned_as() -> None:
    found = steps("run_fan_out")
    items = [f"item[k{number}]" for number in range(5)]
    assert set(found) == {"make", "total", *items}
    assert all(found[item].depends_on == ("make",) for item in items)
    assert set(found["total"].depends_on) == set(items)
    assert len(fold(Plan.of(list(found.values()))).plan.steps) == 3


def test_before_there_are_mapped_steps_the_plan_tells_of_them_as_one() -> None:
    found = steps("run_fan_out", stepStats=[], status="STARTED")
    assert set(found) == {"make", "item[?]", "total"}
    assert found["total"].depends_on == ("item[?]",)


def test_a_mapped_step_comes_after_the_one_of_its_index() -> None:
    plan = {
        "steps": [
            {"key": "b[?]", "inputs": [{"dependsOn": [{"key": "a[?]"}]}]},
            {"key": "a[?]", "inputs": [{"dependsOn": [{"key": "make"}]}]},
        ]
    }
    stats = [{"stepKey": key, "status": "SUCCESS"} for key in ("a[x]", "a[y]", "b[x]")]
    found = steps("run_fan_out", executionPlan=plan, stepStats=stats)
    assert found["b[x]"].depends_on == ("a[x]",)
    assert "b[?]" not in found


def test_what_comes_after_a_step_is_repeated_with_it() -> None:
    assert set(after(told("run_diamond"), "right")) == {"right", "join"}
    assert set(after(told("run_fan_out"), "item[k3]")) == {"item[k3]", "total"}
    assert set(after(told("run_fan_out"), "total")) == {"total"}


def test_events() -> None:
    page = LogPage.model_validate(data("logs_first")["logsForRun"])
    events = [event_of(each, number) for number, each in enumerate(page.events, 1)]
    assert page.more
    assert [event.id for event in events] == [str(number) for number in range(1, 11)]
    assert events[0].message == "RUN_ENQUEUED"
    assert [event.state for event in events if event.state and event.step is None] == [
        State.QUEUED,
        State.RUNNING,
        State.RUNNING,
    ]
    assert events[0].at == datetime(2026, 11, 23, 13, 39, 6, 116000, UTC)
    assert (events[7].kind, events[7].state) == ("logs_captured", None)
    said = events[9]
    assert (said.kind, said.level, said.step, said.message) == (
        "log",
        "info",
        "extract",
        "extracting",
    )


def failure(**error: Any) -> WireEvent:
    return WireEvent.model_validate({
        "__typename": "ExecutionStepFailureEvent", "message": 'Execution of step "boom" failed.',
        "timestamp": "1795441153129", "level": "ERROR", "stepKey": "boom",
        "eventType": "STEP_FAILURE", "error": {"message": "Exceeded max_retries of 1\n", **error},
    })  # fmt: skip


def test_why_a_step_failed_is_what_is_at_the_bottom_of_its_error() -> None:
    inner = {"message": "ValueError: answered\x1b[31m 502\n", "stack": ["  File x, line 1\n"]}
    told = failure(errorChain=[{"error": inner}])
    assert step_error(told) == "ValueError: answered 502"
    assert step_error(failure()) == "Exceeded max_retries of 1"
    event = event_of(told, 1)
    assert event.message.split("\n")[1:] == [
        "Exceeded max_retries of 1",
        "caused by:",
        "ValueError: answered 502",
        "  File x, line 1",
    ]
    assert (event.state, event.level) == (State.FAILED, "error")


Ask = Callable[[Dagster], Awaitable[object]]

ERRORS: list[tuple[tuple[str, ...], Ask, type[SourceError], str]] = [
    (("error_bad_enum",), lambda s: s.runs(Query()), Refused, "'BOGUS' does not exist"),
    (("error_field",), lambda s: s.runs(Query()), Unsupported, "Cannot query field 'nope'"),
    (("error_run_404",), lambda s: s.run(NOBODY), NotFound, f"{NOBODY} could not be found"),
    (
        ("run_diamond", "error_reexec_404"),
        lambda s: s.retry(DIAMOND, RetryMode.FULL),
        NotFound,
        "^not found: Could not find parent run",
    ),
    (
        ("run_fails_in_middle", "reexec_success_from_failure"),
        lambda s: s.retry(DIAMOND, RetryMode.FAILED),
        Conflict,
        "^not possible now: Cannot reexecute from failure",
    ),
    (
        ("run_diamond", "error_reexec_bad_step"),
        lambda s: s.retry(DIAMOND, RetryMode.FULL),
        Refused,
        "^refused: Can not build subset plan from unknown step: nope",
    ),
    (("run_diamond",), lambda s: s.cancel(DIAMOND), Conflict, "already succeeded"),
    (
        ("run_long_runner", "terminate_finished"),
        lambda s: s.cancel(DIAMOND),
        Conflict,
        "due to having status SUCCESS",
    ),
    (("error_run_404",), lambda s: s.cancel(NOBODY), NotFound, "could not be found"),
    (
        ("run_long_runner", "terminate_404"),
        lambda s: s.cancel(NOBODY),
        NotFound,
        "could not be found",
    ),
]


@pytest.mark.parametrize(("names", "ask", "kind", "said"), ERRORS)
async def test_what_a_server_says_in_place_of_an_answer_is_told_as_its_kind(
    names: tuple[str, ...], ask: Ask, kind: type[SourceError], said: str
) -> None:
    async with answering(*names) as (source, script):
        with pytest.raises(kind, match=said) as caught:
            await ask(source)
    assert type(caught.value) is kind
    assert len(script.asked) == len(names)


async def test_a_page_of_real_runs() -> None:
    async with answering("runs") as (source, script):
        page = await source.runs(Query(limit=3))
    assert [each.workflow for each in page.items] == ["diamond", "long_runner"]
    assert (page.total, page.next) == (147, None)
    assert script.asked[0].target == "/graphql?op=Runs"


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("http://127.0.0.1:3000/", "http://127.0.0.1:3000"),
        ("http://127.0.0.1:3000/graphql", "http://127.0.0.1:3000"),
        ("https://example.org/prefix/graphql/", "https://example.org/prefix"),
    ],
)
def test_addresses(url: str, base: str) -> None:
    assert base_of(url) == web_of(url) == base
    assert run_id_in(f"{base}/runs/{DIAMOND}?logs=1", web_of(url)) == DIAMOND
    assert run_id_in(f"{base}/runs/b/abcdef", web_of(url)) is None
    assert run_id_in(f"{base}/runs/", web_of(url)) is None
    assert run_id_in(f"{base}/jobs/{DIAMOND}", web_of(url)) is None


def test_a_run_that_can_only_be_marked_is_told_before() -> None:
    assert [status for status in STATES if marked(status)] == [
        "NOT_STARTED", "MANAGED", "STARTING", "CANCELING", "SUSPENDED",
    ]  # fmt: skip
    source = dagster(WEB)
    for status in STATES:
        found = run("run_diamond", status=status)
        assert (source.caution("cancel", found) is not None) == marked(status)
        assert source.caution("retry", found) is None
