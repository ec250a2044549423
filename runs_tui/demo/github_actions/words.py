"""The statuses, conclusions and events of GitHub for what the world knows."""

from typing import NamedTuple

from runs_tui.demo.world import WorldRun, WorldStep
from runs_tui.model.state import State

EVENTS = {
    "schedule": "schedule",
    "manual": "workflow_dispatch",
    "webhook": "repository_dispatch",
    "event": "push",
}
STATUSES = frozenset({
    "completed", "action_required", "cancelled", "failure", "neutral", "skipped", "stale",
    "success", "timed_out", "in_progress", "queued", "requested", "waiting", "pending",
})  # fmt: skip
"""What a list can be filtered by, as the description says."""
UNDOCUMENTED = "startup_failure"
"""What it can be filtered by as GitHub's own command line does."""

_ACTIVE = {
    State.QUEUED: "queued",
    State.RUNNING: "in_progress",
    State.WAITING: "waiting",
}
_OVER = {
    State.SUCCEEDED: "success",
    State.FAILED: "failure",
    State.CANCELLED: "cancelled",
    State.SKIPPED: "skipped",
}


class Standing(NamedTuple):
    """Where something stands."""

    status: str
    conclusion: str | None


def standing(seen: WorldRun | WorldStep) -> Standing:
    """Give the status and the conclusion of a run, or of the job that a step is."""
    if seen.state in _OVER:
        return Standing("completed", seen.word or _OVER[seen.state])
    return Standing(seen.word or _ACTIVE.get(seen.state, "queued"), None)
