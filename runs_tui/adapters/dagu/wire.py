"""What a Dagu server answers, as shapes to be checked and read."""

from typing import Annotated

from pydantic import BeforeValidator, Field, TypeAdapter

from runs_tui.transport.shapes import Instant, OpenShape, Shape

_NOT_YET = frozenset({"", "-"})
_ZERO = "0001-01-01T"


def _told(value: object) -> object:
    """Give none for what stands for a time that has not come."""
    none = isinstance(value, str) and (value.strip() in _NOT_YET or value.startswith(_ZERO))
    return None if none else value


Time = Annotated[Instant | None, BeforeValidator(_told)]
"""A time of whole seconds; none where it has not come."""


class WireStep(OpenShape):
    """A step as its DAG declares it."""

    name: str
    depends: list[str] | None = None
    call: str | None = None


class SubRun(Shape):
    """A run that a step started."""

    id: str = Field(min_length=1, validation_alias="dagRunId")
    params: str | None = None
    status: int | None = None
    label: str | None = Field(None, validation_alias="statusLabel")
    started_at: Time = Field(None, validation_alias="startedAt")
    finished_at: Time = Field(None, validation_alias="finishedAt")


class WireNode(Shape):
    """A step within a run."""

    step: WireStep
    label: str = Field(validation_alias="statusLabel")
    started_at: Time = Field(None, validation_alias="startedAt")
    finished_at: Time = Field(None, validation_alias="finishedAt")
    retries: int = Field(0, validation_alias="retryCount")
    done: int = Field(0, validation_alias="doneCount")
    error: str | None = None
    stdout: str | None = None
    stderr: str | None = None
    sub_runs: list[SubRun] | None = Field(None, validation_alias="subRuns")


class WireRun(OpenShape):
    """A run; what is not named here is kept."""

    id: str = Field(min_length=1, validation_alias="dagRunId")
    name: str
    label: str = Field(validation_alias="statusLabel")
    queued_at: Time = Field(None, validation_alias="queuedAt")
    started_at: Time = Field(None, validation_alias="startedAt")
    finished_at: Time = Field(None, validation_alias="finishedAt")
    log: str | None = None
    root_id: str | None = Field(None, validation_alias="rootDAGRunId")
    root_name: str | None = Field(None, validation_alias="rootDAGRunName")
    parent_id: str | None = Field(None, validation_alias="parentDAGRunId")
    parent_name: str | None = Field(None, validation_alias="parentDAGRunName")


class WholeRun(WireRun):
    """A run with its steps."""

    nodes: list[WireNode]
    on_exit: WireNode | None = Field(None, validation_alias="onExit")
    on_success: WireNode | None = Field(None, validation_alias="onSuccess")
    on_failure: WireNode | None = Field(None, validation_alias="onFailure")
    on_cancel: WireNode | None = Field(None, validation_alias="onCancel")

    @property
    def handlers(self) -> list[WireNode]:
        """The steps that run when the others are over, each in one case."""
        told = (self.on_success, self.on_failure, self.on_cancel, self.on_exit)
        return [node for node in told if node is not None]


class RunList(Shape):
    """Some runs; an empty list is null."""

    runs: list[WireRun] | None = Field(validation_alias="dagRuns")
    following: str | None = Field(None, validation_alias="nextCursor")


class Details(Shape):
    """One run, wrapped."""

    run: WholeRun = Field(validation_alias="dagRunDetails")


class SubRuns(Shape):
    """The runs that a run started."""

    runs: list[SubRun] | None = Field(validation_alias="subRuns")


class LogPart(Shape):
    """Some lines of a log; what is zero is left out."""

    content: str
    count: int = Field(0, validation_alias="lineCount")
    total: int = Field(0, validation_alias="totalLines")
    estimated: bool = Field(False, validation_alias="isEstimate")
    """Whether the number of all lines is only guessed, as that of long logs is."""

    @property
    def lines(self) -> list[str]:
        """The lines."""
        return self.content.split("\n") if self.content or self.count else []


class Started(Shape):
    """A run that was started."""

    id: str = Field(min_length=1, validation_alias="dagRunId")


class Health(Shape):
    """That a server is one of Dagu's."""

    status: str


class Token(Shape):
    """What a login gives."""

    token: str = Field(min_length=1)


RUN_LIST = TypeAdapter(RunList)
DETAILS = TypeAdapter(Details)
SUB_RUNS = TypeAdapter(SubRuns)
LOG_PART = TypeAdapter(LogPart)
STARTED = TypeAdapter(Started)
HEALTH = TypeAdapter(Health)
TOKEN = TypeAdapter(Token)
