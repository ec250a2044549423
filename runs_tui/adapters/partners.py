"""Reading two runs to hold against each other: the partner, what each is, its steps."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from runs_tui.adapters.base import Source
from runs_tui.model.diff import Diff
from runs_tui.model.errors import SourceError
from runs_tui.model.plan import Plan
from runs_tui.model.purpose import asking
from runs_tui.model.query import Field, Query, quoted
from runs_tui.model.run import Run
from runs_tui.model.state import State

PAGE = 50
"""How many runs are asked for at once."""
PAGES = 3
"""How many pages are asked for before none is said to be known."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of two runs, as far as it was read."""

    run: Run
    """The run."""
    plan: Plan | None = None
    """Its steps; None where they were not read."""
    trouble: str = ""
    """Why it was not read, or not whole."""


def diff_of(before: Side, after: Side, now: datetime) -> Diff:
    """Hold two runs against each other; their steps only where those of both were read."""
    plans = before.plan, after.plan
    earlier, later = (Plan(), Plan()) if None in plans else plans
    return Diff.of(before.run, earlier or Plan(), after.run, later or Plan(), now)


def is_partner(run: Run, other: Run) -> bool:
    """Tell whether another run is one of the same workflow and source, before a run."""
    if other.source != run.source or other.id == run.id or not same_workflow(run, other):
        return False
    return run.instant is None or other.instant is None or other.instant < run.instant


def same_workflow(run: Run, other: Run) -> bool:
    """Tell whether two runs are of one workflow, by its id in one source and by name across."""
    if run.source == other.source and run.workflow_id and other.workflow_id:
        return run.workflow_id == other.workflow_id
    return run.workflow_name == other.workflow_name and run.workflow_name is not None


def last_good_known(run: Run, known: Iterable[Run]) -> Run | None:
    """Give the last run before this one, among those known, that succeeded."""
    good = [other for other in known if other.state is State.SUCCEEDED and is_partner(run, other)]
    return max(good, key=lambda other: (other.instant is not None, other.instant), default=None)


async def last_good(run: Run, known: Iterable[Run], source: Source) -> Run | str:
    """Give the last run of the workflow that succeeded before this one, or say why there is none.

    The source is asked only where none is known.
    """
    if run.workflow_id is None and run.workflow_name is None:
        return "Which workflow this is a run of is not told, so no good run of it can be found."
    found = last_good_known(run, known)
    if found is not None:
        return found
    try:
        async for other in _of_workflow(run, source, "state:succeeded"):
            if other.state is State.SUCCEEDED and is_partner(run, other):
                return other
    except SourceError as error:
        return f"The last good run of {run.workflow} could not be asked for: {error.sentence}"
    return f"No good run of {run.workflow} before this one is known to compare with."


async def recent(run: Run, known: Iterable[Run], source: Source) -> tuple[Sequence[Run], str]:
    """Give other runs of the workflow, those of its source and the newest first.

    Also give why no more of them are known, where that is so.
    """
    found = {other.key: other for other in known if same_workflow(run, other)}
    trouble = ""
    try:
        async for other in _of_workflow(run, source, pages=1, before=False):
            found.setdefault(other.key, other)
    except SourceError as error:
        trouble = error.sentence
    found.pop(run.key, None)

    def place(other: Run) -> tuple[bool, float]:
        instant = other.instant.timestamp() if other.instant else 0.0
        return (other.source == run.source, instant)

    return sorted(found.values(), key=place, reverse=True), trouble


async def _of_workflow(
    run: Run, source: Source, terms: str = "", *, pages: int = PAGES, before: bool = True
) -> AsyncIterator[Run]:
    """Give runs of the workflow of a run, the newest first."""
    text = f"workflow:{quoted(run.workflow_id or run.workflow)} {terms}"
    field = Field.CREATED if Field.CREATED in source.pushes else Field.STARTED
    if before and run.created_at is not None and field in source.pushes:
        text += f" {field}:<{run.created_at.isoformat()}"
    query, cursor = Query.parse(text, limit=PAGE), None
    for _ in range(pages):
        with asking("list", str(query)):
            page = await source.runs(query, cursor)
        for other in page.items:
            yield other
        cursor = page.next
        if cursor is None:
            return


async def read_side(source: Source, side: Side) -> Side:
    """Read a run and its steps; what cannot be read is said, and what is known of it kept."""
    run = side.run
    with asking("show", run.id):
        told, steps = await asyncio.gather(
            source.run(run.id), source.steps(run.id), return_exceptions=True
        )
    wrong = [error for error in (told, steps) if isinstance(error, BaseException)]
    for error in wrong:
        if not isinstance(error, SourceError):
            raise error
    return Side(
        run=run if isinstance(told, BaseException) else told,
        plan=side.plan if isinstance(steps, BaseException) else Plan.of(steps),
        trouble=next((error.sentence for error in wrong if isinstance(error, SourceError)), ""),
    )
