"""The list of runs: what the server filters, what is filtered here, and how pages follow."""

from runs_tui.adapters.base import Page
from runs_tui.adapters.dagu.filters import Wish, wish_of
from runs_tui.adapters.dagu.names import Names
from runs_tui.adapters.dagu.runs import Translator
from runs_tui.adapters.dagu.windows import Found, Windows, second_of
from runs_tui.model.clock import Clock
from runs_tui.model.query import Field, Query
from runs_tui.model.run import Run
from runs_tui.transport.paging import Cursors, Place

_LEAST = 50
_LEAST_FILTERED = 300


class Listing:
    """Gives the runs of one server page by page: each goes back from a second on."""

    def __init__(
        self, windows: Windows, names: Names, translator: Translator, clock: Clock
    ) -> None:
        """Take how to read and translate runs."""
        self._windows = windows
        self._names = names
        self._translator = translator
        self._clock = clock
        self._cursors = Cursors()

    async def page(self, query: Query, cursor: str | None) -> Page[Run]:
        """Give one page of the runs that satisfy the query."""
        now = self._clock.now()
        wish = wish_of(query, now, self._names.all)
        if wish is None:
            return Page(())
        place = Place() if cursor is None else self._cursors.place(cursor)
        before = place.offset or None
        found = await self._windows.newest(wish, _enough(query, wish), before, now)
        runs, following = self._taken(query, found, place)
        return Page(
            runs,
            None if following is None else self._cursors.keep(following),
            None,
            wish.pushed & frozenset(query.terms),
        )

    def _taken(self, query: Query, found: Found, place: Place) -> tuple[list[Run], Place | None]:
        """Take new runs up to the limit; give also where the next page begins.

        The offset of a place is the second before which its runs came to be.
        """
        test = query.predicate(self._clock.now())
        runs: list[Run] = []
        ids: set[str] = set()
        second = found.since
        for row in found.rows:
            run = self._translator.run(row)
            if run.id in ids or place.has_seen(run.id):
                continue
            if len(runs) == max(query.limit, 1):
                return runs, place.after(ids, second)
            second = second_of(row, found.since) + 1
            ids.add(run.id)
            if test(run):
                runs.append(run)
        return runs, None if found.last else place.after(ids, found.since)


def _enough(query: Query, wish: Wish) -> int:
    """Give how many runs to read for a page."""
    left = {term for term in query.terms if term.field is not Field.SOURCE} - wish.pushed
    return max(query.limit, _LEAST_FILTERED if left else _LEAST)
