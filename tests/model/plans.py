"""Steps for looking at plans, and any graph of them for hypothesis."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from runs_tui.model.run import Step
from runs_tui.model.state import State

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
KEYS = "abcdefgh"


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def step(
    key: str,
    *parents: str,
    state: State = State.SUCCEEDED,
    start: float | None = None,
    end: float | None = None,
    **told: Any,
) -> Step:
    return Step(
        key=key,
        name=told.pop("name", key),
        state=state,
        depends_on=parents,
        started_at=None if start is None else at(start),
        finished_at=None if end is None else at(end),
        **told,
    )


def mapped(
    count: int, *parents: str, name: str = "process", state: State = State.SUCCEEDED
) -> Sequence[Step]:
    """Give the steps of one mapped task."""
    return [step(f"{name}-{number}", *parents, state=state) for number in range(count)]


SECONDS = st.none() | st.integers(0, 20).map(at)
ANY_STEP = st.builds(
    Step,
    key=st.sampled_from(KEYS),
    name=st.sampled_from(["work", "work-1", "work-2", "load"]),
    state=st.sampled_from(State),
    depends_on=st.lists(st.sampled_from([*KEYS, "ghost"]), max_size=4).map(tuple),
    started_at=SECONDS,
    finished_at=SECONDS,
    attempt=st.none() | st.integers(1, 3),
)
ANY_GRAPH = st.lists(ANY_STEP, max_size=10)
"""Steps in any order, with circles, parents that nobody tells of, and keys told twice."""


@st.composite
def with_groups(draw: st.DrawFn) -> list[Step]:
    """Draw steps of which many are alike."""
    steps: list[Step] = [step("root")]
    for group in range(draw(st.integers(0, 3))):
        known = [told.key for told in steps]
        parents = draw(st.lists(st.sampled_from(known), max_size=3, unique=True))
        states = draw(st.lists(st.sampled_from(State), min_size=1, max_size=8))
        steps += [
            step(f"{group}-{n}", *parents, state=state, name=f"map{'abc'[group]}[{n}]")
            for n, state in enumerate(states)
        ]
    return draw(st.permutations(steps))


@st.composite
def acyclic(draw: st.DrawFn) -> list[Step]:
    """Draw steps whose parents all come before them, in any order; no two begin or end at once."""
    steps: list[Step] = []
    for number in range(draw(st.integers(0, 7))):
        parents = draw(st.lists(st.sampled_from(KEYS[:number]), unique=True)) if number else []
        second = draw(st.none() | st.integers(0, 20))
        start = None if second is None else second + number / 100
        took = draw(st.integers(0, 9))
        over = draw(st.booleans())
        steps.append(
            step(
                KEYS[number],
                *parents,
                state=State.SUCCEEDED if over else State.RUNNING,
                start=start,
                end=start + took if over and start is not None else None,
            )
        )
    return draw(st.permutations(steps))
