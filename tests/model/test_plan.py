from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from runs_tui.model.plan import Plan, PlanRow
from runs_tui.model.run import Step
from runs_tui.model.state import State

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
KEYS = "abcdefgh"


def step(key: str, *parents: str, state: State = State.QUEUED, name: str = "") -> Step:
    return Step(key=key, name=name or key, state=state, depends_on=parents)


def drawn(*steps: Step) -> list[str]:
    return [row.prefix + row.step.key for row in Plan.of(steps).rows]


def row_of(key: str, *steps: Step) -> PlanRow:
    return next(row for row in Plan.of(steps).rows if row.step.key == key)


def test_no_steps() -> None:
    assert Plan.of([]).rows == Plan().rows == ()
    assert Plan.of([]).steps == Plan().steps == {}
    assert Plan().failed == ()


def test_a_pipeline_and_its_branches() -> None:
    steps = [step("archive", "load"), step("extract"), step("clean", "extract")]
    assert drawn(*steps, step("load", "extract"), step("tell", "archive"), step("lint")) == [
        "extract",
        "├ clean",
        "└ load",
        "  └ archive",
        "    └ tell",
        "lint",
    ]


def test_the_line_of_a_branch_goes_on_past_what_stands_under_it() -> None:
    assert drawn(step("a"), step("b", "a"), step("c", "b"), step("d", "a")) == [
        "a",
        "├ b",
        "│ └ c",
        "└ d",
    ]


def test_a_step_stands_under_the_last_of_its_parents() -> None:
    steps = [step("join", "left", "right"), step("left"), step("right")]
    assert drawn(*steps) == ["left", "right", "└ join"]
    row = row_of("join", *steps)
    assert (row.parent, row.others, row.missing) == ("right", ("left",), ())


def test_a_diamond() -> None:
    steps = [step("a"), step("b", "a"), step("c", "a"), step("d", "b", "c")]
    assert drawn(*steps) == ["a", "├ b", "└ c", "  └ d"]


def test_parents_that_nobody_told_of_are_named() -> None:
    row = row_of("a", step("a", "ghost", "b", "ghost"), step("b"))
    assert (row.parent, row.others, row.missing) == ("b", (), ("ghost",))
    assert drawn(step("a", "ghost")) == ["a"]


def test_of_two_steps_with_one_key_the_last_told_counts() -> None:
    plan = Plan.of([step("a", name="old"), step("b", "a"), step("a", name="new")])
    assert [row.step.name for row in plan.rows] == ["new", "b"]
    assert plan.steps["a"].name == "new"


def test_a_step_that_waits_for_itself() -> None:
    row = row_of("a", step("a", "a"), step("b", "a"))
    assert (row.parent, row.depth, row.in_cycle) == (None, 0, True)
    assert drawn(step("a", "a"), step("b", "a")) == ["a", "└ b"]


def test_a_circle_is_cut_at_the_first_of_its_steps() -> None:
    steps = [step("a", "c"), step("b", "a"), step("c", "b")]
    assert drawn(*steps) == ["a", "└ b", "  └ c"]
    assert [row.in_cycle for row in Plan.of(steps).rows] == [True, False, False]


def test_a_step_below_a_circle_is_not_blamed_for_it() -> None:
    steps = [step("after", "b"), step("b", "c"), step("c", "b"), step("last", "after")]
    assert [row.step.key for row in Plan.of(steps).rows if row.in_cycle] == ["b"]
    assert drawn(*steps) == ["b", "├ after", "│ └ last", "└ c"]


def test_a_circle_waits_for_the_circle_above_it() -> None:
    steps = [step("c", "d", "b"), step("d", "c"), step("a", "b"), step("b", "a")]
    keys = [row.step.key for row in Plan.of(steps).rows]
    assert keys.index("b") < keys.index("c")
    assert sum(row.in_cycle for row in Plan.of(steps).rows) == 2


@pytest.mark.parametrize("order", [1, -1])
def test_a_chain_of_thousands_of_steps(order: int) -> None:
    chain = [step("0"), *(step(str(n), str(n - 1)) for n in range(1, 5000))]
    plan = Plan.of(chain[::order])
    assert [row.step.key for row in plan.rows] == [str(n) for n in range(5000)]
    assert plan.rows[-1].depth == 4999


@pytest.mark.parametrize("order", [1, -1])
def test_a_circle_of_thousands_of_steps(order: int) -> None:
    circle = [step(str(n), str((n - 1) % 3000)) for n in range(3000)]
    plan = Plan.of(circle[::order])
    assert len(plan.rows) == 3000
    assert sum(row.in_cycle for row in plan.rows) == 1


