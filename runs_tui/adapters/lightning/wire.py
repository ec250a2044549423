"""What a Lightning server answers, as shapes to be checked and read.

Code of jobs and paths of webhooks have no place in them, so that they are never kept.
"""

from typing import Annotated, Any, Generic, TypeVar

from pydantic import BeforeValidator, Field, TypeAdapter

from runs_tui.transport.shapes import Instant, OpenShape, Shape


def _flat(value: object) -> object:
    """Bring a resource and its attributes together, without its links."""
    if not isinstance(value, dict):
        return value
    if not isinstance(value.get("attributes"), dict):
        raise ValueError("a resource has attributes")
    return {**value["attributes"], "id": value.get("id")}


def _told(value: object) -> object:
    """Take what is null for what tells nothing."""
    return {} if value is None else value


Id = Annotated[str, Field(min_length=1)]


class WireRun(OpenShape):
    """A run; old servers tell no state."""

    id: Id
    state: str | None = None
    started_at: Instant | None = None
    finished_at: Instant | None = None
    priority: str | None = None
    error_type: str | None = None


class WorkOrder(Shape):
    """A work order: what came in, of which each attempt is a run."""

    id: Id
    state: str | None = None
    last_activity: Instant | None = None
    inserted_at: Instant | None = None


class LogLine(Shape):
    """A line of a log."""

    id: Id
    source: str | None = None
    level: str | None = None
    message: str | None = None
    timestamp: Instant
    step_id: str | None = None


class Meta(Shape):
    """How long a list is, and which part of it came."""

    total_entries: int | None = None
    total_pages: int | None = None
    page_number: int | None = None
    page_size: int | None = None


class Links(Shape):
    """Whether more follows; the address itself may be another server's and is never used."""

    next: Any = None


R = TypeVar("R")


class Listed(Shape, Generic[R]):
    """A page of a list."""

    data: list[Annotated[R, BeforeValidator(_flat)]]
    meta: Annotated[Meta, BeforeValidator(_told)] = Meta()
    links: Annotated[Links, BeforeValidator(_told)] = Links()

    @property
    def more(self) -> bool:
        """Whether another page follows this one."""
        number, pages = self.meta.page_number, self.meta.total_pages
        if number is None or pages is None:
            return bool(self.links.next)
        return number < pages


class Shown(Shape):
    """A single run."""

    data: Annotated[WireRun, BeforeValidator(_flat)]


class Job(Shape):
    """A job of a workflow."""

    id: Id
    name: str | None = None
    adaptor: str | None = None


class Trigger(Shape):
    """What starts a workflow."""

    id: Id
    type: str | None = None
    enabled: bool = True
    cron_expression: str | None = None


class Edge(Shape):
    """A way from a trigger or a job to a job."""

    source_trigger_id: str | None = None
    source_job_id: str | None = None
    target_job_id: str | None = None
    condition_type: str | None = None
    condition_label: str | None = None
    enabled: bool = True

    @property
    def source_id(self) -> str | None:
        """Where it begins."""
        return self.source_job_id or self.source_trigger_id


class Workflow(Shape):
    """A workflow as it is defined now; a run may have followed an earlier definition."""

    id: Id
    name: str | None = None
    project_id: str | None = None
    jobs: list[Job] = Field(default_factory=list)
    triggers: list[Trigger] = Field(default_factory=list)
    edges: list[Edge] = Field(default_factory=list)


class Workflows(Shape):
    """All workflows."""

    workflows: list[Workflow]


RunPage = Listed[WireRun]
OrderPage = Listed[WorkOrder]
LinePage = Listed[LogLine]

RUN = TypeAdapter(Shown)
RUNS = TypeAdapter(RunPage)
WORK_ORDERS = TypeAdapter(OrderPage)
LOG_LINES = TypeAdapter(LinePage)
WORKFLOWS = TypeAdapter(Workflows)
