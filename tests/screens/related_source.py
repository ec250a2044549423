"""A source that tells lineages: a demo world in which some runs were started by others."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

from runs_tui.model.clock import SetClock
from runs_tui.model.kin import Attempt, Kin, Relation, Relative
from runs_tui.model.run import Run
from runs_tui.model.state import State
from tests.screens.stage import NOW, Stage
from tests.screens.world_source import WorldSource


class RelatedSource(WorldSource):
    """Tells of a world which runs are attempts at the same work, and which started others."""

    def __init__(self, name: str, clock: SetClock) -> None:
        super().__init__(name, clock)
        self.parents: dict[str, str] = {}
        """The run that started each of some runs."""
        self.asked: list[str] = []
        """The runs whose kin was read."""

    async def kin(self, run_id: str) -> Kin:
        self.asked.append(run_id)
        await self._check()
        self._run(run_id)
        relatives = [Relative(run, Relation.ATTEMPT) for run in self._others(run_id)]
        if run_id in self.parents:
            relatives.append(Relative(self._run(self.parents[run_id]), Relation.PARENT))
        children = [child for child, parent in self.parents.items() if parent == run_id]
        relatives += [Relative(self._run(child), Relation.CHILD) for child in children]
        attempts = list(self._attempts(run_id))
        return Kin(relatives, attempts if len(attempts) > 1 else ())

    def _others(self, run_id: str) -> list[Run]:
        runs = {run.id: run for run in self._told(self.clock.now())}
        found = {run_id}
        while True:
            origins = {runs[each].retry_of for each in found}
            again = {run.id for run in runs.values() if run.retry_of in found}
            more = {each for each in origins | again if each in runs} - found
            if not more:
                return [runs[each] for each in found if each != run_id]
            found |= {each for each in more if each is not None}

    def _attempts(self, run_id: str) -> Iterator[Attempt]:
        """Give the attempts that a run has made in place."""
        lines = [
            line
            for line in self.world.lines(run_id, self.clock.now())
            if line.kind == "state" and line.step is None and line.state is not None
        ]
        begins = [place for place, line in enumerate(lines) if line.state is State.QUEUED]
        for number, (start, end) in enumerate(pairwise([*begins, len(lines)]), start=1):
            asked, *_, last = lines[start], *lines[start:end]
            ran = (line.at for line in lines[start:end] if line.state is State.RUNNING)
            assert last.state is not None
            over = last.state.terminal
            yield Attempt(
                number=number,
                state=last.state,
                asked_at=asked.at,
                started_at=next(ran, None),
                finished_at=last.at if over else None,
                reason=last.message if last.state is State.FAILED else None,
            )


@dataclass
class Family:
    """The dashboard over a world in which one run has three attempts, a parent and a child."""

    stage: Stage
    source: RelatedSource
    attempts: list[str] = field(default_factory=list)
    parent: str = ""
    child: str = ""
    alone: str = ""
    """A run that ran once and that nothing belongs to."""
    in_place: str = ""
    """A run that has made two attempts in place."""


def family() -> Family:
    """Make it: the third attempt kept what the second one had done but for its last step."""
    source = RelatedSource("prod", SetClock(NOW))
    world = source.world
    runs = {run.id: run for run in world.runs(NOW)}
    second = next(
        run for run in runs.values() if run.retry_of in runs and len(run.workflow.steps) == 3
    )
    asked = NOW - timedelta(minutes=3)
    last = second.workflow.steps[-1].key
    third = world.retry(second.id, asked, mode="step", step=last, as_new=True)
    kept = {second.id, third.id, second.retry_of}
    rest = [run for run in world.runs(NOW) if run.id not in kept and run.state.terminal]
    single = [run for run in rest if run.retry_of is None and run.attempt == 1]
    child = next(run for run in single if run.created < second.created)
    parent = next(run for run in single if run.created < child.created - timedelta(minutes=9))
    source.parents = {second.id: parent.id, child.id: second.id}
    succeeded = [run for run in single if run.state is State.SUCCEEDED]
    return Family(
        Stage(source, WorldSource("stage", SetClock(NOW), seed=9)),
        source,
        [str(second.retry_of), second.id, third.id],
        parent.id,
        child.id,
        next(run.id for run in succeeded if run.id not in (child.id, parent.id)),
        next(run.id for run in rest if run.attempt > 1),
    )
