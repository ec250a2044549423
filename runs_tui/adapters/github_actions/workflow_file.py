"""A workflow file, read for what no answer of the API tells: which jobs need which."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeGuard

MOST_JOBS = 1000
MOST_NEEDS = 256
_LONGEST_NAME = 1000
_NOTHING = frozenset({"", "~", "null"})


@dataclass(frozen=True, slots=True)
class Declared:
    """A job as its workflow file declares it."""

    id: str
    """Its id in the file."""
    name: str
    """What it is called, which may hold `${{ … }}`."""
    needs: tuple[str, ...] = ()
    """The ids of the jobs that it waits for."""


def declared_in(text: str) -> Sequence[Declared]:
    """Read the jobs of a workflow file, in its order; none where it cannot be read."""
    import yaml

    loader: type = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        told = yaml.load(text, Loader=loader)  # heeds no tag: every value is a text as written
    except (yaml.YAMLError, RecursionError, ValueError, TypeError):
        return ()
    jobs = told.get("jobs") if isinstance(told, dict) else None
    if not isinstance(jobs, dict):
        return ()
    found = [_declared(key, job) for key, job in jobs.items() if isinstance(job, dict)]
    return found[:MOST_JOBS]


def _declared(key: str, job: dict[object, object]) -> Declared:
    name, needs = job.get("name"), job.get("needs")
    wanted = needs if isinstance(needs, list) else [needs]
    named = isinstance(name, str) and name not in _NOTHING and len(name) <= _LONGEST_NAME
    return Declared(
        key,
        str(name) if named else key,
        tuple(dict.fromkeys(each for each in wanted[:MOST_NEEDS] if _is_id(each))),
    )


def _is_id(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value not in _NOTHING
