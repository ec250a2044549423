"""The list of flow runs, page by page, each run once however many arrive meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from runs_tui.adapters.prefect.client import MOST, Client
from runs_tui.adapters.prefect.filters import Asked, asked_for
from runs_tui.adapters.prefect.names import Names
from runs_tui.adapters.prefect.wire import COUNT, FLOW_RUNS, FlowRun
from runs_tui.model.query import Field, Query
from runs_tui.transport.keyset import Place
from runs_tui.transport.together import both

SOON = timedelta(minutes=5)
"""How far ahead a run may be scheduled to be listed as waiting; clocks may differ by as much."""
_REMEMBERED = 100


@dataclass(frozen=True, slots=True)
class Counted:
    """How many runs there were for what was asked, while these led the list."""

    body: Mapping[str, Any]
    ids: tuple[str, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Slice:
    """Runs as the server lists them, without those that were received before."""

    runs: Sequence[FlowRun]
    """The runs."""
    place: Place
    """Where they were asked from."""
    more: bool
    """Whether others follow."""

    def behind(self, taken: Sequence[FlowRun]) -> Place:
        """Give the place behind the first so many of its runs."""
        return self.place.after([(_instant(run), run.id) for run in taken], _REMEMBERED)


class Listing:
    """Reads the list of one query."""

    def __init__(self, client: Client, names: Names, *, upcoming: bool) -> None:
        """Read it from a server; `upcoming` lists also what is scheduled for later."""
        self._client = client
        self._names = names
        self._upcoming = upcoming
        self._counted: Counted | None = None

    async def ask(self, query: Query, now: datetime) -> Asked:
        """Translate a query, with the names of all flows where it needs them."""
        named = any(query.of(Field.WORKFLOW))
        return asked_for(query, now, await self._names.all_flows() if named else None)

    async def read(self, query: Query, asked: Asked, cursor: str | None, now: datetime) -> Slice:
        """Read one slice: of the query's size where the server applies all of it."""
        size = min(max(query.limit, 1), MOST) if asked.whole else MOST
        if cursor is not None:
            place = Place.read(cursor)
            return await self._slice(asked, place, size)
        bound = None if asked.by_id else self._bound(now)
        if not asked.whole:
            return await self._slice(asked, Place(bound), size)
        return await self._counted_slice(asked, bound, size)

    async def _counted_slice(self, asked: Asked, bound: str | None, size: int) -> Slice:
        """Read the newest runs, and count all of them unless the same ones led the list before."""
        before, body = self._counted, _body(asked, None)
        place = Place(bound)
        if before is not None and before.body == body:
            runs = await self._slice(asked, place, size)
            same = before.ids == tuple(run.id for run in runs.runs)
            total = before.total if same else await self._count(asked, bound)
        else:
            runs, total = await both(self._slice(asked, place, size), self._count(asked, bound))
        self._counted = Counted(body, tuple(run.id for run in runs.runs), total)
        return Slice(runs.runs, replace(place, total=total), runs.more)

    async def _count(self, asked: Asked, bound: str | None) -> int:
        return await self._client.rows("/flow_runs/count", _body(asked, bound), COUNT)

    async def named(self, ids: Sequence[str], now: datetime) -> list[FlowRun]:
        """Read some runs of the list, in the order of their ids."""
        found: dict[str, FlowRun] = {}
        for start in range(0, len(ids), MOST):
            some = ids[start : start + MOST]
            asked = Asked({"id": {"any_": some}}, None, frozenset())
            body = {"limit": MOST, **_body(asked, self._bound(now))}
            rows = await self._client.rows("/flow_runs/filter", body, FLOW_RUNS)
            found |= {run.id: run for run in rows}
        return [found[run_id] for run_id in ids if run_id in found]

    def _bound(self, now: datetime) -> str | None:
        return None if self._upcoming else (now + SOON).isoformat()

    async def _slice(self, asked: Asked, place: Place, size: int) -> Slice:
        limit = min(size + len(place.ids), MOST)
        body = {
            "sort": "EXPECTED_START_TIME_DESC",
            "limit": limit,
            "offset": place.offset,
            **_body(asked, place.bound),
        }
        rows = await self._client.rows("/flow_runs/filter", body, FLOW_RUNS)
        known = frozenset(place.ids)
        new = [run for run in rows if run.id not in known]
        return Slice(new, place, len(rows) == limit)


def _body(asked: Asked, bound: str | None) -> Mapping[str, Any]:
    flow_runs = dict(asked.flow_runs)
    if bound is not None:
        flow_runs["expected_start_time"] = {"before_": bound}
    body: dict[str, Any] = {"flow_runs": flow_runs} if flow_runs else {}
    return body | ({"flows": asked.flows} if asked.flows is not None else {})


def _instant(run: FlowRun) -> str | None:
    return run.expected_start_time.isoformat() if run.expected_start_time else None
