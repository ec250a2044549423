"""Stretches of time that a list is read by, since its answers have no pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from runs_tui.adapters.dagu.client import Client
from runs_tui.adapters.dagu.filters import Wish
from runs_tui.adapters.dagu.instants import listed_at
from runs_tui.adapters.dagu.names import Names
from runs_tui.adapters.dagu.wire import RUN_LIST, WireRun
from runs_tui.model.latest import Latest

LIST = "/dag-runs"
CUT = 1000
"""How many runs an answer has at most; one that has as many leaves out any others."""
_MOST_AT_ONCE = 500
_DAY = 86_400
_WIDER = 8
_MOST_READ = 3
_MOST_REACHES = 64


@dataclass(frozen=True, slots=True)
class Found:
    """All runs that came to be since an instant, the newest first."""

    rows: Sequence[WireRun]
    """The runs."""
    since: int
    """The second from which on there are no others, from the epoch."""
    last: bool
    """Whether there are none before it."""


class Windows:
    """Reads lists by stretches that are short enough for their answers to be whole."""

    def __init__(self, client: Client, names: Names) -> None:
        """Begin without knowing how many runs there are."""
        self._client = client
        self._names = names
        self._reaches: Latest[object, int] = Latest(_MOST_REACHES)

    async def newest(self, wish: Wish, enough: int, before: int | None, now: datetime) -> Found:
        """Give at least so many runs from before a second on, unless there are too few nearby."""
        key = (wish.name, enough)
        upper = before if wish.until is None else min(before or wish.until, wish.until)
        top = max(upper if upper is not None else int(now.timestamp()) + 1, wish.since + 1)
        first, rows = top, dict[str, WireRun]()
        reach, edge = self._reaches.get(key, _DAY), wish.since
        for left in reversed(range(_MOST_READ)):
            edge = max(wish.since, top - reach) if left else wish.since
            found, edge = await self._whole(wish, edge, upper, top)
            rows |= {f"{run.name}/{run.id}": run for run in found}
            if edge <= wish.since or len(rows) >= enough:
                break
            reach, upper, top = (first - edge) * _WIDER, edge, edge
        ordered = sorted(rows.values(), key=place_in_list, reverse=True)
        if before is None:
            self._learn(key, ordered, enough, first, edge, wish)
        return Found(ordered, edge, edge <= wish.since)

    async def _whole(
        self, wish: Wish, edge: int, upper: int | None, top: int
    ) -> tuple[list[WireRun], int]:
        """Read back to an edge, or to a later one where so much does not fit into an answer."""
        while True:
            rows = await self.read(edge, upper, wish.name)
            if top - edge <= 1 or len(rows) < CUT:
                return rows, edge
            spread = top - min(second_of(run, edge) for run in rows)
            edge = top - max(min((top - edge) // 4, spread // 2), 1)

    async def read(self, since: int, until: int | None, name: str | None = None) -> list[WireRun]:
        """Give the runs of a stretch; all of them where they are fewer than fit in.

        Newer servers give fewer at once, and a cursor to those that follow.
        """
        asked = {"fromDate": since, "toDate": until, "name": name}
        params = {key: value for key, value in asked.items() if value is not None}
        found: list[WireRun] = []
        known: set[tuple[str, str]] = set()
        while len(found) < CUT:
            told = await self._client.read(LIST, RUN_LIST, params)
            found += told.runs or []
            before = len(known)
            known |= {(run.name, run.id) for run in told.runs or ()}
            if not told.following or len(known) == before:
                break
            params |= {"cursor": told.following, "limit": _MOST_AT_ONCE}
        self._names.learn(found)
        return found

    def _learn(
        self, key: object, rows: Sequence[WireRun], enough: int, top: int, edge: int, wish: Wish
    ) -> None:
        """Remember how far back to look for enough runs, and for some more, the next time."""
        spare = 3 * enough
        if len(rows) > spare:
            self._reaches[key] = max(top - second_of(rows[spare], edge), 1)
        else:
            self._reaches[key] = max(top - edge, 1) if edge > wish.since else 2 * top


def place_in_list(run: WireRun) -> tuple[float, str]:
    """Give what puts a run in its place."""
    at = listed_at(run)
    return (at.timestamp() if at else 0.0, run.id)


def second_of(run: WireRun, least: int) -> int:
    """Give the second of a run's place, never before the stretch that it was read with."""
    return max(int(place_in_list(run)[0]), least)
