"""Why a run failed: which step, what it blocked, its attempts, and the runs that failed so too."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs_tui.model.alike import alike
from runs_tui.model.feed import Feed
from runs_tui.model.plan import Plan
from runs_tui.model.run import Event, Run, Step
from runs_tui.model.signature import signature
from runs_tui.model.state import State
from runs_tui.model.tries import tries
from runs_tui.model.why import Why, blocked_by, first_failed, has_failed, why
from tests.model.test_signature import MESSY, pairs

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """Give an instant after nine o'clock."""
    return datetime(2026, 11, 2, 9, 0, tzinfo=UTC) + timedelta(minutes=minutes)


def run_of(id: str = "1", **told: Any) -> Run:
    usual: dict[str, Any] = {
        "source": "prod",
        "workflow_name": "etl",
        "state": State.FAILED,
        "created_at": at(0),
        "finished_at": at(20),
    }
    return Run(id=id, **usual | told)


def step_of(key: str, state: State = State.SUCCEEDED, *after: str, **told: Any) -> Step:
    if state not in (State.SKIPPED, State.QUEUED):
        told = {"started_at": at(1), "finished_at": at(2), **told}
    return Step(key=key, name=key.upper(), state=state, depends_on=after, **told)


def why_of(*steps: Step, run: Run | None = None, feed: Feed | None = None, runs: Any = ()) -> Why:
    return why(run or run_of(), Plan.of(steps), feed or Feed(), runs, NOW)


# The step


def test_the_parts_of_a_failed_step_are_neither_others_nor_blocked() -> None:
    told = why_of(
        step_of("job", State.FAILED, finished_at=at(5)),
        step_of("job/1", State.FAILED, "job", finished_at=at(5)),
        step_of("job/2", State.SKIPPED, "job"),
        step_of("other", State.FAILED, finished_at=at(6)),
        step_of("other/1", State.FAILED, "other", finished_at=at(6)),
        step_of("after", State.SKIPPED, "job"),
    )
    assert told.step is not None
    assert told.step.key == "job"
    assert [step.key for step in told.also] == ["other"]
    assert [step.key for step in told.blocked] == ["after"]


def test_the_first_to_fail_is_named_though_it_was_told_last() -> None:
    told = why_of(
        step_of("late", State.FAILED, finished_at=at(9)),
        step_of("early", State.FAILED, finished_at=at(5), error="it broke"),
        run=run_of(error="a step failed"),
    )

    assert told.step is not None
    assert (told.step.key, told.error) == ("early", "it broke")
    assert [step.key for step in told.also] == ["late"]


def test_a_step_that_failed_because_of_another_one_is_not_the_first() -> None:
    told = why_of(
        step_of("cause", State.FAILED, finished_at=at(9)),
        step_of("between", State.SKIPPED, "cause"),
        step_of("follower", State.FAILED, "between", finished_at=at(5)),
    )

    assert told.step is not None
    assert told.step.key == "cause"
    assert [step.key for step in told.also] == ["follower"]


def test_where_failed_steps_form_a_circle_the_earliest_is_named() -> None:
    told = why_of(
        step_of("a", State.FAILED, "b", finished_at=at(9)),
        step_of("b", State.FAILED, "a", finished_at=at(5)),
    )

    assert told.step is not None
    assert told.step.key == "b"


def test_a_run_that_goes_on_is_explained_once_a_step_has_failed() -> None:
    run = run_of(state=State.RUNNING, finished_at=None)
    steps = [
        step_of("load", State.FAILED, error="disk full"),
        step_of("other", State.RUNNING, finished_at=None),
        step_of("next", State.QUEUED, "load"),
    ]
    told = why_of(*steps, run=run)

    assert has_failed(run, Plan.of(steps))
    assert not has_failed(run, Plan.of(steps[1:]))
    assert not has_failed(run, None)
    assert told.error == "disk full"
    assert [step.key for step in told.blocked] == ["next"]
    assert told.broken_off == ()


