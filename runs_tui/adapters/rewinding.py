"""Logs that are read back from their end."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from runs_tui.adapters.base import Stretch
from runs_tui.model.errors import NotFound
from runs_tui.model.latest import Latest
from runs_tui.model.run import Event

T = TypeVar("T")

Place = tuple[datetime, int, str]
"""Where an event stands among those of its run: its instant, its rank within that, its id."""
LONG_AGO = datetime.min.replace(tzinfo=UTC)
NEVER = datetime.max.replace(tzinfo=UTC)
_MOST = 20_000


async def read_back(
    read: Callable[[int], Awaitable[tuple[Sequence[T], bool]]],
    place_of: Callable[[T], Place],
    before: Place | None,
) -> tuple[list[T], bool]:
    """Give rows before a place, the oldest first, and whether there are older ones.

    `read` gives the page of a number, from 0, of a list whose newest rows come first, and whether
    another one follows. The oldest instant of what was read may be cut in two: it is left to the
    next reading.
    """
    rows: dict[Place, T] = {}
    kept: list[Place] = []
    number, more = 0, True
    while more and not kept:
        page, follows = await read(number)
        number, more = number + 1, follows and bool(page)
        rows.update((place_of(row), row) for row in page)
        edge = min(rows)[0] if more else None
        kept = sorted(
            place for place in rows if place[0] != edge and (before is None or place < before)
        )
    return [rows[place] for place in kept], more


class Places:
    """Where events stand that were given lately, to read what is before them."""

    def __init__(self, place_of: Callable[[Event], Place]) -> None:
        """Begin with none."""
        self._place_of = place_of
        self._known: Latest[tuple[str, str], Place] = Latest(_MOST)

    def note(self, run_id: str, events: Iterable[Event]) -> None:
        """Remember where events of a run stand."""
        for event in events:
            if event.id is not None:
                self._known[run_id, event.id] = self._place_of(event)

    async def find(
        self, run_id: str, event_id: str, read: Callable[[Place | None], Awaitable[Stretch]]
    ) -> Place:
        """Give where an event stands, looked for from the end where that was forgotten."""
        before: Place | None = None
        while (run_id, event_id) not in self._known:
            found = await read(before)
            self.note(run_id, found.events)
            if not found.older or not found.events:
                break
            before = self._place_of(found.events[0])
        place = self._known.get((run_id, event_id))
        if place is None:
            raise NotFound("there is no such event")
        return place
