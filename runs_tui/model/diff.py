"""Two runs held against each other: what differs, the largest change first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from runs_tui.model.fact_diff import FactDiff, fact_diffs
from runs_tui.model.plan import Plan
from runs_tui.model.run import Run
from runs_tui.model.step_diff import StepDiff, matters, told_by_now
from runs_tui.model.step_pairs import pairs


@dataclass(frozen=True)
class Diff:
    """What differs from one run to another."""

    before: Run
    """The first run, which the other one is held against."""
    after: Run
    """The second run."""
    seconds: tuple[float | None, float | None]
    """The seconds that each took."""
    facts: Sequence[FactDiff]
    """The facts that differ: state, version, trigger, inputs and whatever the API told besides."""
    steps: Sequence[StepDiff]
    """Every step of both, the largest change first; in the order of the second run where alike."""

    @staticmethod
    def of(before: Run, earlier: Plan, after: Run, later: Plan, now: datetime) -> "Diff":
        """Hold a run and its steps against another's; what still runs is taken as it is now."""
        seconds = (before.duration(now), after.duration(now))
        longest = max((told for told in seconds if told is not None), default=0.0)
        going = (before.active, after.active)
        paired = pairs([row.step for row in earlier.rows], [row.step for row in later.rows])
        steps = [StepDiff.of(one, other, longest, going, now) for one, other in paired]
        return Diff(
            before=before,
            after=after,
            seconds=seconds,
            facts=fact_diffs(before, after),
            steps=sorted(steps, key=lambda step: step.rank),
        )

    @cached_property
    def changed(self) -> Sequence[StepDiff]:
        """Give the steps of which something differs."""
        return [step for step in self.steps if step.changed]

    @cached_property
    def unchanged(self) -> Sequence[StepDiff]:
        """Give the steps of which nothing differs."""
        return [step for step in self.steps if not step.changed]

    @property
    def change(self) -> float | None:
        """Give the seconds that the second run took longer; None where one is not known."""
        one, other = self.seconds
        return None if one is None or other is None else other - one

    @property
    def timed(self) -> bool:
        """Whether the two runs took times that differ enough to tell."""
        going = (self.before.active, self.after.active)
        return matters(*self.seconds) and told_by_now(*self.seconds, *going)

    @property
    def culprit(self) -> StepDiff | None:
        """Give the step whose time changed the most in the direction of the run's."""
        way = self.change or 0.0
        moved = [step for step in self.steps if step.matters and (step.change or 0.0) * way > 0]
        return max(moved, key=lambda step: abs(step.change or 0.0), default=None)
