from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runs_tui.model.phases import TICKS, Axis, Phase, phases
from runs_tui.model.plan import Plan
from runs_tui.model.run import Run, Step
from runs_tui.model.state import State
from tests.model.plans import ANY_GRAPH, START, at, step

ZERO = START.timestamp()


def run(state: State = State.SUCCEEDED, **told: Any) -> Run:
    return Run(source="prod", id="1", state=state, started_at=told.pop("start", START), **told)


def told(key: str, *steps: Step, now: float = 60) -> list[tuple[str, float, float]]:
    plan = Plan.of(steps)
    found = phases(plan, plan.steps[key], at(now))
    return [(stretch.phase, stretch.start - ZERO, stretch.end - ZERO) for stretch in found]


def test_a_step_waits_from_the_end_of_its_last_parent() -> None:
    steps = [step("a", start=0, end=5), step("b", start=0, end=9)]
    assert told("c", *steps, step("c", "a", "b", start=12, end=20)) == [
        (Phase.QUEUED, 9, 12),
        (Phase.RUNNING, 12, 20),
    ]


def test_a_step_waits_from_when_it_came_to_be() -> None:
    assert told("a", step("a", start=12, end=20, created_at=at(3)))[0] == (Phase.QUEUED, 3, 12)
    parent = step("a", start=0, end=5)
    child = step("b", "a", start=12, end=20, created_at=at(1))
    assert told("b", parent, child)[0] == (Phase.QUEUED, 5, 12)


def test_a_step_whose_parents_go_on_does_not_queue_yet() -> None:
    parent = step("a", state=State.RUNNING, start=0)
    assert told("b", parent, step("b", "a", state=State.QUEUED, created_at=at(0))) == []


def test_what_goes_on_lasts_until_now() -> None:
    parent = step("a", start=0, end=5)
    assert told("b", parent, step("b", "a", state=State.QUEUED)) == [(Phase.QUEUED, 5, 60)]
    assert told("a", step("a", state=State.RUNNING, start=40)) == [(Phase.RUNNING, 40, 60)]


def test_several_attempts_are_told_apart() -> None:
    assert told("a", step("a", start=1, end=2, attempt=3)) == [(Phase.RETRIED, 1, 2)]
    assert told("a", step("a", start=1, end=2, attempt=1)) == [(Phase.RUNNING, 1, 2)]


def test_an_axis_goes_from_the_first_start_to_the_last_end() -> None:
    steps = [step("a", start=-5, end=5), step("b", start=0, end=70)]
    assert Axis.of(run(finished_at=at(60)), steps, at(900)) == Axis(ZERO - 5, ZERO + 70)
    assert Axis.of(run(State.RUNNING), steps, at(90)) == Axis(ZERO - 5, ZERO + 90)
    assert Axis.of(run(start=None), [], at(90)).seconds > 0


def test_the_cell_of_an_instant() -> None:
    axis = Axis(0, 100)
    assert [axis.cell(instant, 50) for instant in (-9, 0, 49, 99.9, 100, 500)] == [
        *(0, 0, 24, 49, 50, 50)
    ]


def test_ticks_are_round_and_apart() -> None:
    assert Axis(0, 120).ticks(60, 10) == [(0, 0), (15, 30), (30, 60), (45, 90), (60, 120)]


@given(st.floats(0.001, 1e12), st.integers(1, 300), st.integers(3, 20))
def test_any_axis_has_ticks_apart(seconds: float, width: int, apart: int) -> None:
    ticks = Axis(0, seconds).ticks(width, apart)
    cells = [cell for cell, _ in ticks]
    assert ticks[0] == (0, 0)
    assert all(0 <= cell <= width for cell in cells)
    assert all(after - before >= apart - 1 for before, after in pairwise(cells))
    assert len(ticks) > 1 or width < 2 * apart or seconds < TICKS[0] * 2


@given(st.floats(0.001, 1e9))
def test_room_is_left_and_is_not_too_large(elapsed: float) -> None:
    axis = Axis(0, elapsed).with_room()
    assert elapsed < axis.end <= max(10, elapsed * 1.51)


@pytest.mark.parametrize("second", [10.5, 12, 14.9])
def test_an_axis_with_room_stands_still_while_time_passes(second: float) -> None:
    assert Axis(0, second).with_room() == Axis(0, 15)


@given(ANY_GRAPH)
@settings(max_examples=200, deadline=None)
def test_stretches_follow_one_another(steps: list[Step]) -> None:
    plan = Plan.of(steps)
    for known in plan.steps.values():
        found = list(phases(plan, known, at(60)))
        assert all(stretch.start <= stretch.end for stretch in found)
        assert all(a.end <= b.start for a, b in pairwise(found))
