"""What a real Airflow has answered, translated."""

from datetime import UTC, datetime
from typing import Any

import pytest

from runs_tui.adapters.airflow.address import RunName, StepName, root_of, run_id_in, web_of
from runs_tui.adapters.airflow.chapters import MOST_TRIES, Chapter, Look
from runs_tui.adapters.airflow.events import Lines, states_of
from runs_tui.adapters.airflow.note import cancelling, was_cancelled
from runs_tui.adapters.airflow.runs import run_of
from runs_tui.adapters.airflow.steps import MOST_EDGES, steps_of
from runs_tui.adapters.airflow.wire import DAG_RUN, LOG, RUN_LIST, TASK_INSTANCES, TASKS, DagRun
from runs_tui.adapters.rewinding import LONG_AGO
from runs_tui.model.errors import NotFound
from runs_tui.model.folding import fold
from runs_tui.model.plan import Plan
from runs_tui.model.run import Run, Step
from runs_tui.model.state import State
from tests.adapters.airflow_world import captured

WEB = "https://airflow.example.org/af"
NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)


def told(**fields: Any) -> DagRun:
    return DAG_RUN.validate_python(captured("dag_run_get") | fields)


def run(**fields: Any) -> Run:
    return run_of(told(**fields), "a", WEB)


def steps(name: str, tasks: str | None = None, *, over: bool = True) -> dict[str, Step]:
    found = TASK_INSTANCES.validate_python(captured(f"task_instances_{name}")).task_instances
    edges = TASKS.validate_python(captured(f"tasks_{tasks}")).tasks if tasks else []
    return {step.key: step for step in steps_of(found, edges, over=over)}


def look(**fields: Any) -> Look:
    tasks = captured("task_instances_fails_in_middle")
    return Look(NOW, told(**fields), TASK_INSTANCES.validate_python(tasks).task_instances)


def test_a_failed_run() -> None:
    failed = run()
    assert failed.id == "fails_in_middle/manual__2026-11-23T13:24:54.009286+00:00"
    assert (failed.workflow_id, failed.workflow_name) == ("fails_in_middle", "fails_in_middle")
    assert (failed.state, failed.status, failed.error) == (State.FAILED, "failed", None)
    assert failed.created_at == datetime(2026, 11, 23, 13, 24, 54, 9286, UTC)
    assert (failed.took, failed.trigger, failed.version) == (23.645845, "manual", "1")
    assert failed.details["note"] == "demo fails_in_middle"
    assert failed.details["triggering_user_name"] == "admin"
    assert "conf" not in failed.details
    assert failed.url == (
        f"{WEB}/dags/fails_in_middle/runs/manual__2026-11-23T13%3A24%3A54.009286%2B00%3A00"
    )
    assert run_id_in(f"{failed.url}/tasks/boom?try=1", WEB) == failed.id


def test_a_running_run_has_no_end_and_no_seconds() -> None:
    _, running = RUN_LIST.validate_python(captured("dag_runs_cursor")).dag_runs
    seen = run_of(running, "a", WEB)
    assert (seen.state, seen.finished_at, seen.took) == (State.RUNNING, None, None)
    assert seen.details["conf"] == {"seconds": 240}


@pytest.mark.parametrize(
    ("state", "ours"),
    [
        ("queued", State.QUEUED),
        ("running", State.RUNNING),
        ("success", State.SUCCEEDED),
        ("failed", State.FAILED),
        ("frob\x1b[31mnicating", State.UNKNOWN),
        (None, State.UNKNOWN),
    ],
)
def test_states_of_runs(state: str | None, ours: State) -> None:
    seen = run(state=state)
    assert (seen.state, seen.status) == (ours, (state or "").replace("\x1b[31m", ""))


