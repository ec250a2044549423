import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs_tui.transport.backoff import backoff

SECONDS = st.floats(0.001, 1000.0)


@pytest.mark.parametrize(
    ("failures", "pause"), [(0, 0.5), (1, 1.0), (2, 2.0), (3, 4.0), (4, 5.0), (100_000, 5.0)]
)
def test_each_failure_doubles_the_pause(failures: int, pause: float) -> None:
    assert backoff(0.5, 5.0, failures) == pause


@given(SECONDS, SECONDS, st.integers(0, 50), st.floats(0.0, 1000.0))
def test_a_pause_lies_within_its_bounds_and_never_shrinks(
    first: float, longest: float, failures: int, least: float
) -> None:
    pause = backoff(first, longest, failures, least)
    assert min(least, longest) <= pause <= longest
    assert pause <= backoff(first, longest, failures + 1, least)
