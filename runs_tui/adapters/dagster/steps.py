"""The execution plan of a run and how its steps stand, translated to steps."""

from collections.abc import Iterator, Mapping
from typing import Any

from runs_tui.adapters.dagster.mapped import Mapped
from runs_tui.adapters.dagster.states import state_of, step_state_of
from runs_tui.adapters.dagster.wire import PlannedStep, StepStats, WholeRun
from runs_tui.model.run import Step
from runs_tui.model.state import State
from runs_tui.model.text import clean


def steps_of(run: WholeRun, errors: Mapping[str, str]) -> list[Step]:
    """Give the steps of a run; `errors` is what its log says of those that failed."""
    over = state_of(run.status).terminal
    stats = {each.key: each for each in run.stats}
    return [
        _step(key, parents, step, stats.get(key), errors, over=over)
        for key, parents, step in _placed(run)
    ]


def after(run: WholeRun, key: str) -> list[str]:
    """Give the key of a step and those of all that come after it, as the server knows them."""
    found = {key}
    placed = list(_placed(run))
    grown = True
    while grown:
        more = {
            step for step, parents, _ in placed if step not in found and found.intersection(parents)
        }
        grown = bool(more)
        found |= more
    return [step for step, _, _ in placed if step in found]


def _placed(run: WholeRun) -> Iterator[tuple[str, tuple[str, ...], PlannedStep | None]]:
    """Give each step with its parents; those that no plan names have none."""
    plan = run.plan.steps if run.plan else []
    begun = [each.key for each in run.stats]
    mapped = Mapped(plan, begun)
    seen: set[str] = set()
    for step in plan:
        told = [source.key for each in step.inputs for source in each.sources]
        for key in mapped.keys_of(step.key):
            if key not in seen:
                seen.add(key)
                yield key, mapped.parents_of(key, told), step
    for key in begun:
        if key not in seen:
            seen.add(key)
            yield key, (), None


def _step(
    key: str,
    parents: tuple[str, ...],
    planned: PlannedStep | None,
    stats: StepStats | None,
    errors: Mapping[str, str],
    *,
    over: bool,
) -> Step:
    status = stats.status if stats else None
    state = step_state_of(status, over=over)
    return Step(
        key=clean(key),
        name=clean(key),
        state=state,
        status=clean(status or ""),
        depends_on=tuple(dict.fromkeys(clean(parent) for parent in parents)),
        started_at=stats.started if stats else None,
        finished_at=stats.ended if stats else None,
        attempt=_attempt(stats) if stats else None,
        error=errors.get(key) if state is State.FAILED else None,
        details=_details(planned),
    )


def _attempt(stats: StepStats) -> int:
    """Give which attempt a step is at: tries are told when they are over."""
    going = stats.status == "IN_PROGRESS"
    return max(len(stats.tries) + going, 1)


def _details(planned: PlannedStep | None) -> dict[str, Any]:
    return {"kind": clean(planned.kind)} if planned and planned.kind else {}
