from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runs_tui.model.columns import COLUMNS, sort_of
from runs_tui.model.order import in_order, worth_of
from runs_tui.model.query import Sort
from runs_tui.model.run import Run
from runs_tui.model.state import State

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
TEXTS = st.none() | st.sampled_from(["", "Etl", "etl", "load", "ümlaut"])
TIMES = st.none() | st.integers(0, 5).map(lambda hours: NOW - timedelta(hours=hours))
ANYTHING = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.lists(st.integers())
RUNS = st.lists(
    st.builds(
        Run,
        source=st.sampled_from(["prod", "stage"]),
        id=st.uuids().map(str),
        workflow_name=TEXTS,
        name=TEXTS,
        state=st.sampled_from(State),
        reason=TEXTS,
        created_at=TIMES,
        started_at=TIMES,
        finished_at=TIMES,
        trigger=TEXTS,
        attempt=st.none() | st.integers(1, 3),
        progress=st.none() | st.floats(0, 1),
        error=TEXTS,
        details=st.fixed_dictionaries({}, optional={"queue": ANYTHING}),
    ),
    max_size=8,
)
SORTS = st.builds(Sort, st.sampled_from([*COLUMNS, "details.queue"]), descending=st.booleans())


@given(RUNS, SORTS)
@settings(deadline=None)
def test_the_order_holds_every_run_and_the_unknown_last(runs: list[Run], sort: Sort) -> None:
    ordered = in_order(runs, sort, NOW)
    assert sorted(run.id for run in ordered) == sorted(run.id for run in runs)
    worth = [worth_of(sort.field, NOW)(run) for run in ordered]
    known = [value for value in worth if value is not None]
    assert worth == known + [None] * (len(worth) - len(known))
    assert all(a >= b if sort.descending else a <= b for a, b in pairwise(known))


@given(RUNS, SORTS)
@settings(deadline=None)
def test_runs_that_are_equal_there_stay_as_they_came(runs: list[Run], sort: Sort) -> None:
    worth = worth_of(sort.field, NOW)
    places = {run.id: place for place, run in enumerate(runs)}
    ordered = in_order(runs, sort, NOW)
    for one, other in pairwise(ordered):
        if worth(one) == worth(other):
            assert places[one.id] < places[other.id]


def test_without_an_order_runs_stay_as_they_are() -> None:
    runs = [Run(source="a", id=str(n), state=State.RUNNING) for n in range(3)]
    assert in_order(runs, None, NOW) is runs


@pytest.mark.parametrize("column", COLUMNS)
def test_runs_can_be_ordered_by_every_column(column: str) -> None:
    run = Run(source="a", id="1", state=State.RUNNING)
    assert in_order([run], sort_of(f"-{column}"), NOW) == [run]
