"""The order in which the events of a run are told.

Lines of steps have no time, and others have whole seconds. So all that a step wrote is told where
it began, and what happened within a second goes by the dependencies of the steps.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zlib import crc32

from runs_tui.adapters.dagu.lines import Entry
from runs_tui.adapters.dagu.steps import nodes_of, state_in
from runs_tui.adapters.dagu.wire import WholeRun, WireNode
from runs_tui.model.state import State

Stream = Literal["stdout", "stderr"]
Rank = tuple[int, int, int, int, int]

_FIRST, _LAST = -1, 1_000_000
_BEGUN, _WRITTEN, _SAID, _ENDED = range(4)


@dataclass(frozen=True, slots=True)
class Part:
    """Something to tell: an entry of the scheduler's log, a stream of a step, or a step's end."""

    rank: Rank
    """Its place."""
    label: str
    """What names it within its run; a step that is run again has others."""
    entry: Entry | None = None
    """The entry, where it is one."""
    node: WireNode | None = None
    """The step, else."""
    stream: Stream | None = None
    """The stream, where it is one."""
    state: State = State.UNKNOWN
    """Where the step stands."""

    @property
    def open(self) -> bool:
        """Whether more may come of it."""
        return self.stream is not None and self.state.active


def parts_of(run: WholeRun, entries: Sequence[Entry]) -> list[Part]:
    """Give what there is to tell of a run, in order."""
    nodes = nodes_of(run)
    depths = _depths(run)
    numbers = {node.step.name: number for number, node in enumerate(nodes)}
    parts = [_part_of(entry, depths, numbers) for entry in entries]
    for number, node in enumerate(nodes):
        parts += _parts_of(run, node, number, depths[node.step.name])
    return sorted(parts, key=lambda part: part.rank)


def _part_of(entry: Entry, depths: Mapping[str, int], numbers: Mapping[str, int]) -> Part:
    second = _second(entry.at)
    step = entry.step or ""
    if step in depths:
        phase, number = (_BEGUN, numbers[step]) if entry.starts else (_SAID, 0)
        rank = second, depths[step], phase, number, entry.number
    else:
        depth = _FIRST if entry.opens else _LAST
        rank = second, depth, _BEGUN, 0, entry.number
    return Part(rank, entry.id, entry)


def _parts_of(run: WholeRun, node: WireNode, number: int, depth: int) -> Iterator[Part]:
    state = state_in(run, node)
    began = _second(node.started_at)
    for place, (stream, path) in enumerate(_streams(node)):
        rank = began, depth, _WRITTEN, number, place
        mark = crc32(path.encode("utf-8", "replace")) & 0xFFF
        yield Part(rank, f"{number}{stream[3]}{mark:03x}", None, node, stream, state)
    if node.finished_at is not None and not state.active:
        rank = _second(node.finished_at), depth, _ENDED, number, 0
        mark = crc32(f"{node.stdout}{node.finished_at}".encode("utf-8", "replace")) & 0xFFF
        yield Part(rank, f"{number}s{mark:03x}", None, node, None, state)


def _streams(node: WireNode) -> Iterator[tuple[Stream, str]]:
    """Give the streams that a step has, with the names of their files."""
    if node.stdout:
        yield "stdout", node.stdout
    if node.stderr:
        yield "stderr", node.stderr


def _depths(run: WholeRun) -> dict[str, int]:
    """Give the number of steps that come before each one; a circle is cut where it is met."""
    parents = {node.step.name: node.step.depends or () for node in run.nodes}
    depths: dict[str, int] = {}
    for name in parents:
        waiting = [name]
        begun: set[str] = set()
        while waiting:
            last = waiting[-1]
            begun.add(last)
            missing = [p for p in parents[last] if p in parents and p not in depths]
            missing = [p for p in missing if p not in begun]
            if missing:
                waiting.append(missing[0])
                continue
            known = (depths[p] + 1 for p in parents[last] if p in depths)
            depths.setdefault(last, max(known, default=0))
            waiting.pop()
    deepest = max(depths.values(), default=0)
    for number, node in enumerate(run.handlers, 1):
        depths.setdefault(node.step.name, deepest + number)
    return depths


def _second(at: datetime | None) -> int:
    return int(at.timestamp()) if at is not None else 0
