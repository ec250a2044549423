"""What an attempt did itself, and what it kept of the work before it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from runs_tui.model.run import Step


@dataclass(frozen=True, slots=True)
class Effort:
    """The steps of one attempt, counted."""

    ran: int
    """How many it ran itself."""
    kept: int
    """How many had been done before it began, or took their result from earlier work."""
    total: int
    """How many there are; the rest was not reached."""
    about: bool = False
    """Whether this rests on times that the API did not tell."""


def effort_of(run_id: str, steps: Iterable[Step], begun: datetime | None) -> Effort | None:
    """Count what an attempt did that began at an instant; None where its steps cannot tell.

    A run that is among its own steps has none: they are the attempts that it belongs to.
    """
    known = list(steps)
    if begun is None or not known or any(step.child_run == run_id for step in known):
        return None
    kept = [step for step in known if _is_kept(step, begun)]
    ran = [step for step in known if step.started_at is not None and not _is_kept(step, begun)]
    times = {"started_at", "finished_at"}
    about = any(step.derived & times for step in [*kept, *ran])
    return Effort(len(ran), len(kept), len(known), about)


def _is_kept(step: Step, begun: datetime) -> bool:
    done_before = step.finished_at is not None and step.finished_at <= begun
    return step.reused or (done_before and step.started_at is not None)
