from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from runs_tui.model.diff import Diff
from runs_tui.model.fact_diff import fact_diffs
from runs_tui.model.plan import Plan
from runs_tui.model.run import Run, Step
from runs_tui.model.state import State
from runs_tui.model.step_diff import StepDiff
from runs_tui.model.step_pairs import pairs

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
START = NOW - timedelta(hours=1)


def run(seconds: float = 60, state: State = State.SUCCEEDED, **more: Any) -> Run:
    told = {
        "source": "prod",
        "id": "r1",
        "workflow_name": "etl",
        "started_at": START,
        "finished_at": START + timedelta(seconds=seconds),
    }
    return Run(**{"state": state, **told, **more})


def step(key: str, seconds: float | None = 10, state: State = State.SUCCEEDED, **more: Any) -> Step:
    return Step(**{"key": key, "name": key, "state": state, "took": seconds, **more})


def held(
    before: list[Step], after: list[Step], one: Run | None = None, two: Run | None = None
) -> Diff:
    return Diff.of(one or run(), Plan.of(before), two or run(), Plan.of(after), NOW)


def named(before: list[Step], after: list[Step]) -> list[tuple[str | None, str | None]]:
    return [
        (one.key if one else None, two.key if two else None) for one, two in pairs(before, after)
    ]


# Which step is which


def test_steps_of_one_key_are_one() -> None:
    told = named([step("a"), step("gone"), step("b")], [step("b"), step("a"), step("new")])
    assert told == [("b", "b"), ("a", "a"), ("gone", None), (None, "new")]


def test_keys_of_one_run_alone_are_passed_over_for_part_and_name() -> None:
    before = [step(f"old-{n}", name=f"item-{n}", part="item-eaac") for n in range(3)]
    after = [step(f"new-{n}", name=f"item-{n}", part="item-eaac") for n in (2, 0, 1)]
    assert named(before, after) == [("old-2", "new-2"), ("old-0", "new-0"), ("old-1", "new-1")]


def test_a_part_is_found_though_its_name_ends_otherwise_each_time() -> None:
    before = [step("1", name="extract-cdb", part="extract-2e"), step("2", name="load-a1f")]
    after = [step("3", name="load-77b"), step("4", name="extract-085", part="extract-2e")]
    assert named(before, after) == [("2", "3"), ("1", "4")]


def test_steps_of_one_name_are_paired_in_order() -> None:
    before = [step("1", name="load"), step("2", name="load")]
    after = [step("3", name="load"), step("4", name="load"), step("5", name="load")]
    assert named(before, after) == [("1", "3"), ("2", "4"), (None, "5")]


STEPS = st.lists(
    st.builds(
        step,
        st.sampled_from("abcdefgh"),
        st.none() | st.floats(0, 1000),
        st.sampled_from(State),
        name=st.sampled_from(["load", "load-1f2", "clean", "item-0", "item-1"]),
        part=st.none() | st.sampled_from(["p", "q"]),
        attempt=st.none() | st.integers(1, 3),
        error=st.none() | st.sampled_from(["HTTP 502", "HTTP 503 from x", "no space left"]),
    ),
    unique_by=lambda step: step.key,
)
RUNS = st.builds(
    run,
    st.floats(0, 1000),
    st.sampled_from(State),
    version=st.none() | st.sampled_from("12"),
    trigger=st.none() | st.sampled_from(["cron", "manual"]),
    details=st.dictionaries(
        st.sampled_from(["parameters", "region", "run_count"]),
        st.recursive(
            st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["1", "x", ""]),
            lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.just("n"), inner),
            max_leaves=4,
        ),
    ),
)


@given(STEPS, STEPS)
def test_every_step_of_both_is_told_once(before: list[Step], after: list[Step]) -> None:
    told = held(before, after).steps
    assert Counter(id(one.before) for one in told if one.before) == Counter(map(id, before))
    assert Counter(id(one.after) for one in told if one.after) == Counter(map(id, after))
    assert all(one.before or one.after for one in told)


@given(RUNS, STEPS)
def test_a_run_differs_in_nothing_from_itself(one: Run, steps: list[Step]) -> None:
    diff = held(steps, steps, one, one)
    assert not diff.changed
    assert not diff.facts
    assert len(diff.unchanged) == len(steps)
    assert not diff.timed
    assert diff.culprit is None


@given(RUNS, STEPS, RUNS, STEPS)
def test_it_is_the_same_from_both_sides(
    one: Run, before: list[Step], two: Run, after: list[Step]
) -> None:
    there, back = held(before, after, one, two), held(after, before, two, one)

    def pair(told: StepDiff) -> tuple[Any, ...]:
        return (*told.key, told.seconds_before, told.seconds_after, told.changed, told.rank)

    def turned(told: StepDiff) -> tuple[Any, ...]:
        return (
            *told.key[::-1], told.seconds_after, told.seconds_before, told.changed, told.rank,
        )  # fmt: skip

    assert sorted(map(str, map(pair, there.steps))) == sorted(map(str, map(turned, back.steps)))
    assert {(f.name, f.before, f.after) for f in there.facts} == {
        (f.name, f.after, f.before) for f in back.facts
    }
    assert there.timed == back.timed


# What comes first


def test_what_failed_comes_first_then_what_is_alone_then_the_largest_change_of_time() -> None:
    before = [step("a", 100), step("b"), step("c", 10), step("d", 10), step("gone"), step("e", 30)]
    after = [
        step("a", 100), step("b", state=State.SKIPPED), step("c", 15), step("d", 90),
        step("e", 30, State.FAILED), step("new", 20),
    ]  # fmt: skip
    diff = held(before, after)
    assert [told.name for told in diff.changed] == ["e", "b", "new", "gone", "d", "c"]
    assert [told.name for told in diff.unchanged] == ["a"]


