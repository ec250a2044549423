import json
from datetime import UTC, datetime
from typing import Any

import pytest

from runs_tui.adapters.automation_runs.events import Mark, Reader, Told
from runs_tui.adapters.automation_runs.facts import ahead_of, facts_of, split_id
from runs_tui.adapters.automation_runs.fields import Fields, instant_of
from runs_tui.adapters.automation_runs.states import state_of
from runs_tui.adapters.automation_runs.wire import WireRun, error_of
from runs_tui.model.run import Event, Run, Step
from runs_tui.model.state import State
from runs_tui.transport.stream import Frame

NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)
AT = datetime(2026, 6, 2, 6, 0, 42, tzinfo=UTC)
STEPS = {"extract": "extract", "a-1": "extract"}


def reader() -> Reader:
    reader = Reader(lambda: NOON)
    reader.steps = STEPS
    return reader


def read(value: object, event: str = "", event_id: str | None = None) -> list[Any]:
    text = value if isinstance(value, str) else json.dumps(value)
    return reader().read(Frame(text, event, event_id))


def one(value: object, event: str = "", event_id: str | None = None) -> Event:
    (told,) = read(value, event, event_id)
    assert isinstance(told, Told)
    return told.event


@pytest.mark.parametrize(
    ("value", "event_id", "expected"),
    [
        ({"id": 7, "eventId": "e"}, None, "7"),
        ({"event_id": "e", "seq": 3}, None, "e"),
        ({"sequence": 4}, None, "4"),
        ({"cursor": "c"}, None, "c"),
        ({"id": 7}, "sse", "sse"),
        ({"id": True, "seq": 5}, None, "5"),
    ],
)
def test_where_an_id_is_taken_from(value: object, event_id: str | None, expected: str) -> None:
    assert one(value, "", event_id).id == expected


def test_ids_are_made_up_alike_on_every_connection() -> None:
    listener = reader()
    frame = Frame('{"b": 1, "a": 2}')
    same = Frame('{"a": 2, "b": 1}')

    def ids() -> list[str | None]:
        return [told.event.id for f in (frame, same) for told in listener.read(f)]  # type: ignore[union-attr]

    first = ids()
    assert len(set(first)) == 2
    listener.begin()
    assert ids() == first


@pytest.mark.parametrize(
    ("value", "event", "kind", "state"),
    [
        ({"eventType": "action.log", "message": "x"}, "", "log", None),
        ({"type": "log", "message": "x", "status": "running"}, "", "log", None),
        ({"message": "x"}, "", "log", None),
        ({"message": "x"}, "message", "log", None),
        ({"message": "x"}, "stdout", "log", None),
        ({"kind": "schedule.fired"}, "", "schedule.fired", None),
        ({"message": "x"}, "action.progress", "action.progress", None),
        ({}, "action.started", "", None),
        ({"a": 1}, "action.started", "state", State.RUNNING),
        ({"a": 1}, "action.completed", "state", State.SUCCEEDED),
        ({"a": 1}, "action_failed", "state", State.FAILED),
        ({"a": 1}, "action.awaiting_approval", "state", State.WAITING),
        ({"a": 1}, "automation.created", "state", State.QUEUED),
        ({"type": "step.canceled"}, "", "state", State.CANCELLED),
        ({"type": "step.skipped"}, "", "state", State.SKIPPED),
        ({"type": "approval.rejected"}, "", "state", State.FAILED),
        ({"status": "Timed Out"}, "", "state", State.FAILED),
        ({"newStatus": "RUNNING"}, "", "state", State.RUNNING),
        ({"payload": {"to_status": "completed"}}, "", "state", State.SUCCEEDED),
        ({"step": {"key": "k", "status": "aborted"}}, "", "state", State.CANCELLED),
        ({"type": "x.changed", "status": "frobnicating"}, "", "state", State.UNKNOWN),
        ({"stepKey": "k", "status": "frobnicating"}, "", "state", State.UNKNOWN),
        ({"message": "x", "status": 200}, "", "log", None),
    ],
)
def test_kinds_and_states(value: object, event: str, kind: str, state: State | None) -> None:
    if not value:
        assert read(value, event) == []
        return
    told = one(value, event)
    assert (told.kind, told.state) == (kind, state)


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ({"occurredAt": "2026-06-02T06:00:42Z", "ts": 1}, AT),
        ({"timestamp": "2026-06-02T08:00:42+02:00"}, AT),
        ({"created_at": "2026-06-02T06:00:42"}, AT),
        ({"ts": 1780380042}, AT),
        ({"ts": 1780380042000}, AT),
        ({"ts": "1780380042"}, AT),
        ({"time": "yesterday", "at": 1780380042.0}, AT),
        ({"payload": {"occurred_at": "2026-06-02T06:00:42Z"}}, AT),
        ({"ts": 1e300}, NOON),
        ({"ts": True}, NOON),
        ({"message": "x"}, NOON),
    ],
)
def test_when_it_happened(value: object, at: datetime) -> None:
    assert one(value).at == at


