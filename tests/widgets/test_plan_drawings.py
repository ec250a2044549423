from typing import Any

import pytest
from rich.cells import cell_len
from textual import events
from textual.pilot import Pilot

from runs_tui.model.plan import Plan
from runs_tui.model.run import Run, Step
from runs_tui.model.state import State
from runs_tui.widgets.drawn_plan import DRAWINGS, MOST
from runs_tui.widgets.plan_table import PlanTable
from tests.model.plans import at
from tests.widgets.test_plan_table import PIPELINE, run, step
from tests.widgets.test_virtual_table import lines, press, shown

OK, FAILED, QUEUED, RUNNING = State.SUCCEEDED, State.FAILED, State.QUEUED, State.RUNNING
SIZE = (100, 30)


def mapped(count: int = 40, broken: int = 39, going: int = 3) -> list[Step]:
    """Give a plan with one mapped task, some of whose steps go on and one of which failed."""
    tasks: list[Step] = []
    for n in range(count):
        if n == broken:
            told = step(f"process-{n}", FAILED, "plan", start=10, end=50, error="HTTP 502")
        elif n >= broken - going:
            told = step(f"process-{n}", RUNNING, "plan", start=10 + n)
        else:
            told = step(f"process-{n}", OK, "plan", start=10, end=30 + n)
        tasks.append(told)
    return [
        step("plan", OK, start=0, end=10),
        *tasks,
        step("join", QUEUED, *(told.key for told in tasks)),
        step("aside", OK, "plan", start=14, end=20, attempt=2),
    ]


async def show(
    pilot: Pilot[Any], steps: list[Step], told: Run | None = None, second: float = 120
) -> PlanTable:
    table = pilot.app.query_one(PlanTable)
    table.show_plan(told or run(), Plan.of(steps), at(second))
    await pilot.pause()
    return table


def text(table: PlanTable) -> list[str]:
    return [line.rstrip() for line in lines(table) if line.strip()]


def cursor(table: PlanTable) -> str:
    assert table.row is not None
    return table.row.step.key


def count_of(table: PlanTable, name: str) -> int:
    return sum(name in line for line in lines(table))


async def test_forty_mapped_tasks_are_one_line_with_counts() -> None:
    async with shown(PlanTable(), size=SIZE) as pilot:
        table = await show(pilot, mapped())
        assert "├ ✗ process ×40 ▸ 36 ✓ 3 ● 1 ✗" in text(table)[1]
        assert "1m 50s" in text(table)[1]
        assert "HTTP 502" in text(table)[1]
        assert "waits for process ×40" in text(table)[2]


async def test_the_counts_stand_in_a_narrow_pane() -> None:
    async with shown(PlanTable(), size=(48, 12)) as pilot:
        table = await show(pilot, mapped())
        assert "├ ✗ process ×40 ▸ 36 ✓ 3 ● 1 ✗" in text(table)[1]


@pytest.mark.parametrize("keys", [("enter", "enter"), ("l", "h"), ("right", "left")])
async def test_a_group_is_opened_and_closed(keys: tuple[str, str]) -> None:
    async with shown(PlanTable(), size=SIZE) as pilot:
        table = await show(pilot, mapped())
        await press(pilot, "j", keys[0])
        assert cursor(table) == "×process-0"
        assert table.step is None
        assert count_of(table, "process-") > 20
        await press(pilot, "j", "j")
        assert table.step is not None
        assert table.step.key == "process-1"
        await press(pilot, "h")
        assert cursor(table) == "×process-0"
        await press(pilot, keys[1])
        assert count_of(table, "process-") == 0


