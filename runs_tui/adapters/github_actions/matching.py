"""Which job of a workflow file a job of a run is, found by its name alone."""

import re
from collections.abc import Callable, Iterator, Sequence

from runs_tui.adapters.github_actions.workflow_file import Declared

_EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)
_CALL = " / "

Test = Callable[[str, Declared], bool]


def match(name: str, declared: Sequence[Declared]) -> str | None:
    """Give the id of the job that a name stands for; None where that is not certain.

    A matrix job has its values in brackets behind its name, and a job of a called workflow the name
    of the caller before it. The first rule that fits one job alone counts.
    """
    for text, test in _rules(name):
        found = [each.id for each in declared if test(text, each)]
        if len(found) == 1:
            return found[0]
    return None


def _rules(name: str) -> Iterator[tuple[str, Test]]:
    yield name, _is_called
    bare = _without_matrix(name)
    if bare is not None:
        yield bare, _is_called
    caller, called, _ = name.partition(_CALL)
    if called:
        yield caller, _is_called
        bare_caller = _without_matrix(caller)
        if bare_caller is not None:
            yield bare_caller, _is_called
    yield name, _fits_pattern
    if bare is not None:
        yield bare, _fits_pattern
    if called:
        yield caller, _fits_pattern


def _without_matrix(name: str) -> str | None:
    """Give a name without one ` (…)` at its end; None where there is none."""
    if not name.endswith(")"):
        return None
    start = name.rfind(" (")
    return name[:start] if start > 0 else None


def _is_called(text: str, job: Declared) -> bool:
    return text in (job.name, job.id)


def _fits_pattern(text: str, job: Declared) -> bool:
    """Tell whether a name with expressions may have become this text."""
    parts = _EXPRESSION.split(job.name)
    if len(parts) == 1 or not any(part.strip() for part in parts):
        return False
    return _holds_in_order(text, parts)


def _holds_in_order(text: str, parts: Sequence[str]) -> bool:
    """Tell whether a text begins, goes on and ends with these parts, whatever is between."""
    first, *inner, last = parts
    if not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in inner:
        found = text.find(part, at, max(end, at))
        if found < 0:
            return False
        at = found + len(part)
    return at <= end
