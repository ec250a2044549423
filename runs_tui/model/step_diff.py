"""A step of one run held against the step in its place in another."""

from dataclasses import dataclass
from datetime import datetime

from runs_tui.model.run import Step
from runs_tui.model.signature import signature
from runs_tui.model.state import State
from runs_tui.model.step_pairs import common_name

LEAST = 1.0
"""The seconds below which a difference of time says nothing."""
SHARE = 0.1
"""The share of a step's time below which a difference of it says nothing ..."""
SHARE_OF_RUN = 0.02
"""... unless it is this share of the whole run's."""


@dataclass(frozen=True, slots=True)
class StepDiff:
    """A step of one run and the one in its place in the other, at least one of them."""

    before: Step | None
    """The step of the first run; None where it has none in this place."""
    after: Step | None
    """The step of the second run; None where it has none in this place."""
    seconds_before: float | None
    """The seconds that it took in the first run."""
    seconds_after: float | None
    """The seconds that it took in the second run."""
    matters: bool
    """Whether the difference of time is large enough to tell."""
    open: bool = False
    """Whether it is not over in one of the runs, so that how it stands there says nothing yet."""

    @staticmethod
    def of(
        before: Step | None,
        after: Step | None,
        longest: float,
        going: tuple[bool, bool],
        now: datetime,
    ) -> "StepDiff":
        """Hold two steps against each other, in runs of which the longer took so many seconds.

        `going` tells which of the two runs goes on.
        """
        one = before.duration(now) if before else None
        other = after.duration(now) if after else None
        first, second = _is_open(before, going[0]), _is_open(after, going[1])
        tells = matters(one, other, longest) and told_by_now(one, other, first, second)
        return StepDiff(before, after, one, other, tells, open=first or second)

    @property
    def name(self) -> str:
        """What a person calls it; without an end that is another one in each run."""
        if self.before is None or self.after is None or self.before.key == self.after.key:
            return self._told.name
        return common_name(self.before.name, self.after.name)

    @property
    def key(self) -> tuple[str | None, str | None]:
        """What names the pair: the keys of both."""
        return (
            self.before.key if self.before else None,
            self.after.key if self.after else None,
        )

    @property
    def change(self) -> float | None:
        """Give the seconds it took longer in the second run; None where one is not known."""
        if self.seconds_before is None or self.seconds_after is None:
            return None
        return self.seconds_after - self.seconds_before

    @property
    def ratio(self) -> float | None:
        """Give how many times as long it took; None where that says nothing."""
        if not self.seconds_before or self.seconds_after is None:
            return None
        return self.seconds_after / self.seconds_before

    @property
    def turned(self) -> bool:
        """Whether it ended otherwise."""
        if self.before is None or self.after is None or self.open:
            return False
        return self.before.state is not self.after.state

    @property
    def fails_otherwise(self) -> bool:
        """Whether it failed in both, but with another error."""
        if self.before is None or self.after is None:
            return False
        both_failed = {self.before.state, self.after.state} == {State.FAILED}
        return both_failed and not _same_error(self.before.error or "", self.after.error or "")

    @property
    def alone(self) -> bool:
        """Whether only one of the runs has it, and the other will not have it any more."""
        return not self.open and (self.before is None or self.after is None)

    @property
    def tried_otherwise(self) -> bool:
        """Whether it took another number of attempts."""
        tries = {step.attempt or 1 for step in (self.before, self.after) if step}
        return not self.open and len(tries) > 1

    @property
    def changed(self) -> bool:
        """Whether anything differs that is worth telling."""
        return (
            self.turned
            or self.fails_otherwise
            or self.alone
            or self.matters
            or self.tried_otherwise
        )

    @property
    def rank(self) -> tuple[int, float]:
        """Give its place: the largest change has the lowest."""
        if self.turned:
            failed = any(step and step.state is State.FAILED for step in (self.before, self.after))
            return (0 if failed else 1, 0.0)
        if self.fails_otherwise:
            return (2, 0.0)
        if self.alone:
            return (3, -(self.seconds_before or self.seconds_after or 0.0))
        if self.matters:
            return (4, -abs(self.change or 0.0))
        return (5 if self.tried_otherwise else 6, 0.0)

    @property
    def _told(self) -> Step:
        step = self.after or self.before
        assert step is not None
        return step


def matters(one: float | None, other: float | None, longest: float | None = None) -> bool:
    """Tell whether two amounts of seconds differ by enough to tell."""
    if one is None or other is None:
        return False
    change, share = abs(other - one), SHARE * max(one, other)
    if longest is not None:
        share = min(share, SHARE_OF_RUN * longest)
    return change >= max(LEAST, share)


def told_by_now(
    one: float | None, other: float | None, first_open: bool, second_open: bool
) -> bool:
    """Tell whether times differ though one is not over: it is the longer one already."""
    if one is None or other is None or (first_open and second_open):
        return False
    return not (first_open and one < other) and not (second_open and other < one)


def _is_open(step: Step | None, going: bool) -> bool:
    return going if step is None else going and step.state.active


def _same_error(one: str, other: str) -> bool:
    return one == other or signature(one) == signature(other)
