"""Why a run failed, as far as it, its steps, its events and other runs tell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from runs_tui.model.alike import Alike, alike
from runs_tui.model.excerpt import Excerpt, last_lines
from runs_tui.model.feed import Feed
from runs_tui.model.plan import Plan
from runs_tui.model.run import Run, Step
from runs_tui.model.state import State
from runs_tui.model.tries import Try, tries

_NEVER = (State.SKIPPED, State.QUEUED, State.WAITING, State.CANCELLED, State.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What is known of why a run failed, or was cancelled."""

    run: Run
    """The run."""
    steps_known: bool = True
    """Whether its steps have been read."""
    step: Step | None = None
    """The step that failed first, of those that did not fail because of another one."""
    error: str | None = None
    """What went wrong, in the words of the step, else of the run."""
    also: tuple[Step, ...] = ()
    """The other steps that failed, in the order in which they did."""
    blocked: tuple[Step, ...] = ()
    """The steps that never started because of it; where no order is told, that never started."""
    broken_off: tuple[Step, ...] = ()
    """The steps that were at work when the run ended, and did not fail."""
    tries: Sequence[Try] = ()
    """The attempts of the step that are known."""
    excerpt: Excerpt = field(default_factory=Excerpt)
    """The last lines before it failed."""
    alike: Alike | None = None
    """The other runs that failed so; None where the error does not tell enough to compare."""
    good: Run | None = None
    """The last run before it of its workflow and source that succeeded, where one is known."""

    @property
    def failed(self) -> bool:
        """Whether there is something to explain: a failure, or that it was cancelled."""
        return self.run.state in (State.FAILED, State.CANCELLED) or self.step is not None

    @property
    def logged(self) -> str | None:
        """Give what its log says went wrong, where its API does not."""
        return None if self.error else self.excerpt.thrown

    def with_events(self, feed: Feed) -> "Why":
        """Give it with what the events tell."""
        end = self.step.finished_at if self.step else self.run.finished_at
        excerpt = last_lines(feed, self.step, end)
        return replace(self, excerpt=excerpt, tries=tries(self.step, feed) if self.step else ())


def has_failed(run: Run | None, plan: Plan | None) -> bool:
    """Tell whether there is a failure to explain, also of a step of a run that goes on."""
    if run is None:
        return False
    return run.state is State.FAILED or (plan is not None and bool(plan.failed))


def why(run: Run, read: Plan | None, feed: Feed, runs: Iterable[Run], now: datetime) -> Why:
    """Say why a run failed; `read` is its plan once that is, `runs` all known, newest first."""
    plan = read or Plan()
    step = first_failed(plan)
    told = Why(
        run=run,
        steps_known=read is not None,
        step=step,
        error=(step.error if step else None) or run.error or run.reason or None,
        also=tuple(other for other in plan.failed if other is not step),
        blocked=blocked_by(plan, step, run),
        broken_off=() if step or run.active else _broken_off(plan),
        alike=alike(run, step, runs, now),
        good=_last_good(run, runs),
    )
    return told.with_events(feed)


def first_failed(plan: Plan) -> Step | None:
    """Give the step that failed first, of those that did not fail because of another one."""
    failed = plan.failed
    after = _below(plan, [step.key for step in failed])
    return next((step for step in failed if step.key not in after), next(iter(failed), None))


def blocked_by(plan: Plan, step: Step | None, run: Run) -> tuple[Step, ...]:
    """Give the steps that never started because of one; by its place below it, where told."""
    if step is None:
        return ()
    never = tuple(row.step for row in plan.rows if _never_started(row.step))
    if any(other.depends_on for other in plan.steps.values()):
        below = _below(plan, [step.key])
        return tuple(other for other in never if other.key in below and other.whole != step.key)
    return () if run.active else never


def _below(plan: Plan, keys: Sequence[str]) -> set[str]:
    """Give the keys of all steps that come after one of these."""
    children: dict[str, list[str]] = {}
    for step in plan.steps.values():
        for parent in step.depends_on:
            children.setdefault(parent, []).append(step.key)
    found: set[str] = set()
    asked = list(keys)
    while asked:
        new = [key for key in children.pop(asked.pop(), ()) if key not in found]
        found.update(new)
        asked += new
    return found


def _never_started(step: Step) -> bool:
    return step.started_at is None and step.state in _NEVER


def _broken_off(plan: Plan) -> tuple[Step, ...]:
    unfinished = (State.CANCELLED, State.RUNNING, State.WAITING)
    steps = (row.step for row in plan.rows)
    return tuple(step for step in steps if step.started_at and step.state in unfinished)


def _last_good(run: Run, runs: Iterable[Run]) -> Run | None:
    """Give the newest run before this one of the same workflow and source that succeeded."""
    if run.instant is None:
        return None
    return next(
        (
            other
            for other in runs
            if other.state is State.SUCCEEDED
            and other.source == run.source
            and (other.workflow_id, other.workflow_name) == (run.workflow_id, run.workflow_name)
            and other.instant is not None
            and other.instant < run.instant
        ),
        None,
    )
