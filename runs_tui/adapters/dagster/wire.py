"""Runs and their steps, as a Dagster server tells them."""

from typing import Any

from pydantic import Field

from runs_tui.adapters.dagster.times import Epoch
from runs_tui.transport.shapes import Shape


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
