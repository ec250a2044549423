"""The definitions of workflows, half of them in the first version of the format."""

import re
from collections.abc import Sequence
from typing import Any

from runs_tui.demo.dice import digest, uuid
from runs_tui.demo.world import StepSpec, Workflow

ALERT = "n-alert"
"""The node that runs where the last step fails."""

_TYPES = {
    "extract": "FileInputNode", "transform": "TextGenerationNode", "load": "OutputNode",
    "http": "HttpRequestNode", "query": "KnowledgeBaseNode", "approval": "HumanFeedbackNode",
    "report": "TextGenerationNode", "notify": "OutputNode",
}  # fmt: skip
_PLAIN = re.compile(r"[\w-]+", re.ASCII)


def node_id(key: str) -> str:
    """Give the id of the node that a step is."""
    return f"n-{key}"


def is_second(workflow: Workflow) -> bool:
    """Tell whether a workflow is defined in the second version."""
    return digest(workflow.id)[0] % 2 == 1


def version_id(workflow: Workflow) -> str | None:
    """Give the saved version that runs; only the newer workflows have any."""
    return uuid(digest(workflow.id, "version", workflow.version)) if is_second(workflow) else None


def definition_of(workflow: Workflow) -> dict[str, Any]:
    """Show what the runs of a workflow do."""
    return _second(workflow) if is_second(workflow) else _first(workflow)


def has_alert(workflow: Workflow) -> bool:
    """Tell whether a workflow has a node for the failure of its last step."""
    return not is_second(workflow)


def _first(workflow: Workflow) -> dict[str, Any]:
    steps = workflow.steps
    edges = [
        _edge(number, node_id(parent), "output", node_id(step.key))
        for number, (parent, step) in enumerate(_pairs(steps), 1)
    ]
    edges.append(_edge(len(edges) + 1, node_id(steps[-1].key), "on_error", ALERT))
    nodes = [_first_node(step, place) for place, step in enumerate(steps)]
    alert = {
        "id": ALERT, "type": "OutputNode", "name": "", "display": {},
        "node_config": {"label": "Alert"}, "subflow_id": None,
    }  # fmt: skip
    return {"flow_version": "v1", "nodes": [*nodes, alert], "edges": edges}


def _first_node(step: StepSpec, place: int) -> dict[str, Any]:
    return {
        "id": node_id(step.key),
        "type": _TYPES.get(step.kind, "CodeNode"),
        "name": step.name,
        "display": {"position": {"x": 350 * place, "y": 0}},
        "node_config": {},
        "subflow_id": None,
    }


def _edge(number: int, source: str, connector: str, target: str) -> dict[str, Any]:
    return {
        "id": f"e{number}",
        "from_id": _end(source, connector, None),
        "to_id": _end(target, "variables", f"Input {number}"),
    }


def _end(node: str, connector: str, key: str | None) -> dict[str, Any]:
    return {"node_id": node, "connector_name": connector, "key": key, "optional": False}


def _second(workflow: Workflow) -> dict[str, Any]:
    """Tell of what a node depends: by edges, then by bindings, then within its texts."""
    nodes: dict[str, dict[str, Any]] = {}
    edges: list[dict[str, Any]] = []
    for place, step in enumerate(workflow.steps):
        bindings: dict[str, str] = {}
        config: dict[str, Any] = {}
        for number, parent in enumerate(step.parents):
            told = 3 * number // len(step.parents) if _PLAIN.fullmatch(parent) else 0
            if told == 0:
                edges.append(_plain_edge(len(edges) + 1, node_id(parent), node_id(step.key)))
            elif told == 1:
                bindings[f"input_{number}"] = f"{node_id(parent)}.output"
            else:
                text = f"Go on with :var[{node_id(parent)}.output] and keep its order."
                config.setdefault("prompts", []).append({"role": "user", "text": text})
        nodes[step.key] = _second_node(step, place, bindings, config)
    return {"flow_version": "v2", "nodes": list(nodes.values()), "edges": edges}


def _second_node(
    step: StepSpec, place: int, bindings: dict[str, str], config: dict[str, Any]
) -> dict[str, Any]:
    return {
        "id": node_id(step.key),
        "type": f"{_TYPES.get(step.kind, 'CodeNode')}V2",
        "name": step.name,
        "node_config": config,
        "variable_bindings": bindings,
        "parent_id": None,
        "iterate_overrides": {},
        "display": {"position": {"x": 350 * place, "y": 0}},
    }


def _plain_edge(number: int, source: str, target: str) -> dict[str, Any]:
    return {
        "id": f"e{number}",
        "source": source,
        "target": target,
        "source_handle": None,
        "target_handle": None,
    }


def _pairs(steps: Sequence[StepSpec]) -> list[tuple[str, StepSpec]]:
    return [(parent, step) for step in steps for parent in step.parents]
