"""The log lines of a run as workers ship them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from runs_tui.demo.lightning.names import job_id, step_id
from runs_tui.demo.lightning.shapes import stamp
from runs_tui.demo.values import Line, WorldRun
from runs_tui.demo.world import World
from runs_tui.model.state import State

_BEGINS = frozenset({State.RUNNING, State.WAITING})


@dataclass(frozen=True, slots=True)
class Log:
    """A line of a run, which tells neither its job nor its workflow."""

    line: Line
    run: WorldRun
    step: str | None
    """The id of the step, which is one for each job of a run."""

    @property
    def level(self) -> str:
        """The level, in the server's words."""
        if self.line.state is State.SUCCEEDED:
            return "success"
        if self.line.state is State.RUNNING and self.step is None:
            return "always"
        return "warn" if self.line.level == "warning" else self.line.level

    @property
    def job(self) -> str | None:
        """The id of the job that wrote it, by which lines can be asked for."""
        return self.line.step and job_id(self.run.workflow, self.line.step)

    def json(self) -> dict[str, Any]:
        """Show it."""
        source = "JOB" if self.line.kind == "log" else "R/T"
        attributes = {
            "source": source if self.step or self.line.state else None,
            "level": self.level,
            "message": self.line.message,
            "timestamp": stamp(self.line.at),
            "step_id": self.step,
            "run_id": self.run.id,
        }
        return {"type": "log_lines", "id": self.line.id, "attributes": attributes}


def logs(world: World, run: WorldRun, now: datetime, late: timedelta) -> Iterator[Log]:
    """Give the lines of a run that are stored by now, each up to so much after it was written.

    A run has no worker before it begins, and a job that never began has no step.
    """
    begun: set[str] = set()
    for line in world.lines(run.id, now):
        if line.step is not None and line.state in _BEGINS:
            begun.add(line.step)
        unheard = line.state is State.QUEUED if line.step is None else line.step not in begun
        stored = line.at + late * (int(line.id[:2], 16) / 255)
        if not unheard and stored <= now:
            yield Log(line, run, line.step and step_id(run.id, line.step))
