"""How the edges between two layers of a graph are led: down, along a track, and down again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from runs_tui.model.layers import Place

Cell = tuple[str, frozenset[str]]
"""A character, and the keys of the steps whose edges it draws."""

_UP, _DOWN, _LEFT, _RIGHT = 1, 2, 4, 8
_CHARS = {
    _UP | _DOWN: "│",
    _LEFT | _RIGHT: "─",
    _DOWN | _RIGHT: "┌",
    _DOWN | _LEFT: "┐",
    _UP | _RIGHT: "└",
    _UP | _LEFT: "┘",
    _DOWN | _LEFT | _RIGHT: "┬",
    _UP | _LEFT | _RIGHT: "┴",
    _UP | _DOWN | _RIGHT: "├",
    _UP | _DOWN | _LEFT: "┤",
    _UP | _DOWN | _LEFT | _RIGHT: "┼",
}


@dataclass(frozen=True, slots=True)
class Gap:
    """The lines between two layers."""

    lines: Sequence[Mapping[int, Cell]]
    """What stands on each line, by its cell."""
    ports: Mapping[str, Sequence[int]]
    """The cells at which edges reach the steps below, by their keys."""


@dataclass(slots=True)
class _Bus:
    """The edges from some places to some others, all from each to all, led along one track."""

    uppers: Sequence[Place]
    lowers: Sequence[Place]
    sources: list[int] = field(default_factory=list)
    """The cells where it comes from above."""
    targets: list[int] = field(default_factory=list)
    """The cells where it goes down."""
    track: int = -1
    """The line it runs along; -1 where it goes straight down."""

    @property
    def ends(self) -> tuple[int, int]:
        cells = [*self.sources, *self.targets]
        return min(cells), max(cells)

    @property
    def middle(self) -> float:
        return sum(self.sources) / len(self.sources)

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(place.key for place in (*self.uppers, *self.lowers))


def led(edges: Iterable[tuple[Place, Place]]) -> Gap:
    """Lead the edges between one layer and the next."""
    buses = _buses(edges)
    ports = _ports(buses)
    height = _tracks(buses)
    lines: list[dict[int, Cell]] = [{} for _ in range(height)]
    for bus in buses:
        _along(bus, lines)
    for bus in buses:
        _down(bus, lines)
    return Gap(lines, ports)


def _buses(edges: Iterable[tuple[Place, Place]]) -> list[_Bus]:
    """Join the edges of all places that go on to the same places."""
    below: dict[int, list[Place]] = {}
    uppers: dict[int, Place] = {}
    for upper, lower in edges:
        uppers[id(upper)] = upper
        below.setdefault(id(upper), []).append(lower)
    alike: dict[frozenset[int], list[Place]] = {}
    for name, lowers in below.items():
        alike.setdefault(frozenset(map(id, lowers)), []).append(uppers[name])
    buses = [_Bus(sources, below[id(sources[0])]) for sources in alike.values()]
    for bus in buses:
        bus.sources = [upper.middle for upper in bus.uppers]
    return sorted(buses, key=lambda bus: bus.middle)


def _ports(buses: Sequence[_Bus]) -> Mapping[str, Sequence[int]]:
    """Give every bus its own cell of each place that it reaches."""
    reaching: dict[int, list[_Bus]] = {}
    lowers: dict[int, Place] = {}
    for bus in buses:
        for lower in bus.lowers:
            lowers[id(lower)] = lower
            reaching.setdefault(id(lower), []).append(bus)
    ports: dict[str, list[int]] = {}
    for name, lower in lowers.items():
        cells = _shared(lower, reaching[name], buses)
        for bus, cell in zip(reaching[name], cells, strict=True):
            bus.targets.append(cell)
        if not lower.passes:
            ports[lower.key] = cells
    return ports


def _shared(lower: Place, reaching: Sequence[_Bus], buses: Sequence[_Bus]) -> list[int]:
    if lower.passes:
        return [lower.x] * len(reaching)
    first, last = lower.x + 1, lower.x + lower.width - 2
    taken: set[int] = set()
    cells: list[int] = []
    for number, bus in enumerate(reaching):
        straight = [x for x in bus.sources if first <= x <= last and len(bus.lowers) == 1]
        share = first + (number + 1) * (last - first + 1) // (len(reaching) + 1)
        wanted = straight[0] if straight and len(reaching) == 1 else share
        foreign = {x for other in buses if other is not bus for x in other.sources}
        nearest = sorted(range(first, last + 1), key=lambda x: abs(x - wanted))
        free = [x for x in nearest if x not in taken]
        cell = next((x for x in free if x not in foreign), (free or nearest)[0])
        taken.add(cell)
        cells.append(cell)
    return cells


def _tracks(buses: Sequence[_Bus]) -> int:
    """Give every bus a line on which nothing else is in its way, and count the lines."""
    tracks: list[list[tuple[int, int]]] = []
    for bus in buses:
        first, last = bus.ends
        if first == last:
            continue
        free = (
            number
            for number, track in enumerate(tracks)
            if all(last < start or end < first for start, end in track)
        )
        bus.track = next(free, len(tracks))
        if bus.track == len(tracks):
            tracks.append([])
        tracks[bus.track].append((first, last))
    return max(len(tracks), 1) if buses else 0


def _along(bus: _Bus, lines: Sequence[dict[int, Cell]]) -> None:
    if bus.track < 0:
        return
    first, last = bus.ends
    keys, line = bus.keys, lines[bus.track]
    line.update(dict.fromkeys(range(first, last + 1), ("─", keys)))
    for x in {*bus.sources, *bus.targets}:
        links = (_LEFT if x > first else 0) | (_RIGHT if x < last else 0)
        links |= (_UP if x in bus.sources else 0) | (_DOWN if x in bus.targets else 0)
        line[x] = _CHARS[links], keys


def _down(bus: _Bus, lines: Sequence[dict[int, Cell]]) -> None:
    """Draw what leads to the track and from it, over the tracks of others but not their corners."""
    ways = [(x, line) for x in bus.sources for line in lines[: max(bus.track, 0)]]
    ways += [(x, line) for x in bus.targets for line in lines[bus.track + 1 :]]
    cell = "│", bus.keys
    for x, line in ways:
        if x not in line or line[x][0] == "─":
            line[x] = cell