async def test_any_step_can_be_closed_over_those_that_follow_it() -> None:
    async with shown(PlanTable(), size=SIZE) as pilot:
        table = await show(pilot, PIPELINE)
        await press(pilot, "G", "h", "h")
        assert cursor(table) == "archive"
        assert "– archive ▸ 1 ○" in text(table)[3]
        await press(pilot, "h", "h")
        assert cursor(table) == "load"
        assert "✗ load ▸ 1 ○ 1 –" in text(table)[2]
        assert len(text(table)) == 3
        await press(pilot, "h", "h")
        assert cursor(table) == "extract"
        assert text(table)[0].startswith("▌✓ extract ▸ 1 ✓ 1 ○ 1 ✗ 1 –")
        await press(pilot, "l", "l")
        assert cursor(table) == "clean"


async def test_the_next_failed_step_is_gone_to_and_shown() -> None:
    async with shown(PlanTable(), size=SIZE) as pilot:
        table = await show(pilot, [*mapped(), step("last", FAILED, start=0, end=3)])
        await press(pilot, "e")
        assert cursor(table) == "process-39"
        assert any("▌" in line and "process-39" in line for line in lines(table))
        await press(pilot, "e")
        assert cursor(table) == "last"
        await press(pilot, "e")
        assert cursor(table) == "process-39"
        await press(pilot, "E")
        assert cursor(table) == "last"


async def test_without_a_failure_the_cursor_stays() -> None:
    async with shown(PlanTable(), size=SIZE) as pilot:
        table = await show(pilot, [step("a", OK), step("b", OK)])
        await press(pilot, "j", "e", "E")
        assert cursor(table) == "b"


async def test_the_cursor_keeps_its_step_in_every_drawing() -> None:
    async with shown(PlanTable(), size=SIZE) as pilot:
        table = await show(pilot, PIPELINE)
        await press(pilot, "j", "j", "j")
        for drawing in (*DRAWINGS[1:], *DRAWINGS):
            await press(pilot, "t")
            assert (table.drawn, cursor(table)) == (drawing, "archive")
            assert any("▌" in line and "archive" in line for line in lines(table))


async def test_the_cursor_comes_back_to_a_step_that_the_graph_does_not_show() -> None:
    async with shown(PlanTable(), size=SIZE) as pilot:
        table = await show(pilot, mapped())
        await press(pilot, "e", "t", "t")
        assert (table.drawn, cursor(table)) == ("graph", "×process-0")
        assert "✗ process-39" in lines(table)[0]
        await press(pilot, "t")
        assert (table.drawn, cursor(table)) == ("tree", "process-39")


async def test_enter_on_a_group_in_the_graph_shows_its_steps() -> None:
    async with shown(PlanTable(), size=SIZE) as pilot:
        table = await show(pilot, mapped())
        await press(pilot, "t", "t", "j", "h", "h", "enter")
        assert (table.drawn, cursor(table)) == ("tree", "process-39")


async def test_what_is_open_stays_open_while_the_plan_is_told_anew() -> None:
    async with shown(PlanTable(), size=SIZE) as pilot:
        table = await show(pilot, mapped())
        await press(pilot, "e")
        await show(pilot, [step("new", OK, start=0, end=1), *mapped()])
        assert cursor(table) == "process-39"
        await show(pilot, mapped(), run(id="2"))
        assert count_of(table, "process-") == 0


async def test_the_line_of_a_new_group_takes_the_cursor_of_its_steps() -> None:
    async with shown(PlanTable(), size=SIZE) as pilot:
        table = await show(pilot, [step(f"p-{n}", RUNNING, start=0) for n in range(3)])
        await press(pilot, "j", "j")
        await show(pilot, [step(f"p-{n}", RUNNING, start=0) for n in range(4)])
        assert cursor(table) == "×p-0"
        await press(pilot, "l")
        assert cursor(table) == "p-2"


# The timeline


