from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from runs_tui.model.outline import Outline, OutlineRow
from runs_tui.model.plan import Plan
from runs_tui.model.run import Step
from runs_tui.model.state import State
from tests.model.plans import ANY_GRAPH, mapped, step, with_groups

FAILED = State.FAILED
MAPPED = [
    step("plan"),
    *mapped(3, "plan"),
    step("process-3", "plan", state=FAILED),
    step("join", *(f"process-{n}" for n in range(4))),
    step("last", state=FAILED),
]
GROUP = "×process-0"


def outline(steps: Sequence[Step] = MAPPED) -> Outline:
    return Outline.of(Plan.of(steps))


def drawn(rows: Sequence[OutlineRow]) -> list[str]:
    return [f"{row.place.prefix}{row.step.key}" for row in rows]


def test_a_group_is_closed_until_it_is_opened() -> None:
    closed = outline()
    assert drawn(closed.tree()) == ["plan", f"└ {GROUP}", "  └ join", "last"]
    opened = closed.turn(GROUP)
    assert drawn(opened.tree()) == [
        "plan",
        f"└ {GROUP}",
        *(f"  ├ process-{n}" for n in range(4)),
        "  └ join",
        "last",
    ]
    assert opened.turn(GROUP) == closed


def test_the_last_of_a_group_that_nothing_follows_ends_its_line() -> None:
    opened = outline(mapped(4)).turn(GROUP)
    assert drawn(opened.tree())[-2:] == ["├ process-2", "└ process-3"]


def test_what_a_closed_step_hides_is_told() -> None:
    closed = outline().turn("plan")
    first, last = closed.tree()
    assert (first.is_open, first.opens) == (False, True)
    assert len(first.inside) == 5
    assert last.step.key == "last"


def test_a_hidden_step_is_shown() -> None:
    hidden = outline().turn("plan")
    assert list(hidden.above("process-3")) == [GROUP, "plan"]
    shown = hidden.show("process-3").tree()
    assert "process-3" in [row.step.key for row in shown]


def test_going_through_the_failed_steps() -> None:
    plan = outline()
    assert plan.failed("plan", 1) == "process-3"
    assert plan.failed("process-3", 1) == "last"
    assert plan.failed("last", 1) == "process-3"
    assert plan.failed("last", -1) == "process-3"
    assert plan.failed("process-3", -1) == "last"
    assert plan.failed(GROUP, 1) == "process-3"
    assert plan.failed("join", -1) == "process-3"
    assert plan.failed(None, 1) == "process-3"
    assert outline([step("a")]).failed("a", 1) is None


def test_what_is_open_stays_open_when_the_plan_is_told_anew() -> None:
    opened = outline().turn(GROUP).turn("plan")
    told = opened.told(Plan.of([*MAPPED, step("more")]))
    assert (told.opened, told.closed) == (opened.opened, opened.closed)


def test_lines_by_start_keep_the_steps_of_a_group_together() -> None:
    steps = [
        step("late", start=9, end=10),
        *(step(f"p-{n}", start=8 - n, end=9) for n in range(4)),
        step("never", state=State.QUEUED),
        step("first", start=0, end=1),
    ]
    told = outline(steps).turn("×p-0").by_start()
    keys = [row.step.key for row in told]
    assert keys == ["first", "×p-0", "p-3", "p-2", "p-1", "p-0", "late", "never"]


@given(ANY_GRAPH | with_groups(), st.data())
@settings(max_examples=200, deadline=None)
def test_every_step_stands_once_or_is_hidden_by_one_line(
    steps: list[Step], data: st.DataObject
) -> None:
    told = outline(steps)
    lines = list(told.folding.plan.steps)
    for key in data.draw(st.lists(st.sampled_from(lines), max_size=4)) if lines else ():
        told = told.turn(key)
    rows = told.tree()
    seen = [row.step.key for row in rows if row.group is None]
    hidden = [inner.key for row in rows if row.inside and not row.is_open for inner in row.inside]
    assert sorted([*seen, *hidden]) == sorted(told.plan.steps)
    for row in rows:
        assert len(row.place.prefix) == 2 * row.place.depth
    in_time = [r for r in told.by_start() if r.group is None or not r.is_open]
    counted = sum(len(row.inside) if row.group else 1 for row in in_time)
    assert counted == len(told.plan.steps)


@given(ANY_GRAPH | with_groups())
@settings(max_examples=100, deadline=None)
def test_any_step_can_be_shown(steps: list[Step]) -> None:
    told = outline(steps)
    for key in told.folding.plan.steps:
        told = told.turn(key) if key not in told.folding.groups else told
    for key in told.plan.steps:
        assert key in [row.step.key for row in told.show(key).tree()]