def test_a_run_that_was_cancelled_tells_what_was_broken_off() -> None:
    told = why_of(
        step_of("done"),
        step_of("load", State.CANCELLED, "done"),
        step_of("next", State.CANCELLED, "load", started_at=None, finished_at=None),
        run=run_of(state=State.CANCELLED, reason="cancelled by dana"),
    )

    assert (told.step, told.error) == (None, "cancelled by dana")
    assert [step.key for step in told.broken_off] == ["load"]


def test_a_run_without_steps_is_explained_by_its_own_error() -> None:
    told = why_of(run=run_of(error="timed out"))

    assert (told.step, told.error, told.blocked, told.tries) == (None, "timed out", (), ())


# What it blocked


def test_what_comes_after_it_and_never_started_was_blocked() -> None:
    told = why_of(
        step_of("load", State.FAILED),
        step_of("skipped", State.SKIPPED, "load"),
        step_of("far", State.QUEUED, "skipped"),
        step_of("cleanup", State.SUCCEEDED, "load"),
        step_of("elsewhere", State.SKIPPED),
    )

    assert [step.key for step in told.blocked] == ["skipped", "far"]


def test_without_an_order_all_that_never_started_is_named_once_the_run_is_over() -> None:
    steps = [step_of("load", State.FAILED), step_of("next", State.QUEUED)]

    assert [step.key for step in why_of(*steps).blocked] == ["next"]
    assert why_of(*steps, run=run_of(state=State.RUNNING)).blocked == ()


KEYS = "abcdef"
GRAPHS = st.lists(
    st.builds(
        lambda key, state, after, end: step_of(key, state, *after, finished_at=at(end)),
        st.sampled_from(KEYS),
        st.sampled_from([State.FAILED, State.SUCCEEDED, State.SKIPPED, State.QUEUED]),
        st.lists(st.sampled_from(KEYS), max_size=3),
        st.integers(1, 5),
    ),
    unique_by=lambda step: step.key,
)


def comes_after(plan: Plan, key: str) -> set[str]:
    """Give all that comes after a step, by asking of each step until nothing changes."""
    found: set[str] = set()
    while True:
        more = {
            step.key
            for step in plan.steps.values()
            if ({key} | found) & set(step.depends_on) and step.key not in found
        }
        if not more:
            return found
        found |= more


@given(GRAPHS)
def test_the_first_failed_comes_after_no_other_and_is_the_earliest_of_those(
    steps: list[Step],
) -> None:
    plan = Plan.of(steps)
    failed = [step for step in steps if step.state is State.FAILED]
    found = first_failed(plan)
    after = {key for step in failed for key in comes_after(plan, step.key)}
    causes = [step for step in failed if step.key not in after] or failed

    assert (found is None) == (not failed)
    if found is not None:
        ends = [step.finished_at for step in causes if step.finished_at]
        assert found in causes
        assert found.finished_at == min(ends)
        blocked = blocked_by(plan, found, run_of())
        if any(step.depends_on for step in steps):
            below = comes_after(plan, found.key)
            assert {step.key for step in blocked} == {
                step.key for step in steps if step.started_at is None and step.key in below
            }


# Its attempts


def states(*told: tuple[State, float]) -> Feed:
    feed = Feed()
    feed.add(Event(step="load", kind="state", state=state, at=at(when)) for state, when in told)
    return feed


def test_the_attempts_are_read_from_the_changes_of_its_state() -> None:
    feed = states(
        (State.QUEUED, 0),
        (State.RUNNING, 1),
        (State.FAILED, 2),
        (State.QUEUED, 3),
        (State.RUNNING, 4),
        (State.WAITING, 5),
        (State.RUNNING, 6),
        (State.FAILED, 7),
    )
    load = step_of("load", State.FAILED, attempt=3, started_at=at(6), finished_at=at(7))
    told = why_of(load, feed=feed).tries

    assert [(a.number, a.started_at, a.finished_at, a.failed) for a in told] == [
        (1, at(1), at(2), True),
        (2, at(4), at(5), True),
        (3, at(6), at(7), True),
    ]


