"""What a Prefect server answers, as shapes to be checked and read."""

from typing import Any, Literal

from pydantic import Field, TypeAdapter

from runs_tui.transport.shapes import Instant, OpenShape, Shape


class StateDetails(Shape):
    """What a state tells besides."""

    child_flow_run_id: str | None = None


class WireState(Shape):
    """One state of a flow run or a task run."""

    id: str | None = None
    type: str | None = None
    name: str | None = None
    timestamp: Instant | None = None
    message: str | None = None
    state_details: StateDetails | None = None


class WireRun(OpenShape):
    """A flow run or a task run."""

    id: str
    name: str | None = None
    state_type: str | None = None
    state_name: str | None = None
    state: WireState | None = None
    run_count: int = 0
    expected_start_time: Instant | None = None
    start_time: Instant | None = None
    end_time: Instant | None = None
    total_run_time: float | None = None


class FlowRun(WireRun):
    """A flow run."""

    flow_id: str | None = None
    deployment_id: str | None = None
    flow_version: str | None = None
    parent_task_run_id: str | None = None
    created: Instant | None = None
    updated: Instant | None = None
    auto_scheduled: bool = False
    created_by: dict[str, Any] | None = None


class TaskInput(Shape):
    """What a task run takes: the result of another one, a parameter, or a constant."""

    input_type: str = ""
    id: str | None = None


class TaskRun(WireRun):
    """A task run."""

    task_key: str = ""
    flow_run_run_count: int = 0
    task_inputs: dict[str, list[TaskInput]] = Field(default_factory=dict)

    @property
    def child_flow_run_id(self) -> str | None:
        """The flow run that stands behind it, where it is the place of a subflow."""
        details = self.state.state_details if self.state else None
        return details.child_flow_run_id if details else None


class Edge(Shape):
    """One end of an edge."""

    id: str


class Node(Shape):
    """A task run or a subflow run in a graph."""

    kind: str
    id: str
    label: str = ""
    state_type: str | None = None
    start_time: Instant | None = None
    end_time: Instant | None = None
    parents: list[Edge] = Field(default_factory=list)
    encapsulating: list[Edge] = Field(default_factory=list)


class Graph(Shape):
    """The graph of a flow run."""

    nodes: list[tuple[str, Node]]
    states: list[WireState] = Field(default_factory=list)

    @property
    def state_type(self) -> str | None:
        """The type of the state that the flow run is in."""
        return self.states[-1].type if self.states else None


class LogLine(Shape):
    """A line of a log."""

    id: str
    name: str = ""
    level: int = 20
    message: str = ""
    timestamp: Instant
    task_run_id: str | None = None


class Named(Shape):
    """A flow or a deployment."""

    id: str
    name: str


class Deployment(Shape):
    """A flow that can be started from afar."""

    parameter_openapi_schema: Any = None
    parameters: Any = None


class VerdictDetails(Shape):
    """Why the server decided so."""

    reason: str | None = None
    delay_seconds: float | None = None


class Verdict(Shape):
    """What the server made of a proposed state."""

    status: Literal["ACCEPT", "REJECT", "ABORT", "WAIT"]
    state: WireState | None = None
    details: VerdictDetails = VerdictDetails()


class Announcement(Shape):
    """An event, as the server announces it."""

    event: str
    occurred: Instant
    resource: dict[str, Any]


class Announced(Shape):
    """A message of the stream of events."""

    type: Literal["event"]
    event: Announcement


VERSION = TypeAdapter(str)
COUNT = TypeAdapter(int)
FLOW_RUN = TypeAdapter(FlowRun)
FLOW_RUNS = TypeAdapter(list[FlowRun])
TASK_RUNS = TypeAdapter(list[TaskRun])
GRAPH = TypeAdapter(Graph)
STATES = TypeAdapter(list[WireState])
LOG_LINES = TypeAdapter(list[LogLine])
DEPLOYMENT = TypeAdapter(Deployment)
NAMED = TypeAdapter(list[Named])
VERDICT = TypeAdapter(Verdict)
ANNOUNCED = TypeAdapter(Announced)
