"""The list of runs, page by page, each run once however many arrive meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from runs_tui.adapters.airflow.client import MOST, Client
from runs_tui.adapters.airflow.filters import FIRST, LAST, Asked, asked_for
from runs_tui.adapters.airflow.wire import RUN_LIST, DagRun, RunList
from runs_tui.model.clock import Clock
from runs_tui.model.errors import NotFound
from runs_tui.model.query import Field, Query
from runs_tui.transport.http import segment
from runs_tui.transport.keyset import Place

_REMEMBERED = 20
_NAMES_HOLD = 60.0


@dataclass(frozen=True, slots=True)
class Slice:
    """Runs as the server lists them, without those that were received before."""

    runs: Sequence[DagRun]
    """The runs."""
    place: Place
    """Where they were asked from."""
    more: bool
    """Whether others follow."""

    def behind(self, taken: Sequence[DagRun]) -> Place:
        """Give the place behind the first so many of its runs."""
        return self.place.after([(_instant(run), id_of(run)) for run in taken], _REMEMBERED)


class Listing:
    """Reads the list of one query."""

    def __init__(self, client: Client, clock: Clock) -> None:
        """Read it from a server."""
        self._client = client
        self._clock = clock
        self._names: tuple[datetime, Mapping[str, str]] | None = None

    async def ask(self, query: Query, now: datetime) -> Asked:
        """Translate a query, with the names of all Dags where it needs them."""
        named = any(query.of(Field.WORKFLOW))
        return asked_for(query, now, await self._all_dags() if named else None)

    async def read(self, query: Query, asked: Asked, cursor: str | None) -> Slice:
        """Read one slice: of the query's size where the server applies all of it."""
        size = min(max(query.limit, 1), MOST) if asked.whole else MOST
        place = Place() if cursor is None else Place.read(cursor)
        if asked.nothing:
            return Slice((), replace(place, total=0), more=False)
        limit = min(size + len(place.ids), MOST)
        found = await self._page(asked, _bounded(asked, place), limit, place.offset)
        if cursor is None:
            place = replace(place, total=found.total_entries)
        known = frozenset(place.ids)
        new = [run for run in found.dag_runs if id_of(run) not in known]
        seen = place.offset + len(found.dag_runs)
        more = bool(found.dag_runs) and seen < (found.total_entries or 0)
        if more and not new:
            behind = replace(place, ids=place.ids[len(found.dag_runs) :])
            return await self.read(query, asked, str(behind))
        return Slice(new, place, more)

    async def _page(
        self, asked: Asked, filters: Mapping[str, str | Sequence[str]], limit: int, offset: int
    ) -> RunList:
        order = "run_after" if asked.ascending else "-run_after"
        dags = asked.dags
        if dags is not None and len(dags) > 1:
            named = {"states" if name == "state" else name: told for name, told in filters.items()}
            sized = {"page_limit": limit, "page_offset": offset, "order_by": order}
            body = {"dag_ids": list(dags), **sized, **named}
            return await self._client.ask("/dags/~/dagRuns/list", body, RUN_LIST)
        params: dict[str, str | int | Sequence[str]] = {"limit": limit, "order_by": order}
        params |= filters
        if offset:
            params["offset"] = offset
        dag = segment(dags[0]) if dags else "~"
        try:
            return await self._client.read(f"/dags/{dag}/dagRuns", RUN_LIST, params)
        except NotFound:
            if not dags:
                raise
            return RunList(dag_runs=[], total_entries=0)

    async def _all_dags(self) -> Mapping[str, str]:
        """Give the name of every Dag by its id, read anew after a while."""
        now = self._clock.now()
        if self._names is None or abs((now - self._names[0]).total_seconds()) >= _NAMES_HOLD:
            found = await self._client.dags()
            self._names = now, {dag.dag_id: dag.dag_display_name or dag.dag_id for dag in found}
        return self._names[1]


def id_of(run: DagRun) -> str:
    """Give what names a run among those of a list."""
    return f"{run.dag_id}/{run.dag_run_id}"


def _bounded(asked: Asked, place: Place) -> Mapping[str, str | Sequence[str]]:
    """Give the filters of a page: none before its place, and none that the query excludes."""
    if place.bound is None:
        return asked.filters
    name, nearer = (FIRST, max) if asked.ascending else (LAST, min)
    told = asked.filters.get(name)
    bounds = [datetime.fromisoformat(place.bound)]
    if isinstance(told, str):
        bounds.append(datetime.fromisoformat(told))
    return {**asked.filters, name: nearer(bounds).isoformat()}


def _instant(run: DagRun) -> str | None:
    return run.run_after.isoformat() if run.run_after else None
