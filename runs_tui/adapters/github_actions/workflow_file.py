"""A workflow file, read for what no answer of the API tells: which jobs need which."""

from collections.abc import Sequence
from dataclasses import dataclass

MOST_JOBS = 1000


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

    loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        told = yaml.load(text, Loader=loader)  # a safe loader builds plain values only
    except (yaml.YAMLError, RecursionError, ValueError, TypeError):
        return ()
    jobs = told.get("jobs") if isinstance(told, dict) else None
    if not isinstance(jobs, dict):
        return ()
    found = [_declared(str(key), job) for key, job in jobs.items() if isinstance(job, dict)]
    return found[:MOST_JOBS]


def _declared(key: str, job: dict[object, object]) -> Declared:
    name, needs = job.get("name"), job.get("needs")
    wanted = [needs] if isinstance(needs, str) else needs if isinstance(needs, list) else []
    return Declared(
        key,
        str(name) if isinstance(name, str | int | float) and str(name) else key,
        tuple(dict.fromkeys(str(each) for each in wanted if isinstance(each, str | int))),
    )
