"""What a Dagster server answers: what was asked for, or what stands for a failure in its place."""

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import ConfigDict, Discriminator, Field, Tag, TypeAdapter

from runs_tui.adapters.dagster.instance_wire import Enumeration, Instance, Workspace
from runs_tui.adapters.dagster.log_wire import LogPage, Status, WireEvent
from runs_tui.adapters.dagster.wire import Launched, RunGroup, RunRows, WholeRun
from runs_tui.transport.shapes import Shape

T = TypeVar("T")


class Said(Shape):
    """Something with a message."""

    message: str = ""


class Failure(Said):
    """A member of a union that stands for what went wrong."""

    kind: str = Field(alias="__typename")
    errors: list[Said] = Field(default_factory=list)
    step: str | None = Field(None, alias="invalidStepKey")


class Keyless(Shape):
    """Anything, of which it matters only that it is there."""


class Terminating(Shape):
    """A run that is asked to end."""

    kind: Literal["TerminateRunSuccess"] = Field(alias="__typename")


def _member(name: str) -> Discriminator:
    """Tell the wanted member of a union from those that stand for a failure."""

    def tag(value: object) -> str:
        wanted = isinstance(value, dict) and value.get("__typename") == name
        return "told" if wanted else "failed"

    return Discriminator(tag)


_Failed = Annotated[Failure, Tag("failed")]


class RunAnswer(Shape):
    """The answer about one run with all that it does."""

    run: Annotated[Annotated[WholeRun, Tag("told")] | _Failed, _member("Run")] = Field(
        alias="runOrError"
    )


class Anchor(Shape):
    """What a run is that a list is continued after."""

    kind: str = Field(alias="__typename")


class RunsAnswer(Shape):
    """The answer with rows of a list."""

    runs: Annotated[Annotated[RunRows, Tag("told")] | _Failed, _member("Runs")] = Field(
        alias="runsOrError"
    )
    anchor: Anchor | None = None


class LogAnswer(Shape):
    """The answer with a part of a log, and where its run stands."""

    log: Annotated[Annotated[LogPage, Tag("told")] | _Failed, _member("EventConnection")] = Field(
        alias="logsForRun"
    )
    run: Annotated[Annotated[Status, Tag("told")] | _Failed, _member("Run")] = Field(
        alias="runOrError"
    )


class Mark(Shape):
    """Whether events follow a place in a log."""

    kind: str = Field(alias="__typename")
    events: list[Keyless] = Field(default_factory=list)


class MarksAnswer(Shape):
    """The answer about places of a log, each by its name in the query."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Mark]

    run: Annotated[Annotated[Status, Tag("told")] | _Failed, _member("Run")] = Field(
        alias="runOrError"
    )


class EndAnswer(MarksAnswer):
    """The answer with the first page of a log too."""

    log: Annotated[Annotated[LogPage, Tag("told")] | _Failed, _member("EventConnection")] = Field(
        alias="logsForRun"
    )


class Pushed(Shape):
    """Events of a log that the server pushed."""

    events: list[WireEvent] = Field(alias="messages")
    cursor: str
    status: Status = Field(alias="run")


class ListenAnswer(Shape):
    """What the server pushes: events, or that there is no such run."""

    log: Annotated[
        Annotated[Pushed, Tag("told")] | _Failed, _member("PipelineRunLogsSubscriptionSuccess")
    ] = Field(alias="pipelineRunLogs")


class GroupAnswer(Shape):
    """The answer about the runs that belong together."""

    group: Annotated[Annotated[RunGroup, Tag("told")] | _Failed, _member("RunGroup")] = Field(
        alias="runGroupOrError"
    )


class TerminateAnswer(Shape):
    """The answer to the wish that a run ends."""

    result: Annotated[
        Annotated[Terminating, Tag("told")] | _Failed, _member("TerminateRunSuccess")
    ] = Field(alias="terminateRun")


class LaunchAnswer(Shape):
    """The answer to the wish that a run is repeated."""

    result: Annotated[Annotated[Launched, Tag("told")] | _Failed, _member("LaunchRunSuccess")] = (
        Field(alias="launchRunReexecution")
    )


class JobsAnswer(Shape):
    """The answer with all jobs."""

    workspace: Annotated[Annotated[Workspace, Tag("told")] | _Failed, _member("Workspace")] = Field(
        alias="workspaceOrError"
    )


class HealthAnswer(Shape):
    """The answer about the server's background processes."""

    instance: Instance


class StatusesAnswer(Shape):
    """The answer with the statuses that the server knows."""

    type: Enumeration | None = Field(None, alias="__type")


class Complaint(Said):
    """An error of a query as such."""

    path: list[str | int] | None = None

    @property
    def within(self) -> bool:
        """Whether what was asked for was done, and only something of it could not be told."""
        return len(self.path or ()) > 1


class Answered(Shape, Generic[T]):
    """What stands around every answer."""

    data: T | None = None
    errors: list[Complaint] = Field(default_factory=list)


RUN = TypeAdapter(Answered[RunAnswer])
RUNS = TypeAdapter(Answered[RunsAnswer])
LOG = TypeAdapter(Answered[LogAnswer])
LISTEN = TypeAdapter(Answered[ListenAnswer])
MARKS = TypeAdapter(Answered[MarksAnswer])
END = TypeAdapter(Answered[EndAnswer])
GROUP = TypeAdapter(Answered[GroupAnswer])
TERMINATE = TypeAdapter(Answered[TerminateAnswer])
LAUNCH = TypeAdapter(Answered[LaunchAnswer])
JOBS = TypeAdapter(Answered[JobsAnswer])
HEALTH = TypeAdapter(Answered[HealthAnswer])
STATUSES = TypeAdapter(Answered[StatusesAnswer])
ANYTHING = TypeAdapter(Answered[object])
