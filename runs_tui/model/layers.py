"""The steps of a plan in layers, each below its parents, placed so that few edges cross."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from runs_tui.model.plan import Plan

ROUNDS = 6
"""How often the layers are put in order, downwards and upwards in turn."""
APART = 2
"""The cells between two places of a layer."""


@dataclass(slots=True)
class Place:
    """A step in its layer, or where an edge passes a layer."""

    key: str
    """The key of the step; of an edge, that of the step it comes from."""
    layer: int
    """The number of its layer, from 0."""
    width: int
    """How many cells it takes."""
    passes: bool = False
    """Whether it is the way of an edge and no step."""
    x: int = 0
    """Its first cell."""
    order: int = 0
    """Which one of its layer it is."""

    @property
    def middle(self) -> int:
        """Give the cell in its middle."""
        return self.x + self.width // 2


@dataclass(frozen=True, slots=True)
class Layers:
    """The layers of a plan with the edges between each and the next."""

    layers: Sequence[Sequence[Place]]
    """The places of every layer, from left to right."""
    edges: Sequence[Sequence[tuple[Place, Place]]]
    """For every layer the edges to the next one, each from its upper to its lower end."""
    places: Mapping[str, Place]
    """The places of the steps by their keys."""
    width: int
    """How many cells the widest layer takes."""

    @staticmethod
    def of(plan: Plan, widths: Mapping[str, int]) -> "Layers":
        """Lay out a plan whose steps take so many cells; what closes a circle is left out."""
        places = _places(plan, widths)
        layers: list[list[Place]] = [[] for _ in range(_count(places.values()))]
        for place in places.values():
            layers[place.layer].append(place)
        edges = _edges(plan, places, layers)
        above, below = _neighbours(edges)
        _order(layers, above, below)
        _spread(layers, above, below)
        width = max((place.x + place.width for layer in layers for place in layer), default=0)
        return Layers(layers, edges, places, width)

    def linked(self, place: Place, *, down: bool) -> Sequence[Place]:
        """Give the steps that edges lead to from one, down to those below or up to those above."""
        found: list[Place] = []
        waiting = [place]
        while waiting:
            at = waiting.pop()
            layer = at.layer if down else at.layer - 1
            for upper, lower in self.edges[layer] if layer >= 0 else ():
                if at is (upper if down else lower):
                    other = lower if down else upper
                    (waiting if other.passes else found).append(other)
        return found


def _count(places: Iterable[Place]) -> int:
    return max((place.layer for place in places), default=-1) + 1


def _places(plan: Plan, widths: Mapping[str, int]) -> dict[str, Place]:
    """Put every step one layer below the lowest of the parents that the plan places before it.

    Those that wait for nothing stand right above the first that waits for them.
    """
    places: dict[str, Place] = {}
    children: dict[str, list[Place]] = {}
    roots: list[Place] = []
    for row in plan.rows:
        key = row.step.key
        parents = [parent for parent in row.step.depends_on if parent in places]
        layer = max((places[parent].layer for parent in parents), default=-1) + 1
        place = places[key] = Place(key, layer, widths[key])
        for parent in parents:
            children.setdefault(parent, []).append(place)
        if not parents:
            roots.append(place)
    for root in roots:
        below = [place.layer for place in children.get(root.key, ())]
        root.layer = min(below, default=1) - 1
    return places


def _edges(
    plan: Plan, places: Mapping[str, Place], layers: Sequence[list[Place]]
) -> Sequence[Sequence[tuple[Place, Place]]]:
    """Lead every edge through the layers between; those of one step share their way."""
    edges: list[list[tuple[Place, Place]]] = [[] for _ in layers]
    ways: dict[tuple[str, int], Place] = {}

    def way(source: Place, layer: int) -> Place:
        if layer == source.layer:
            return source
        known = ways.get((source.key, layer))
        if known is None:
            known = ways[source.key, layer] = Place(source.key, layer, 1, passes=True)
            layers[layer].append(known)
            edges[layer - 1].append((way(source, layer - 1), known))
        return known

    for key, place in places.items():
        for parent in dict.fromkeys(plan.steps[key].depends_on):
            source = places.get(parent)
            if source is not None and source.layer < place.layer:
                edges[place.layer - 1].append((way(source, place.layer - 1), place))
    return edges


_Near = Mapping[int, Sequence[Place]]


def _neighbours(edges: Sequence[Sequence[tuple[Place, Place]]]) -> tuple[_Near, _Near]:
    above: dict[int, list[Place]] = {}
    below: dict[int, list[Place]] = {}
    for layer in edges:
        for upper, lower in layer:
            below.setdefault(id(upper), []).append(lower)
            above.setdefault(id(lower), []).append(upper)
    return above, below


def _order(layers: Sequence[list[Place]], above: _Near, below: _Near) -> None:
    """Order every layer by the mean place of what its members are joined to."""
    _number(layers)
    for turn in range(ROUNDS):
        near = above if turn % 2 == 0 else below
        for layer in layers if turn % 2 == 0 else reversed(layers):
            wanted = {id(place): _mean_order(place, near) for place in layer}
            layer.sort(key=lambda place: wanted[id(place)])
            _number([layer])


def _number(layers: Iterable[Sequence[Place]]) -> None:
    for layer in layers:
        for number, place in enumerate(layer):
            place.order = number


def _mean_order(place: Place, near: _Near) -> float:
    others = near.get(id(place), ())
    return sum(other.order for other in others) / len(others) if others else place.order


def _spread(layers: Sequence[Sequence[Place]], above: _Near, below: _Near) -> None:
    """Put every place as near as can be to the middle of what it is joined to."""
    for layer in layers:
        _put(layer, [0.0] * len(layer))
    for turn in range(ROUNDS):
        near = below if turn % 2 == 0 else above
        for layer in reversed(layers) if turn % 2 == 0 else layers:
            _put(layer, [_wanted(place, near) for place in layer])
    left = min((place.x for layer in layers for place in layer), default=0)
    for layer in layers:
        for place in layer:
            place.x -= left


def _wanted(place: Place, near: _Near) -> float:
    others = near.get(id(place), ())
    middle = sum(other.middle for other in others) / len(others) if others else place.middle
    return middle - place.width // 2


def _put(layer: Sequence[Place], wanted: Sequence[float]) -> None:
    """Move places as little as can be from where they are wanted, so that they stand apart.

    Neighbours that would overlap form a block, which stands at the mean of what its members want.
    """
    blocks: list[tuple[float, int]] = []
    offsets: list[int] = []
    offset = 0
    for place, want in zip(layer, wanted, strict=True):
        offsets.append(offset)
        block = (want - offset, 1)
        while blocks and blocks[-1][0] > block[0]:
            mean, count = blocks.pop()
            total = count + block[1]
            block = ((mean * count + block[0] * block[1]) / total, total)
        blocks.append(block)
        offset += place.width + APART
    at = 0
    for mean, count in blocks:
        for place, offset in zip(layer[at : at + count], offsets[at : at + count], strict=True):
            place.x = round(mean) + offset
        at += count
