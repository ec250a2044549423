"""The runs that some steps start: one for each of some kinds, several for those of another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runs_tui.demo.dagu.words import HOME, second
from runs_tui.demo.dice import digest
from runs_tui.model.state import State

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from runs_tui.demo.world import WorldRun, WorldStep

_ONE = frozenset({"train", "report", "deploy"})
_SEVERAL = frozenset({"sync"})
_STANDS = {
    State.SUCCEEDED: ((4, "succeeded"),) * 3,
    State.FAILED: ((4, "succeeded"), (2, "failed"), (4, "succeeded")),
    State.CANCELLED: ((4, "succeeded"), (3, "aborted"), (3, "aborted")),
}
_GOES_ON = ((4, "succeeded"), (1, "running"), (1, "running"))


@dataclass(frozen=True, slots=True)
class Sub:
    """A run that a step started."""

    id: str
    """Its id."""
    params: str
    """What it was given."""
    status: int
    """Where it stands."""
    label: str
    """The same in a word."""
    started: datetime | None
    """When it began."""
    finished: datetime | None
    """When it ended."""
    step: WorldStep
    """The step that started it."""

    def listed(self) -> dict[str, Any]:
        """Show it as a list does."""
        return {
            "dagRunId": self.id,
            "finishedAt": second(self.finished),
            "params": self.params,
            "startedAt": second(self.started),
            "status": self.status,
            "statusLabel": self.label,
        }

    def whole(self, run: WorldRun) -> dict[str, Any]:
        """Show it with its only node; `run` is the one that started it."""
        name = f"{self.step.kind}-job"
        path = f"{HOME}/{name}/dag-run_{run.created:%Y%m%d_%H%M%S}Z_{self.id}"
        node = {
            "doneCount": 1,
            "finishedAt": second(self.finished),
            "retryCount": 0,
            "startedAt": second(self.started),
            "status": self.status,
            "statusLabel": self.label,
            "stderr": f"{path}/work.err",
            "stdout": f"{path}/work.out",
            "step": {"name": "work", "commands": [{"args": [self.params], "command": "echo"}]},
        }
        shown = {
            **self.listed(),
            "log": f"{path}/dag-run.log",
            "name": name,
            "nodes": [node],
            "preconditions": [],
            "parentDAGRunId": run.id,
            "parentDAGRunName": run.workflow.name,
            "rootDAGRunId": run.id,
            "rootDAGRunName": run.workflow.name,
            "workerId": "local",
        }
        return {"dagRunDetails": shown}


def calls(step: WorldStep) -> bool:
    """Tell whether a step starts runs."""
    return step.kind in _ONE | _SEVERAL


def subs_of(run: WorldRun, step: WorldStep) -> Sequence[Sub]:
    """Give the runs that a step has started."""
    if step.started is None or not calls(step):
        return ()
    stands: Sequence[tuple[int, str]] = _STANDS.get(step.state, _GOES_ON)
    if step.kind in _ONE:
        stands = stands[1:2]
    return [_sub(run, step, number, *stand) for number, stand in enumerate(stands, 1)]


def _sub(run: WorldRun, step: WorldStep, number: int, status: int, label: str) -> Sub:
    name = digest(run.id, step.id, number).hex()[:44]
    ended = step.finished if label != "running" else None
    if label == "succeeded" and ended is None:
        ended = step.started
    return Sub(name, str(number), status, label, step.started, ended, step)
