"""The logs of runs, read whole; those that are finished are kept for a while."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from runs_tui.adapters.airflow.address import RunName
from runs_tui.adapters.airflow.chapters import Chapter, Look, look_at
from runs_tui.adapters.airflow.client import Client
from runs_tui.adapters.airflow.events import Lines, Place, Placed, states_of
from runs_tui.adapters.airflow.pace import Pace
from runs_tui.adapters.airflow.wire import LogRow
from runs_tui.model.clock import Clock
from runs_tui.model.errors import NotFound
from runs_tui.model.latest import Latest
from runs_tui.transport.together import together

_MOST_CHAPTERS = 200
_MOST_LOOKS = 8
_MOST_PLACES = 20_000
_MOST_PARTS = 10_000


class Library:
    """Reads logs, and remembers where events stand that were given."""

    def __init__(self, client: Client, clock: Clock, pace: Pace) -> None:
        """Begin with nothing read."""
        self.client = client
        """The server."""
        self.clock = clock
        """The time."""
        self.pace = pace
        """How patient it is."""
        self._chapters: Latest[tuple[RunName, str, datetime], list[Placed]] = Latest(_MOST_CHAPTERS)
        self._looks: Latest[RunName, Look] = Latest(_MOST_LOOKS)
        self._places: Latest[tuple[RunName, str], Place] = Latest(_MOST_PLACES)

    async def look(self, name: RunName, *, anew: bool = True) -> Look:
        """Look at a run, or give the last look where nothing has changed since."""
        known = None if anew else self._looks.get(name)
        if known is not None:
            return known
        look = await look_at(self.client, name, self.clock)
        self._looks.pop(name, None)
        if look.over and self._has_settled(look.run.end_date):
            self._looks[name] = look
        return look

    async def read(self, name: RunName, *chapters: Chapter) -> list[Placed]:
        """Give all lines of some logs."""
        read = await together(self._chapter(name, chapter) for chapter in chapters)
        return [line for lines in read for line in lines]

    async def place_of(self, name: RunName, look: Look, event_id: str) -> Place | None:
        """Give where an event stands; None where there is none of this id."""
        known = self._places.get((name, event_id))
        if known is not None:
            return known
        chapter = event_id.rpartition("#")[0]
        told = list(states_of(look))
        told += await self.read(name, *(each for each in look.chapters if str(each) == chapter))
        return next((each.place for each in told if each.event.id == event_id), None)

    def note(self, name: RunName, told: list[Placed]) -> None:
        """Remember where events stand that are given."""
        for place, event in told:
            self._places[name, event.id or ""] = place

    async def _chapter(self, name: RunName, chapter: Chapter) -> list[Placed]:
        key = (name, str(chapter), chapter.last) if chapter.last else None
        known = self._chapters.get(key) if key else None
        if known is not None:
            return known
        lines = Lines(chapter).take(await whole(self.client, name, chapter))
        if key and self._has_settled(chapter.last):
            self._chapters[key] = lines
        return lines

    def _has_settled(self, ended: datetime | None) -> bool:
        settle = timedelta(seconds=self.pace.settle)
        return ended is not None and ended <= self.clock.now() - settle


async def whole(client: Client, name: RunName, chapter: Chapter) -> list[LogRow]:
    """Read a log as far as it goes now; one that is not there has no lines."""
    rows, _ = await following(client, name, chapter, None)
    return rows


async def following(
    client: Client, name: RunName, chapter: Chapter, token: str | None
) -> tuple[list[LogRow], str | None]:
    """Read what follows a token as far as it goes now, and the token to go on with."""
    rows: list[LogRow] = []
    for _ in range(_MOST_PARTS):
        try:
            part = await client.log(name, chapter.step, chapter.number, token)
        except NotFound:
            return rows, None
        again = _first(part.content)
        begins_anew = again is not None and again == _first(rows)
        if begins_anew:
            rows.clear()
        rows += part.content
        stays, token = part.continuation_token == token, part.continuation_token
        if token is None or stays or not part.content or chapter.last is None or begins_anew:
            break
    return rows, token


def _first(rows: Sequence[LogRow]) -> LogRow | None:
    return next((row for row in rows if row.timestamp), None)