def test_a_step_that_fails_in_both_is_changed_by_another_error_not_by_another_number() -> None:
    same = [step("a", state=State.FAILED, error="row 17 is bad")]
    assert not held(same, [step("a", state=State.FAILED, error="row 2004 is bad")]).changed
    (told,) = held(same, [step("a", state=State.FAILED, error="no space left")]).changed
    assert told.fails_otherwise


def test_a_difference_of_time_is_told_where_it_matters() -> None:
    def changed(one: float, other: float, whole: float = 60) -> bool:
        diff = held([step("a", one)], [step("a", other)], run(whole), run(whole))
        return bool(diff.changed)

    assert changed(10, 12)
    assert not changed(0.1, 0.9)
    assert not changed(100, 102, 600)
    assert changed(3600, 3780, 4000)
    assert changed(12, 10)


def test_another_number_of_attempts_is_told() -> None:
    (told,) = held([step("a")], [step("a", attempt=3)]).changed
    assert told.tried_otherwise
    assert not held([step("a")], [step("a", attempt=1)]).changed


def test_the_culprit_is_the_step_that_moved_the_most_the_way_the_run_did() -> None:
    before = [step("load", 30), step("clean", 300), step("x", 10)]
    after = [step("load", 260), step("clean", 20), step("x", 40)]
    diff = held(before, after, run(60), run(310))
    assert diff.culprit is not None
    assert diff.culprit.name == "load"
    assert diff.culprit.change == 230
    assert diff.change == 250
    assert diff.timed


def test_what_still_runs_is_taken_as_it_is_now() -> None:
    going = run(state=State.RUNNING, finished_at=None)
    diff = held([], [], run(60), going)
    assert diff.seconds == (60, 3600)


def test_a_step_that_is_not_over_is_told_only_where_it_took_longer_already() -> None:
    before = [step("a", 30), step("b", 30), step("c", 30)]
    begun = [NOW - timedelta(seconds=seconds) for seconds in (10, 90)]
    after = [
        step("a", None, State.RUNNING, started_at=begun[0]),
        step("b", None, State.RUNNING, started_at=begun[1]),
    ]
    going = run(state=State.RUNNING, finished_at=None, started_at=begun[1])
    diff = held(before, after, run(100), going)
    assert [told.name for told in diff.changed] == ["b"]
    assert [told.open for told in diff.unchanged] == [True, True]
    assert not diff.timed
    diff = held(before, after, run(50), going)
    assert diff.timed
    assert [told.name for told in held(before, after, run(100), run(95)).changed][:2] == ["a", "b"]


def test_a_name_is_told_without_the_end_that_each_run_gives_it() -> None:
    before, after = step("1", name="load-a1f", part="load"), step("2", name="load-77b", part="load")
    (told,) = held([before], [after]).steps
    assert told.name == "load"
    assert held([before], [step("1", name="load-a1f")]).steps[0].name == "load-a1f"


# Facts


def facts(before: Run, after: Run) -> list[tuple[str, str | None, str | None]]:
    return [(fact.name, fact.before, fact.after) for fact in fact_diffs(before, after)]


def test_state_version_trigger_and_inputs_are_told_before_the_rest() -> None:
    before = run(
        version="12", trigger="cron", details={"pool": "a", "parameters": {"rows": 5, "deep": [1]}}
    )
    after = run(
        state=State.FAILED,
        version="13",
        error="HTTP 502",
        trigger="cron",
        details={"pool": "b", "parameters": {"rows": "5", "deep": [1, 2], "on": True}},
    )
    assert facts(before, after) == [
        ("state", "succeeded", "failed"),
        ("error", None, "HTTP 502"),
        ("version", "12", "13"),
        ("parameters.rows", "5", '"5"'),
        ("parameters.deep.1", None, "2"),
        ("parameters.on", None, "true"),
        ("pool", "a", "b"),
    ]


def test_what_was_to_be_done_is_told_from_what_came_of_it() -> None:
    before = run(version="1", details={"parameters": {"n": 1}, "exit": 0})
    after = run(version="2", state=State.FAILED, details={"parameters": {"n": 2}, "exit": 1})
    assert {fact.name: fact.cause for fact in fact_diffs(before, after)} == {
        "state": False,
        "version": True,
        "parameters.n": True,
        "exit": False,
    }


def test_ids_times_addresses_and_counters_are_left_out_but_not_among_the_inputs() -> None:
    uuid = "01a20887-8ddd-7e4b-965b-322ac920472{}"
    told = [
        {
            "deployment_id": f"d{n}",
            "nextScheduledStartTime": f"2026-11-0{n}T10:00:00Z",
            "run_count": n,
            "webUrl": f"http://x/{n}",
            "lease": uuid.format(n),
            "seen": f"2026-11-0{n} 10:00:00",
            "parameters": {"customer_id": n},
        }
        for n in (1, 2)
    ]
    assert facts(run(details=told[0]), run(details=told[1])) == [
        ("parameters.customer_id", "1", "2")
    ]


def test_an_error_that_says_the_same_of_another_thing_is_no_difference() -> None:
    one, two = (run(state=State.FAILED, error=f"row {n} is bad") for n in (17, 2004))
    assert facts(one, two) == []


def test_values_without_end_are_held_as_a_whole() -> None:
    deep: Any = "x"
    for _ in range(50):
        deep = {"in": deep}
    wide = {str(n): n for n in range(5000)}
    one = run(details={"parameters": {"deep": deep, "wide": wide}})
    two = run(details={"parameters": {"deep": deep, "wide": {**wide, "4999": -1}}})
    assert len(facts(one, two)) == 1
