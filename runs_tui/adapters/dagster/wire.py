"""What a Dagster server tells of, as shapes to be checked and read."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from runs_tui.transport.shapes import Shape


def _epoch(value: object) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("a time is a number of seconds")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError):
        raise ValueError("there is no such instant") from None


def _milliseconds(value: object) -> datetime:
    if not isinstance(value, str) or not value.isdecimal():
        raise ValueError("the time of an event is a number of milliseconds, as text")
    return _epoch(int(value) / 1000)


Epoch = Annotated[datetime, BeforeValidator(_epoch)]
"""Seconds since 1970."""
Milliseconds = Annotated[datetime, BeforeValidator(_milliseconds)]
"""Milliseconds since 1970, written as text."""


class RunTag(Shape):
    """A tag of a run."""

    key: str
    value: str = ""


class Origin(Shape):
    """Where the job of a run is defined."""

    location: str = Field("", alias="repositoryLocationName")
    repository: str = Field("", alias="repositoryName")


class WireRun(Shape):
    """A run, as lists tell it."""

    id: str
    job: str = Field(alias="jobName")
    status: str
    created: Epoch = Field(alias="creationTime")
    started: Epoch | None = Field(None, alias="startTime")
    ended: Epoch | None = Field(None, alias="endTime")
    updated: Epoch | None = Field(None, alias="updateTime")
    can_terminate: bool | None = Field(None, alias="canTerminate")
    may_terminate: bool | None = Field(None, alias="hasTerminatePermission")
    may_repeat: bool | None = Field(None, alias="hasReExecutePermission")
    root: str | None = Field(None, alias="rootRunId")
    parent: str | None = Field(None, alias="parentRunId")
    snapshot: str | None = Field(None, alias="pipelineSnapshotId")
    tags: list[RunTag] = Field(default_factory=list)
    step_keys: list[str] | None = Field(None, alias="stepKeysToExecute")
    origin: Origin | None = Field(None, alias="repositoryOrigin")

    @property
    def tagged(self) -> dict[str, str]:
        """The values of its tags, by their keys."""
        return {tag.key: tag.value for tag in self.tags}


class Keyed(Shape):
    """What has the key of a step."""

    key: str


class StepInput(Shape):
    """What a step takes, and from which steps."""

    sources: list[Keyed] = Field(default_factory=list, alias="dependsOn")


class PlannedStep(Shape):
    """A step of an execution plan."""

    key: str
    kind: str | None = None
    inputs: list[StepInput] = Field(default_factory=list)


class ExecutionPlan(Shape):
    """What a run is to do."""

    steps: list[PlannedStep]


class Try(Shape):
    """One time that a step was tried to its end."""

    started: Epoch | None = Field(None, alias="startTime")
    ended: Epoch | None = Field(None, alias="endTime")


class StepStats(Shape):
    """How a step that has begun stands."""

    key: str = Field(alias="stepKey")
    status: str | None = None
    started: Epoch | None = Field(None, alias="startTime")
    ended: Epoch | None = Field(None, alias="endTime")
    tries: list[Try] = Field(default_factory=list, alias="attempts")


class AssetKey(Shape):
    """What names an asset."""

    path: list[str]


class WholeRun(WireRun):
    """A run with all that it does."""

    mode: str = "default"
    ops: list[str] | None = Field(None, alias="solidSelection")
    assets: list[AssetKey] | None = Field(None, alias="assetSelection")
    config: Any = Field(None, alias="runConfig")
    plan: ExecutionPlan | None = Field(None, alias="executionPlan")
    stats: list[StepStats] = Field(default_factory=list, alias="stepStats")


class Cause(Shape):
    """An error, with its traceback."""

    message: str = ""
    stack: list[str] = Field(default_factory=list)


class Link(Shape):
    """One link of the chain of errors behind an error."""

    error: Cause


class WireError(Cause):
    """An error, and those behind it."""

    chain: list[Link] = Field(default_factory=list, alias="errorChain")


class WireEvent(Shape):
    """An event of a run's log."""

    kind: str = Field(alias="__typename")
    message: str = ""
    at: Milliseconds = Field(alias="timestamp")
    level: str = ""
    step: str | None = Field(None, alias="stepKey")
    type: str | None = Field(None, alias="eventType")
    error: WireError | None = None


class LogPage(Shape):
    """Events that follow one another."""

    events: list[WireEvent]
    cursor: str
    more: bool = Field(alias="hasMore")


class Status(Shape):
    """Where a run stands."""

    status: str
    ended: Epoch | None = Field(None, alias="endTime")


class RunRows(Shape):
    """Rows of a list of runs."""

    results: list[WireRun]
    count: int | None = None


class RunGroup(Shape):
    """The runs that repeat one run, and that one."""

    root: str | None = Field(None, alias="rootRunId")
    runs: list[WireRun | None]


class Launched(Shape):
    """A run that was just made."""

    run: WireRun


class Job(Shape):
    """A job of a repository."""

    name: str


class Repository(Shape):
    """Jobs that are defined together."""

    jobs: list[Job] = Field(default_factory=list)


class Location(Shape):
    """A place that definitions are loaded from; no repositories where that failed."""

    repositories: list[Repository] = Field(default_factory=list)


class LocationEntry(Shape):
    """A place that definitions should be loaded from."""

    loaded: Location | None = Field(None, alias="locationOrLoadError")


class Workspace(Shape):
    """All places that definitions are loaded from."""

    entries: list[LocationEntry] = Field(alias="locationEntries")


class Daemon(Shape):
    """A background process of the server."""

    type: str = Field("", alias="daemonType")
    required: bool = True
    healthy: bool | None = None


class DaemonHealth(Shape):
    """How the background processes are."""

    daemons: list[Daemon] = Field(alias="allDaemonStatuses")


class Instance(Shape):
    """The server as a whole."""

    health: DaemonHealth = Field(alias="daemonHealth")


class Named(Shape):
    """A value that an enumeration has."""

    name: str


class Enumeration(Shape):
    """The values that an enumeration has."""

    values: list[Named] | None = Field(None, alias="enumValues")
