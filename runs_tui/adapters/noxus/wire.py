"""What a Noxus server answers, as shapes to be checked and read."""

from typing import Any

from pydantic import ConfigDict, Field, TypeAdapter

from runs_tui.transport.shapes import Instant, OpenShape


class _Shape(OpenShape):
    """An object of an answer, where a text may be told as a number."""

    model_config = ConfigDict(coerce_numbers_to_str=True)


class WireWorkflow(_Shape):
    """A workflow, also as a run embeds it."""

    id: str | None = None
    name: str | None = None
    definition: Any = None


class WireRun(_Shape):
    """A run, as the workspace or as its workflow tells it; the latter tells more."""

    id: str = Field(min_length=1)
    status: str
    workflow_id: str | None = None
    workflow_version_id: str | None = None
    input: Any = None
    node_ids: Any = None
    single_node_id: str | None = None
    progress: float | None = None
    created_at: Instant | None = None
    finished_at: Instant | None = None
    workflow: WireWorkflow | None = None
    source: str | None = None
    output: Any = None
    definitions: Any = None
    workflow_definition: Any = None
    progress_details: Any = None


class RunList(_Shape):
    """A page of runs."""

    items: list[WireRun]
    total: int | None = None


class WorkflowList(_Shape):
    """A page of workflows."""

    items: list[WireWorkflow]
    total: int | None = None


class Version(_Shape):
    """A saved version of a workflow."""

    id: str
    definition: Any = None


RUN = TypeAdapter(WireRun)
RUN_LIST = TypeAdapter(RunList)
WORKFLOW = TypeAdapter(WireWorkflow)
WORKFLOW_LIST = TypeAdapter(WorkflowList)
VERSIONS = TypeAdapter(list[Version])
