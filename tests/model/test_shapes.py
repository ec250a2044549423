import json
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runs_tui.model import shapes
from runs_tui.model.run import Event, Gap, Run, Step
from runs_tui.model.state import State

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
RUN_KEYS = [
    "source",
    "id",
    "workflow",
    "state",
    "status",
    "reason",
    "created_at",
    "started_at",
    "finished_at",
    "updated_at",
    "duration_seconds",
    "trigger",
    "attempt",
    "retry_of",
    "progress",
    "error",
    "url",
    "details",
]
STEP_KEYS = [
    "key",
    "name",
    "state",
    "status",
    "depends_on",
    "started_at",
    "finished_at",
    "duration_seconds",
    "attempt",
    "error",
    "details",
]
EVENT_KEYS = ["id", "at", "step", "level", "kind", "message", "details"]
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z")

ZONES = st.sampled_from(
    [UTC, timezone(timedelta(hours=5, minutes=45)), timezone(-timedelta(hours=9))]
)
TIMES = st.none() | st.datetimes(
    datetime(1900, 1, 1),  # noqa: DTZ001
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=ZONES,
)
TEXTS = st.none() | st.text(max_size=8)
SECONDS = st.none() | st.floats(0, 1e7)
DETAILS = st.dictionaries(st.text(max_size=4), st.none() | st.integers() | st.text(), max_size=3)
RUNS = st.builds(
    Run,
    source=st.text(max_size=8),
    id=st.text(max_size=8),
    workflow_id=TEXTS,
    workflow_name=TEXTS,
    name=TEXTS,
    state=st.sampled_from(State),
    reason=TEXTS,
    created_at=TIMES,
    started_at=TIMES,
    finished_at=TIMES,
    updated_at=TIMES,
    took=SECONDS,
    trigger=TEXTS,
    attempt=st.none() | st.integers(1, 9),
    retry_of=TEXTS,
    progress=st.none() | st.floats(0, 1),
    error=TEXTS,
    url=TEXTS,
    details=DETAILS,
)
STEPS = st.builds(
    Step,
    key=st.text(max_size=8),
    name=st.text(max_size=8),
    state=st.sampled_from(State),
    depends_on=st.lists(st.text(max_size=3), max_size=3).map(tuple),
    started_at=TIMES,
    finished_at=TIMES,
    took=SECONDS,
    attempt=st.none() | st.integers(1, 9),
    error=TEXTS,
    details=DETAILS,
)
EVENTS = st.builds(
    Event,
    id=TEXTS,
    at=TIMES,
    step=TEXTS,
    level=st.sampled_from([None, "debug", "info", "warning", "error"]),
    message=st.text(max_size=8),
    state=st.none() | st.sampled_from(State),
    details=DETAILS,
)


def times_of(document: dict[str, object]) -> list[object]:
    return [value for key, value in document.items() if key == "at" or key.endswith("_at")]


def check(document: dict[str, object], keys: list[str]) -> None:
    """Check what holds for every document: its keys in order, its times, and that it is JSON."""
    assert list(document) == keys
    assert all(time is None or TIME.fullmatch(str(time)) for time in times_of(document))
    assert json.loads(json.dumps(document)) == document


@given(RUNS)
@settings(max_examples=100, deadline=None)
def test_a_run_has_every_key(run: Run) -> None:
    document = shapes.of_run(run, NOW)
    check(document, RUN_KEYS)
    assert document["workflow"] == {"id": run.workflow_id, "name": run.workflow_name}
    assert document["state"] in list(State)
    seconds = document["duration_seconds"]
    assert seconds is None or seconds >= 0


@given(STEPS)
@settings(max_examples=60, deadline=None)
def test_a_step_has_every_key(step: Step) -> None:
    document = shapes.of_step(step, NOW)
    check(document, STEP_KEYS)
    assert document["depends_on"] == list(step.depends_on)


@given(EVENTS)
@settings(max_examples=60, deadline=None)
def test_an_event_has_every_key(event: Event) -> None:
    check(shapes.of_event(event), EVENT_KEYS)


def test_a_run_of_which_nothing_is_told() -> None:
    told = shapes.of_run(Run(source="prod", id="1", state=State.QUEUED), NOW)
    empty = {key for key, value in told.items() if value is None}
    assert empty == set(RUN_KEYS) - {"source", "id", "workflow", "state", "status", "details"}
    assert (told["status"], told["details"]) == ("", {})