@pytest.mark.parametrize("order", [1, -1])
def test_a_chain_below_a_circle_is_cut_once(order: int) -> None:
    chain = [step("0", "1"), *(step(str(n), str(n - 1)) for n in range(1, 3000))]
    cut = [row.step.key for row in Plan.of(chain[::order]).rows if row.in_cycle]
    assert len(cut) == 1
    assert cut[0] in {"0", "1"}


PARENTS = st.lists(st.sampled_from([*KEYS, "ghost"]), max_size=4).map(tuple)
GRAPHS = st.lists(
    st.builds(
        Step,
        key=st.sampled_from(KEYS),
        name=st.just("step"),
        state=st.sampled_from(State),
        depends_on=PARENTS,
        finished_at=st.none() | st.integers(0, 5).map(lambda n: NOW + timedelta(seconds=n)),
    ),
    max_size=10,
)


def ancestors(key: str, steps: dict[str, Step]) -> set[str]:
    """Give the keys of all that a step depends on, itself included where there is a circle."""
    above: set[str] = set()
    waiting = [key]
    while waiting:
        for parent in steps[waiting.pop()].depends_on:
            if parent in steps and parent not in above:
                above.add(parent)
                waiting.append(parent)
    return above


@given(GRAPHS)
@example([step("a", "b"), step("b", "c"), step("c", "b")])
@settings(max_examples=100, deadline=None)
def test_every_step_stands_once_and_after_its_parents(steps: Sequence[Step]) -> None:
    known = {step.key: step for step in steps}
    rows = Plan.of(steps).rows
    places = {row.step.key: place for place, row in enumerate(rows)}
    assert [row.step for row in rows] == [known[key] for key in places]
    assert places.keys() == known.keys()
    for key, place in places.items():
        for parent in known[key].depends_on:
            if parent in known and key not in ancestors(parent, known):
                assert places[parent] < place


@given(GRAPHS)
@settings(max_examples=100, deadline=None)
def test_a_circle_is_cut_and_nothing_else(steps: Sequence[Step]) -> None:
    known = {step.key: step for step in steps}
    cut = {row.step.key for row in Plan.of(steps).rows if row.in_cycle}
    assert all(key in ancestors(key, known) for key in cut)
    rest = {key: step for key, step in known.items() if key not in cut}
    assert not any(key in ancestors(key, rest) for key in rest)


@given(GRAPHS)
@settings(max_examples=100, deadline=None)
def test_the_lines_of_the_tree_tell_the_parents(steps: Sequence[Step]) -> None:
    rows = Plan.of(steps).rows
    line: list[PlanRow] = []
    for place, row in enumerate(rows):
        assert len(row.prefix) == 2 * row.depth
        assert row.depth <= len(line)
        line = [*line[: row.depth], row]
        assert row.parent == (line[-2].step.key if row.depth else None)
        told = {row.parent, *row.others, *row.missing} - {None}
        assert told == set(row.step.depends_on)
        if row.depth:
            later = [other.depth for other in rows[place + 1 :]]
            siblings = next((depth for depth in later if depth <= row.depth), -1) == row.depth
            assert row.prefix.endswith("├ " if siblings else "└ ")


@given(GRAPHS)
@settings(max_examples=100, deadline=None)
def test_the_order_of_a_plan_is_the_same_for_the_same_steps(steps: Sequence[Step]) -> None:
    assert Plan.of(steps) == Plan.of(list(steps))
    again = Plan.of(row.step for row in Plan.of(steps).rows)
    assert again.steps == Plan.of(steps).steps


@pytest.mark.parametrize("state", State)
def test_a_step_waits_for_parents_that_have_not_succeeded(state: State) -> None:
    plan = Plan.of([step("a", state=state), step("b", "a", "ghost")])
    done = state in (State.SUCCEEDED, State.SKIPPED)
    assert plan.waits_for("b") == (() if done else ("a",))


@given(GRAPHS)
@settings(max_examples=100, deadline=None)
def test_the_first_to_fail_is_told_first(steps: Sequence[Step]) -> None:
    plan = Plan.of(steps)
    failed = plan.failed
    assert {step.key for step in failed} == {
        key for key, step in plan.steps.items() if step.state is State.FAILED
    }
    ends = [step.finished_at for step in failed]
    known = [end for end in ends if end is not None]
    assert known == sorted(known)
    assert ends[: len(known)] == known
