"""Pages out of instants: what comes later is asked for by the instant at which a list was left."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from runs_tui.model.errors import BadAnswer

Listed = tuple[str | None, str]
"""The instant by which a run is listed, and what names it among those of the list."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list was left: behind so many runs of one instant.

    The list is ordered by that instant and by nothing else, so the runs of one instant come in an
    order of their own each time: the names of the last of them are remembered. Runs that arrive
    meanwhile shift nothing.
    """

    bound: str | None = None
    """Nothing that is listed before this is asked for."""
    count: int = 0
    """How many runs were received of exactly then."""
    ids: tuple[str, ...] = ()
    """The last of those."""
    total: int | None = None
    """How many runs there were at the beginning."""

    @staticmethod
    def read(cursor: str) -> "Place":
        """Read a cursor; raise BadAnswer for what never was one."""
        try:
            bound, count, ids, total = json.loads(cursor)
            return Place(bound, int(count), tuple(ids), total)
        except (ValueError, TypeError):
            raise BadAnswer("the cursor of the list is none of this source") from None

    def __str__(self) -> str:
        """Write it as a cursor."""
        return json.dumps([self.bound, self.count, self.ids, self.total])

    @property
    def offset(self) -> int:
        """How many of the runs of that instant are not asked for again."""
        return self.count - len(self.ids)

    def after(self, taken: Sequence[Listed], remembered: int) -> "Place":
        """Give the place behind some more runs, of which the names of so many are remembered.

        One without an instant is taken to be of that of the one before it.
        """
        if not taken:
            return self
        last, ids = self.bound, tuple[str, ...]()
        for instant, name in taken:
            ids = (*ids, name) if instant in (None, last) else (name,)
            last = instant or last
        count = len(ids)
        if last == self.bound:
            ids, count = (*self.ids, *ids), self.count + count
        return Place(last, count, ids[-remembered:], self.total)
