from typing import Any

import pytest

from runs_tui.adapters.partners import Side, diff_of
from runs_tui.model.plan import Plan
from runs_tui.model.run import Run, Step
from runs_tui.model.state import State
from runs_tui.screens.diff_told import heads, titles, verdict
from tests.model.test_diff import NOW, run, step

FAILED, SKIPPED = State.FAILED, State.SKIPPED


def said(
    before: list[Step], after: list[Step], one: Run | None = None, two: Run | None = None
) -> str:
    sides = Side(one or run(), Plan.of(before)), Side(two or run(), Plan.of(after))
    return "".join(text for text, _ in verdict(diff_of(*sides, NOW))).strip()


def failing(**more: Any) -> Run:
    return run(**{"state": FAILED, **more})


@pytest.mark.parametrize(
    ("before", "after", "one", "two", "expected"),
    [
        ([step("a")], [step("a")], run(), run(), "Nothing differs but when they ran"),
        (
            [step("load", 30), step("clean", 5)],
            [step("load", 260), step("clean", 25)],
            run(60),
            run(310),
            "4m 10s longer, 3m 50s of it in load",
        ),
        (
            [step("load", 30), step("clean", 300)],
            [step("load", 90), step("clean", 280)],
            run(330),
            run(370),
            "40s longer, load alone 1m 00s",
        ),
        (
            [step("a"), step("b"), step("c")],
            [step("a", state=FAILED), step("b", state=SKIPPED), step("c", state=SKIPPED)],
            run(),
            failing(version="2", details={"parameters": {"rows": 5}}),
            "a failed, 2 other steps ended otherwise; version and rows differ",
        ),
        ([step("a", state=FAILED)], [step("a")], failing(), run(), "a did not fail"),
        (
            [step("a", state=FAILED, error="no space left")],
            [step("a", state=FAILED, error="no route to host")],
            failing(),
            failing(),
            "a failed with another error",
        ),
        ([], [], run(), failing(), "failed, not succeeded"),
        (
            [step("a", 10), step("b", 20)],
            [step("a", 20), step("b", 10)],
            run(),
            run(details={"pool": "x"}),
            "2 steps and 1 fact differ, no more than that",
        ),
        ([step("a")], [step("a", attempt=2)], run(), run(), "1 step differs, no more than that"),
        (
            [step(name) for name in "abcd"],
            [step(name, state=FAILED) for name in "abcd"],
            run(),
            failing(),
            "a, b and 2 more failed",
        ),
        (
            [step("a"), step("b")],
            [step("a", None, State.RUNNING)],
            run(900),
            run(state=State.RUNNING, finished_at=None, started_at=NOW),
            "Nothing differs so far but when they ran",
        ),
    ],
)
def test_the_first_line_says_what_is_different(
    before: list[Step], after: list[Step], one: Run, two: Run, expected: str
) -> None:
    assert said(before, after, one, two) == expected


def test_steps_that_were_not_read_are_not_told_to_be_missing() -> None:
    diff = diff_of(Side(run(), None, "not reachable"), Side(failing(), Plan.of([step("a")])), NOW)
    assert not diff.steps
    assert [fact.name for fact in diff.facts] == ["state"]


def test_the_two_runs_stand_under_each_other() -> None:
    sides = [Side(run(name="one", version="7")), Side(failing(name="two-and-more", version="12"))]
    first, second = ("".join(text for text, _ in line) for line in heads(sides, NOW, {}))
    assert first.index("version 7") == second.index("version 12")
    assert first.startswith(" -  ✓ succeeded")
    assert second.startswith(" +  ✗ failed")


def test_sources_are_named_above_the_columns_where_they_differ() -> None:
    one, two = run(name="x"), run(name="y", source="stage")
    assert titles(one, two) == ("- prod/x", "+ stage/y")
    assert titles(one, one) == ("- x", "+ x")
