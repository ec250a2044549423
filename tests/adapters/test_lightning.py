from datetime import timedelta
from typing import Any, ClassVar

from runs_tui.demo.lightning.lines import logs
from runs_tui.demo.lightning.names import job_id, trigger_id
from runs_tui.demo.lightning.shapes import error_type, word_of
from runs_tui.demo.world import WorldRun
from runs_tui.model.state import State
from runs_tui.model.text import clean, clean_log
from tests.adapters.lightning_world import UNLIMITED, over
from tests.contract import AdapterContract, Stage

NO_WAITING = {State.WAITING: State.RUNNING}


class TestLightning(AdapterContract):
    api: ClassVar[str] = "lightning"

    def quicken(self, source: Any) -> None:
        super().quicken(source)
        source.pace = UNLIMITED

    def run_state(self, seen: WorldRun) -> State:
        """A run that is queued for another attempt within itself has started all the same."""
        if seen.state is State.QUEUED and seen.attempt > 1:
            return State.RUNNING
        return NO_WAITING.get(seen.state, seen.state)

    def messages(self, stage: Stage, run_id: str) -> list[str] | None:
        now = stage.clock.now()
        run = stage.world.run(run_id, now)
        assert run is not None
        lines = sorted(
            (log.line for log in logs(stage.world, run, now, timedelta())),
            key=lambda line: (line.at, line.id),
        )
        error = error_type(run)
        end = f"{word_of(run)}: {clean_log(error)}" if error else word_of(run)
        return ["started", *(clean_log(line.message) for line in lines), end]

    async def test_steps_are_told_as_they_are(self, stage: Stage) -> None:
        """Only what the log shows can be told, and of many that are at work the newest alone."""
        checked = 0
        for seen in [run for run in stage.world.runs(stage.clock.now()) if over(run)][:60:4]:
            steps = {step.key: step for step in await stage.source.steps(seen.id)}
            real = stage.world.steps(seen.id, stage.clock.now())
            assert set(steps) == {
                trigger_id(seen.workflow),
                *(job_id(seen.workflow, each.key) for each in real),
            }
            for each in real:
                step = steps[job_id(seen.workflow, each.key)]
                assert step.name == clean(each.name)
                assert {"state", "status"} <= step.derived
                if each.started is None:
                    assert (step.state, step.status) == (State.UNKNOWN, "not reached or silent")
                elif seen.state is not State.CANCELLED:
                    assert step.state is each.state
                    assert (step.error is not None) == (each.error is not None)
                checked += 1
        assert checked > 40

    async def test_parents_are_named_by_key_also_in_a_circle(self, strangers: Stage) -> None:
        """A parent is a job or a trigger; edges that are disabled are left out."""
        circular = strangers.one(lambda run: run.workflow.name == "circular" and over(run))
        several = strangers.one(lambda run: len(run.workflow.steps) > 2 and over(run))
        for seen in (circular, several):
            told = {s.key: s.depends_on for s in await strangers.source.steps(seen.id)}
            trigger = trigger_id(seen.workflow)
            assert told[trigger] == ()
            for step in seen.workflow.steps:
                parents = tuple(job_id(seen.workflow, parent) for parent in step.parents)
                assert told[job_id(seen.workflow, step.key)] == (parents or (trigger,))
