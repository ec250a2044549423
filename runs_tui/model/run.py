"""Runs, their steps and their events, as every API's answers are translated."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from math import isfinite
from typing import Any, NamedTuple

from runs_tui.model.sgr import Stretch
from runs_tui.model.state import State

Details = Mapping[str, Any]
"""Whatever else the API told, by the API's own field names, cleaned."""


class RunKey(NamedTuple):
    """What names a run everywhere: its source and its id there."""

    source: str
    id: str

    def __str__(self) -> str:
        """Write it as people type it, `source/id`."""
        return f"{self.source}/{self.id}"


class RetryMode(StrEnum):
    """From where a retry starts."""

    FULL = "full"
    FAILED = "failed"
    STEP = "step"


def seconds_between(start: datetime | None, end: datetime | None) -> float | None:
    """Give the seconds from one instant to another, never below zero; None where one is missing."""
    if start is None or end is None:
        return None
    return max((end - start).total_seconds(), 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution of a workflow."""

    source: str
    """The name of the source that told of it."""
    id: str
    """Its id, as the API writes it."""
    workflow_id: str | None = None
    """The id of what was run."""
    workflow_name: str | None = None
    """The name of what was run."""
    name: str | None = None
    """The run's own name, where the API gives runs one."""
    version: str | None = None
    """The version of the workflow that was run."""
    state: State
    """Where it stands, in our words."""
    status: str = ""
    """Where it stands, in the server's own word."""
    reason: str | None = None
    """Why it ended or waits so, in the server's words."""
    created_at: datetime | None = None
    """When it came to be, UTC."""
    started_at: datetime | None = None
    """When it began to work, UTC."""
    finished_at: datetime | None = None
    """When it ended, UTC."""
    updated_at: datetime | None = None
    """When the server last changed it, UTC."""
    listed_at: datetime | None = None
    """The instant its API orders lists by, where that is not the creation."""
    took: float | None = None
    """Its duration in seconds where the API tells one; else it is computed."""
    trigger: str | None = None
    """What started it (cron, manual, api ...), in the server's words."""
    attempt: int | None = None
    """Which attempt this is, from 1."""
    retry_of: str | None = None
    """The id of the earlier run that this one repeats."""
    progress: float | None = None
    """How far it is, from 0 to 1."""
    error: str | None = None
    """What went wrong, in one line."""
    url: str | None = None
    """Its web address for a person."""
    details: Details = field(default_factory=dict)
    """Whatever else the API told."""
    derived: frozenset[str] = frozenset()
    """The fields that its API did not tell: concluded from other answers, or remembered by us."""

    @property
    def key(self) -> RunKey:
        """What names it among all sources."""
        return RunKey(self.source, self.id)

    @property
    def workflow(self) -> str:
        """The workflow as a person calls it: its name, else its id."""
        return self.workflow_name or self.workflow_id or "–"

    @property
    def active(self) -> bool:
        """Whether something may still happen to it."""
        return self.state.active or (self.state is State.UNKNOWN and self.finished_at is None)

    @property
    def instant(self) -> datetime | None:
        """When it takes its place in a list, newest first."""
        return self.listed_at or self.created_at or self.started_at

    def duration(self, now: datetime) -> float | None:
        """Give its seconds of work: told, else from start to end, or to `now` while it runs."""
        if self.active and self.started_at is not None:
            return seconds_between(self.started_at, now)
        if self.took is not None and isfinite(self.took):
            return self.took
        return seconds_between(self.started_at, self.finished_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A part of a run."""

    key: str
    """What names it within its run; that of a part of a step begins with its key and a slash."""
    name: str
    """What a person calls it."""
    part: str | None = None
    """What names its place in every run of the workflow, where the key is of this run alone."""
    state: State
    """Where it stands, in our words."""
    status: str = ""
    """Where it stands, in the server's own word."""
    depends_on: tuple[str, ...] = ()
    """The keys of its parents, as the server told them; some may be missing or form a cycle."""
    created_at: datetime | None = None
    """When it came to be, or was to begin, UTC, where the API tells."""
    started_at: datetime | None = None
    """When it began, UTC."""
    finished_at: datetime | None = None
    """When it ended, UTC."""
    took: float | None = None
    """Its duration in seconds where the API tells one; else it is computed."""
    attempt: int | None = None
    """Which attempt this is, from 1."""
    error: str | None = None
    """What went wrong, in one line."""
    child_run: str | None = None
    """The id of the run that this step is, where it is one."""
    reused: bool = False
    """Whether the API tells that its result was taken from earlier work."""
    details: Details = field(default_factory=dict)
    """Whatever else the API told."""
    derived: frozenset[str] = frozenset()
    """The fields that its API did not tell, but that were concluded from other answers."""

    @property
    def whole(self) -> str | None:
        """The key of the step that it is a part of."""
        match self.depends_on:
            case (whole,) if self.key.startswith(f"{whole}/"):
                return whole
            case _:
                return None

    def duration(self, now: datetime) -> float | None:
        """Give its seconds of work: told, else from start to end, or to `now` while it runs."""
        if self.state.active and self.started_at is not None:
            return seconds_between(self.started_at, now)
        if self.took is not None and isfinite(self.took):
            return self.took
        return seconds_between(self.started_at, self.finished_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something a run tells while it goes: a state change or a log line."""

    id: str | None = None
    """What names it within its run, where the API tells."""
    at: datetime | None = None
    """When it happened, UTC."""
    step: str | None = None
    """The key of the step it belongs to."""
    level: str | None = None
    """`debug`, `info`, `warning` or `error`."""
    kind: str = "log"
    """`log`, `state`, or the server's own word."""
    message: str = ""
    """What it says; may hold line ends."""
    colors: tuple[Stretch, ...] = ()
    """How stretches of the message look, where its log says so, in order."""
    state: State | None = None
    """The state that was entered, for a state change."""
    details: Details = field(default_factory=dict)
    """Whatever else the API told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch of events that may have been lost."""

    since: datetime
    """The last instant before it that is known, UTC."""
    until: datetime | None = None
    """The first instant after it that is known, UTC."""
    count: int | None = None
    """How many events are known to be lost."""
