"""Where a flow run or a task run stands, in Prefect's two words: a type and a name."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from runs_tui.demo.prefect.marks import derived, stamp, stamp_or_none
from runs_tui.model.state import State

TYPES = (
    "SCHEDULED",
    "PENDING",
    "RUNNING",
    "COMPLETED",
    "FAILED",
    "CANCELLED",
    "CRASHED",
    "PAUSED",
    "CANCELLING",
)
"""Every state type there is, in the order in which the server lists them."""

FINAL = frozenset({"COMPLETED", "FAILED", "CANCELLED", "CRASHED"})
"""The state types after which nothing happens by itself."""

LATE = timedelta(seconds=15)
"""After so long a wait a scheduled run is called late."""

_CRASHES = ("killed", "evicted", "sigkill")
_TIMEOUT = "timed out after"
_PLAIN = {
    State.QUEUED: ("SCHEDULED", "Scheduled"),
    State.RUNNING: ("RUNNING", "Running"),
    State.WAITING: ("PAUSED", "Paused"),
    State.SUCCEEDED: ("COMPLETED", "Completed"),
    State.CANCELLED: ("CANCELLED", "Cancelled"),
    State.SKIPPED: ("CANCELLED", "Skipped"),
    State.UNKNOWN: ("UNKNOWN", "Unknown"),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One entry of a state history."""

    type: str
    name: str
    at: datetime
    message: str | None = None
    scheduled: datetime | None = None

    @property
    def final(self) -> bool:
        """Whether nothing happens after it by itself."""
        return self.type in FINAL

    def id(self, owner: str) -> str:
        """Give the id of this entry in the history of a flow run or a task run."""
        return derived(owner, self.name, stamp(self.at))


def kind_of(state: State, error: str | None, word: str | None) -> tuple[str, str]:
    """Give the type and name of a state; a foreign word stands for both."""
    if word is not None:
        return word, word
    return failure(error) if state is State.FAILED else _PLAIN[state]


def failure(error: str | None) -> tuple[str, str]:
    """Tell a crash and a timeout from an ordinary failure by what went wrong."""
    text = (error or "").lower()
    if any(word in text for word in _CRASHES):
        return "CRASHED", "Crashed"
    if _TIMEOUT in text:
        return "FAILED", "TimedOut"
    return "FAILED", "Failed"


def stage_json(stage: Stage, flow_run_id: str, task_run_id: str | None = None) -> dict[str, Any]:
    """Give a history entry as the server sends it."""
    return {
        "id": stage.id(task_run_id or flow_run_id),
        "type": stage.type,
        "name": stage.name,
        "timestamp": stamp(stage.at),
        "message": stage.message,
        "data": None,
        "state_details": {
            "flow_run_id": flow_run_id,
            "task_run_id": task_run_id,
            "child_flow_run_id": None,
            "scheduled_time": stamp_or_none(stage.scheduled),
            "cache_key": None,
            "cache_expiration": None,
            "deferred": False,
            "untrackable_result": stage.type == "COMPLETED",
            "pause_timeout": None,
            "pause_reschedule": False,
            "pause_key": None,
            "run_input_keyset": None,
            "refresh_cache": None,
            "retriable": False if stage.type == "FAILED" else None,
            "transition_id": None,
            "task_parameters_id": None,
            "traceparent": None,
            "deployment_concurrency_lease_id": None,
        },
    }