async def test_a_timeline_tells_queue_run_and_retry_apart_and_marks_the_critical_path() -> None:
    async with shown(PlanTable(), size=SIZE) as pilot:
        table = await show(pilot, mapped(4, broken=9, going=0))
        await press(pilot, "t")
        axis, plan, group, aside, join = text(table)
        assert axis.split()[0] == "╷0"
        assert "▼" in axis
        assert plan.startswith("▌* ✓ plan")
        assert group.startswith(" * ✓ process ×4 ▸ 4 ✓")
        assert aside.startswith("   ✓ aside")
        assert "·▒" in aside
        assert "▇" not in aside
        assert "·" * 20 in join
        signs = "".join(sign for sign, _ in table.legend())
        assert signs == "· queued  ▇ ran  ▒ in several attempts  * critical path"


async def test_the_bars_of_a_timeline_use_the_width_and_one_measure() -> None:
    steps = [step("a", OK, start=0, end=50), step("b", OK, "a", start=50, end=100)]
    over = run(OK, finished_at=at(100))
    async with shown(PlanTable(), size=(120, 8)) as pilot:
        table = await show(pilot, steps, over)
        await press(pilot, "t")
        axis, first, second = lines(table)[:3]
        assert first.rindex("▇") + 1 == second.index("▇")
        assert second.rindex("▇") >= 117
        assert abs(first.count("▇") - second.count("▇")) <= 1
        assert axis.index("╷50s") == second.index("▇")


async def test_the_edge_of_what_runs_moves_with_time_and_the_axis_stays() -> None:
    steps = [step("a", OK, start=0, end=50), step("b", RUNNING, "a", start=50)]
    async with shown(PlanTable(), size=SIZE) as pilot:
        table = await show(pilot, steps, second=90)
        await press(pilot, "t")
        before = lines(table)[:3]
        table.tick(run(), at(110))
        after = lines(table)[:3]
        assert before[2].index("▸") < after[2].index("▸")
        assert before[1] == after[1]
        assert before[0].split()[:4] == after[0].split()[:4] == ["╷0", "╷15s", "╷30s", "╷45s"]


async def test_lines_of_a_timeline_stand_in_the_order_of_their_start() -> None:
    steps = [step("c", OK, start=9, end=10), step("a", OK, start=1, end=2), step("z", QUEUED)]
    async with shown(PlanTable(), size=SIZE) as pilot:
        table = await show(pilot, steps)
        await press(pilot, "t")
        assert [row.step.key for row in table.rows] == ["a", "c", "z"]


# The graph


async def test_the_keys_of_the_graph_follow_its_edges() -> None:
    async with shown(PlanTable(), size=SIZE) as pilot:
        table = await show(pilot, PIPELINE)
        await press(pilot, "t", "t")
        went = []
        for pressed in ("j", "h", "l", "j", "j", "k", "k", "k", "G", "g"):
            await press(pilot, pressed)
            went.append(cursor(table))
        assert went[1:5] == ["clean", "load", "archive", "tell"]
        assert went[5] in ("clean", "archive")
        assert went[7:] == ["extract", "tell", "extract"]


async def test_the_graph_scrolls_both_ways_to_the_box_under_the_cursor() -> None:
    wide = [step(f"step-{chr(97 + n)}-of-many", OK, "root") for n in range(12)]
    deep = [step(f"deep{n}", OK, f"deep{n - 1}" if n else "root") for n in range(9)]
    async with shown(PlanTable(), size=(40, 10)) as pilot:
        table = await show(pilot, [step("root", OK), *wide, *deep])
        await press(pilot, "t", "t")
        for _ in range(40):
            await press(pilot, "j")
            assert any("▌" in line for line in lines(table)[1:])
        assert cursor(table) == "deep8"
        await press(pilot, "g", "j", *"llllllllllll")
        last = cursor(table)
        assert any(f"▌✓ {last}" in line for line in lines(table))
        await press(pilot, *"hhhhhhhhhhhhhh")
        assert cursor(table) != last
        assert any("▌" in line for line in lines(table)[1:])
        await press(pilot, "ctrl+d", "ctrl+d", "ctrl+d")
        assert cursor(table).startswith("deep")