def test_a_run_that_was_stopped_is_told_by_a_note_of_this_program_alone() -> None:
    assert run_of(DAG_RUN.validate_python(captured("cancel_run")), "a", WEB).state is State.FAILED
    note = cancelling(told())
    assert note.startswith("demo fails_in_middle\ncancelled by runs-tui (queued at 2026-11-23T")
    stopped = run(note=note)
    assert (stopped.state, stopped.status, stopped.derived) == (
        State.CANCELLED,
        "failed",
        frozenset({"state"}),
    )
    assert run(note=note, state="success").state is State.SUCCEEDED


def test_a_run_that_was_cleared_since_and_has_failed_was_not_stopped() -> None:
    again = told(note=cancelling(told()), queued_at="2026-11-23T13:30:24.730369Z")
    assert not was_cancelled(again)
    once_more = told(note=cancelling(again), queued_at="2026-11-23T13:30:24.730369Z")
    assert was_cancelled(once_more)
    assert (once_more.note or "").count("cancelled by") == 1


def test_a_note_is_not_longer_than_the_server_takes() -> None:
    note = cancelling(told(note="long " * 300))
    assert len(note) <= 1000
    assert was_cancelled(told(note=note))


def test_a_failed_run_has_a_step_that_never_began() -> None:
    found = steps("fails_in_middle")
    assert {key: (step.state, step.status, step.attempt) for key, step in found.items()} == {
        "extract": (State.SUCCEEDED, "success", 1),
        "boom": (State.FAILED, "failed", 2),
        "load": (State.SKIPPED, "upstream_failed", None),
        "cleanup": (State.SUCCEEDED, "success", 1),
    }
    assert (found["load"].started_at, found["load"].took) == (None, None)
    assert found["boom"].took == 0.128
    assert found["boom"].details["max_tries"] == 1


def test_a_stopped_run_has_a_failed_and_a_skipped_step() -> None:
    found = steps("after_cancel")
    assert [step.state for step in found.values()] == [State.FAILED, State.SKIPPED]


@pytest.mark.parametrize("over", [True, False])
def test_a_step_without_a_state_is_skipped_once_the_run_is_over(over: bool) -> None:
    row = {"task_id": "later", "map_index": -1, "state": None}
    instances = TASK_INSTANCES.validate_python({"task_instances": [row]}).task_instances
    (step,) = steps_of(instances, [], over=over)
    assert step.state is (State.SKIPPED if over else State.QUEUED)
    assert step.status == "no status"


def test_tasks_of_groups_have_their_edges() -> None:
    found = steps("branch_and_groups", "branch_and_groups")
    assert {key: set(step.depends_on) for key, step in found.items()} == {
        "choose": set(),
        "work.a": {"choose"},
        "work.b": {"choose"},
        "done": {"work.a", "work.b"},
    }
    assert found["work.b"].state is State.SKIPPED


def test_mapped_tasks_have_their_labels_and_are_folded() -> None:
    found = steps("fan_out", "fan_out")
    items = [step for key, step in found.items() if key.startswith("item[")]
    assert [step.name for step in items] == [f"item [item {number}]" for number in range(5)]
    assert {step.depends_on for step in items} == {("make",)}
    folded = fold(Plan.of([*found.values()]))
    assert [step.name for step in folded.plan.steps.values()] == ["make", "item"]


def mapped(count: int, *, is_mapped: bool) -> dict[str, Step]:
    rows = [
        {"task_id": task, "map_index": index, "state": "success", "try_number": 1}
        for task in ("one", "two")
        for index in range(count)
    ]
    edges = [
        {"task_id": "one", "downstream_task_ids": ["two"], "is_mapped": is_mapped},
        {"task_id": "two", "downstream_task_ids": [], "is_mapped": is_mapped},
    ]
    instances = TASK_INSTANCES.validate_python({"task_instances": rows}).task_instances
    tasks = TASKS.validate_python({"tasks": edges}).tasks
    return {step.key: step for step in steps_of(instances, tasks, over=True)}


def test_a_task_mapped_over_a_mapped_one_follows_all_of_it() -> None:
    assert mapped(3, is_mapped=True)["two[1]"].depends_on == ("one[0]", "one[1]", "one[2]")


