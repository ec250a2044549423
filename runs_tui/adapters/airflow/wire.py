"""What an Airflow server answers, as shapes to be checked and read."""

from typing import Any

from pydantic import Field, TypeAdapter, field_validator

from runs_tui.transport.shapes import Instant, OpenShape, Shape


class DagVersion(Shape):
    """A version of a Dag."""

    version_number: int | None = None


class DagRun(OpenShape):
    """A run."""

    dag_id: str
    dag_run_id: str
    dag_display_name: str | None = None
    state: str | None = None
    run_type: str | None = None
    run_after: Instant | None = None
    queued_at: Instant | None = None
    start_date: Instant | None = None
    end_date: Instant | None = None
    duration: float | None = None
    conf: dict[str, Any] | None = None
    note: str | None = None
    dag_versions: list[DagVersion] = Field(default_factory=list)


class RunList(Shape):
    """A page of runs."""

    dag_runs: list[DagRun]
    total_entries: int | None = None


class TaskInstance(OpenShape):
    """A task of a run, or one of its tries."""

    task_id: str
    map_index: int = -1
    rendered_map_index: str | None = None
    task_display_name: str | None = None
    state: str | None = None
    try_number: int = 0
    start_date: Instant | None = None
    end_date: Instant | None = None
    duration: float | None = None
    queued_when: Instant | None = None
    scheduled_when: Instant | None = None


class TaskInstances(Shape):
    """Some task instances."""

    task_instances: list[TaskInstance]
    total_entries: int | None = None


class Task(Shape):
    """A task of a Dag."""

    task_id: str
    downstream_task_ids: list[str] | None = None
    is_mapped: bool | None = None


class Tasks(Shape):
    """The tasks of a Dag."""

    tasks: list[Task]


class Dag(Shape):
    """A Dag."""

    dag_id: str
    dag_display_name: str | None = None


class Dags(Shape):
    """A page of Dags."""

    dags: list[Dag]
    total_entries: int | None = None


class DagDetails(Shape):
    """What a Dag takes, and whether it runs at all."""

    dag_id: str
    is_paused: bool = False
    params: dict[str, Any] | None = None


class Frame(Shape):
    """A place in a program."""

    filename: str = ""
    lineno: int | None = None
    name: str = ""


class Raised(Shape):
    """An error of a program."""

    exc_type: str = ""
    exc_value: str = ""
    is_cause: bool = False
    frames: list[Frame] = Field(default_factory=list)


class LogRow(OpenShape):
    """A line of a log; whoever writes it may put anything into its fields."""

    event: str
    timestamp: Instant | None = None
    level: Any = None
    logger: Any = None
    error_detail: list[Raised] | Any = Field(None, union_mode="left_to_right")

    @property
    def raised(self) -> list[Raised]:
        """The errors that Airflow itself tells with it."""
        told = self.error_detail if isinstance(self.error_detail, list) else []
        return [each for each in told if isinstance(each, Raised)]


class Log(Shape):
    """A part of a log."""

    content: list[LogRow]
    continuation_token: str | None = None

    @field_validator("content", mode="before")
    @classmethod
    def _plain(cls, told: object) -> object:
        """Take lines that are texts, too."""
        if not isinstance(told, list):
            return told
        return [{"event": row} if isinstance(row, str) else row for row in told]


class Token(Shape):
    """What a login gives."""

    access_token: str


DAG_RUN = TypeAdapter(DagRun)
RUN_LIST = TypeAdapter(RunList)
TASK_INSTANCE = TypeAdapter(TaskInstance)
TASK_INSTANCES = TypeAdapter(TaskInstances)
TASKS = TypeAdapter(Tasks)
DAGS = TypeAdapter(Dags)
DAG_DETAILS = TypeAdapter(DagDetails)
LOG = TypeAdapter(Log)
TOKEN = TypeAdapter(Token)
