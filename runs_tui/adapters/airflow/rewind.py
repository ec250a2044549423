"""The events of a run from their end: the logs that are needed for it, and no others."""

from dataclasses import dataclass
from datetime import datetime

from runs_tui.adapters.airflow.address import RunName
from runs_tui.adapters.airflow.chapters import Chapter, Look
from runs_tui.adapters.airflow.events import Place, Placed, end_of, states_of
from runs_tui.adapters.airflow.log_library import Library
from runs_tui.adapters.base import Stretch
from runs_tui.adapters.rewinding import NEVER
from runs_tui.model.errors import NotFound

_FEW = 20
_ENOUGH = 8


@dataclass(frozen=True, slots=True)
class _Edge:
    """What events are before: a place, and an instant of which nothing may be told yet."""

    place: Place | None
    until: datetime

    def admits(self, place: Place) -> bool:
        return place[0] < self.until and (self.place is None or place < self.place)


class Rewind:
    """Gives stretches of the events of runs."""

    def __init__(self, library: Library) -> None:
        """Take what reads logs."""
        self._library = library
        self._pace = library.pace

    async def stretch(self, name: RunName, before: str | None) -> Stretch:
        """Give the newest events of a run, or those right before one of them."""
        look = await self._library.look(name, anew=before is None)
        place = None
        if before is not None:
            place = await self._library.place_of(name, look, before)
            if place is None:
                raise NotFound("there is no such event")
        told, older = await self._read_back(name, look, place)
        self._library.note(name, told)
        return Stretch([each.event for each in told], older)

    async def _read_back(
        self, name: RunName, look: Look, place: Place | None
    ) -> tuple[list[Placed], bool]:
        """Read logs from the latest on, until no other one can have an event among these."""
        edge = self._edge(look, place)
        unread = [each for each in look.chapters if edge.admits((each.first, 0, "", 0))]
        growing = [each for each in unread if each.last is None]
        unread = sorted((each for each in unread if each.last), key=_end, reverse=True)
        known = list(states_of(look)) + await self._library.read(name, *growing)
        size = 1 if place is None else self._pace.batch
        read = len(growing)
        while True:
            within = [each for each in known if edge.admits(each.place)]
            horizon = end_of(unread[0]) if unread else None
            certain = [each for each in within if horizon is None or each.place > horizon]
            enough = read >= (1 if place is None else _ENOUGH) or len(certain) >= _FEW
            if not unread or (certain and enough):
                break
            known += await self._library.read(name, *unread[:size])
            read, unread = read + size, unread[size:]
            size = self._pace.batch
        newest = sorted(certain)[-self._pace.stretch :]
        return newest, bool(unread) or len(newest) < len(within)

    def _edge(self, look: Look, place: Place | None) -> _Edge:
        """Keep to what was before the look, and before logs of which too many grow at once."""
        if look.over:
            return _Edge(place, NEVER)
        growing = [each.first for each in look.chapters if each.last is None]
        many = len(growing) > self._pace.live
        return _Edge(place, min([look.at, *(growing if many else ())]))


def _end(chapter: Chapter) -> Place:
    place = end_of(chapter)
    assert place is not None
    return place
