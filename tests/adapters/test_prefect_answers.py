from datetime import UTC, datetime
from typing import Any

import pytest

from runs_tui.adapters.prefect.events import event_of_line, events_of_task
from runs_tui.adapters.prefect.runs import run_of
from runs_tui.adapters.prefect.steps import steps_of
from runs_tui.adapters.prefect.wire import FLOW_RUN, GRAPH, LOG_LINES, TASK_RUNS, FlowRun
from runs_tui.model.run import Run, Step
from runs_tui.model.state import State
from tests.adapters.prefect_world import captured

WEB = "https://prefect.example.org"


def run(**fields: Any) -> Run:
    told = FLOW_RUN.validate_python(captured("flow_run_get") | fields)
    return run_of(told, "p", "fails-in-middle", "served", WEB)


def steps(name: str, graph: str | None = None, *, over: bool = True) -> dict[str, Step]:
    tasks = TASK_RUNS.validate_python(captured(f"task_runs_{name}"))
    told = GRAPH.validate_python(captured(f"graph_{graph}")) if graph else None
    return {step.name.rpartition("-")[0]: step for step in steps_of(tasks, told, over=over)}


def names(step: Step, among: dict[str, Step]) -> list[str]:
    by_key = {each.key: name for name, each in among.items()}
    return sorted(by_key.get(key, key) for key in step.depends_on)


def test_a_failed_run() -> None:
    failed = run()
    assert failed.id == "61eb6ac7-6182-4603-9bf8-5f09fd2b069e"
    assert (failed.workflow_name, failed.name) == ("fails-in-middle", "zircon-jellyfish")
    assert (failed.state, failed.status) == (State.FAILED, "Failed")
    assert failed.reason == f"Flow run encountered an exception: {failed.error}"
    assert failed.error is not None
    assert failed.error.startswith("UnfinishedRun")
    assert failed.created_at == datetime(2026, 11, 23, 13, 10, 24, 746959, UTC)
    assert failed.listed_at == datetime(2026, 11, 23, 13, 10, 24, 737465, UTC)
    assert (failed.took, failed.attempt, failed.trigger) == (1.52024, 1, "manual")
    assert failed.url == f"{WEB}/runs/flow-run/{failed.id}"
    assert failed.details["deployment_name"] == "served"
    assert failed.details["tags"] == ["real"]
    assert "work_pool_name" not in failed.details


def test_a_running_run_has_no_end_and_no_seconds() -> None:
    told = FLOW_RUN.validate_python(captured("flow_run_running"))
    running = run_of(told, "p", "ticker", None, WEB)
    assert (running.state, running.finished_at, running.took) == (State.RUNNING, None, None)
    assert running.error is None
    assert running.details["parameters"] == {"seconds": 240}


@pytest.mark.parametrize(
    ("state_type", "state"),
    [
        ("SCHEDULED", State.QUEUED),
        ("PENDING", State.QUEUED),
        ("RUNNING", State.RUNNING),
        ("CANCELLING", State.RUNNING),
        ("PAUSED", State.WAITING),
        ("COMPLETED", State.SUCCEEDED),
        ("FAILED", State.FAILED),
        ("CRASHED", State.FAILED),
        ("CANCELLED", State.CANCELLED),
        ("FROBNICATING", State.UNKNOWN),
        (None, State.UNKNOWN),
    ],
)
def test_state_types(state_type: str | None, state: State) -> None:
    told = run(state_type=state_type, state_name="Odd\x1b[31m Word")
    assert (told.state, told.status) == (state, "Odd Word")
    assert (told.error is None) == (state is not State.FAILED)


@pytest.mark.parametrize(
    ("fields", "trigger"),
    [
        ({"auto_scheduled": True}, "schedule"),
        ({"created_by": {"type": "SCHEDULE", "display_value": "CronSchedule"}}, "schedule"),
        ({"created_by": {"type": "AUTOMATION", "display_value": "on fire"}}, "automation"),
        ({"parent_task_run_id": "710f2128-29e6-4ccf-a53b-0db48917e459"}, "subflow"),
        ({"created_by": {"type": None}}, "manual"),
    ],
)
def test_triggers(fields: dict[str, Any], trigger: str) -> None:
    assert run(**fields).trigger == trigger


def test_foreign_text_is_clean() -> None:
    state = {"type": "FAILED", "name": "Failed", "message": "one\ntwo\x1b[2J\u202e"}
    told = run(name="[/x]\x1b]0;pwned\x07\n", state=state, parameters={"a\x07": ["\x1b[31mred"]})
    assert told.name == "[/x]"
    assert (told.reason, told.error) == ("one two", "one two")
    assert told.details["parameters"] == {"a": ["red"]}


def test_times_without_an_offset_are_utc() -> None:
    told = FlowRun(id="x", created=datetime(2026, 1, 1, 12))  # noqa: DTZ001
    assert told.created == datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("graph", ["diamond", None])
