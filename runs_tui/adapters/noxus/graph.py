"""The definition of a workflow, read as a graph of nodes, whichever version it is in."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

_REFERENCE = re.compile(r":var\[([^\].]+)\.[^\]]*\]")
_ON_ERROR = "on_error"
_SHORT = 8


@dataclass(frozen=True, slots=True)
class Node:
    """A node as its workflow defines it; ids are as the server writes them."""

    id: str
    """Its id."""
    label: str
    """What a person calls it."""
    type: str | None = None
    """What kind of work it does."""
    parents: tuple[str, ...] = ()
    """The nodes that it depends on."""
    on_error: tuple[str, ...] = ()
    """Those among them whose failure leads to it."""
    container: str | None = None
    """The node that it sits inside, such as a loop."""
    subflow: str | None = None
    """The workflow that it runs."""


@dataclass(frozen=True, slots=True)
class Graph:
    """The nodes of a run."""

    nodes: tuple[Node, ...] = ()
    """The nodes, in the order of the definition."""
    current: bool = False
    """Whether this is the definition of today, which may be newer than the run."""

    def with_others(self, ids: Iterable[str]) -> "Graph":
        """Give the graph with a place for each node that only other answers name."""
        known = {node.id for node in self.nodes}
        others = [each for each in dict.fromkeys(ids) if each not in known]
        return replace(self, nodes=(*self.nodes, *(Node(each, each[:_SHORT]) for each in others)))

    def needed_by(self, ids: Iterable[str]) -> set[str]:
        """Give some nodes with all that they depend on, at any distance."""
        parents = {node.id: node.parents for node in self.nodes}
        found: set[str] = set()
        waiting = list(ids)
        while waiting:
            each = waiting.pop()
            if each not in found:
                found.add(each)
                waiting += parents.get(each, ())
        return found


@dataclass(slots=True)
class _Draft:
    """The dependencies of a node, as they are gathered."""

    parents: dict[str, None] = field(default_factory=dict)
    on_error: dict[str, None] = field(default_factory=dict)


def graph_of(definition: object) -> Graph | None:
    """Read a definition; None where it has no nodes."""
    told = [node for node in _list(definition, "nodes") if _text(node, "id")]
    if not told:
        return None
    drafts = {_text(node, "id"): _Draft() for node in told}
    for edge in _list(definition, "edges"):
        _draw(edge, drafts)
    for node in told:
        draft = drafts[_text(node, "id")]
        draft.parents |= dict.fromkeys(_referred(node))
    nodes = {_text(node, "id"): _node(node, drafts[_text(node, "id")]) for node in told}
    strays = [_stray(each, draft) for each, draft in drafts.items() if each not in nodes]
    return Graph((*_within_containers(nodes), *strays))


def _draw(edge: object, drafts: dict[str, _Draft]) -> None:
    """Note an edge, whose shape tells its version; one that leads nowhere makes a place."""
    source, target = _text(edge, "source"), _text(edge, "target")
    leaves = _text(edge, "source_handle")
    if isinstance(edge, dict) and not (source and target):
        start, end = edge.get("from_id"), edge.get("to_id")
        source, target = _text(start, "node_id"), _text(end, "node_id")
        leaves = _text(start, "connector_name")
    if source and target:
        draft = drafts.setdefault(target, _Draft())
        draft.parents[source] = None
        if leaves == _ON_ERROR:
            draft.on_error[source] = None


def _referred(node: object) -> Iterator[str]:
    """Give the nodes whose outputs a node takes, by its bindings and within its texts."""
    if not isinstance(node, dict):
        return
    for binding in _texts(node.get("variable_bindings")):
        source = binding.partition(".")[0]
        if source and ":var[" not in binding:
            yield source
        yield from _REFERENCE.findall(binding)
    for text in _texts(node.get("node_config")):
        yield from _REFERENCE.findall(text)


def _node(told: object, draft: _Draft) -> Node:
    config = told.get("node_config") if isinstance(told, dict) else None
    own = _text(told, "id")
    kind = _text(told, "type")
    return Node(
        id=own,
        label=_text(told, "name") or _text(config, "label") or kind or own[:_SHORT],
        type=kind or None,
        parents=tuple(draft.parents),
        on_error=tuple(draft.on_error),
        container=_text(told, "parent_id") or None,
        subflow=_text(told, "subflow_id") or None,
    )


def _stray(own: str, draft: _Draft) -> Node:
    return Node(own, own[:_SHORT], parents=tuple(draft.parents), on_error=tuple(draft.on_error))


def _within_containers(nodes: dict[str, Node]) -> Iterator[Node]:
    """Let each node that begins the work inside a container depend on the container."""
    for node in nodes.values():
        inside = (nodes[each].container for each in node.parents if each in nodes)
        if node.container is None or node.container in {*node.parents, *inside}:
            yield node
        else:
            yield replace(node, parents=(node.container, *node.parents))


def _list(value: object, name: str) -> list[object]:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def _text(value: object, name: str) -> str:
    found = value.get(name) if isinstance(value, dict) else None
    return found.strip() if isinstance(found, str) else ""


def _texts(value: object) -> Iterator[str]:
    """Give every text within a value, in order."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            waiting += reversed(list(each.values()))
        elif isinstance(each, list):
            waiting += reversed(each)