def test_a_run_as_it_is_told() -> None:
    run = Run(
        source="prod",
        id="1",
        workflow_name="etl",
        state=State.FAILED,
        status="FAILED",
        started_at=NOW - timedelta(seconds=90, microseconds=250_600),
        finished_at=NOW,
        attempt=2,
        progress=0.5,
        details={"retries": 3},
    )
    told = shapes.of_run(run, NOW)
    assert told["workflow"] == {"id": None, "name": "etl"}
    assert told["started_at"] == "2026-11-02T09:28:29.749400Z"
    assert told["finished_at"] == "2026-11-02T09:30:00Z"
    assert told["duration_seconds"] == 90.251
    assert (told["attempt"], told["progress"], told["details"]) == (2, 0.5, {"retries": 3})


def test_a_running_run_has_lasted_until_now() -> None:
    told = Run(source="p", id="1", state=State.RUNNING, started_at=NOW - timedelta(seconds=5))
    assert shapes.of_run(told, NOW)["duration_seconds"] == 5
    assert shapes.of_run(told, NOW + timedelta(seconds=1))["duration_seconds"] == 6


@pytest.mark.parametrize("until", [None, NOW + timedelta(minutes=1)])
def test_a_break_in_a_stream(until: datetime | None) -> None:
    told = shapes.of_event(Gap(since=NOW, until=until))
    ended = "2026-11-02T09:31:00Z" if until else None
    assert told == {"gap": {"since": "2026-11-02T09:30:00Z", "until": ended}}


def test_times_are_told_in_utc() -> None:
    there = datetime(2026, 11, 2, 15, 15, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    assert shapes.time(there) == "2026-11-02T09:30:00Z"
    assert shapes.time(None) is None


def test_a_run_with_its_steps() -> None:
    run = Run(source="prod", id="1", state=State.RUNNING)
    steps = [Step(key=key, name=key, state=State.QUEUED) for key in ("b", "a")]
    told = shapes.of_run_and_steps(run, steps, NOW)
    assert list(told) == ["run", "steps"]
    assert told["run"] == shapes.of_run(run, NOW)
    assert [step["key"] for step in told["steps"]] == ["b", "a"]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (2.5, 2.5),
        (float("nan"), None),
        (-float("inf"), None),
        ("two\n\x1b[31mlines\x07", "two\nlines"),
        (NOW, "2026-11-02T09:30:00Z"),
        ({"\x1b[1mkey\n": {1: (NOW, "a")}}, {"key": {"1": ["2026-11-02T09:30:00Z", "a"]}}),
        ([1, [2, {"a": []}]], [1, [2, {"a": []}]]),
        (frozenset({"a"}), ["a"]),
        (b"bytes", "b'bytes'"),
    ],
)
def test_any_value_is_written_as_json_can_hold_it(value: object, written: object) -> None:
    assert shapes.plain(value) == written


def test_numbers_that_json_has_not_are_not_told() -> None:
    nan = float("nan")
    run = Run(source="p", id="1", state=State.FAILED, took=nan, progress=nan, details={"x": nan})
    step = Step(key="a", name="a", state=State.FAILED, took=nan)
    told = shapes.of_run_and_steps(run, [step], NOW)
    assert json.dumps(told, allow_nan=False)
    assert told["run"]["duration_seconds"] is told["run"]["progress"] is None


def test_the_text_of_details_is_clean() -> None:
    details = {"\x1b[1mname": ["\u202etxt", {"log": "one\r\ntwo\x00"}]}
    told = shapes.of_event(Event(details=details))
    assert told["details"] == {"name": ["txt", {"log": "one\ntwo"}]}


def test_what_was_concluded_is_named_among_the_details() -> None:
    run = Run(
        source="s", id="1", state=State.FAILED, details={"a": 1}, derived=frozenset({"error"})
    )
    step = Step(key="k", name="k", state=State.FAILED, derived=frozenset({"state", "started_at"}))
    assert shapes.of_run(run, NOW)["details"] == {"a": 1, "derived": ["error"]}
    assert shapes.of_step(step, NOW)["details"] == {"derived": ["started_at", "state"]}
