"""What is told otherwise of one run than of another, but for what no two runs share."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from runs_tui.model.run import Run
from runs_tui.model.signature import signature

Leaves = Mapping[str, str | None]
"""Values by their dotted paths."""

DEEPEST = 8
"""How many levels a value is looked into; what lies deeper is held as a whole."""
MOST = 2000
"""How many values of one run are held against the other's."""

_OF_INPUTS = """
    parameters params input inputs conf config arguments args variables job_variables env
    environment payload options tags labels
"""
INPUTS = frozenset(_OF_INPUTS.split())
"""The fields that say what a run was to do; nothing in them is passed over."""
_CAUSES = frozenset({"workflow", "version", "trigger"})
_OF_ONE_RUN = """
    id ids uuid guid key at on time times timestamp timestamps date url urls uri href link links
    count counter number pid sequence cursor etag hash token digest created updated started
    begun ended finished completed scheduled expected duration seconds ms elapsed took delta
    heartbeat progress state status error retry retries attempt attempts
"""
_PASSED_OVER = frozenset(_OF_ONE_RUN.split())
"""The words of fields that are of one run alone, or are told by facts of their own."""
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*")
_UUID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
_QUOTED = re.compile(r"|-?\d.*|true|false|null|NaN|-?Infinity|[\"\[{].*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class FactDiff:
    """Something that is told of two runs otherwise."""

    name: str
    """What it is; a dotted path where it lies in a field of the API's own."""
    before: str | None
    """What is told of the first run; None where nothing is."""
    after: str | None
    """What is told of the second run; None where nothing is."""

    @property
    def cause(self) -> bool:
        """Whether it says what was to be done, and not what came of it."""
        return self.name in _CAUSES or _is_input(self.name)


def fact_diffs(before: Run, after: Run) -> Sequence[FactDiff]:
    """Give the facts that differ: how it ended, what was run, its inputs, then all the rest.

    Of a run that goes on the state is none: it says nothing yet.
    """
    found = list(_differing(_facts(before), _facts(after)))
    if before.active or after.active:
        found = [fact for fact in found if fact.name != "state"]
    for wanted in (True, False):
        one, other = (_some(_leaves(run.details), inputs=wanted) for run in (before, after))
        found += _differing(one, other)
    return found


def _same(name: str, one: str | None, other: str | None) -> bool:
    if name == "error" and one and other:
        return signature(one) == signature(other)
    return one == other


def _facts(run: Run) -> Leaves:
    return {
        "state": run.state.value,
        "error": run.error,
        "workflow": run.workflow,
        "version": run.version,
        "trigger": run.trigger,
        "attempt": str(run.attempt or 1),
    }


def _differing(before: Leaves, after: Leaves) -> Iterable[FactDiff]:
    for name in dict.fromkeys([*before, *after]):
        one, other = before.get(name), after.get(name)
        if not _same(name, one, other):
            yield FactDiff(name, one, other)


def _some(leaves: Leaves, *, inputs: bool) -> Leaves:
    """Give the inputs, or of the rest what is not of one run alone."""
    if inputs:
        return {path: value for path, value in leaves.items() if _is_input(path)}
    return {
        path: value
        for path, value in leaves.items()
        if not _is_input(path) and not _is_of_one_run(path, value)
    }


def _is_input(path: str) -> bool:
    return any(part.lower() in INPUTS for part in path.split(".")[:2])


def _is_of_one_run(path: str, value: str | None) -> bool:
    words = {word.lower() for word in _WORDS.findall(path)}
    told = (value or "").strip('"')
    return bool(words & _PASSED_OVER or _INSTANT.fullmatch(told) or _UUID.fullmatch(told))


def _leaves(details: Mapping[str, object]) -> Leaves:
    """Flatten nested values; an empty one, one that lies too deep and one too many is a leaf."""
    found: dict[str, str | None] = {}
    waiting: list[tuple[str, object, int]] = [(name, details[name], 1) for name in details][::-1]
    while waiting:
        path, value, depth = waiting.pop()
        inner = _inner(value) if depth < DEEPEST and len(found) + len(waiting) < MOST else ()
        if inner:
            waiting += [(f"{path}.{name}", item, depth + 1) for name, item in reversed(inner)]
        else:
            found[path] = _plain(value)
    return found


def _inner(value: object) -> Sequence[tuple[str, object]]:
    match value:
        case Mapping():
            return [(str(name), item) for name, item in value.items()]
        case list() | tuple():
            return [(str(place), item) for place, item in enumerate(value)]
        case _:
            return ()


def _plain(value: object) -> str:
    """Write a value so that no two are written alike: a text that reads as another is quoted."""
    if isinstance(value, str) and not _QUOTED.fullmatch(value):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)
