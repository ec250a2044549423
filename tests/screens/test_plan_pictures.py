"""Pictures of a plan in its three drawings, at four sizes."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from runs_tui.model.run import Step
from runs_tui.model.state import State
from tests.screens.stage import NOW, SIZES, Stage, at_rest, read_ahead, until

SnapCompare = Callable[..., bool]
Scene = Callable[[Pilot[Any]], Awaitable[None]]

OK, FAILED, RUNNING = State.SUCCEEDED, State.FAILED, State.RUNNING
QUEUED, SKIPPED, WAITING = State.QUEUED, State.SKIPPED, State.WAITING


def step(
    key: str,
    state: State,
    *parents: str,
    start: float | None = None,
    took: float | None = None,
    **told: Any,
) -> Step:
    """Give a step that began so many seconds before now."""
    begun = None if start is None else NOW - timedelta(seconds=start)
    ended = None if begun is None or took is None else begun + timedelta(seconds=took)
    return Step(
        key=key,
        name=key,
        state=state,
        depends_on=parents,
        started_at=begun,
        finished_at=ended,
        **told,
    )


def mapped(number: int) -> Step:
    name, parent = f"load-part-{number}", "list-parts"
    if number == 17:
        return step(name, FAILED, parent, start=200, took=90, error="HTTP 502 from the warehouse")
    if number > 37:
        return step(name, RUNNING, parent, start=60 + number)
    return step(name, OK, parent, start=230 - number, took=60 + 3 * number)


PARTS = [mapped(number) for number in range(1, 41)]
STEPS = [
    step("plan", OK, start=290, took=20),
    step("list-parts", OK, "plan", start=262, took=30),
    *PARTS,
    step("verify", QUEUED, *(part.key for part in PARTS)),
    step("report", QUEUED, "verify", "count"),
    step("count", OK, "list-parts", start=215, took=35, attempt=3),
    step("compare", FAILED, "count", start=175, took=12, error="12 rows are missing"),
    step("repair", SKIPPED, "compare"),
    step("announce", SKIPPED, "repair", "count"),
    step("approve", WAITING, "list-parts", status="awaiting approval", start=150),
    step("slot", QUEUED, "list-parts"),
    step("chicken", QUEUED, "egg"),
    step("egg", QUEUED, "chicken"),
    step("orphan", QUEUED, "parent-of-nobody"),
]


async def open_planned(stage: Stage, pilot: Pilot[Any], state: State = State.RUNNING) -> None:
    """Show the steps above, as those of a run in a state, on the whole screen."""
    stage.prod.plan = STEPS
    await until(pilot, lambda: stage.settled)
    rows = stage.screen.table.rows
    wanted = next(r for r in rows if r.state is state and r.source == "prod")
    stage.screen.table.select(wanted.key)
    await until(pilot, lambda: stage.screen.chosen and stage.screen.chosen.key == wanted.key)
    await until(pilot, lambda: stage.settled)
    await read_ahead(pilot)
    await pilot.press("enter")
    stage.screen.action_tab("steps")
    await until(pilot, lambda: stage.screen.focused is stage.screen.pane.plan_table)


async def tree(pilot: Pilot[Any]) -> None:
    await pilot.press("g", "j", "j")


async def tree_with_a_group_open(pilot: Pilot[Any]) -> None:
    await pilot.press("g", "e")


async def tree_with_a_step_closed(pilot: Pilot[Any]) -> None:
    await pilot.press("g", "j", "h")


async def timeline(pilot: Pilot[Any]) -> None:
    await pilot.press("t", "g", "j", "j")


async def graph(pilot: Pilot[Any]) -> None:
    await pilot.press("t", "t", "g", "j", "j")


SCENES: dict[str, Scene] = {
    play.__name__: play
    for play in (tree, tree_with_a_group_open, tree_with_a_step_closed, timeline, graph)
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCENES)
def test_it_looks_as_it_did(snap_compare: SnapCompare, name: str, size: tuple[int, int]) -> None:
    stage = Stage()

    async def play(pilot: Pilot[Any]) -> None:
        await open_planned(stage, pilot)
        await SCENES[name](pilot)
        await at_rest(pilot)

    assert snap_compare(stage.app, run_before=play, terminal_size=size)