@pytest.mark.parametrize(
    ("value", "step"),
    [
        ({"stepKey": "a"}, "a"),
        ({"step_key": "a"}, "a"),
        ({"step": "a"}, "a"),
        ({"step": {"key": "a"}}, "a"),
        ({"payload": {"stepKey": "a"}}, "a"),
        ({"data": {"step_key": "a"}}, "a"),
        ({"key": "extract"}, "extract"),
        ({"key": "unheard of"}, None),
        ({"actionRunId": "a-1"}, "extract"),
        ({"action_run_id": "a-2"}, None),
        ({"resourceType": "action_run", "resourceId": "a-1"}, "extract"),
        ({"entity": {"type": "action_run", "id": "a-1"}}, "extract"),
        ({"resourceType": "automation_run", "resourceId": "a-1"}, None),
    ],
)
def test_which_step_it_is_of(value: object, step: str | None) -> None:
    assert one(value).step == step


@pytest.mark.parametrize(
    ("value", "message", "level"),
    [
        ({"message": "a\x1b[31m\nb"}, "a\nb", "info"),
        ({"msg": "a", "level": "WARN"}, "a", "warning"),
        ({"text": "a", "severity": "critical"}, "a", "error"),
        ({"line": "a", "payload": {"level": "debug"}}, "a", "debug"),
        ({"error": {"message": "boom"}}, "boom", "info"),
        ({"status": "failed", "error": "boom"}, "boom", "error"),
        ({"payload": {"message": "inner"}}, "inner", "info"),
        ({"data": {"error": {"code": "E1"}}}, "E1", "info"),
        ({"status": "failed"}, "is failed", "error"),
        ({"odd": [1]}, '{"odd":[1]}', "info"),
        ({"odd": "x" * 999}, '{"odd":"' + "x" * 191 + "…", "info"),
    ],
)
def test_what_it_says(value: object, message: str, level: str) -> None:
    told = one(value)
    assert (told.message, told.level) == (message, level)


@pytest.mark.parametrize(
    ("value", "event", "ends"),
    [
        ({"status": "completed"}, "", True),
        ({"status": "completed", "stepKey": "a"}, "", False),
        ({"status": "completed", "stepKey": "a"}, "automation_run.completed", True),
        ({"type": "run.failed", "stepKey": "a"}, "", True),
        ({"type": "run.step.completed", "stepKey": "a"}, "", False),
        ({"type": "x.cancelled", "stepKey": "a", "resourceType": "automation_run"}, "", True),
        ({"status": "running"}, "", False),
        ({"status": "frobnicating"}, "", False),
    ],
)
def test_what_ends_a_run(value: object, event: str, ends: bool) -> None:
    (told,) = read(value, event)
    assert told.ends is ends


@pytest.mark.parametrize(
    ("value", "event"),
    [("[DONE]", ""), ("done", ""), ({"type": "stream_end"}, ""), ({"a": 1}, "eof"), ("x", "close")],
)
def test_marks(value: object, event: str) -> None:
    assert read(value, event) == [Mark()]


def test_the_end_of_a_step_is_no_mark() -> None:
    assert isinstance(read({"type": "end", "stepKey": "a"})[0], Told)


@pytest.mark.parametrize(
    ("value", "event"),
    [
        ("", ""),
        ("{}", ""),
        ("null", ""),
        ({"n": 1}, "ping"),
        ({"n": 1}, "keep-alive"),
        ("x", "Ready"),
    ],
)
def test_signs_of_life(value: object, event: str) -> None:
    assert read(value, event) == []


