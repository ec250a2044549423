"""The list of runs, page by page, each run once however many arrive meanwhile."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from runs_tui.adapters.dagster.client import Client
from runs_tui.adapters.dagster.filters import Asked
from runs_tui.adapters.dagster.wire import WireRun
from runs_tui.model.errors import BadAnswer

SLICE = 200
"""How many rows are read at once where they are filtered here."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list was left: after a run."""

    run_id: str
    """The id of that run."""
    created: float
    """When it came to be, to go on from there should it be deleted."""
    total: int | None = None
    """How many runs there were at the beginning."""

    @staticmethod
    def read(cursor: str) -> "Place":
        """Read a cursor; raise BadAnswer for what never was one."""
        try:
            run_id, created, total = json.loads(cursor)
            return Place(str(run_id), float(created), total)
        except (ValueError, TypeError):
            raise BadAnswer("the cursor of the list is none of this source") from None

    def __str__(self) -> str:
        """Write it as a cursor."""
        return json.dumps([self.run_id, self.created, self.total])


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows of the list, in its order."""

    rows: Sequence[WireRun]
    """The runs."""
    more: bool
    """Whether others follow."""
    total: int | None = None
    """How many runs there are in all, where all of the query is the server's to apply."""


async def read(client: Client, asked: Asked, cursor: str | None, limit: int) -> Slice:
    """Read one slice: of the size of a page where the server applies all of the query."""
    size = max(limit, 1) if asked.whole else max(limit, SLICE)
    values = {"filter": asked.filter, "limit": size + 1}
    if cursor is None:
        found = await client.rows(values, counted=asked.whole)
        return Slice(found.results[:size], len(found.results) > size, found.count)
    place = Place.read(cursor)
    after = await client.rows_after(values, place.run_id)
    if after is None:
        # The server tells of a run that was deleted as of the end of the list.
        bounded = {**(asked.filter or {}), "createdBefore": place.created}
        after = await client.rows({**values, "filter": bounded}, counted=False)
    return Slice(after.results[:size], len(after.results) > size, place.total)


def place_after(run: WireRun, total: int | None) -> str:
    """Give the cursor for what comes after a run."""
    return str(Place(run.id, run.created.timestamp(), total))