def test_a_task_of_a_mapped_group_follows_the_one_of_its_index() -> None:
    assert mapped(3, is_mapped=False)["two[1]"].depends_on == ("one[1]",)


def test_edges_do_not_grow_beyond_all_measure() -> None:
    found = mapped(300, is_mapped=True)
    assert sum(len(step.depends_on) for step in found.values()) == 300 < MOST_EDGES


def boom(content: Any, **fields: Any) -> list[Any]:
    chapter = Chapter(StepName("boom"), 1, LONG_AGO, fields.get("last"))
    rows = LOG.validate_python({"content": content}).content
    return [placed.event for placed in Lines(chapter).take(rows)]


def test_a_log_is_told_without_its_wrapping() -> None:
    events = boom(captured("log_json")["content"])
    assert [event.message.partition("\n")[0] for event in events] == [
        "Pre Execute",
        "DAG bundles loaded: dags-folder",
        "Filling up the DagBag from /app/dags/demo.py",
        next(event.message for event in events if event.level == "warning"),
        "Worker startup parse complete",
        "about to fail [red]not markup[/red]",
        "Task failed with exception",
        "Post Execute",
    ]
    assert [event.id for event in events] == [f"boom/1#{number}" for number in range(1, 9)]
    assert events[0].level == "debug"
    assert events[5].details["logger"] == "demo"
    assert {event.step for event in events} == {"boom"}


ODD = [{"level": 5}, {"logger": {"a": 1}}, {"error_detail": "late"}]


@pytest.mark.parametrize("fields", [*ODD, {"error_detail": [{"frames": None}]}])
def test_a_line_may_hold_anything_that_its_author_put_there(fields: dict[str, Any]) -> None:
    first, second = boom([{"event": "hello", **fields}, {"event": "there", "level": "error"}])
    assert (first.message, first.level) == ("hello", "info")
    assert (second.message, second.level) == ("there", "error")
    if fields.get("error_detail") == "late":
        assert first.details["error_detail"] == "late"


def test_an_error_is_told_with_its_traceback() -> None:
    (error,) = [
        event for event in boom(captured("log_json")["content"]) if "Traceback" in event.message
    ]
    assert error.message.splitlines() == [
        "Task failed with exception",
        "Traceback (most recent call last):",
        '  File "/app/dags/demo.py", line 28, in boom',
        "ValueError: bad row 2",
    ]


def test_causes_come_before_what_they_have_caused() -> None:
    raised = [
        {"exc_type": "LoadError", "exc_value": "no"},
        {"exc_type": "OSError", "is_cause": True},
    ]
    row = {"event": "failed", "timestamp": "2026-11-23T13:25:06Z", "error_detail": raised}
    assert boom([row])[0].message == "failed\nOSError\nLoadError: no"


def test_a_line_without_a_time_has_that_of_the_one_before() -> None:
    first = {"event": "one", "timestamp": "2026-11-23T13:25:06Z"}
    events = boom([first, "two", {"event": "three", "timestamp": "2026-11-23T13:25:05Z"}])
    assert [event.message for event in events] == ["one", "two", "three"]
    assert len({event.at for event in events}) == 1


def test_states_stand_where_they_were_entered() -> None:
    found = sorted(states_of(look()))
    assert [(placed.event.step, placed.event.message) for placed in found] == [
        (None, "queued"),
        (None, "running"),
        ("extract", "running"),
        ("extract", "success"),
        ("boom", "running"),
        ("boom", "failed"),
        ("load", "upstream_failed"),
        ("cleanup", "running"),
        ("cleanup", "success"),
        (None, "failed"),
    ]


def test_each_try_has_a_log() -> None:
    chapters = {str(chapter): chapter for chapter in look().chapters}
    assert set(chapters) == {"extract/1", "boom/1", "boom/2", "cleanup/1"}
    assert chapters["boom/1"].last == chapters["boom/2"].first
    assert chapters["boom/2"].last == datetime(2026, 11, 23, 13, 25, 14, 754713, UTC)


