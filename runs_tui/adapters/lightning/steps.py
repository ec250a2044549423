"""The steps of a run: the jobs of its workflow, with what its log lets conclude about each.

The server tells no state of a step. All states here are conclusions, and marked so:

- A run executes one job after the other, so that of an active run the step with the newest line
  is running and the others have finished.
- Of a failed run, the step with the latest error is the one that failed, or, where none has an
  error, the one with the newest line; of a cancelled run it is that one. The others have finished.
- A job without lines may have been silent, so it is never called skipped: it is queued while the
  run is active, and unknown once it is over.
- A trigger has fired if it is the only one of its workflow and the run has the priority of those
  that triggers start; which trigger it was, or whether a person did it, is not told otherwise.
"""

from collections.abc import Mapping

from runs_tui.adapters.lightning.dossier import Dossier
from runs_tui.adapters.lightning.placing import in_order
from runs_tui.adapters.lightning.runs import is_over, run_state
from runs_tui.adapters.lightning.traces import Trace
from runs_tui.adapters.lightning.wire import Edge, Job, Trigger, WireRun, Workflow
from runs_tui.model.run import Step
from runs_tui.model.state import State
from runs_tui.model.text import clean, one_line

FIRED = "fired"
NOT_TOLD = "not told"
NO_OUTPUT = "no output yet"
SILENT = "not reached or silent"
NOT_ASKED = "not asked yet"
_LATER = "which lines of the log are its own is found out by further readings"
_REMOVED = "removed job"


def steps_of(row: WireRun, workflow: Workflow | None, dossier: Dossier) -> list[Step]:
    """Give the steps of a run, as far as they are known."""
    guess = _Guess(row, dossier)
    if workflow is None:
        return [guess.stray(step_id, number, None) for number, step_id in guess.strays()]
    parents = _edges_to(workflow)
    jobs = {job.id: job for job in workflow.jobs}
    triggers = [_trigger(trigger, workflow, row) for trigger in workflow.triggers]
    steps = [guess.job(jobs[job_id], parents.get(job_id, [])) for job_id in in_order(workflow)]
    strays = [guess.stray(step_id, number, workflow) for number, step_id in guess.strays()]
    return [*triggers, *steps, *strays]


def _edges_to(workflow: Workflow) -> Mapping[str, list[Edge]]:
    """Give the edges that lead to each job, without those that are disabled."""
    found: dict[str, list[Edge]] = {}
    for edge in workflow.edges:
        if edge.enabled and edge.target_job_id and edge.source_id:
            found.setdefault(edge.target_job_id, []).append(edge)
    return found


def _trigger(trigger: Trigger, workflow: Workflow, row: WireRun) -> Step:
    fired = row.priority == "normal" and trigger.enabled and len(workflow.triggers) == 1
    details = {"type": trigger.type, "cron_expression": trigger.cron_expression}
    return Step(
        key=clean(trigger.id),
        name=clean(trigger.type or "trigger"),
        state=State.SUCCEEDED if fired else State.UNKNOWN,
        status=FIRED if fired else NOT_TOLD,
        details={name: clean(text) for name, text in details.items() if text},
        derived=frozenset({"state", "status"}),
    )


