"""The nodes of a run, translated to steps, and the runs that they started."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from runs_tui.adapters.dagu.place import Place
from runs_tui.adapters.dagu.runs import place_in, reason_of
from runs_tui.adapters.dagu.states import state_of, state_of_node
from runs_tui.adapters.dagu.wire import SubRun, WholeRun, WireNode
from runs_tui.model.run import Step
from runs_tui.model.state import State
from runs_tui.model.text import clean, clean_value, one_line


def steps_of(run: WholeRun, started: Sequence[SubRun] | None = None) -> list[Step]:
    """Give the steps of a run, and its handlers that have begun: the others are no part of it.

    `started` tells of the runs that it started, where they differ.
    """
    told = None if started is None else {each.id: each for each in started}
    steps: list[Step] = []
    begun = [node for node in run.handlers if node.started_at is not None]
    for node in _distinct([*run.nodes, *begun]):
        step = _step(run, node)
        steps += [step, *_children(run, node, step, told)]
    return steps


def nodes_of(run: WholeRun) -> list[WireNode]:
    """Give the nodes of a run and its handlers, each name once."""
    return _distinct([*run.nodes, *run.handlers])


def is_wide(node: WireNode) -> bool:
    """Tell whether a node started several runs, of which it does not tell how each stands."""
    return len(node.sub_runs or ()) > 1


def state_in(run: WholeRun, node: WireNode) -> State:
    """Give where a node of a run stands."""
    over = not state_of(run.label).active
    return state_of_node(node.label, begun=node.started_at is not None, over=over)


def _distinct(nodes: Iterable[WireNode]) -> list[WireNode]:
    found: dict[str, WireNode] = {}
    for node in nodes:
        found.setdefault(node.step.name, node)
    return list(found.values())


def _step(run: WholeRun, node: WireNode) -> Step:
    state = state_in(run, node)
    subs = node.sub_runs or ()
    return Step(
        key=clean(node.step.name),
        name=clean(node.step.name),
        state=state,
        status=clean(node.label),
        depends_on=tuple(clean(name) for name in node.step.depends or ()),
        started_at=node.started_at,
        finished_at=None if state.active else node.finished_at,
        attempt=node.retries + 1 if node.retries > 0 else None,
        error=reason_of(node.error or "failed") if state is State.FAILED else None,
        child_run=_id_of(run, subs[0]) if len(subs) == 1 else None,
        details=_details(node, state),
    )


def _children(
    run: WholeRun, node: WireNode, step: Step, told: Mapping[str, SubRun] | None
) -> Iterator[Step]:
    """Give the runs that a node started at once, each as a step of its own behind it."""
    if not is_wide(node):
        return
    for number, sub in enumerate(node.sub_runs or (), 1):
        known = told.get(sub.id) if told else None
        label = known.label if known else None
        state = state_of(label) if label else _likely(step.state, asked=told is not None)
        params = one_line(sub.params or "", 80)
        yield Step(
            key=f"{step.key}[{clean(sub.id)}]",
            name=f"{step.name}[{params or number}]",
            part=f"{step.key}[{params or number}]",
            state=state,
            status=clean(label or ""),
            depends_on=(step.key,),
            started_at=known.started_at if known else None,
            finished_at=known.finished_at if known and not state.active else None,
            child_run=_id_of(run, sub),
            derived=frozenset() if label else frozenset({"state"}),
        )


def _likely(parent: State, *, asked: bool) -> State:
    """Give how a run stands that is not told, by how all that its step started do together."""
    if parent in {State.SUCCEEDED, State.SKIPPED}:
        return parent
    if not asked:
        return State.UNKNOWN
    return State.QUEUED if parent.active else State.SKIPPED


def _id_of(run: WholeRun, sub: SubRun) -> str:
    root = place_in(run)
    return clean(Place(root.root, root.name, sub.id).run_id)


def _details(node: WireNode, state: State) -> Mapping[str, Any]:
    rest = node.step.model_extra or {}
    named = {
        "call": node.step.call,
        "retryCount": node.retries or None,
        "reason": node.error if state is not State.FAILED else None,
        "error": node.error if state is State.FAILED else None,
    }
    return {
        clean(name): clean_value(value)
        for name, value in (named | rest).items()
        if value not in (None, "", [], {})
    }
