from collections.abc import Sequence

import pytest
from hypothesis import given, settings

from runs_tui.model.folding import LEAST, MOST_TELLING, TOLD, Folding, fold, stem, tally, telling
from runs_tui.model.plan import Plan
from runs_tui.model.run import Step
from runs_tui.model.state import State
from tests.model.plans import ANY_GRAPH, mapped, step, with_groups


def folded(steps: Sequence[Step]) -> Folding:
    return fold(Plan.of(steps))


def test_forty_mapped_tasks_are_one_step() -> None:
    steps = [step("plan"), *mapped(40, "plan"), step("join", *(f"process-{n}" for n in range(40)))]
    folding = folded(steps)
    (group,) = folding.groups.values()
    assert (group.name, len(group.steps)) == ("process", 40)
    assert [row.prefix + row.step.name for row in folding.plan.rows] == [
        "plan",
        "└ process",
        "  └ join",
    ]
    assert folding.plan.steps["join"].depends_on == (group.key,)


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("resize-image-12", "resize-image-*"),
        ("process[3]", "process*"),
        ("test (3.11, ubuntu)", "test*"),
        ("shard-3-load", "shard-*-load"),
        ("process-3f2", "process-*"),
        ("process-abc", "process-*"),
        ("process-123", "process-*"),
        ("test-api", "test-api"),
        ("load", "load"),
        ("7", "*"),
        ("", ""),
    ],
)
def test_what_may_be_an_index_is_left_out_of_a_name(name: str, bare: str) -> None:
    assert stem(name) == bare


def test_the_name_of_a_group_ends_before_every_index() -> None:
    (group,) = folded([step(f"resize-image-{n}-e{n}8") for n in range(4)]).groups.values()
    assert group.name == "resize-image"


def test_few_steps_are_not_folded() -> None:
    assert not folded(mapped(LEAST - 1)).groups
    assert folded(mapped(LEAST)).groups


def test_steps_that_differ_in_parents_or_children_are_not_alike() -> None:
    assert not folded([step("a"), *mapped(2, "a"), *mapped(4, name="process-x")[:2]]).groups
    last = [*mapped(LEAST), step("after", "process-0")]
    assert not folded(last).groups


def test_alike_steps_are_folded_with_their_parts() -> None:
    jobs = [step(str(n), name=f"test ({n})") for n in range(6)]
    parts = [step(f"{n}/{part}", str(n), name=part) for n in range(6) for part in ("set up", "run")]
    odd = step("0/9", "0", name="upload")
    folding = folded([*jobs, *parts, odd, step("join", *(str(n) for n in range(6)))])
    assert [(group.name, len(group.steps)) for group in folding.groups.values()] == [
        ("test", 6),
        ("set up", 6),
        ("run", 6),
    ]
    assert sorted(row.prefix + row.step.name for row in folding.plan.rows) == [
        "test",
        "└ join",
        "├ run",
        "├ set up",
        "├ upload",
    ]


def test_steps_of_one_name_are_alike() -> None:
    (group,) = folded([step(str(n), name="extract") for n in range(4)]).groups.values()
    assert group.name == "extract"


def test_the_attempts_of_one_thing_are_not_folded() -> None:
    tries = [step(str(n), name=f"attempt {n}", attempt=n) for n in range(1, 7)]
    assert not folded(tries).groups
    assert folded([step(str(n), name=f"map {n}", attempt=1) for n in range(6)]).groups


def test_steps_that_wait_for_themselves_are_not_folded() -> None:
    assert not folded([step(f"p{n}", *(f"p{m}" for m in range(5))) for n in range(5)]).groups


def test_a_group_tells_the_worst_and_the_first_error() -> None:
    running = [step(f"process-{n}", state=State.RUNNING, start=2) for n in (97, 98)]
    broken = step("process-99", state=State.FAILED, error="HTTP 502", start=3, end=9)
    folding = folded([*mapped(6), *running, broken])
    (group,) = folding.groups.values()
    stand_in = folding.plan.steps[group.key]
    assert (stand_in.state, stand_in.error) == (State.FAILED, "HTTP 502")
    assert stand_in.finished_at is None
    assert tally(group.steps) == [(State.SUCCEEDED, 6), (State.RUNNING, 2), (State.FAILED, 1)]


def test_no_step_has_the_key_of_a_group() -> None:
    folding = folded([*mapped(5), step("×process-0"), step("××process-0")])
    (key,) = folding.groups
    assert key == "×××process-0"


def test_every_state_is_counted_and_weighed() -> None:
    assert set(MOST_TELLING) == set(TOLD) == set(State)
    assert telling([step("a"), step("b", state=State.QUEUED)]) is State.QUEUED


@given(ANY_GRAPH | with_groups())
@settings(max_examples=200, deadline=None)
def test_folding_loses_no_step_and_keeps_every_dependency(steps: Sequence[Step]) -> None:
    plan = Plan.of(steps)
    folding = fold(plan)
    inside = [told for group in folding.groups.values() for told in group.steps]
    outside = [told.key for told in folding.plan.steps.values() if told.key in plan.steps]
    assert sorted([*outside, *(told.key for told in inside)]) == sorted(plan.steps)
    assert all(len(group.steps) >= LEAST for group in folding.groups.values())
    for key, told in plan.steps.items():
        line = folding.plan.steps[folding.group_of.get(key, key)]
        assert {folding.group_of.get(p, p) for p in told.depends_on} == set(line.depends_on)


@given(with_groups())
@settings(max_examples=100, deadline=None)
def test_folding_closes_no_circle(steps: Sequence[Step]) -> None:
    assert not any(row.in_cycle for row in fold(Plan.of(steps)).plan.rows)