class _Guess:
    """Concludes from the traces of a run's steps where each stands."""

    def __init__(self, row: WireRun, dossier: Dossier) -> None:
        self._row = row
        self._dossier = dossier
        self._over = is_over(row)
        self._traces = dossier.traces.steps
        self._newest = max(self._traces, key=lambda key: self._traces[key].last, default=None)
        wrong = {key: trace.error[0] for key, trace in self._traces.items() if trace.error}
        self._culprit = max(wrong, key=lambda key: wrong[key], default=self._newest)

    def strays(self) -> list[tuple[int, str]]:
        """Give the steps without a known job, each with its number in the run."""
        numbers = {step_id: number for number, step_id in enumerate(self._traces, 1)}
        return [(numbers[step_id], step_id) for step_id in self._dossier.unplaced]

    def job(self, job: Job, edges: list[Edge]) -> Step:
        """Give the step that stands for a job."""
        step_id = self._dossier.steps.get(job.id)
        details = {
            "job_id": clean(job.id),
            "adaptor": clean(job.adaptor or ""),
            "step_id": clean(step_id or ""),
            "conditions": [told for told in map(_condition, edges) if told],
        }
        return self._step(
            clean(self._dossier.key_of_job(job.id)),
            clean(job.name or "") or clean(job.id),
            step_id,
            {name: value for name, value in details.items() if value},
            self._untouched(job.id),
            part=clean(job.id),
            depends_on=tuple(dict.fromkeys(clean(self._source(edge)) for edge in edges)),
        )

    def stray(self, step_id: str, number: int, workflow: Workflow | None) -> Step:
        """Give a step whose job is not known, or no longer there."""
        gone = workflow and all(self._dossier.is_settled(job.id) for job in workflow.jobs)
        details: dict[str, object] = {"step_id": clean(step_id)}
        if not gone:
            details["note"] = _LATER
        return self._step(
            clean(self._dossier.key_of(step_id)),
            _REMOVED if gone else f"step {number}",
            step_id,
            details,
            (State.UNKNOWN, ""),
            more=frozenset({"name"}),
        )

    def _step(
        self,
        key: str,
        name: str,
        step_id: str | None,
        details: dict[str, object],
        untouched: tuple[State, str],
        *,
        part: str | None = None,
        depends_on: tuple[str, ...] = (),
        more: frozenset[str] = frozenset(),
    ) -> Step:
        trace = self._traces.get(step_id or "")
        state, status = self._state(step_id or "") if trace else untouched
        if status == NOT_ASKED:
            details["note"] = _LATER
        # Of a log that was read in part the latest line of a step is known where its job was asked.
        whole = self._dossier.whole
        ended = whole or step_id in self._dossier.steps.values()
        started = trace.first if trace and whole else None
        finished = trace.last if trace and ended and state is not State.RUNNING else None
        error = self._error(trace) if trace and state is State.FAILED else None
        found = {"started_at": started, "finished_at": finished, "error": error}
        told = {name for name, value in found.items() if value is not None}
        return Step(
            key=key,
            name=name,
            part=part,
            state=state,
            status=status,
            depends_on=depends_on,
            started_at=started,
            finished_at=finished,
            error=error,
            details=details,
            derived=frozenset({"state", "status"} | told | more),
        )

    def _state(self, step_id: str) -> tuple[State, str]:
        """Conclude where a step stands that has left lines."""
        newest, state = step_id == self._newest, run_state(self._row)
        if not self._over and newest:
            return State.RUNNING, "running"
        if state is State.FAILED and step_id == self._culprit:
            return State.FAILED, "failed"
        if self._over and newest and state in {State.CANCELLED, State.UNKNOWN}:
            return state, "cancelled" if state is State.CANCELLED else NOT_TOLD
        return State.SUCCEEDED, "finished"

    def _untouched(self, job_id: str) -> tuple[State, str]:
        """Say what can be said of a job that is not known to have left lines."""
        dossier = self._dossier
        begun = self._row.started_at is not None
        if begun and not dossier.is_settled(job_id) and (dossier.unplaced or not dossier.whole):
            return State.UNKNOWN, NOT_ASKED
        return (State.UNKNOWN, SILENT) if self._over else (State.QUEUED, NO_OUTPUT)

    def _source(self, edge: Edge) -> str:
        return self._dossier.key_of_job(edge.source_id or "")

    def _error(self, trace: Trace) -> str | None:
        told = trace.error[1] if trace.error else self._row.error_type
        return one_line(told or "") or None


def _condition(edge: Edge) -> str | None:
    """Say when an edge is followed; the code of a condition is not for showing."""
    if edge.condition_type in {None, "always"}:
        return None
    return clean(edge.condition_label or edge.condition_type or "")
