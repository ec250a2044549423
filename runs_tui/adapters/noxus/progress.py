"""Where the nodes of a run stand, by the lists that the server keeps of them."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field

from runs_tui.model.state import State

_LISTS = (
    "running_nodes",
    "skipped_nodes",
    "executed_nodes",
    "remaining_nodes",
    "error_handler_nodes",
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one node stands."""

    state: State
    """In our words."""
    word: str
    """The list that it is in, or what else was found out about it."""
    told: bool = True
    """Whether the server's lists say so; else it was concluded."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What a run tells of its nodes."""

    running: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    executed: tuple[str, ...] = ()
    remaining: tuple[str, ...] = ()
    handlers: tuple[str, ...] = ()
    """Those that run because of an error."""
    each: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """What is told of single nodes besides, by the names of its fields."""
    logs: object = None
    """Log lines, of no known shape."""

    @property
    def nodes(self) -> tuple[str, ...]:
        """Every node that is named."""
        lists = self.executed, self.skipped, self.handlers, self.running, self.remaining
        return tuple(dict.fromkeys(each for one in lists for each in one))


def progress_of(told: object) -> Progress:
    """Read `progress_details`, of which everything may be missing."""
    fields = told if isinstance(told, Mapping) else {}
    running, skipped, executed, remaining, handlers = (_ids(fields.get(name)) for name in _LISTS)
    each: dict[str, dict[str, object]] = {}
    for name in ("per_node_progress", "subflow_executions"):
        values = fields.get(name)
        for node, value in values.items() if isinstance(values, Mapping) else ():
            each.setdefault(str(node), {})[name] = value
    return Progress(running, skipped, executed, remaining, handlers, each, fields.get("run_logs"))


@dataclass(frozen=True, slots=True)
class Judge:
    """Finds out where the nodes of one run stand."""

    progress: Progress
    """What the run tells of them."""
    run: State
    """Where the run stands."""
    over: bool
    """Whether nothing more happens to it."""
    failed: Set[str] = frozenset()
    """The nodes that events said have failed."""
    part: Set[str] | None = None
    """The nodes that can run at all, where not all can."""

    def standings(self, nodes: Iterable[str]) -> dict[str, Standing]:
        """Give where each node stands."""
        suspect = self._suspect()
        return {node: self._standing(node, suspect) for node in nodes}

    def _standing(self, node: str, suspect: str | None) -> Standing:
        told = self.progress
        if node in self.failed:
            return Standing(State.FAILED, "failed")
        if node == suspect:
            return Standing(State.FAILED, "probably failed", told=False)
        if node in told.running:
            return self._running(node)
        if node in told.skipped:
            return Standing(State.SKIPPED, "skipped")
        if node in told.executed:
            return Standing(State.SUCCEEDED, "executed")
        if node in told.remaining and not self.over:
            return Standing(State.QUEUED, "remaining")
        if node in told.handlers:
            return Standing(State.SUCCEEDED, "error handler", told=False)
        return self._not_begun(node)

    def _running(self, node: str) -> Standing:
        if self.over:
            ended = State.CANCELLED if self.run is State.CANCELLED else State.UNKNOWN
            return Standing(ended, "running", told=False)
        if self.run is State.WAITING and self.progress.running == (node,):
            return Standing(State.WAITING, "running", told=False)
        return Standing(State.RUNNING, "running")

    def _not_begun(self, node: str) -> Standing:
        remains = node in self.progress.remaining
        if not remains and self.part is not None and node not in self.part:
            return Standing(State.SKIPPED, "not in this run", told=False)
        if not self.over:
            return Standing(State.QUEUED, "", told=False)
        if remains:
            state = State.CANCELLED if self.run is State.CANCELLED else State.SKIPPED
            return Standing(state, "remaining", told=False)
        return Standing(State.UNKNOWN, "", told=False)

    def _suspect(self) -> str | None:
        """Give the node that probably failed a run, of which nothing else says it has failed.

        It is the one that still runs, or the last that was executed for no error's sake.
        """
        told = self.progress
        if self.run is not State.FAILED or self.failed:
            return None
        if told.running:
            return told.running[0] if len(told.running) == 1 else None
        others = {*told.handlers, *told.skipped}
        work = [node for node in told.executed if node not in others]
        return work[-1] if work else None


def _ids(value: object) -> tuple[str, ...]:
    """Give the ids in a list of ids, or of objects that have one."""
    found = (_id(item) for item in value) if isinstance(value, list) else ()
    return tuple(dict.fromkeys(each for each in found if each))


def _id(item: object) -> str:
    if isinstance(item, Mapping):
        told = (item.get(name) for name in ("id", "node_id"))
        item = next((each for each in told if isinstance(each, str)), "")
    return item.strip() if isinstance(item, str) else ""
