from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs_tui.model.expectation import FEWEST, Expectation
from runs_tui.model.run import Run
from runs_tui.model.state import State
from tests.model.plans import at


def ran(seconds: float | None, state: State = State.SUCCEEDED) -> Run:
    return Run(source="prod", id=str(seconds), state=state, started_at=at(0), took=seconds)


def of(*took: float) -> Expectation:
    found = Expectation.of([ran(seconds) for seconds in took])
    assert found is not None
    return found


def test_too_few_runs_tell_nothing() -> None:
    assert Expectation.of([]) is None
    assert Expectation.of([ran(60)] * (FEWEST - 1)) is None
    assert Expectation.of([ran(60)] * FEWEST) is not None


def test_only_runs_that_succeeded_and_told_their_time_count() -> None:
    others = [ran(1, State.FAILED), ran(2, State.CANCELLED), ran(3, State.RUNNING), ran(None)]
    assert Expectation.of([ran(60), ran(70), *others]) is None
    assert of(60, 70, 80).took == (60, 70, 80)


def test_the_usual_is_the_median_and_the_longest_leaves_out_five_of_a_hundred() -> None:
    expectation = of(*range(1, 102))
    assert expectation.usual == 51
    assert expectation.longest == pytest.approx(96)


def test_a_run_is_late_only_beyond_the_longest_and_by_what_is_usual() -> None:
    expectation = of(100, 110, 120, 130, 140)
    assert expectation.late(135) is None
    assert expectation.late(360) == 240


def test_what_is_left_is_told_by_the_runs_that_took_longer() -> None:
    expectation = of(60, 100, 110, 120, 300)
    assert expectation.left(0) == 110
    assert expectation.left(60) == pytest.approx(115 - 60)
    assert expectation.left(105) == 120 - 105
    assert expectation.left(110) is None
    assert expectation.left(1000) is None


@given(st.lists(st.floats(0, 1e6), min_size=FEWEST), st.floats(0, 2e6))
def test_what_is_told_agrees(took: Sequence[float], elapsed: float) -> None:
    expectation = of(*took)
    assert min(took) <= expectation.usual <= expectation.longest * (1 + 1e-9)
    left, late = expectation.left(elapsed), expectation.late(elapsed)
    assert left is None or left > 0
    assert late is None or (late >= 0 and elapsed > expectation.longest)
