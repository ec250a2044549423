"""What RunWisp daemons of all generations answer, as shapes to be checked and read."""

from typing import Any, Self

from pydantic import AliasChoices, Field, TypeAdapter, model_validator

from runs_tui.transport.shapes import Instant, OpenShape, Shape


def _called(*names: str) -> AliasChoices:
    """Name a field as the generations do, the newest first."""
    return AliasChoices(*names)


class WireRun(OpenShape):
    """A run; what is not named here is kept."""

    id: str = Field(min_length=1)
    task: str = Field(validation_alias=_called("taskName", "task_name"))
    status: str
    reason: str | None = Field(None, validation_alias=_called("endReason", "end_reason"))
    exit_code: int | None = Field(None, validation_alias=_called("exitCode", "exit_code"))
    created_at: Instant | None = Field(None, validation_alias=_called("createdAt", "created_at"))
    started_at: Instant | None = Field(
        None, validation_alias=_called("startedAt", "started_at", "startAt", "start_at")
    )
    ended_at: Instant | None = Field(
        None, validation_alias=_called("endedAt", "ended_at", "endAt", "end_at")
    )
    trigger: str | None = Field(None, validation_alias=_called("triggeredBy", "triggered_by"))
    retry: int | None = Field(None, validation_alias=_called("retryAttempt", "retry_attempt"))
    retry_of: str | None = Field(
        None, validation_alias=_called("retryOfRunId", "retry_of_run_id", "retryOfRunID")
    )
    instance: int | None = Field(
        None,
        validation_alias=_called(
            "instanceIndex", "instance_index", "replicaIndex", "replica_index"
        ),
    )
    params: dict[str, str | None] | None = None


class RunList(Shape):
    """A page of runs."""

    items: list[WireRun] | None = None
    runs: list[WireRun] | None = None
    total: int | None = None

    @model_validator(mode="after")
    def _has_either(self) -> Self:
        if not self.model_fields_set & {"items", "runs"}:
            raise ValueError("a list of runs is missing")
        return self

    @property
    def rows(self) -> list[WireRun]:
        """The runs."""
        return self.items or self.runs or []

    @property
    def camel(self) -> bool:
        """Whether the daemon that told it writes names in camel case."""
        return "items" in self.model_fields_set


class WireTask(Shape):
    """A task or a service; its environment is never read."""

    name: str
    kind: str | None = None
    by_hand: bool | None = Field(None, validation_alias=_called("manualTrigger", "api_trigger"))
    instances: int | None = None
    retries: int | None = Field(None, validation_alias=_called("retryAttempts", "retry_attempts"))
    parameters: Any = None


class WireParameter(Shape):
    """Something that a task takes."""

    key: str
    kind: str = ""
    type: str | None = None
    default: str | None = None
    required: bool = False
    choices: list[str] | None = None
    any_value: bool = Field(False, validation_alias=_called("allowCustom", "allow_custom"))
    description: str | None = None


class TaskItems(Shape):
    """The tasks, as the newest daemons wrap them."""

    items: list[WireTask] | None


class WireLine(Shape):
    """A line of a log."""

    n: int = Field(ge=0)
    ts: int = 0
    stream: str = ""
    text: str = ""
    continued: bool = False
    frames: int | None = Field(None, validation_alias=_called("frameCount", "frame_count"))


class LogPage(Shape):
    """Some lines of a log."""

    lines: list[WireLine] | None
    first: int = Field(0, validation_alias=_called("firstAvailable", "first_available"))
    total: int | None = Field(None, validation_alias=_called("totalLines", "total_lines"))
    finalized: bool = False


class Rotated(Shape):
    """The first lines of a log are gone."""

    first: int = Field(validation_alias=_called("firstAvailable", "first_available"))


class Dropped(Shape):
    """A stream left out some lines."""

    after: int
    count: int


class Done(Shape):
    """A log is complete."""

    last: int = Field(-1, validation_alias=_called("finalLine", "final_line"))


class Changed(Shape):
    """Something happened to a run."""

    run: WireRun


class Started(Shape):
    """A run that was started."""

    id: str = Field(min_length=1, validation_alias=_called("runId", "run_id"))


class Triggered(Shape):
    """The runs that were started to repeat others."""

    triggered: list[Started] | None


class AuthStatus(Shape):
    """Whether a daemon wants a login."""

    newer: bool | None = Field(None, validation_alias="authRequired")
    older: bool | None = Field(None, validation_alias="auth_required")

    @model_validator(mode="after")
    def _has_either(self) -> Self:
        if self.newer is None and self.older is None:
            raise ValueError("it does not say whether a login is wanted")
        return self

    @property
    def camel(self) -> bool:
        """Whether the daemon that told it writes names in camel case."""
        return self.newer is not None

    @property
    def required(self) -> bool:
        """Whether a login is wanted."""
        return bool(self.newer or self.older)


class Nonce(Shape):
    """What a login answers to."""

    nonce: str = Field(min_length=1)


class Token(Shape):
    """What a login gives."""

    token: str = Field(min_length=1)


RUN = TypeAdapter(WireRun)
RUN_LIST = TypeAdapter(RunList)
TASKS: TypeAdapter[list[WireTask] | TaskItems | None] = TypeAdapter(
    list[WireTask] | TaskItems | None
)
PARAMETER = TypeAdapter(WireParameter)
LOG_PAGE = TypeAdapter(LogPage)
LINE = TypeAdapter(WireLine)
ROTATED = TypeAdapter(Rotated)
DROPPED = TypeAdapter(Dropped)
DONE = TypeAdapter(Done)
CHANGED = TypeAdapter(Changed)
TRIGGERED = TypeAdapter(Triggered)
NONCE = TypeAdapter(Nonce)
TOKEN = TypeAdapter(Token)
AUTH_STATUS = TypeAdapter(AuthStatus)
DOCUMENT = TypeAdapter(dict[str, Any])
