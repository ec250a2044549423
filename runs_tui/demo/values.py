"""What a demo world tells: workflows, runs, steps and lines, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runs_tui.model.state import State


@dataclass(frozen=True, slots=True)
class StepSpec:
    """A step as its workflow declares it."""

    key: str
    name: str
    parents: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something that a workflow takes."""

    name: str
    type: str
    """In JSON Schema's words."""
    default: object
    """What it is where it is left out; None where it must not be."""
    choices: tuple[object, ...]
    """The values that it may have; none where it may have any of its type."""


@dataclass(frozen=True, slots=True)
class Workflow:
    """What is run."""

    id: str
    name: str
    version: int
    description: str
    tags: tuple[str, ...]
    steps: tuple[StepSpec, ...]
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class WorldStep:
    """A step of one attempt of a run."""

    id: str
    """Differs from attempt to attempt, except for a step that was kept."""
    key: str
    name: str
    parents: tuple[str, ...]
    kind: str
    state: State
    attempt: int
    started: datetime | None
    finished: datetime | None
    error: str | None
    result: dict[str, Any] | None
    word: str | None = None
    """A foreign status word to be sent instead of the state."""


@dataclass(frozen=True, slots=True)
class WorldRun:
    """One execution of a workflow, as it stands at one instant."""

    id: str
    name: str
    workflow: Workflow
    state: State
    cancelling: bool
    """A cancel was asked for and has not taken effect."""
    attempt: int
    retry_of: str | None
    trigger: str
    """One of `schedule`, `manual`, `webhook`, `event`."""
    parameters: Mapping[str, Any]
    created: datetime
    started: datetime | None
    finished: datetime | None
    updated: datetime
    error: str | None
    word: str | None = None
    """A foreign status word to be sent instead of the state."""


@dataclass(frozen=True, slots=True)
class Line:
    """A log line or a state change of a run."""

    number: int
    """Counts from 1 within its run, without holes, and stays."""
    id: str
    at: datetime
    step: str | None
    step_id: str | None
    level: str
    """One of `debug`, `info`, `warning`, `error`."""
    kind: str
    """`log` or `state`."""
    state: State | None
    message: str


class Finished(Exception):
    """The run is over."""
