from typing import Any

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from runs_tui.model.plan import Plan
from runs_tui.model.run import Run, Step
from runs_tui.model.state import State
from runs_tui.widgets.plan_table import PlanTable
from runs_tui.widgets.plan_view import BAR
from tests.model import plans
from tests.model.plans import START, at
from tests.widgets.test_virtual_table import lines, press, shown

WIDE = (120, 8)


def run(state: State = State.RUNNING, **told: Any) -> Run:
    facts: dict[str, Any] = {"source": "prod", "id": "1", "started_at": START}
    return Run(**(facts | told), state=state)


def step(key: str, state: State, *parents: str, **told: Any) -> Step:
    return plans.step(key, *parents, state=state, **told)


PIPELINE = [
    step("extract", State.SUCCEEDED, start=0, end=30),
    step("clean", State.SUCCEEDED, "extract", start=30, end=50),
    step("load", State.FAILED, "extract", start=30, end=90, error="HTTP 502"),
    step("archive", State.SKIPPED, "load"),
    step("tell", State.QUEUED, "clean", "archive"),
]


async def show(pilot: Pilot[Any], steps: list[Step], told: Run, second: float = 120) -> list[str]:
    """Show the steps of a run, and give the lines as they are drawn."""
    table = pilot.app.query_one(PlanTable)
    table.show_plan(told, Plan.of(steps), at(second))
    await pilot.pause()
    return [line.rstrip() for line in lines(table) if line.strip()]


def bar_of(line: str) -> tuple[int, int]:
    """Give where the bar of a step begins and ends."""
    return line.index("▇"), line.rindex("▇") + 1


async def test_steps_are_drawn_as_a_tree_with_glyphs_times_and_notes() -> None:
    async with shown(PlanTable(), size=WIDE) as pilot:
        drawn = await show(pilot, PIPELINE, run())
        words = [line.replace("▇", "").split() for line in drawn]
    assert words == [
        ["▌✓", "extract", "30s"],
        ["├", "✓", "clean", "20s"],
        ["└", "✗", "load", "1m", "00s", "HTTP", "502"],
        ["└", "–", "archive", "skipped:", "load", "failed"],
        ["└", "○", "tell", "also", "after", "clean"],
    ]


async def test_bars_stand_side_by_side_in_one_measure_of_time() -> None:
    async with shown(PlanTable(), size=WIDE) as pilot:
        drawn = await show(pilot, PIPELINE, run(), second=120)
        extract, clean, load = (bar_of(line) for line in drawn[:3])
        assert extract[1] - extract[0] == BAR // 4
        assert clean[0] == load[0] == extract[1]
        assert load[1] - load[0] == BAR // 2
        assert not any("▇" in line for line in drawn[3:])


async def test_the_bar_of_a_running_step_grows_with_time() -> None:
    steps = [
        step("extract", State.SUCCEEDED, start=0, end=30),
        step("load", State.RUNNING, "extract", start=30),
    ]
    async with shown(PlanTable(), size=WIDE) as pilot:
        short = bar_of((await show(pilot, steps, run(), second=40))[1])
        long = bar_of((await show(pilot, steps, run(), second=400))[1])
        assert long[1] == short[1] == bar_of((await show(pilot, steps, run(), second=60))[1])[1]
        assert short[1] - short[0] < long[1] - long[0]


async def test_a_tick_tells_the_time_anew() -> None:
    steps = [step("load", State.RUNNING, start=0)]
    async with shown(table := PlanTable(), size=WIDE) as pilot:
        assert " 5s " in (await show(pilot, steps, run(), second=5))[0]
        table.tick(run(), at(65))
        await pilot.pause()
        assert " 1m 05s " in lines(table)[0]


async def test_a_note_says_what_is_special() -> None:
    cases = [
        (step("x", State.FAILED, error="[/x] boom"), "[/x] boom"),
        (step("x", State.SUCCEEDED, error="ignored"), ""),
        (step("x", State.QUEUED, "x"), "depends on itself in a circle"),
        (step("x", State.QUEUED, "ghost"), "after ghost, not told"),
        (step("x", State.SKIPPED), "skipped"),
        (step("x", State.UNKNOWN, status="hibernating"), "hibernating"),
        (step("x", State.RUNNING, attempt=3), "attempt 3"),
        (step("x", State.RUNNING, attempt=1), ""),
    ]
    async with shown(PlanTable(), size=WIDE) as pilot:
        for told, note in cases:
            line = (await show(pilot, [told], run()))[0]
            assert line.partition("x")[2].strip() == note


async def test_a_note_tells_for_whom_a_step_waits() -> None:
    parents = [step(key, State.RUNNING, name=f"{key}-name") for key in "abc"]
    async with shown(PlanTable(), size=WIDE) as pilot:
        for count, note in [(1, "a-name"), (2, "a-name and b-name"), (3, "a-name and 2 more")]:
            waiting = step("x", State.QUEUED, *"abc"[:count])
            drawn = await show(pilot, [*parents, waiting], run())
            assert any(line.endswith(f"waits for {note}") for line in drawn)


async def test_a_note_tells_the_other_parents() -> None:
    steps = [step(key, State.SUCCEEDED) for key in "ab"]
    async with shown(PlanTable(), size=WIDE) as pilot:
        drawn = await show(pilot, [*steps, step("x", State.RUNNING, "a", "b")], run())
        assert drawn[-1].endswith("also after a")


@pytest.mark.parametrize("width", [24, 40, 60, 120])
async def test_any_steps_fit_any_width(width: int) -> None:
    steps = [
        *PIPELINE,
        step("日本", State.RUNNING, "tell", start=200, name="日本語のステップ [/x] " * 3),
        step("far", State.RUNNING, "日本", start=-400, end=1e6),
        step("odd", State.SUCCEEDED, "odd", "nobody", start=90, end=20),
    ]
    async with shown(table := PlanTable(), size=(width, 10)) as pilot:
        await show(pilot, steps, run(State.FAILED, finished_at=at(90)))
        assert {cell_len(line) for line in lines(table)} == {width}


async def test_the_cursor_stays_on_its_step_when_others_come() -> None:
    async with shown(table := PlanTable(), size=WIDE) as pilot:
        await show(pilot, PIPELINE[:3], run())
        await press(pilot, "j", "j")
        await show(pilot, [step("first", State.RUNNING, start=0), *PIPELINE], run())
        assert table.row is not None
        assert table.row.step.key == "load"


async def test_an_empty_plan_is_blank() -> None:
    async with shown(PlanTable(), size=WIDE) as pilot:
        assert await show(pilot, [], run(started_at=None)) == []


async def test_what_was_concluded_is_marked() -> None:
    guessed = frozenset({"state", "started_at", "finished_at"})
    steps = [
        step("extract", State.SUCCEEDED, start=0, end=30, derived=guessed),
        step("load", State.FAILED, "extract", start=30, end=90),
    ]
    async with shown(PlanTable(), size=WIDE) as pilot:
        drawn = await show(pilot, steps, run(State.FAILED))
    assert "✓~extract" in drawn[0]
    assert "~30s" in drawn[0]
    assert "✗ load" in drawn[1]
    assert " 1m 00s" in drawn[1]
