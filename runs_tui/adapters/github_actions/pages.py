"""The list of runs: what the server filters, what is filtered here, and how pages follow."""

from collections.abc import Callable, Sequence
from datetime import datetime

from runs_tui.adapters.base import Page
from runs_tui.adapters.github_actions.client import MOST, MOST_FOUND, Client, Params
from runs_tui.adapters.github_actions.filters import Wish, wish_of
from runs_tui.adapters.github_actions.narrowed import Narrowed
from runs_tui.adapters.github_actions.reader import Reader
from runs_tui.adapters.github_actions.runs import run_of
from runs_tui.adapters.github_actions.searches import Batch, Search, merged, read, written
from runs_tui.adapters.github_actions.wire import RunList, WireRun
from runs_tui.model.clock import Clock
from runs_tui.model.errors import Refused
from runs_tui.model.query import Query
from runs_tui.model.run import Run
from runs_tui.transport.together import together

_FEWEST = 2
"""How many times is read for one page at most, unless its limit calls for more."""

_TELLING = 4
"""From how many rows on it shows whether they were filtered."""


class _UnknownWord(Exception):
    """The server does not filter by a status."""


class RunPages:
    """Reads the runs of some repositories page by page, merged newest first."""

    def __init__(
        self, source: str, client: Client, reader: Reader, clock: Clock, narrowed: Narrowed
    ) -> None:
        """Take what reads, and what the source is narrowed by."""
        self._source = source
        self._client = client
        self._reader = reader
        self._clock = clock
        self._narrowed = narrowed
        self._refused: set[str] = set()

    async def page(self, query: Query, cursor: str | None) -> Page[Run]:
        """Give one page of the runs that satisfy the query."""
        if not query.states:
            return Page(())
        while True:
            try:
                return await self._page(query, cursor)
            except _UnknownWord:
                cursor = None

    async def _page(self, query: Query, cursor: str | None) -> Page[Run]:
        repositories = self._narrowed.repositories
        now = self._clock.now()
        wish = wish_of(query, now, len(repositories), self._refused)
        total: int | None = None
        if cursor is None:
            searches = [Search(name, word) for name in repositories for word in wish.words]
        else:
            searches, total = read(cursor)
        limit = max(query.limit, 1)
        size = min(limit, MOST) if wish.whole else MOST
        test = query.predicate(now)
        runs: list[Run] = []
        for turn in range(max(_FEWEST, -(-limit // size) + 1)):
            going = [place for place, search in enumerate(searches) if not search.over]
            if not going or len(runs) >= limit:
                break
            batches = await together(self._batch(searches[place], wish, size) for place in going)
            if cursor is None and turn == 0 and wish.whole:
                total = sum(each.total for each in batches)
            after = self._take(batches, test, runs, limit)
            for place, search in zip(going, after, strict=True):
                searches[place] = search
        more = any(not search.over for search in searches)
        return Page(runs, written(searches, total) if more else None, total, wish.pushed)

    def _take(
        self, batches: Sequence[Batch], test: Callable[[Run], bool], runs: list[Run], limit: int
    ) -> list[Search]:
        """Take rows that pass, up to the limit; give the searches behind them."""
        taken = [0] * len(batches)
        ids = {run.id for run in runs}
        for place, row in merged(batches):
            if len(runs) >= limit:
                break
            taken[place] += 1
            run = run_of(row, self._source)
            if test(run) and run.id not in ids:
                ids.add(run.id)
                runs.append(run)
        return [batch.after(count) for batch, count in zip(batches, taken, strict=True)]

    async def _batch(self, search: Search, wish: Wish, size: int) -> Batch:
        size = min(size + len(search.told), MOST)
        if (search.page - 1) * size >= MOST_FOUND:
            raise Refused(
                f"{search.repository} has more runs of one second than the "
                f"{MOST_FOUND:,} results that GitHub gives of one search"
            )
        found = await self._found(search, {**_params(search, wish), "per_page": size})
        self._reader.know(search.repository, found.workflow_runs)
        rows = [row for row in found.workflow_runs if str(row.id) not in search.told]
        rows.sort(key=lambda row: row.created_at, reverse=True)
        return Batch(search, rows, found.total_count, len(found.workflow_runs) >= size)

    async def _found(self, search: Search, params: Params) -> RunList:
        """Ask for a page; raise _UnknownWord where the server does not filter by its status."""
        asked = {**self._narrowed.params, **params}
        try:
            found = await self._client.runs(search.repository, self._narrowed.workflow, asked)
        except Refused as refused:
            if search.word is None or refused.status not in {400, 422}:
                raise
            found = None
        if found is None or not _fits(found.workflow_runs, search.word):
            self._refused.add(search.word or "")
            raise _UnknownWord
        return found


def _params(search: Search, wish: Wish) -> Params:
    until = min((each for each in (search.until, wish.until) if each), default=None)
    told = {"status": search.word, "event": wish.event, "created": _created(wish.since, until)}
    params: dict[str, str | int] = {name: value for name, value in told.items() if value}
    return params | {"page": search.page} if search.page > 1 else params


def _created(since: datetime | None, until: datetime | None) -> str | None:
    """Write a stretch of time, both ends of which belong to it."""
    first, last = (each and f"{each:%Y-%m-%dT%H:%M:%SZ}" for each in (since, until))
    if first and last:
        return f"{first}..{last}"
    return f">={first}" if first else (f"<={last}" if last else None)


def _fits(rows: Sequence[WireRun], word: str | None) -> bool:
    """Tell whether rows look filtered by a status; a few may have changed since it was noted."""
    if word is None or len(rows) < _TELLING:
        return True
    return 2 * sum(word in (row.status, row.conclusion) for row in rows) >= len(rows)
