"""The workflows as a Lightning server defines them: jobs, triggers and edges, with all code."""

from datetime import UTC, datetime
from typing import Any

from runs_tui.demo.lightning.names import job_id, named, project_of, trigger_id
from runs_tui.demo.values import Workflow

CODE = "fn(state => { /* the code of a job is nobody's business */ return state; })"
HOOK = "a-path-that-must-not-be-shown"

_ADAPTORS = {
    "http": "@openfn/language-http@6.0.0",
    "query": "@openfn/language-postgresql@6.4.1",
    "load": "@openfn/language-postgresql@6.4.1",
    "notify": "@openfn/language-mailgun@0.5.9",
}
_BEGINNING = datetime(2026, 1, 12, 8, tzinfo=UTC)


def workflow_json(workflow: Workflow) -> dict[str, Any]:
    """Show a workflow; its times are whole seconds and have no zone."""
    written = _BEGINNING.replace(tzinfo=None).isoformat()
    return {
        "id": workflow.id,
        "name": workflow.name,
        "project_id": project_of(workflow),
        "inserted_at": written,
        "updated_at": written,
        "triggers": [_trigger(workflow)],
        "jobs": [_job(workflow, step.key, step.name, step.kind) for step in workflow.steps],
        "edges": _edges(workflow),
    }


def _trigger(workflow: Workflow) -> dict[str, Any]:
    scheduled = bool({"nightly", "backup", "etl"} & set(workflow.tags))
    return {
        "id": trigger_id(workflow),
        "type": "cron" if scheduled else "webhook",
        "enabled": True,
        "cron_expression": "5 * * * *" if scheduled else None,
        "custom_path": None if scheduled else HOOK,
        "comment": None,
        "webhook_reply": None if scheduled else "before_start",
    }


def _job(workflow: Workflow, key: str, name: str, kind: str) -> dict[str, Any]:
    return {
        "id": job_id(workflow, key),
        "name": name,
        "body": CODE,
        "adaptor": _ADAPTORS.get(kind, "@openfn/language-common@latest"),
        "project_credential_id": named("credential", workflow.id, kind),
        "keychain_credential_id": None,
    }


def _edges(workflow: Workflow) -> list[dict[str, Any]]:
    """Give the edges; one of the trigger's is disabled where there is more than one job."""
    edges = []
    for step in workflow.steps:
        if not step.parents:
            edges.append(_edge(workflow, None, step.key))
        edges += [_edge(workflow, parent, step.key) for parent in step.parents]
    if len(workflow.steps) > 1:
        last = _edge(workflow, None, workflow.steps[-1].key)
        edges.append(last | {"id": named("disabled edge", workflow.id), "enabled": False})
    return edges


def _edge(workflow: Workflow, source: str | None, target: str) -> dict[str, Any]:
    return {
        "id": named("edge", workflow.id, source or "", target),
        "source_trigger_id": trigger_id(workflow) if source is None else None,
        "source_job_id": None if source is None else job_id(workflow, source),
        "target_job_id": job_id(workflow, target),
        "condition_type": "always" if source is None else "on_job_success",
        "condition_expression": None,
        "condition_label": None,
        "enabled": True,
    }
