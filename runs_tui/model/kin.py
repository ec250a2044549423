"""How runs belong together: attempts at the same work, and runs that others start."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import isfinite

from runs_tui.model.run import Run, seconds_between
from runs_tui.model.state import State


class Relation(StrEnum):
    """What another run is to a run."""

    ATTEMPT = "attempt"
    """An earlier or a later attempt at the same work, as a run of its own."""
    PARENT = "parent"
    """The run that started it."""
    CHILD = "child"
    """A run that it started."""


@dataclass(frozen=True, slots=True)
class Relative:
    """Another run of the same lineage."""

    run: Run
    """That run."""
    relation: Relation
    """What it is to the run that was asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One of the attempts that a run has made without becoming another run."""

    number: int
    """Which one it is, from 1."""
    state: State
    """Where it stands, or how it ended."""
    status: str = ""
    """The same in the server's own word."""
    asked_at: datetime | None = None
    """When it was to begin, UTC."""
    started_at: datetime | None = None
    """When it began to work, UTC."""
    finished_at: datetime | None = None
    """When it ended, UTC."""
    took: float | None = None
    """Its duration in seconds where the API tells one; else it is computed."""
    reason: str | None = None
    """Why it ended so, in one line."""
    derived: frozenset[str] = frozenset()
    """The fields that its API did not tell, but that were concluded from other answers."""

    def duration(self, now: datetime) -> float | None:
        """Give its seconds of work, until `now` while it goes on."""
        if self.took is not None and isfinite(self.took):
            return self.took
        end = now if self.state.active else self.finished_at
        return seconds_between(self.started_at, end)


@dataclass(frozen=True, slots=True)
class Kin:
    """What an API tells of the lineage of one run."""

    relatives: Sequence[Relative] = ()
    """The other runs; never the run itself, and each once."""
    attempts: Sequence[Attempt] = ()
    """Its own attempts, the first one first; none where it made only one."""
    whole: bool = True
    """Whether nothing is known to be missing."""
