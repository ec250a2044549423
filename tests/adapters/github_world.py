"""A GitHub source over the demo's server, and the world with GitHub's numbers in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from runs_tui.adapters.github_actions.pace import Pace
from runs_tui.demo.github_actions.numbers import job_number, run_number
from runs_tui.demo.values import Line
from runs_tui.demo.world import World, WorldRun, WorldStep
from tests.contract import Stage

QUICK = Pace(
    linger=2.0, poll=0.02, look=0.02, log_pauses=(0.02, 0.02), again_pauses=(0.0, 0.01), force=60.0
)


class Numbered:
    """A world whose runs have the ids that GitHub gives them."""

    def __init__(self, world: World) -> None:
        self.real = world
        self.workflows = world.workflows

    def runs(self, now: datetime) -> Sequence[WorldRun]:
        return [_numbered(run) for run in self.real.runs(now)]

    def run(self, run_id: str, now: datetime) -> WorldRun | None:
        run = self.real.run(self.id_of(run_id, now), now)
        return _numbered(run) if run else None

    def steps(
        self, run_id: str, now: datetime, attempt: int | None = None
    ) -> tuple[WorldStep, ...]:
        return self.real.steps(self.id_of(run_id, now), now, attempt)

    def lines(self, run_id: str, now: datetime) -> Sequence[Line]:
        return self.real.lines(self.id_of(run_id, now), now)

    def id_of(self, number: str, now: datetime) -> str:
        """Give the id that a run has in the world."""
        ids = (run.id for run in self.real.runs(now) if str(run_number(run.id)) == number)
        return next(ids, "")


def _numbered(run: WorldRun) -> WorldRun:
    return replace(run, id=str(run_number(run.id)))


@dataclass
class GitHubStage(Stage):
    """A stage whose world has GitHub's numbers."""

    numbered: Numbered

    @property
    def world(self) -> World:
        return cast("World", self.numbered)


def key_of(step: WorldStep) -> str:
    """Give the key of a step: the number of its job, or a name for one that is to come."""
    waits = step.state.value == "queued" and step.parents
    return f"needs/{step.key}" if waits else str(job_number(step))
