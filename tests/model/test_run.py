from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runs_tui.model.clock import SetClock, SystemClock
from runs_tui.model.run import Run, RunKey, Step, seconds_between
from runs_tui.model.state import ACTIVE, TERMINAL, State

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def run(state: State, **told: Any) -> Run:
    return Run(source="prod", id="1", state=state, **told)


def step(state: State, **told: Any) -> Step:
    return Step(key="load", name="load", state=state, **told)


def test_a_state_is_active_or_terminal_or_unknown() -> None:
    assert ACTIVE | TERMINAL | {State.UNKNOWN} == frozenset(State)
    assert not any(one & other for one, other in combinations([ACTIVE, TERMINAL], 2))
    for state in State:
        assert (state.active, state.terminal) == (state in ACTIVE, state in TERMINAL)


@pytest.mark.parametrize("state", sorted(ACTIVE))
def test_something_may_still_happen_to_an_active_run(state: State) -> None:
    assert run(state).active


@pytest.mark.parametrize("state", sorted(TERMINAL))
def test_nothing_happens_to_a_run_that_is_over(state: State) -> None:
    assert not run(state).active


def test_a_run_of_unknown_state_is_active_until_it_is_said_to_have_ended() -> None:
    assert run(State.UNKNOWN).active
    assert not run(State.UNKNOWN, finished_at=NOW).active


def test_a_running_run_has_lasted_until_now() -> None:
    told = run(State.RUNNING, started_at=NOW - 2 * MINUTE, took=7.0)
    assert told.duration(NOW) == 120
    assert told.duration(NOW + MINUTE) == 180


def test_a_run_that_is_over_lasted_as_long_as_the_api_tells() -> None:
    told = run(State.FAILED, started_at=NOW - 2 * MINUTE, finished_at=NOW, took=7.5)
    assert told.duration(NOW) == told.duration(NOW + MINUTE) == 7.5


def test_a_run_that_is_over_lasted_from_start_to_end_where_the_api_is_silent() -> None:
    told = run(State.FAILED, started_at=NOW - 2 * MINUTE, finished_at=NOW - MINUTE)
    assert told.duration(NOW) == 60


@pytest.mark.parametrize(
    "told",
    [
        run(State.QUEUED),
        run(State.SUCCEEDED),
        run(State.SUCCEEDED, started_at=NOW),
        run(State.SUCCEEDED, finished_at=NOW),
        step(State.QUEUED),
        step(State.SKIPPED, finished_at=NOW),
    ],
)
def test_without_start_or_end_there_is_no_duration(told: Run | Step) -> None:
    assert told.duration(NOW) is None


def test_a_step_lasts_as_a_run_does() -> None:
    assert step(State.RUNNING, started_at=NOW - MINUTE, took=1.0).duration(NOW) == 60
    assert step(State.FAILED, started_at=NOW - MINUTE, finished_at=NOW).duration(NOW) == 60
    assert step(State.FAILED, started_at=NOW - MINUTE, finished_at=NOW, took=0.0).duration(NOW) == 0


TIMES = st.none() | st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001
    datetime(2030, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@pytest.mark.parametrize("took", [float("nan"), float("inf"), -float("inf")])
def test_a_duration_that_is_no_number_is_not_told(took: float) -> None:
    ended = {"started_at": NOW - MINUTE, "finished_at": NOW, "took": took}
    assert run(State.FAILED, **ended).duration(NOW) == 60
    assert step(State.FAILED, **ended).duration(NOW) == 60
    assert run(State.FAILED, took=took).duration(NOW) is None


@given(st.sampled_from(State), TIMES, TIMES, st.none() | st.floats(0, 1e6))
@settings(max_examples=100, deadline=None)
def test_no_duration_is_negative(
    state: State, start: datetime | None, end: datetime | None, took: float | None
) -> None:
    for told in (
        run(state, started_at=start, finished_at=end, took=took).duration(NOW),
        step(state, started_at=start, finished_at=end, took=took).duration(NOW),
        seconds_between(start, end),
    ):
        assert told is None or told >= 0


def test_a_run_takes_its_place_by_the_first_instant_that_is_known() -> None:
    listed, created, started = NOW, NOW - MINUTE, NOW - 2 * MINUTE
    told = {"listed_at": listed, "created_at": created, "started_at": started}
    assert run(State.QUEUED, **told).instant == listed
    assert run(State.QUEUED, **(told | {"listed_at": None})).instant == created
    assert run(State.QUEUED, started_at=started, finished_at=NOW).instant == started
    assert run(State.QUEUED, finished_at=NOW).instant is None


def test_a_workflow_is_called_by_its_name_else_by_its_id() -> None:
    assert run(State.QUEUED, workflow_name="etl", workflow_id="wf-7").workflow == "etl"
    assert run(State.QUEUED, workflow_id="wf-7").workflow == "wf-7"
    assert run(State.QUEUED).workflow == "–"


def test_a_key_names_a_run_among_all_sources() -> None:
    assert run(State.QUEUED).key == RunKey("prod", "1")
    assert str(RunKey("prod", "a/b")) == "prod/a/b"


def test_a_set_clock_stands_still() -> None:
    clock = SetClock(NOW)
    assert clock.now() == NOW
    clock.instant = NOW + MINUTE
    assert clock.now() == NOW + MINUTE


def test_the_clock_of_the_machine_tells_aware_utc() -> None:
    clock = SystemClock()
    first, second = clock.now(), clock.now()
    assert first <= second
    assert first.utcoffset() == timedelta(0)