def test_attempts_that_nobody_told_of_are_not_made_up() -> None:
    load = step_of("load", State.FAILED, attempt=3, started_at=at(6), finished_at=at(7))

    assert [a.number for a in tries(load, states((State.FAILED, 5), (State.FAILED, 7)))] == [2, 3]
    assert [(a.number, a.finished_at) for a in tries(load, ())] == [(3, at(7))]


def test_an_attempt_that_goes_on_has_no_end_and_did_not_fail() -> None:
    load = step_of("load", State.RUNNING, attempt=2, started_at=at(4), finished_at=None)
    told = tries(load, states((State.RUNNING, 1), (State.FAILED, 2), (State.RUNNING, 4)))

    assert [(a.finished_at, a.failed) for a in told] == [(at(2), True), (None, False)]


# The lines before it failed


def lines(*texts: str, step: str | None = "load", level: str = "info", when: float = 1) -> Feed:
    return written(Feed(), *texts, step=step, level=level, when=when)


def test_a_failure_that_is_told_in_many_lines_is_one() -> None:
    feed = states((State.RUNNING, 1))
    told = "it failed\n  in one place\n  and in another"
    feed.add([Event(step="load", kind="state", message=told, state=State.FAILED, at=at(2))])
    load = step_of("load", State.FAILED, finished_at=at(2))
    assert [each.number for each in tries(load, feed)] == [1]


def written(
    feed: Feed, *texts: str, step: str | None = "load", level: str = "info", when: float = 1
) -> Feed:
    feed.add(Event(message=text, step=step, level=level, at=at(when)) for text in texts)
    return feed


FAILED = step_of("load", State.FAILED)


def excerpt_of(feed: Feed, step: Step = FAILED) -> list[str]:
    return [line.text for line in why_of(step, feed=feed).excerpt.lines]


def test_the_last_lines_of_the_step_up_to_its_end_are_given() -> None:
    feed = lines(*(f"line {n}" for n in range(20)))
    written(feed, "elsewhere", step="other")
    written(feed, "after its end", when=3)
    feed.add([Event(step="load", kind="state", state=State.FAILED, message="load failed")])

    assert excerpt_of(feed) == [f"line {n}" for n in range(12, 20)]


def test_a_step_that_wrote_nothing_is_told_by_the_lines_of_the_run() -> None:
    told = why_of(FAILED, feed=lines("by the engine", step=None)).excerpt

    assert (told.step, [line.text for line in told.lines]) == (None, ["by the engine"])


@pytest.mark.parametrize("together", [True, False])
def test_a_stack_trace_is_given_whole(together: bool) -> None:
    trace = ["Traceback (most recent call last):", *(f"  frame {n}" for n in range(10)), "KeyError"]
    feed = lines(*(f"line {n}" for n in range(20)))
    written(feed, *(["\n".join(trace)] if together else trace), level="error")

    assert excerpt_of(feed) == trace


def test_of_a_very_long_stack_trace_the_end_is_given() -> None:
    trace = ["Traceback (most recent call last):", *(f"  frame {n}" for n in range(99)), "KeyError"]

    assert excerpt_of(lines("\n".join(trace), level="error")) == trace[-15:]


def test_an_error_further_up_is_kept_with_what_was_left_out_counted() -> None:
    feed = lines("starting", "the cause\n  at Loader", level="error")
    written(feed, *(f"line {n}" for n in range(20)))
    told = why_of(FAILED, feed=feed).excerpt

    assert [line.text for line in told.lines] == [
        "the cause",
        "  at Loader",
        *(f"line {n}" for n in range(12, 20)),
    ]
    assert (told.hole, told.left_out) == (2, 12)


