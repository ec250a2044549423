"""Flows and deployments: the workflows of the world in Prefect's fields."""

from datetime import UTC, datetime
from typing import Any

from runs_tui.demo.prefect.ledger import Deployment
from runs_tui.demo.prefect.marks import digest, stamp
from runs_tui.demo.prefect.parameters import schema_of
from runs_tui.demo.values import Workflow

_MADE = datetime(2025, 3, 4, 9, 30, tzinfo=UTC)


def flow_json(flow: Workflow) -> dict[str, Any]:
    """Give a flow as the server sends it."""
    return {
        "id": flow.id,
        "created": stamp(_MADE),
        "updated": stamp(_MADE),
        "name": flow.name,
        "tags": [],
        "labels": {},
    }


def deployment_json(deployment: Deployment, now: datetime) -> dict[str, Any]:
    """Give a deployment as the server sends it."""
    flow = deployment.flow
    return {
        "id": deployment.id,
        "created": stamp(_MADE),
        "updated": stamp(_MADE),
        "name": flow.name,
        "version": digest(flow.id, flow.version),
        "description": flow.description,
        "flow_id": flow.id,
        "paused": False,
        "schedules": [],
        "concurrency_limit": None,
        "global_concurrency_limit": None,
        "concurrency_options": None,
        "job_variables": {},
        "parameters": {},
        "tags": list(flow.tags),
        "labels": {"prefect.flow.id": flow.id},
        "work_queue_name": None,
        "work_queue_id": None,
        "last_polled": stamp(now),
        "parameter_openapi_schema": schema_of(flow),
        "path": ".",
        "pull_steps": [],
        "entrypoint": f"flows.py:{flow.name.replace('-', '_')}",
        "storage_document_id": None,
        "infrastructure_document_id": None,
        "created_by": None,
        "updated_by": None,
        "work_pool_name": None,
        "status": "READY",
        "enforce_parameter_schema": True,
    }
