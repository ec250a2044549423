"""What is known of the runs that are watched, and when there is nothing more to wait for."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from runs_tui.cli.status import Status, status_of
from runs_tui.cli.watcher import Lost, Seen
from runs_tui.model.run import Run, RunKey
from runs_tui.model.state import State


@dataclass(frozen=True, slots=True)
class Until:
    """When watching ends, besides when all runs have ended."""

    any: bool = False
    """As soon as one run has ended."""
    failed: bool = False
    """As soon as one run has failed."""


def status_of_run(run: Run) -> Status | None:
    """Give the exit status for how a run ended; None while it goes on."""
    if run.active:
        return None
    match run.state:
        case State.SUCCEEDED:
            return Status.DONE
        case State.CANCELLED | State.SKIPPED:
            return Status.CANCELLED
        case _:
            return Status.REFUSED


class Ledger:
    """The latest of each run, in the order in which they were to be watched."""

    def __init__(self, until: Until) -> None:
        """Know of no run yet."""
        self._until = until
        self.seen: dict[RunKey, Seen | None] = {}
        """What was seen last of each run; None before anything was."""
        self.lost: dict[RunKey, Lost] = {}
        """The runs that cannot be seen just now, or for good."""
        self.decided = asyncio.Event()
        """Set when there is nothing more to wait for."""

    def expect(self, keys: Iterable[RunKey]) -> None:
        """Watch some runs."""
        for key in keys:
            self.seen.setdefault(key, None)

    def take(self, told: Seen | Lost) -> bool:
        """Learn what was told; tell whether it is news."""
        news = self._take_lost(told) if isinstance(told, Lost) else self._take_seen(told)
        if self._is_decided():
            self.decided.set()
        return news

    def _take_seen(self, told: Seen) -> bool:
        key = told.run.key
        before = self.seen.get(key)
        back = self.lost.pop(key, None) is not None
        self.seen[key] = told
        changed = before is None or _stand(before.run) != _stand(told.run)
        return changed or back

    def _take_lost(self, told: Lost) -> bool:
        before = self.lost.get(told.key)
        self.seen.setdefault(told.key, None)
        self.lost[told.key] = told
        return before is None or before.final != told.final

    def _is_decided(self) -> bool:
        statuses = [status for status in self._statuses() if status is not None]
        if self._until.any and any(seen and not seen.run.active for seen in self.seen.values()):
            return True
        if self._until.failed and Status.REFUSED in statuses:
            return True
        return len(statuses) == len(self.seen)

    def _statuses(self) -> list[Status | None]:
        return [self._status(key, seen) for key, seen in self.seen.items()]

    def _status(self, key: RunKey, seen: Seen | None) -> Status | None:
        lost = self.lost.get(key)
        if lost is not None and lost.final:
            return status_of(lost.error)
        return status_of_run(seen.run) if seen else None

    @property
    def status(self) -> Status:
        """Give the exit status: a failed run counts most, then what could not be seen."""
        statuses = [status for status in self._statuses() if status is not None]
        if not statuses:
            return Status.NOT_FOUND
        unseen = [s for s in statuses if s not in (Status.DONE, Status.CANCELLED)]
        for status in (Status.REFUSED, *unseen, Status.CANCELLED):
            if status in statuses:
                return status
        return Status.DONE


def _stand(run: Run) -> tuple[State, str, int | None]:
    return run.state, run.status, run.attempt
