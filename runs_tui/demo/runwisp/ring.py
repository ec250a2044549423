"""What changes in a daemon, numbered, as far back as its ring of events reaches."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from runs_tui.demo.runwisp.words import phase_of

if TYPE_CHECKING:
    from datetime import datetime

    from runs_tui.demo.runwisp.daemon import Daemon
    from runs_tui.demo.world import WorldRun

SIZE = 1024


class Change(NamedTuple):
    """A run as it was when something happened to it."""

    number: int
    name: str
    run: WorldRun


class Ring:
    """Finds what has changed since it was last asked, and remembers it."""

    def __init__(self, daemon: Daemon, restart_after: int | None) -> None:
        """Watch a daemon, which may restart once, after so many changes."""
        self._daemon = daemon
        self._restart_after = restart_after
        self._known: int | None = None
        self._active: dict[str, str] = {}
        self.changes: deque[Change] = deque(maxlen=SIZE)
        """The newest changes."""
        self.last = 0
        """The number of the newest one."""
        self.starts = 0
        """How often the daemon was started again."""

    def look(self, now: datetime) -> None:
        """Take in what is new."""
        _, total = self._daemon.page(0, 0, now)
        if self._known is None:
            self._known = total
            self._active = {r.id: phase_of(r) for r in self._daemon.runs(now) if r.state.active}
            return
        new, _ = self._daemon.page(0, max(total - self._known, 0), now)
        self._known = total
        known = [self._daemon.run(run_id, now) for run_id in self._active]
        for run in [run for run in known if run is not None] + new[::-1]:
            self._compare(run)

    def _compare(self, run: WorldRun) -> None:
        before, after = self._active.get(run.id), phase_of(run)
        if before == after:
            return
        if before is None and after != "pending":
            self._add("run.created", run)
        self._add(_name(after, run), run)
        if run.state.active:
            self._active[run.id] = after
        else:
            self._active.pop(run.id, None)

    def _add(self, name: str, run: WorldRun) -> None:
        self.last += 1
        self.changes.append(Change(self.last, name, run))
        if self.last == self._restart_after:
            self._restart_after = None
            self.changes.clear()
            self.last = 0
            self.starts += 1


def _name(phase: str, run: WorldRun) -> str:
    match phase:
        case "pending":
            return "run.created"
        case "running":
            return "run.started"
        case _:
            return "run.failed" if run.error else "run.completed"
