"""Searches for runs: of each how far it was read, and how several are merged."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from runs_tui.adapters.github_actions.wire import WireRun


@dataclass(frozen=True, slots=True)
class Search:
    """The runs of one repository, of one status or of all, newest first.

    It goes on by the time of creation and not by pages, so that new runs push nothing down, and the
    limit of 1,000 results of one search is never met.
    """

    repository: str
    """`owner/name`."""
    word: str | None = None
    """The status that is searched for."""
    until: datetime | None = None
    """The last second in which what follows was created."""
    told: frozenset[str] = frozenset()
    """The runs of that second that were given already."""
    page: int = 1
    """Which page of what was created until then comes next."""
    over: bool = False
    """Whether nothing follows."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A page of one search."""

    search: Search
    """The search as it stood before."""
    rows: Sequence[WireRun]
    """Its runs that were not given yet, newest first."""
    total: int
    """How many runs match, as the server says."""
    full: bool
    """Whether more may follow."""

    def after(self, taken: int) -> Search:
        """Give the search behind the first rows of this page."""
        search = self.search
        if taken < len(self.rows):
            return self._behind(taken) if taken else search
        if not self.full:
            return replace(search, over=True)
        return self._behind(taken) if taken else replace(search, page=search.page + 1)

    def _behind(self, taken: int) -> Search:
        until = self.rows[taken - 1].created_at.replace(microsecond=0)
        told = {str(row.id) for row in self.rows[:taken] if row.created_at >= until}
        if until == self.search.until:
            told |= self.search.told
        return replace(self.search, until=until, told=frozenset(told), page=1)


def merged(batches: Sequence[Batch]) -> list[tuple[int, WireRun]]:
    """Give the rows of several pages, newest first, each with the place of its page.

    It ends where a page ends behind which there may be newer ones than in the others.
    """
    edges = [each.rows[-1].created_at for each in batches if each.full and each.rows]
    stuck = any(each.full and not each.rows for each in batches)
    edge = max(edges, default=None)
    rows = [
        (place, row)
        for place, each in enumerate(batches)
        for row in each.rows
        if not stuck and (edge is None or row.created_at >= edge)
    ]
    return sorted(rows, key=lambda each: each[1].created_at, reverse=True)


def written(searches: Sequence[Search], total: int | None) -> str:
    """Write how far searches were read, for a cursor."""
    told = [
        [s.repository, s.word, s.until and s.until.isoformat(), sorted(s.told), s.page, s.over]
        for s in searches
    ]
    return json.dumps([total, told], separators=(",", ":"))


def read(cursor: str) -> tuple[list[Search], int | None]:
    """Read what `written` wrote."""
    total, told = json.loads(cursor)
    return [
        Search(
            repository,
            word,
            datetime.fromisoformat(until).astimezone(UTC) if until else None,
            frozenset(ids),
            page,
            over,
        )
        for repository, word, until, ids, page, over in told
    ], total
