"""Phases, end reasons and exit codes, as the daemon of each generation tells them."""

from typing import Literal

from runs_tui.demo.world import WorldRun
from runs_tui.model.state import State

Generation = Literal["G1", "G2", "G3"]

NEVER_RAN = -1
OLD_REASONS = frozenset({
    "success", "failed", "stopped", "timeout", "crashed", "skipped", "log_overflow",
})  # fmt: skip
"""The end reasons that the oldest daemons can be asked for."""
_SKIPPED = ("skipped", "missed", "queue_full", "dst_skipped")
_EXIT_CODES = {"timeout": 143, "stopped": 143, "daemon_stopped": 143, "crashed": 137}
_TROUBLES = {
    "Timed out": "timeout",
    "memory": "crashed",
    "No space left": "log_overflow",
}


def phase_of(run: WorldRun) -> str:
    """Give the phase of a run."""
    if run.word:
        return run.word
    match run.state:
        case State.QUEUED:
            return "pending"
        case State.RUNNING | State.WAITING:
            return "running"
        case _:
            return "ended"


def reason_of(run: WorldRun, generation: Generation) -> str | None:
    """Give the end reason of a run; one in some of those that were stopped has none."""
    dice = run.id.encode()[-1]
    match run.state:
        case State.SUCCEEDED:
            return "succeeded" if generation == "G3" else "success"
        case State.FAILED:
            told = (word for part, word in _TROUBLES.items() if part in (run.error or ""))
            return next(told, "failed")
        case State.CANCELLED if generation == "G1" or dice % 4 > 1:
            return "stopped"
        case State.CANCELLED:
            return "daemon_stopped" if dice % 4 else None
        case State.SKIPPED:
            return "skipped" if generation == "G1" else _SKIPPED[dice % len(_SKIPPED)]
        case _:
            return None


def exit_code_of(run: WorldRun, reason: str | None) -> int:
    """Give the exit code of a run, which is 0 also of those that have not ended."""
    if run.state is State.SKIPPED:
        return NEVER_RAN
    if run.state is State.FAILED and reason == "failed":
        return 1 + run.id.encode()[-2] % 3
    return _EXIT_CODES.get(reason or "", 0)