def test_diamond_has_its_edges_with_the_graph_and_without(graph: str | None) -> None:
    found = steps("diamond", graph)
    assert {name: names(step, found) for name, step in found.items()} == {
        "extract": [],
        "left": ["extract"],
        "right": ["extract"],
        "join": ["left", "right"],
    }
    assert found["join"].took == 0.032852
    assert found["join"].attempt == 1


def test_a_step_names_its_place_as_in_every_run_of_the_flow() -> None:
    found = steps("diamond")
    assert all((step.part or "").startswith(f"{name}-") for name, step in found.items())
    assert len({step.part for step in found.values()}) == len(found)


@pytest.mark.parametrize("graph", ["nested", None])
def test_a_task_within_a_task_stands_under_it(graph: str | None) -> None:
    found = steps("nested", graph)
    assert len(found) == 2  # outer, and the last of the three that are called named
    tasks = TASK_RUNS.validate_python(captured("task_runs_nested"))
    all_steps = {step.name: step for step in steps_of(tasks, None, over=True)}
    assert all_steps["named-7"].depends_on == (all_steps["outer-6a6"].key,)
    assert all_steps["named-1"].depends_on == ()


def test_what_waits_for_a_failed_task_is_skipped_once_the_run_is_over() -> None:
    found = steps("after_retry")
    assert found["boom"].state is State.FAILED
    assert found["boom"].error is not None
    assert "[red]not markup[/red]" in found["boom"].error
    assert (found["join"].state, found["join"].status) == (State.SKIPPED, "NotReady")
    assert steps("after_retry", over=False)["join"].state is State.QUEUED


def test_a_retried_run_shows_its_newest_attempt() -> None:
    tasks = TASK_RUNS.validate_python(captured("task_runs_after_retry"))
    assert len(tasks) == 6
    found = steps_of(tasks, None, over=True)
    assert [step.name for step in found] == ["extract-9d4", "boom-540", "join-e42"]
    assert [step.attempt for step in found] == [2, 2, None]


def test_a_retry_under_way_still_shows_what_it_has_not_repeated_yet() -> None:
    tasks = TASK_RUNS.validate_python(captured("task_runs_after_retry"))[:4]
    found = {step.name: step for step in steps_of(tasks, None, over=False)}
    assert set(found) == {"boom-1a4", "join-462", "extract-9d4"}
    assert (found["extract-9d4"].attempt, found["boom-1a4"].attempt) == (2, 1)
    assert found["boom-1a4"].depends_on == (found["extract-9d4"].key,)


def test_a_retry_keeps_the_subflow_that_it_did_not_repeat() -> None:
    found = steps("retried_with_subflow", "retried_with_subflow")
    tasks = TASK_RUNS.validate_python(captured("task_runs_retried_with_subflow"))
    place = next(task for task in tasks if task.name == "child-0")
    child = next(step for step in found.values() if step.child_run)
    assert child.key == place.id
    assert child.child_run == place.child_flow_run_id
    assert child.name == "child / spotted-kittiwake"
    assert {found[name].attempt for name in ("extract", "plain", "boom", "join", "after")} == {2}
    assert names(found["after"], found) == ["boom"]


def test_a_subflow_is_a_step_that_leads_to_its_run() -> None:
    tasks = TASK_RUNS.validate_python(captured("task_runs_parent_with_subflows"))[:1]
    graph = GRAPH.validate_python(captured("graph_parent_with_subflows"))
    flaky, child = steps_of(tasks, graph, over=True)
    assert (flaky.attempt, flaky.child_run) == (3, None)
    assert child.child_run == child.key == "0774cabb-764a-4c9a-932d-11aeb9140fac"
    assert (child.name, child.state) == ("child / original-quoll", State.SUCCEEDED)


def test_lines_of_a_log() -> None:
    lines = LOG_LINES.validate_python(captured("logs_filter"))
    first, *_, last = [event_of_line(line) for line in lines]
    assert (first.step, first.level, first.kind) == (None, "info", "log")
    assert last.step == lines[-1].task_run_id
    levels = {10: "debug", 20: "info", 30: "warning", 35: "warning", 40: "error", 50: "error"}
    for level, word in levels.items():
        assert event_of_line(lines[0].model_copy(update={"level": level})).level == word


def test_a_task_tells_that_it_began_and_where_it_ended() -> None:
    extract, boom, join = TASK_RUNS.validate_python(captured("task_runs_after_retry"))[:3]
    assert [event.state for event in events_of_task(extract)] == [State.RUNNING, State.SUCCEEDED]
    assert [event.level for event in events_of_task(boom)] == ["info", "error"]
    assert [event.state for event in events_of_task(join)] == [State.SKIPPED]
    assert {event.step for event in events_of_task(boom)} == {boom.id}
    running = extract.model_copy(update={"state_type": "RUNNING", "state_name": "Running"})
    assert [event.id for event in events_of_task(running)] == [f"{extract.id}/began"]
