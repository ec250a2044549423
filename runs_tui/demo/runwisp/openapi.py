"""What the daemon publishes about its own API, as far as a client looks at it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from starlette.routing import Route

from runs_tui.demo.runwisp.shapes import cased
from runs_tui.demo.runwisp.words import Generation

_LIST = "/api/runs"
_PROPERTIES = (
    "id", "task_name", "status", "end_reason", "exit_code", "start_at", "end_at", "triggered_by",
    "created_at", "retry_attempt", "retry_of_run_id", "instance_index", "external_execution_id",
)  # fmt: skip


def document(
    routes: Iterable[Route], filters: Sequence[str], generation: Generation
) -> dict[str, Any]:
    """Describe the routes of the API, the filters of its list and the members of a run."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        for method in sorted((route.methods or set()) - {"HEAD"}):
            operation = {"parameters": list(_parameters(route.path, filters))}
            paths.setdefault(route.path, {})[method.lower()] = operation
    run = cased({name: {"type": "string"} for name in _PROPERTIES}, generation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "RunWisp API", "version": "1.0.0"},
        "paths": paths,
        "components": {"schemas": {"Run": {"type": "object", "properties": run}}},
    }


def _parameters(path: str, filters: Sequence[str]) -> Iterable[Mapping[str, Any]]:
    for name in re.findall(r"\{(\w+)\}", path):
        yield {"name": name, "in": "path", "required": True}
    if path == _LIST:
        for name in filters:
            yield {"name": name, "in": "query"}
