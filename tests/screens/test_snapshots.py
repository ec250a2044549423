"""Pictures of every state of the screens, at four sizes."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from runs_tui.model.errors import Unauthorized, Unreachable
from runs_tui.model.query import Query, Sort
from runs_tui.model.state import State
from runs_tui.model.view import View
from runs_tui.screens.confirm import ConfirmScreen
from runs_tui.screens.help import HelpScreen
from runs_tui.screens.naming import NameScreen
from runs_tui.screens.pickers import ColumnsScreen, SortScreen
from tests.screens.stage import SIZES, Stage, at_rest, read_ahead, until

SnapCompare = Callable[..., bool]
Scene = Callable[[Stage, Pilot[Any]], Awaitable[None]]

SCENES: dict[str, Scene] = {}
FAILED = Query.parse("state:failed")


def scene(play: Scene) -> Scene:
    SCENES[play.__name__] = play
    return play


async def open_run(stage: Stage, pilot: Pilot[Any], state: State, name: str) -> None:
    await until(pilot, lambda: stage.settled)
    rows = stage.screen.table.rows
    run = next(r for r in rows if r.state is state and r.workflow == name)
    stage.screen.table.select(run.key)
    await until(pilot, lambda: stage.screen.chosen and stage.screen.chosen.key == run.key)
    await until(pilot, lambda: stage.settled)
    await read_ahead(pilot)


@scene
async def loading(stage: Stage, pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: stage.shows("Reading the runs of"))


@scene
async def empty(stage: Stage, pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: stage.shows("There are no runs yet."))


@scene
async def rows(stage: Stage, pilot: Pilot[Any]) -> None:
    await open_run(stage, pilot, State.SUCCEEDED, "order-fulfilment")


@scene
async def filtered_to_nothing(stage: Stage, pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: stage.settled)
    await pilot.press("slash", *"state:failed workflow:nowhere", "enter")
    await until(pilot, lambda: stage.shows("No run matches"))


@scene
async def wrong_filter(stage: Stage, pilot: Pilot[Any]) -> None:
    await open_run(stage, pilot, State.SUCCEEDED, "order-fulfilment")
    await pilot.press("slash", *"state:faild")
    await until(pilot, lambda: stage.shows("there is no state"))


@scene
async def completing(stage: Stage, pilot: Pilot[Any]) -> None:
    await open_run(stage, pilot, State.SUCCEEDED, "order-fulfilment")
    await pilot.press("slash", *"state:failed workflow:", "down", "down")


@scene
async def going(stage: Stage, pilot: Pilot[Any]) -> None:
    await open_run(stage, pilot, State.SUCCEEDED, "order-fulfilment")
    await pilot.press("colon", *"can")


@scene
async def source_down(stage: Stage, pilot: Pilot[Any]) -> None:
    await open_run(stage, pilot, State.SUCCEEDED, "order-fulfilment")
    stage.stage.trouble = Unreachable("connection refused")
    await until(pilot, lambda: stage.screen.board.reach("stage").error)


@scene
async def live(stage: Stage, pilot: Pilot[Any]) -> None:
    await open_run(stage, pilot, State.RUNNING, "clickstream-backfill")
    await pilot.press("enter")


@scene
async def stream_broken(stage: Stage, pilot: Pilot[Any]) -> None:
    stage.prod.breaks_after = stage.stage.breaks_after = 5
    await open_run(stage, pilot, State.FAILED, "order-fulfilment")
    await until(pilot, lambda: stage.screen.pane.feed_table.trouble)
    await pilot.press("enter")


@scene
async def failed_run(stage: Stage, pilot: Pilot[Any]) -> None:
    await open_run(stage, pilot, State.FAILED, "order-fulfilment")
    await pilot.press("enter")


@scene
async def facts(stage: Stage, pilot: Pilot[Any]) -> None:
    await failed_run(stage, pilot)
    await pilot.press("]", "]", "]")


@scene
async def retry_dialog(stage: Stage, pilot: Pilot[Any]) -> None:
    await open_run(stage, pilot, State.FAILED, "order-fulfilment")
    await pilot.press("R")
    await until(pilot, lambda: isinstance(stage.app.screen, ConfirmScreen))


@scene
async def keys(stage: Stage, pilot: Pilot[Any]) -> None:
    await open_run(stage, pilot, State.FAILED, "order-fulfilment")
    await pilot.press("question_mark")
    await until(pilot, lambda: isinstance(stage.app.screen, HelpScreen))


@scene
async def ordering(stage: Stage, pilot: Pilot[Any]) -> None:
    await open_run(stage, pilot, State.FAILED, "order-fulfilment")
    await pilot.press("s")
    await until(pilot, lambda: isinstance(stage.app.screen, SortScreen))


@scene
async def columns(stage: Stage, pilot: Pilot[Any]) -> None:
    await open_run(stage, pilot, State.FAILED, "order-fulfilment")
    await pilot.press("c", "j", "j", "space")
    await until(pilot, lambda: isinstance(stage.app.screen, ColumnsScreen))


@scene
async def views(stage: Stage, pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: stage.settled)
    slow = Query(Query.parse("duration:>1m").terms, Sort("took"))
    for view in (View(name="failures", query=FAILED), View(name="slow ones", query=slow)):
        stage.screen.view_tabs.keep(view)
    await pilot.press("2")
    await until(pilot, lambda: stage.shows("▸2 slow ones"))
    await until(pilot, lambda: stage.settled)


@scene
async def naming(stage: Stage, pilot: Pilot[Any]) -> None:
    await views(stage, pilot)
    await pilot.press("b")
    await until(pilot, lambda: isinstance(stage.app.screen, NameScreen))


def mark(stage: Stage) -> None:
    """Mark some runs of every kind, one of which can be neither stopped nor run again."""
    runs = stage.screen.board.runs
    kinds = (State.RUNNING, State.QUEUED, State.FAILED, State.SUCCEEDED)
    chosen = [run for kind in kinds for run in [r for r in runs if r.state is kind][:2]]
    stage.screen.table.set_marks(run.key for run in chosen)


@scene
async def marked(stage: Stage, pilot: Pilot[Any]) -> None:
    await open_run(stage, pilot, State.SUCCEEDED, "order-fulfilment")
    await pilot.press("g", "space", "space", "j", "v", "j", "j")


@scene
async def plan_of_a_cancel(stage: Stage, pilot: Pilot[Any]) -> None:
    await open_run(stage, pilot, State.SUCCEEDED, "order-fulfilment")
    mark(stage)
    await pilot.press("X")
    await until(pilot, lambda: stage.shows("would stop"))
    await pilot.press("j")


@scene
async def counting_down(stage: Stage, pilot: Pilot[Any]) -> None:
    stage.screen.undo = 60
    await plan_of_a_cancel(stage, pilot)
    await pilot.press("enter")
    await until(pilot, lambda: stage.shows("u takes it back"))
    dialog = stage.app.screen
    assert isinstance(dialog, ConfirmScreen)
    assert dialog._timer is not None
    dialog._timer.stop()
    dialog._left = 60
    dialog._tell_count()


@scene
async def ledger(stage: Stage, pilot: Pilot[Any]) -> None:
    await open_run(stage, pilot, State.SUCCEEDED, "order-fulfilment")
    mark(stage)
    await pilot.press("R")
    await until(pilot, lambda: isinstance(stage.app.screen, ConfirmScreen))
    stage.stage.trouble = Unauthorized("this token may only read")
    await pilot.press("j", "enter")
    await until(pilot, lambda: stage.shows("could not be"))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCENES)
def test_it_looks_as_it_did(snap_compare: SnapCompare, name: str, size: tuple[int, int]) -> None:
    stage = Stage()
    if name == "loading":
        stage.prod.held = stage.stage.held = True
    if name == "empty":
        stage.prod.hidden = stage.stage.hidden = True

    async def play(pilot: Pilot[Any]) -> None:
        await SCENES[name](stage, pilot)
        await at_rest(pilot)

    assert snap_compare(stage.app, run_before=play, terminal_size=size)
