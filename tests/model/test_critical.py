from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise

from hypothesis import given, settings

from runs_tui.model.critical import critical_path
from runs_tui.model.run import Step
from runs_tui.model.state import State
from tests.model.plans import ANY_GRAPH, acyclic, at, step

NOW = at(60)


def path(*steps: Step) -> Sequence[str]:
    return critical_path({told.key: told for told in steps}, NOW)


def test_the_last_parent_to_end_determines_the_end() -> None:
    steps = [
        step("extract", start=0, end=10),
        step("quick", "extract", start=10, end=12),
        step("slow", "extract", start=10, end=40),
        step("join", "quick", "slow", start=40, end=45),
        step("aside", "extract", start=10, end=44),
    ]
    assert path(*steps) == ("extract", "slow", "join")


def test_what_runs_determines_the_end_now() -> None:
    running = step("b", "a", state=State.RUNNING, start=20)
    assert path(step("a", start=0, end=9), running, step("c", start=0, end=50)) == ("a", "b")


def test_of_those_that_end_together_the_longest_counts() -> None:
    both = [step("late", start=5, end=9), step("early", start=1, end=9)]
    assert path(*both, step("c", "late", "early", start=9, end=10)) == ("early", "c")


def test_nothing_without_times() -> None:
    assert path() == ()
    assert path(step("a"), step("b", "a", state=State.QUEUED)) == ()


def test_a_circle_is_followed_once() -> None:
    assert path(step("a", "b", start=0, end=1), step("b", "a", start=1, end=2)) == ("a", "b")
    assert path(step("a", "a", start=0, end=1)) == ("a",)


def end_of(told: Step) -> datetime | None:
    if told.started_at is None:
        return None
    return NOW if told.state.active else told.finished_at


def chains(steps: Mapping[str, Step], last: str) -> Iterator[list[str]]:
    """Give every chain of steps with times that leads to one, from its first step on."""
    parents = [p for p in steps[last].depends_on if p in steps and end_of(steps[p])]
    if not parents:
        yield [last]
    for parent in parents:
        for chain in chains(steps, parent):
            yield [*chain, last]


@given(acyclic())
@settings(max_examples=300, deadline=None)
def test_no_other_chain_ended_later(drawn: Sequence[Step]) -> None:
    """Along the path, from its end back, no other chain ends later, or as late and began before."""
    steps = {told.key: told for told in drawn}
    found = critical_path(steps, NOW)

    def ends(chain: Sequence[str]) -> list[tuple[datetime, float]]:
        told = [steps[key] for key in reversed(chain)]
        return [(end_of(s) or NOW, -s.started_at.timestamp()) for s in told if s.started_at]

    every = [chain for key in steps if end_of(steps[key]) for chain in chains(steps, key)]
    if not every:
        assert not found
        return
    assert list(found) in every
    assert ends(found) == max(map(ends, every))


@given(ANY_GRAPH)
@settings(max_examples=200, deadline=None)
def test_any_graph_has_a_path_in_which_each_waits_for_the_one_before(drawn: list[Step]) -> None:
    steps = {told.key: told for told in drawn}
    found = critical_path(steps, NOW)
    assert len(set(found)) == len(found)
    assert all(before in steps[key].depends_on for before, key in pairwise(found))
