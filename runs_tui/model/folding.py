"""Groups of alike steps, such as the forty of one mapped task, folded to one step for each."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from runs_tui.model.plan import Plan
from runs_tui.model.run import Step
from runs_tui.model.state import State

LEAST = 4
"""How many alike steps make a group."""
MOST_TELLING = (
    State.FAILED,
    State.RUNNING,
    State.WAITING,
    State.UNKNOWN,
    State.CANCELLED,
    State.QUEUED,
    State.SUCCEEDED,
    State.SKIPPED,
)
"""The states, the one that a person wants to know of first."""
TOLD = (
    State.SUCCEEDED,
    State.RUNNING,
    State.WAITING,
    State.QUEUED,
    State.FAILED,
    State.CANCELLED,
    State.SKIPPED,
    State.UNKNOWN,
)
"""The states in the order in which they are counted."""

_BRACKETS = re.compile(r"\s*(\[[^\]]*\]|\([^)]*\))$")
_HEX = re.compile(r"(?<=[-_])(?=[a-f]*\d)[0-9a-f]{3,}$", re.ASCII)
_WORD = re.compile(r"(?<=[-_])[a-f]{3}$", re.ASCII)
_DIGITS = re.compile(r"\d+")
_END = re.compile(r"(?:[\s\-_.:#/]*\*)+$")


@dataclass(frozen=True, slots=True)
class Group:
    """Alike steps: of one name apart from an index, with the same parents and the same children."""

    key: str
    """What names it within its plan; no step has this key."""
    name: str
    """What its steps are called, without the index."""
    steps: tuple[Step, ...]
    """Its steps, in the order in which they were told."""


@dataclass(frozen=True, slots=True)
class Folding:
    """A plan in which one step stands for each group."""

    plan: Plan
    """The steps that are in no group, and one for each group, by the group's key."""
    groups: Mapping[str, Group]
    """The groups by their keys."""
    group_of: Mapping[str, str]
    """The keys of groups, by the keys of their steps."""


def fold(plan: Plan) -> Folding:
    """Find the groups of a plan, and let one step stand for each."""
    groups = {group.key: group for group in _groups(plan.steps)}
    if not groups:
        return Folding(plan, {}, {})
    group_of = {step.key: group.key for group in groups.values() for step in group.steps}

    def parents(step: Step) -> tuple[str, ...]:
        return tuple(dict.fromkeys(group_of.get(key, key) for key in step.depends_on))

    folded: dict[str, Step] = {}
    for key, step in plan.steps.items():
        group = groups.get(group_of.get(key, ""))
        if group is None:
            moved = parents(step)
            folded[key] = step if moved == step.depends_on else replace(step, depends_on=moved)
        elif group.key not in folded:
            folded[group.key] = _standing_for(group, parents(step))
    return Folding(Plan.of(folded.values()), groups, group_of)


def tally(steps: Iterable[Step]) -> Sequence[tuple[State, int]]:
    """Count steps by their states, in the order of telling."""
    counts = Counter(step.state for step in steps)
    return [(state, counts[state]) for state in TOLD if counts[state]]


def telling(steps: Iterable[Step]) -> State:
    """Give the one state of some steps that a person wants to know of first."""
    states = {step.state for step in steps}
    return next(state for state in MOST_TELLING if state in states)


def stem(name: str) -> str:
    """Give a name with `*` for all that may be an index: numbers, a hash, what is in brackets."""
    bare = _BRACKETS.sub("*", name)
    if bare == name:
        bare = _WORD.sub("*", _HEX.sub("*", name))
    return _DIGITS.sub("*", bare)


def _groups(steps: Mapping[str, Step]) -> Iterable[Group]:
    """Give the groups; what parts a step has does not matter, and its parts go with it."""
    needed = {parent for step in steps.values() for parent in step.depends_on}
    parts = [each for each in steps.values() if each.whole in steps and each.key not in needed]
    children: dict[str, list[str]] = {}
    inner = {part.key for part in parts}
    for key, step in steps.items():
        for parent in step.depends_on if key not in inner else ():
            children.setdefault(parent, []).append(key)
    alike: dict[tuple[str, frozenset[str], frozenset[str]], list[Step]] = {}
    for key, step in steps.items():
        if key not in step.depends_on and key not in inner:
            place = stem(step.name), frozenset(step.depends_on), frozenset(children.get(key, ()))
            alike.setdefault(place, []).append(step)
    groups = list(_large(alike, steps))
    yield from groups
    group_of = {step.key: group.key for group in groups for step in group.steps}
    inside: dict[tuple[str, frozenset[str], frozenset[str]], list[Step]] = {}
    for part in parts:
        whole = part.whole or ""
        place = stem(part.name), frozenset({group_of.get(whole, whole)}), frozenset[str]()
        inside.setdefault(place, []).append(part)
    yield from _large(inside, steps)


def _large(
    alike: Mapping[tuple[str, frozenset[str], frozenset[str]], Sequence[Step]],
    steps: Mapping[str, Step],
) -> Iterable[Group]:
    for (name, _, _), members in alike.items():
        if len(members) >= LEAST and not _are_tries(members):
            yield Group(
                key=_free(f"×{members[0].key}", steps),
                name=_END.sub("", name) or "step",
                steps=tuple(members),
            )


def _are_tries(steps: Sequence[Step]) -> bool:
    """Tell whether steps are the attempts of one thing, each of which matters."""
    numbers = [step.attempt for step in steps]
    return None not in numbers and len(set(numbers)) == len(numbers)


def _free(key: str, steps: Mapping[str, Step]) -> str:
    while key in steps:
        key = f"×{key}"
    return key


def _standing_for(group: Group, parents: tuple[str, ...]) -> Step:
    starts = [step.started_at for step in group.steps if step.started_at]
    ends = [step.finished_at for step in group.steps if step.finished_at]
    state = telling(group.steps)
    going = any(step.state.active for step in group.steps)
    errors = (step.error for step in group.steps if step.state is State.FAILED and step.error)
    return Step(
        key=group.key,
        name=group.name,
        state=state,
        depends_on=parents,
        started_at=min(starts, default=None),
        finished_at=None if going else max(ends, default=None),
        error=next(errors, None),
        derived=frozenset().union(*(step.derived for step in group.steps)),
    )