# The runs that failed so too


def test_runs_with_an_error_of_that_kind_are_counted() -> None:
    runs = [
        run_of("2", error="timed out after 3 s", finished_at=at(10)),
        run_of("3", error="timed out after 99 s", workflow_name="invoices", finished_at=at(5)),
        run_of("4", error="Timed out after 2m 10s", source="stage", finished_at=at(7)),
        run_of("5", error="disk full"),
        run_of("6", error=None),
        run_of("7", error="timed out after 3 s", finished_at=NOW - timedelta(hours=25)),
        run_of("8", error="timed out after 3 s", state=State.CANCELLED),
    ]
    me = run_of("1", error="timed out after 7 s")
    told = alike(me, None, [me, *runs], NOW)

    assert told is not None
    assert str(told.query) == 'state:failed error:"timed out after *"'
    assert (told.runs, told.among) == (3, 5)
    assert list(told.workflows.items()) == [("etl", 2), ("invoices", 1)]
    assert told.sources == ("prod", "stage")
    assert (told.first, told.last) == (at(5), at(10))


def test_an_error_that_quotes_the_one_of_the_step_is_compared_by_that() -> None:
    me = run_of("1", error='Step "Load" failed: HTTP 502 from api.example')
    step = step_of("load", State.FAILED, error="HTTP 502 from api.example")
    other = run_of("2", error='Step "Sync" failed: HTTP 502 from api.example')
    told = alike(me, step, [me, other], NOW)

    assert told is not None
    assert (told.runs, str(told.query)) == (1, 'state:failed error:"*HTTP 502 from api.example"')


def test_what_was_only_concluded_of_a_step_is_not_compared_where_the_run_says_nothing() -> None:
    told, guessed = (
        step_of("load", State.FAILED, error="it was the last to run", derived=frozenset(derived))
        for derived in ((), {"error"})
    )
    others = [run_of("2", error="it was the last to run")]

    assert getattr(alike(run_of("1"), told, others, NOW), "runs", None) == 1
    assert alike(run_of("1"), guessed, others, NOW) is None


@pytest.mark.parametrize("error", [None, "", "17", "failed", "Error", "* * 3"])
def test_an_error_that_says_nothing_is_not_compared(error: str | None) -> None:
    assert alike(run_of(error=error), None, [run_of("2", error=error)], NOW) is None


@given(pairs())
def test_errors_of_one_signature_are_alike(errors: tuple[str, str]) -> None:
    one, other = errors
    told = alike(run_of("1", error=one), None, [run_of("2", error=other)], NOW)

    assert signature(one) == signature(other)
    assert told is None or told.runs == 1


@given(MESSY, MESSY)
def test_what_is_counted_is_what_the_filter_lists(one: str, other: str) -> None:
    me, step = run_of("1", error=one + other), step_of("load", State.FAILED, error=other)
    others = [run_of("2", error=one), run_of("3", error=other), run_of("4", error=one + other)]
    told = alike(me, step, others, NOW)

    if told is not None:
        listed = told.query.predicate(NOW)
        assert told.runs == sum(listed(run) for run in others) >= 1
        assert listed(me)


def test_the_last_good_run_of_the_same_workflow_and_source_is_told() -> None:
    good = {"state": State.SUCCEEDED}
    runs = [
        run_of("later", created_at=at(9), **good),
        run_of("1", created_at=at(8)),
        run_of("elsewhere", created_at=at(7), source="stage", **good),
        run_of("other", created_at=at(6), workflow_name="invoices", **good),
        run_of("last", created_at=at(5), **good),
        run_of("before", created_at=at(4), **good),
    ]
    told = why_of(run=runs[1], runs=runs)

    assert told.good is not None
    assert told.good.id == "last"
    assert why_of(run=runs[1], runs=runs[:4]).good is None