@pytest.mark.parametrize(
    "url",
    [
        "http://h:8080",
        "http://h:8080/",
        "http://h:8080/api/v2",
        " http://u:p@h:8080/api/v2/ ",
    ],
)
def test_addresses_with_and_without_the_path_of_the_api(url: str) -> None:
    assert root_of(url).endswith("h:8080")
    assert web_of(url) == "http://h:8080"


@pytest.mark.parametrize("text", ["", "/", "a", "a/", "/b", " / ", "a/ "])
def test_what_names_no_run(text: str) -> None:
    with pytest.raises(NotFound):
        RunName.of(text)


@pytest.mark.parametrize("key", ["a", "a.b", "a[0]", "a[12]", "a[x]", "a[1]b"])
def test_keys_of_steps_are_read_as_they_are_written(key: str) -> None:
    name = StepName.of(key)
    assert str(name) == key
    assert (name.place >= 0) == key.endswith(("[0]", "[12]"))


def test_a_step_that_waits_to_be_tried_again_shows_no_times_of_its_last_try() -> None:
    rows = captured("task_instances_fails_in_middle")["task_instances"]
    rows = [row | {"state": None} for row in rows]
    instances = TASK_INSTANCES.validate_python({"task_instances": rows}).task_instances
    for step in steps_of(instances, [], over=False):
        assert (step.state, step.started_at, step.finished_at) == (State.QUEUED, None, None)


def test_what_answers_to_acts_tell() -> None:
    failed = DAG_RUN.validate_python(captured("cancel_finished"))
    assert (failed.dag_id, failed.state, was_cancelled(failed)) == ("diamond", "failed", False)
    cleared = run_of(DAG_RUN.validate_python(captured("clear_only_failed")), "a", WEB)
    assert (cleared.state, cleared.started_at, cleared.active) == (State.QUEUED, None, True)
    found = TASK_INSTANCES.validate_python(captured("clear_dry_run")).task_instances
    assert [each.task_id for each in found] == ["boom", "load"]
    tries = TASK_INSTANCES.validate_python(captured("tries")).task_instances
    assert [each.try_number for each in tries] == [1, 2]
    growing = LOG.validate_python(captured("log_running"))
    assert growing.continuation_token
    assert [row.event for row in growing.content] == ["tick 5", "tick 6", "tick 7"]


def test_of_a_task_that_was_tried_without_end_the_newest_tries_are_told() -> None:
    page = captured("task_instances_fails_in_middle")
    row = page["task_instances"][0] | {"try_number": 10**9, "state": "failed"}
    tasks = TASK_INSTANCES.validate_python({"task_instances": [row]}).task_instances
    numbers = [chapter.number for chapter in Look(NOW, told(), tasks).chapters]
    assert numbers == list(range(10**9 - MOST_TRIES, 10**9 + 1))


def test_a_log_that_is_told_whole_again_goes_on_behind_what_came() -> None:
    rows = LOG.validate_python(captured("log_json")).content
    lines = Lines(Chapter(StepName("boom"), 1, LONG_AGO, None))
    first = lines.take(rows[:7])
    assert lines.take(rows[:7]) == lines.take(rows[3:7]) == []
    rest = lines.take(rows[3:])
    ids = [placed.event.id for placed in (*first, *rest)]
    assert ids == [f"boom/1#{number}" for number in range(1, 9)]


def test_lines_without_a_time_that_are_told_whole_again_come_once() -> None:
    rows = LOG.validate_python({"content": ["one", "two", "two"]}).content
    lines = Lines(Chapter(StepName("boom"), 1, LONG_AGO, None))
    first = lines.take(rows[:2], whole=True)
    rest = [*lines.take(rows[:2], whole=True), *lines.take(rows, whole=True)]
    assert [placed.event.message for placed in (*first, *rest)] == ["one", "two", "two"]
    assert lines.take(rows[:1], whole=False)
