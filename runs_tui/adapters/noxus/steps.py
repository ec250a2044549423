"""Nodes, translated to steps."""

from runs_tui.adapters.noxus.graph import Graph, Node
from runs_tui.adapters.noxus.memory import Seen
from runs_tui.adapters.noxus.progress import Judge, Progress, Standing, progress_of
from runs_tui.adapters.noxus.runs import filled, is_active
from runs_tui.adapters.noxus.states import state_of
from runs_tui.adapters.noxus.wire import WireRun
from runs_tui.model.run import Step
from runs_tui.model.state import State
from runs_tui.model.text import clean, one_line

_CURRENT = "current definition, maybe newer than the run"
_PROBABLY = "probably here: it was the last to run when the run failed"


def steps_of(told: WireRun, graph: Graph, seen: Seen) -> list[Step]:
    """Give the nodes of a run, with what its events told of them."""
    progress = progress_of(told.progress_details)
    known = {node.id for node in graph.nodes}
    whole = graph.with_others([*progress.nodes, *seen.begun])
    standings = judge(told, graph, seen).standings(node.id for node in whole.nodes)
    return [
        _step(node, standings[node.id], progress, seen, current=graph.current and node.id in known)
        for node in whole.nodes
    ]


def judge(told: WireRun, graph: Graph, seen: Seen) -> Judge:
    """Give what finds out where the nodes of a run stand."""
    wanted = told.node_ids if isinstance(told.node_ids, list) else []
    part = graph.needed_by(each for each in wanted if isinstance(each, str))
    part |= {told.single_node_id} if told.single_node_id else set()
    return Judge(
        progress_of(told.progress_details),
        state_of(told.status),
        over=not is_active(told),
        failed=seen.failed.keys(),
        part=part or None,
    )


def _step(node: Node, standing: Standing, progress: Progress, seen: Seen, *, current: bool) -> Step:
    times = {"started_at": seen.begun.get(node.id), "finished_at": seen.ended.get(node.id)}
    error = _error(node, standing, seen)
    concluded = {
        "state": not standing.told,
        "status": not standing.told,
        "error": error is not None,
        "depends_on": current,
        "name": current,
        **{name: at is not None for name, at in times.items()},
    }
    return Step(
        key=clean(node.id),
        name=clean(node.label) or clean(node.id),
        state=standing.state,
        status=standing.word,
        depends_on=tuple(dict.fromkeys(clean(parent) for parent in node.parents)),
        started_at=times["started_at"],
        finished_at=times["finished_at"],
        error=error,
        details=_details(node, progress, current=current),
        derived=frozenset(name for name, so in concluded.items() if so),
    )


def _error(node: Node, standing: Standing, seen: Seen) -> str | None:
    if standing.state is not State.FAILED:
        return None
    return _PROBABLY if not standing.told else one_line(seen.failed.get(node.id, "")) or None


def _details(node: Node, progress: Progress, *, current: bool) -> dict[str, object]:
    told = {
        "type": node.type,
        "parent_id": node.container,
        "subflow_id": node.subflow,
        "on_error": list(node.on_error),
        "error_handler": node.id in progress.handlers or None,
        "definition": _CURRENT if current else None,
        **progress.each.get(node.id, {}),
    }
    return filled(told)