async def test_a_click_chooses_a_box() -> None:
    async with shown(PlanTable(), size=SIZE) as pilot:
        table = await show(pilot, PIPELINE)
        await press(pilot, "t", "t")
        y = next(y for y, line in enumerate(lines(table)) if "archive" in line)
        x = lines(table)[y].index("archive")
        await pilot.click(PlanTable, offset=(x, y))
        assert cursor(table) == "archive"


async def test_the_line_above_the_graph_tells_of_the_box() -> None:
    async with shown(PlanTable(), size=SIZE) as pilot:
        table = await show(pilot, PIPELINE)
        table.select("load")
        await press(pilot, "t", "t")
        assert lines(table)[0].split() == ["✗", "load", "1m", "00s", "HTTP", "502"]


async def test_a_circle_and_a_missing_parent_are_drawn() -> None:
    steps = [step("a", QUEUED, "b"), step("b", QUEUED, "a"), step("c", QUEUED, "ghost")]
    async with shown(PlanTable(), size=SIZE) as pilot:
        table = await show(pilot, steps)
        await press(pilot, "t", "t")
        assert any("○ a ↺" in line for line in lines(table))
        table.select("a")
        assert "depends on itself in a circle" in lines(table)[0]
        table.select("c")
        assert "after ghost, not told" in lines(table)[0]


async def test_a_plan_too_large_for_a_graph_is_a_tree_that_says_so() -> None:
    chain = [step(f"s{chr(97 + n % 26)}{n}", OK, f"x{n}") for n in range(MOST + 1)]
    async with shown(PlanTable(), size=SIZE) as pilot:
        table = await show(pilot, chain)
        await press(pilot, "t", "t")
        assert table.drawn == "tree"
        told = "".join(text for text, _ in table.legend())
        assert told == "201 steps are too many for a graph, which has 200 at most: a tree"
        await press(pilot, "t", "t")
        assert table.drawn == "timeline"
        assert "too many" not in "".join(text for text, _ in table.legend())


async def test_the_states_change_in_the_boxes() -> None:
    async with shown(PlanTable(), size=SIZE) as pilot:
        table = await show(pilot, [step("a", QUEUED), step("b", QUEUED, "a")])
        await press(pilot, "t", "t")
        await show(pilot, [step("a", OK), step("b", RUNNING, "a")])
        assert any("✓ a" in line for line in lines(table))
        await show(pilot, [step("a", OK), step("b", RUNNING, "a"), step("c", QUEUED, "b")])
        assert any("○ c" in line for line in lines(table))


@pytest.mark.parametrize("drawing", range(3))
@pytest.mark.parametrize("width", [24, 40, 60, 120])
async def test_any_drawing_fits_any_width(width: int, drawing: int) -> None:
    steps = [
        *mapped(),
        step("日本", RUNNING, "join", start=200, name="日本語のステップ [/x] " * 3),
        step("far", RUNNING, "日本", start=-400, end=1e6),
        step("odd", OK, "odd", "nobody", start=90, end=20),
    ]
    async with shown(table := PlanTable(), size=(width, 10)) as pilot:
        await show(pilot, steps, run(FAILED, finished_at=at(90)))
        for pressed in ("t" * drawing, "j", "l", "G", "e", "h", "g"):
            await press(pilot, *pressed)
            assert {cell_len(line) for line in lines(table)} == {width}
        await show(pilot, [], run(FAILED))
        assert text(table) == []


async def test_no_mouse_wheel_loses_the_graph() -> None:
    deep = [step(f"deep{n}", OK, *([f"deep{n - 1}"] if n else [])) for n in range(9)]
    async with shown(table := PlanTable(), size=(40, 10)) as pilot:
        await show(pilot, deep)
        await press(pilot, "t", "t")
        for _ in range(20):
            table.post_message(events.MouseScrollDown(table, 1, 1, 0, 1, 0, False, False, False))
            await pilot.pause()
        assert any("deep8" in line for line in lines(table))
        assert cursor(table) == "deep0"
