"""The log lines of flow runs as the server keeps them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from runs_tui.demo.prefect.ledger import Ledger
from runs_tui.demo.prefect.marks import stamp
from runs_tui.demo.values import Line

_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_SHIPPING = timedelta(milliseconds=50)


@dataclass(frozen=True, slots=True)
class Log:
    """One log line of one flow run."""

    line: Line
    flow_run_id: str
    landed: datetime

    @property
    def task_run_id(self) -> str | None:
        """The task run that wrote it."""
        return self.line.step_id

    @property
    def level(self) -> int:
        """Its level in Python's numbers."""
        return _LEVELS[self.line.level]


def logs(
    ledger: Ledger, run_ids: Iterable[str], now: datetime, late: timedelta = timedelta()
) -> Iterator[Log]:
    """Give the log lines of flow runs that have landed; those of tasks land a little late."""
    for run_id in run_ids:
        if ledger.world.run(run_id, now) is None:
            continue
        for line in ledger.world.lines(run_id, now):
            landed = line.at if line.step_id is None else line.at + late
            if line.kind == "log" and landed <= now:
                yield Log(line, run_id, landed)


def log_json(log: Log) -> dict[str, Any]:
    """Give a line as a list has it."""
    landed = stamp(log.landed + _SHIPPING)
    return {
        "id": log.line.id,
        "created": landed,
        "updated": landed,
        "name": "prefect.flow_runs" if log.task_run_id is None else "prefect.task_runs",
        "level": log.level,
        "message": log.line.message,
        "timestamp": stamp(log.line.at),
        "flow_run_id": log.flow_run_id,
        "task_run_id": log.task_run_id,
    }
