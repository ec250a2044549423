"""Jobs and their steps as a tree: jobs behind those that they need, steps under their job."""

from collections.abc import Iterator, Mapping, Sequence

from runs_tui.adapters.github_actions.matching import match
from runs_tui.adapters.github_actions.states import COMPLETED, reason_of, state_of, word_of
from runs_tui.adapters.github_actions.wire import WireJob, WireRun, WireStep
from runs_tui.adapters.github_actions.workflow_file import Declared
from runs_tui.model.run import Step
from runs_tui.model.state import State
from runs_tui.model.text import clean, clean_value

PLANNED = "needs/"
"""How the key of a job begins that GitHub does not tell of yet."""
_NOT_BEGUN = (State.QUEUED, State.WAITING, State.SKIPPED)
_NO_NEEDS = {
    False: "not known: the workflow file could not be read",
    True: "not known: the workflow file has no job of this name, or several",
}
_FIELDS = frozenset({
    "id", "status", "conclusion", "labels", "runner_name", "runner_group_name", "html_url",
})  # fmt: skip


def steps_of(run: WireRun, jobs: Sequence[WireJob], declared: Sequence[Declared]) -> list[Step]:
    """Give the jobs of a run with their steps, and the jobs that are still to come."""
    jobs = sorted(jobs, key=_place)
    ids = {job.id: match(job.name, declared) for job in jobs}
    keys: dict[str, list[str]] = {each.id: [] for each in declared}
    for job in jobs:
        known = ids[job.id]
        if known is not None:
            keys[known].append(str(job.id))
    needs = {each.id: tuple(_keys_of(each.needs, keys)) for each in declared}
    steps: list[Step] = []
    for job in jobs:
        steps.append(_job(job, needs.get(ids[job.id] or ""), known=bool(declared)))
        steps += _steps(job)
    over = run.status == COMPLETED
    return [*steps, *(_planned(e, needs[e.id], over=over) for e in declared if not keys[e.id])]


def _place(job: WireJob) -> tuple[float, int]:
    begun = job.started_at or job.created_at
    return begun.timestamp() if begun else 0.0, job.id


def _keys_of(needs: Sequence[str], keys: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Give the keys of all jobs that stand for some ids; a matrix has several."""
    for need in needs:
        if need in keys:
            yield from keys[need] or (PLANNED + clean(need),)
        else:
            yield clean(need)


def _job(job: WireJob, parents: tuple[str, ...] | None, *, known: bool) -> Step:
    state, word = state_of(job.status, job.conclusion), _word(job.status, job.conclusion)
    name = clean(job.name)
    error = _error(job, word) if state is State.FAILED else None
    return Step(
        key=str(job.id),
        name=name,
        part=name,
        state=state,
        status=word,
        depends_on=parents or (),
        created_at=job.created_at,
        started_at=job.started_at if has_begun(job) else None,
        finished_at=job.completed_at if has_begun(job) else None,
        attempt=job.attempt,
        error=error,
        details=_details(job) | ({} if parents is not None else {"needs": _NO_NEEDS[known]}),
        derived=frozenset({"error"} if error else ()),
    )


def _steps(job: WireJob) -> Iterator[Step]:
    for step in sorted(job.steps or (), key=lambda each: each.number):
        state = state_of(step.status, step.conclusion)
        name = clean(step.name)
        begun = state not in _NOT_BEGUN
        yield Step(
            key=step_key(job, step),
            name=name,
            part=f"{clean(job.name)}/{name}",
            state=state,
            status=_word(step.status, step.conclusion),
            depends_on=(str(job.id),),
            started_at=step.started_at if begun else None,
            finished_at=step.completed_at if begun else None,
            attempt=job.attempt,
            details={"number": step.number},
        )


def step_key(job: WireJob, step: WireStep) -> str:
    """Give the key of a step of a job."""
    return f"{job.id}/{step.number}"


def _planned(declared: Declared, parents: tuple[str, ...], *, over: bool) -> Step:
    """Stand for a job that is not told of: it waits, or its run ended without it."""
    state = State.SKIPPED if over else State.QUEUED
    return Step(
        key=PLANNED + clean(declared.id),
        name=clean(declared.name),
        part=clean(declared.name),
        state=state,
        depends_on=parents,
        derived=frozenset({"state"}),
    )


def has_begun(job: WireJob) -> bool:
    """Tell whether a runner has taken a job; GitHub names a start also where none has."""
    if state_of(job.status, job.conclusion) in _NOT_BEGUN:
        return False
    cancelled = job.conclusion == "cancelled" and not job.steps
    return job.started_at is not None and not cancelled


def _error(job: WireJob, word: str) -> str:
    """Say why a job failed: by which of its steps, for GitHub tells no more."""
    failed = (s for s in job.steps or () if state_of(s.status, s.conclusion) is State.FAILED)
    first = next(iter(failed), None)
    return f"{clean(first.name)} failed" if first else reason_of(word) or "failed"


def _word(status: str | None, conclusion: str | None) -> str:
    return clean(word_of(status, conclusion))


def _details(job: WireJob) -> dict[str, object]:
    told = clean_value(job.model_dump(mode="json", include=set(_FIELDS), exclude_none=True))
    return told if isinstance(told, dict) else {}
