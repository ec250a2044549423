"""A step of one run held against the step in its place in another."""

from dataclasses import dataclass
from datetime import datetime

from runs_tui.model.run import Step
from runs_tui.model.signature import signature
from runs_tui.model.state import State

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

    @staticmethod
    def of(before: Step | None, after: Step | None, longest: float, now: datetime) -> "StepDiff":
        """Hold two steps against each other, in runs of which the longer took so many seconds."""
        one = before.duration(now) if before else None
        other = after.duration(now) if after else None
        return StepDiff(before, after, one, other, matters(one, other, longest))

    @property
    def name(self) -> str:
        """What a person calls it."""
        return self._told.name

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
        """Whether it ended, or stands, otherwise."""
        if self.before is None or self.after is None:
            return False
        return self.before.state is not self.after.state

    @property
    def fails_otherwise(self) -> bool:
        """Whether it failed in both, but with another error."""
        if self.before is None or self.after is None or self.turned:
            return False
        errors = (self.before.error or "", self.after.error or "")
        return self.after.state is State.FAILED and not _same_error(*errors)

    @property
    def alone(self) -> bool:
        """Whether only one of the runs has it."""
        return self.before is None or self.after is None

    @property
    def tried_otherwise(self) -> bool:
        """Whether it took another number of attempts."""
        tries = {step.attempt or 1 for step in (self.before, self.after) if step}
        return len(tries) > 1

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


def _same_error(one: str, other: str) -> bool:
    return one == other or signature(one) == signature(other)