def test_a_batch_tells_each_of_its_events_with_what_stands_around_them() -> None:
    batch = {
        "id": 9,
        "stepKey": "a",
        "events": [{"message": "x"}, {"message": "y", "stepKey": "b"}],
    }
    told = [each.event for each in read(batch, "", "41")]
    assert [(e.id, e.step, e.message) for e in told] == [("41", "a", "x"), ("41#1", "b", "y")]
    assert [each.event.message for each in read([{"message": "x"}, "y", 5])] == ["x", "y", "5"]
    assert read({"events": []}) == []


def test_snapshots_are_known() -> None:
    run, steps = read([
        {"id": "r", "automationId": "a", "status": "running"},
        {"automationRunId": "r", "steps": [{"key": "k", "status": "running"}]},
    ])  # fmt: skip
    assert run.status == "running"
    assert steps.steps[0].key == "k"


def test_lines_keep_their_time() -> None:
    assert one("2026-06-02T06:00:42Z INFO it goes").at == AT
    assert one("it goes").at == NOON


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (None, None),
        ({}, None),
        ("", None),
        ("boom", "boom"),
        ({"message": "m", "code": "c"}, "m"),
        ({"message": " ", "reason": "r"}, "r"),
        ({"type": "t"}, "t"),
        ({"odd": 1}, '{"odd":1}'),
        ([1, 2], "[1,2]"),
        ({"message": "a\nb\x1b[0m"}, "a b"),
    ],
)
def test_an_error_in_one_line(error: object, told: str | None) -> None:
    assert error_of(error) == told


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Pending", State.QUEUED),
        ("in-progress", State.RUNNING),
        ("AWAITING APPROVAL", State.WAITING),
        ("paused", State.WAITING),
        ("success", State.SUCCEEDED),
        ("timed_out", State.FAILED),
        ("rejected", State.FAILED),
        ("aborted", State.CANCELLED),
        ("skipped", State.SKIPPED),
        ("frobnicating", State.UNKNOWN),
    ],
)
def test_status_words(word: str, state: State) -> None:
    assert state_of(word) is state


def test_numbers_stand_in_for_texts_and_null_for_anything_but_id_and_status() -> None:
    empty = dict.fromkeys(["automationId", "createdAt", "error", "durationSeconds"])
    run = WireRun.model_validate({"id": 5, "status": "x", "versionNumber": "7a", **empty})
    assert (run.id, run.version_number) == ("5", "7a")
    with pytest.raises(ValueError, match="status"):
        WireRun.model_validate({"id": 5, "status": None})


def test_facts_come_in_the_order_in_which_they_happened() -> None:
    later = datetime(2026, 6, 2, 7, tzinfo=UTC)
    run = Run(source="a", id="r", state=State.FAILED, started_at=AT, finished_at=later)
    steps = [
        Step(key="b|c", name="b", state=State.FAILED, started_at=AT, finished_at=later),
        Step(key="w", name="w", state=State.WAITING, started_at=AT),
        Step(key="s", name="s", state=State.SKIPPED),
        Step(key="q", name="q", state=State.QUEUED),
    ]
    facts = facts_of(run, steps)
    assert [(fact.step, fact.state) for fact in facts] == [
        (None, State.RUNNING), ("b|c", State.RUNNING), ("w", State.WAITING),
        ("b|c", State.FAILED), ("s", State.SKIPPED), (None, State.FAILED),
    ]  # fmt: skip
    told = facts[1].event("41/2", NOON)
    assert split_id(told.id) == ("41/2", facts[1].key)
    ahead = facts[2].event("4|1+2", NOON, 2)
    assert split_id(ahead.id) == ("4|1+2", facts[2].key)
    assert ahead_of(facts, ahead.id) == facts[1:3]
    assert ahead_of(facts, facts[2].event(None, NOON, 9).id) == facts[:3]
    assert [*ahead_of(facts, told.id), *ahead_of(facts, "41"), *ahead_of(facts, None)] == []
    assert split_id("41") == ("41", None)
    assert split_id(None) == (None, None)


@pytest.mark.parametrize("value", [None, [], {}, "", "x", 1e400, -(10**20), True])
def test_what_is_no_instant(value: object) -> None:
    assert instant_of(value) is None


def test_fields_of_what_is_no_object() -> None:
    assert Fields([1])["a"] is None
    assert Fields({"a_B": 1})["Ab"] == 1
