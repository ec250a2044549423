from typing import Any

from runs_tui.model.run import Run, RunKey, Step
from runs_tui.model.state import State
from runs_tui.screens.confirm import ConfirmScreen
from runs_tui.screens.expecting import COUNTED, expectation
from tests.screens.stage import Stage, until
from tests.screens.test_plan_pictures import open_planned


def run(number: int, state: State = State.SUCCEEDED, **told: Any) -> Run:
    facts: dict[str, Any] = {"source": "prod", "workflow_id": "w", "took": 60.0 + number}
    return Run(id=str(number), state=state, **(facts | told))


async def test_enter_on_a_group_opens_it_and_on_its_step_leaves_only_its_events() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await open_planned(stage, pilot)
        await pilot.press("g", "j", "j", "enter")
        await until(pilot, lambda: stage.shows("load-part-3"))
        assert stage.screen.pane.feed_table.step is None
        await pilot.press("j", "enter")
        await until(pilot, lambda: stage.shows("only load-part-1"))
        assert stage.screen.pane.feed_table.step == "load-part-1"


async def test_a_retry_is_offered_from_a_step_and_not_from_a_group() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await open_planned(stage, pilot, State.FAILED)
        for keys, offered in ((("g", "j"), True), (("j",), False)):
            await pilot.press(*keys, "R")
            await until(pilot, lambda: isinstance(stage.app.screen, ConfirmScreen))
            assert stage.shows("Retry from the step") == offered
            await pilot.press("n")
            await until(pilot, lambda: not isinstance(stage.app.screen, ConfirmScreen))


async def test_what_is_usual_is_learnt_from_the_runs_on_the_board() -> None:
    stage = Stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await open_planned(stage, pilot)
        told = stage.screen.pane.expectation
        assert told is not None
        assert told == expectation(stage.screen.board.runs, stage.screen.chosen)
        await until(pilot, lambda: stage.shows("usually "))


def test_only_runs_of_the_same_workflow_and_source_that_succeeded_count() -> None:
    past = [run(number) for number in range(1, 4)]
    others = [
        run(4, source="stage"),
        run(5, workflow_id="x"),
        run(6, workflow_name="renamed"),
        run(7, State.FAILED),
        run(8, State.RUNNING),
    ]
    told = expectation([*others, *past, run(9)], run(9))
    assert told is not None
    assert told.took == (61, 62, 63)
    assert expectation([*others, *past[:2], run(9)], run(9)) is None
    assert expectation(past, None) is None


def test_the_newest_are_counted() -> None:
    told = expectation([run(number) for number in range(1, 200)], run(0))
    assert told is not None
    assert told.took == tuple(60.0 + number for number in range(1, COUNTED + 1))


async def test_enter_on_a_step_that_is_a_run_goes_to_that_run() -> None:
    stage = Stage()
    first, other = stage.prod.world.runs(stage.clock.now())[:2]
    stage.prod.plan = [
        Step(key="a", name="prepare", state=State.SUCCEEDED),
        Step(key="b", name="nested", state=State.SUCCEEDED, child_run=other.id),
    ]
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: stage.settled)
        shown, child = RunKey("prod", first.id), RunKey("prod", other.id)
        stage.screen.table.select(shown)
        await until(pilot, lambda: stage.screen.chosen and stage.screen.chosen.key == shown)
        await until(pilot, lambda: stage.shows("nested"))
        await pilot.press("enter")
        stage.screen.pane.choose_tab("steps")
        stage.screen.pane.plan_table.focus()
        stage.screen.pane.plan_table.go_to("b")
        await pilot.press("enter")
        await until(pilot, lambda: stage.screen.chosen and stage.screen.chosen.key == child)
        await pilot.press("minus")
        await until(pilot, lambda: stage.screen.chosen and stage.screen.chosen.key == shown)
