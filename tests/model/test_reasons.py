from hypothesis import given, settings

from runs_tui.model.plan import Plan
from runs_tui.model.reasons import blamed
from runs_tui.model.run import Step
from runs_tui.model.state import State
from tests.model.plans import ANY_GRAPH, step

SKIPPED = State.SKIPPED


def blame(key: str, *steps: Step) -> list[str]:
    return [told.key for told in blamed(Plan.of(steps), key)]


def test_the_step_that_really_failed_is_blamed_through_a_chain() -> None:
    steps = [
        step("load", state=State.FAILED),
        step("archive", "load", state=SKIPPED),
        step("tell", "archive", "ok", state=SKIPPED),
        step("ok"),
    ]
    assert blame("tell", *steps) == ["load"]


def test_what_was_cancelled_is_blamed_where_nothing_failed() -> None:
    steps = [step("a", state=State.CANCELLED), step("b", "a", state=SKIPPED)]
    assert blame("b", *steps) == ["a"]
    failed = step("c", state=State.FAILED)
    assert blame("b", step("a", "c", state=State.CANCELLED), steps[1], failed) == ["c"]


def test_a_failure_that_was_overcome_is_not_blamed() -> None:
    steps = [step("a", state=State.FAILED), step("b", "a"), step("c", "b", state=SKIPPED)]
    assert blame("c", *steps) == []


def test_a_circle_and_a_missing_parent_end_the_search() -> None:
    assert blame("a", step("a", "b", "ghost", state=SKIPPED), step("b", "a", state=SKIPPED)) == []


@given(ANY_GRAPH)
@settings(max_examples=100, deadline=None)
def test_only_what_failed_or_was_cancelled_is_blamed(steps: list[Step]) -> None:
    plan = Plan.of(steps)
    for key in plan.steps:
        states = {told.state for told in blamed(plan, key)}
        assert states in (set(), {State.FAILED}, {State.CANCELLED})
