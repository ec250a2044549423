"""Which step of one run took the place of which step of another."""

import re
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from itertools import takewhile

from runs_tui.model.run import Step

Pair = tuple[Step | None, Step | None]
"""A step of the first run and the one in its place in the second; None where there is none."""

_CHANCE = re.compile(r"[-_.](?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{3,}$|[-_.][0-9a-f]{8,}$")
"""What an engine hangs on a name so that no two are the same."""


def pairs(before: Sequence[Step], after: Sequence[Step]) -> Sequence[Pair]:
    """Pair the steps of two runs, every step once, in the order of the second run.

    Alike are steps of one key, else of one part and name, of one part, of one name, and last of
    one name without what chance put at its end; of several alike, each has the next in order.
    The steps that only the first run has stand behind those that came before them in it.
    """
    partners: dict[int, int] = {}
    taken: set[int] = set()
    for alike in _ALIKE:
        free = _grouped(before, taken, alike)
        for place, step in enumerate(after):
            waiting = free.get(alike(step)) if place not in partners else None
            if waiting:
                partners[place] = waiting.popleft()
                taken.add(partners[place])
    return _in_order(before, after, partners)


def common_name(one: str, other: str) -> str:
    """Give what two names have in common up to where a word of them ends, else the second."""
    if one == other:
        return other
    shared = list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    ends = [at for at, (mark, _) in enumerate(shared) if mark in "-_." and at]
    return other[: ends[-1]] if ends else other


def _part_and_name(step: Step) -> Hashable:
    return (step.part, step.name) if step.part else None


def _part(step: Step) -> Hashable:
    return step.part or None


def _stem(step: Step) -> Hashable:
    return None if step.part else _CHANCE.sub("", step.name)


_ALIKE: Sequence[Callable[[Step], Hashable]] = (
    lambda step: step.key,
    _part_and_name,
    _part,
    lambda step: step.name,
    _stem,
)


def _grouped(
    steps: Sequence[Step], taken: set[int], alike: Callable[[Step], Hashable]
) -> dict[Hashable, deque[int]]:
    """Give the places of the steps that are not taken, by what they have in common."""
    groups: dict[Hashable, deque[int]] = {}
    for place, step in enumerate(steps):
        common = alike(step)
        if place not in taken and common is not None:
            groups.setdefault(common, deque()).append(place)
    return groups


def _in_order(
    before: Sequence[Step], after: Sequence[Step], partners: dict[int, int]
) -> Sequence[Pair]:
    heirs = {first: second for second, first in partners.items()}
    behind: dict[int, list[Step]] = {}
    last = -1
    for place, step in enumerate(before):
        if place in heirs:
            last = heirs[place]
        else:
            behind.setdefault(last, []).append(step)
    told: list[Pair] = [(step, None) for step in behind.get(-1, ())]
    for place, step in enumerate(after):
        first = partners.get(place)
        told.append((None if first is None else before[first], step))
        told += [(gone, None) for gone in behind.get(place, ())]
    return told
