"""The events of a run as they come, by asking again and again for what its logs have more."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush

from runs_tui.adapters.airflow.address import RunName
from runs_tui.adapters.airflow.chapters import Chapter, Look
from runs_tui.adapters.airflow.events import Lines, Place, Placed, end_of, states_of
from runs_tui.adapters.airflow.log_library import Library, following, whole
from runs_tui.adapters.rewinding import LONG_AGO, NEVER
from runs_tui.model.run import Event
from runs_tui.transport.loop import instant
from runs_tui.transport.together import together


@dataclass(slots=True)
class _Scroll:
    """A log that is read on from where it was left."""

    lines: Lines
    token: str | None = None
    grew: bool = False
    """Whether it was seen while it could grow."""
    done: bool = False
    """Whether there is nothing more in it, as far as its server tells."""
    read_at: datetime | None = None
    """The instant up to which it has been read."""

    @property
    def complete_to(self) -> datetime:
        """The instant before which nothing more of it comes."""
        if self.done:
            return NEVER
        return self.read_at or self.lines.chapter.first


@dataclass(order=True, slots=True)
class _Held:
    """An event that waits for earlier ones of other logs."""

    place: Place
    event: Event = field(compare=False)
    since: float = field(compare=False)


class Tail:
    """Tells the events of one run: those of many logs in one order."""

    def __init__(self, library: Library, name: RunName, after: Place | None) -> None:
        """Tell what is behind a place."""
        self._library = library
        self._name = name
        self._after = after
        self._pace = library.pace
        self._scrolls: dict[str, _Scroll] = {}
        self._seen: set[str] = set()
        self._held: list[_Held] = []
        self._over_since: float | None = None
        self._rounds = 0

    async def events(self) -> AsyncGenerator[Event, None]:
        """Give the events until the run is over and its logs are silent."""
        while True:
            look = await self._library.look(self._name)
            last = self._is_last(look)
            self._note(look)
            closed = [s for s in self._scrolls.values() if not s.done and s.lines.chapter.last]
            closed.sort(key=lambda scroll: scroll.lines.chapter.first)
            for start in range(0, len(closed), self._pace.batch):
                await self._read(closed[start : start + self._pace.batch], look.at)
                for event in self._released(self._complete_to(look), hold=False):
                    yield event
            await self._read(self._growing(), look.at)
            if last:
                await self._read_again()
            for event in self._released(NEVER if last else self._complete_to(look), hold=True):
                yield event
            self._rounds += 1
            if last:
                return
            await asyncio.sleep(self._pace.poll)

    def _is_last(self, look: Look) -> bool:
        """Tell whether nothing is to be expected after this look."""
        if not look.over:
            self._over_since = None
            return False
        settle = self._pace.killed if look.stopped else self._pace.settle
        ended = look.run.end_date
        if not self._rounds and (ended is None or ended <= look.at - timedelta(seconds=settle)):
            return True
        if self._over_since is None:
            self._over_since = instant()
        return instant() - self._over_since >= settle

    def _note(self, look: Look) -> None:
        """Take in the states, and which logs there are."""
        for placed in states_of(look):
            if placed.event.id not in self._seen:
                self._seen.add(placed.event.id or "")
                self._hold(placed)
        for chapter in look.chapters:
            scroll = self._scrolls.setdefault(str(chapter), _Scroll(Lines(chapter)))
            scroll.lines.chapter = chapter
            scroll.grew = scroll.grew or chapter.last is None
            if scroll.read_at is None and self._was_told(chapter):
                scroll.done = True

    def _was_told(self, chapter: Chapter) -> bool:
        end = end_of(chapter)
        return end is not None and self._after is not None and end <= self._after

    def _growing(self) -> list[_Scroll]:
        """Give the logs to be read on in this round: those that were not read for longest."""
        found = [s for s in self._scrolls.values() if not s.done and s.lines.chapter.last is None]
        found.sort(key=lambda scroll: scroll.read_at or LONG_AGO)
        return found[: self._pace.live]

    async def _read(self, scrolls: Iterable[_Scroll], at: datetime) -> None:
        await together([self._read_on(scroll, at) for scroll in scrolls])

    async def _read_on(self, scroll: _Scroll, at: datetime) -> None:
        chapter, token = scroll.lines.chapter, scroll.token
        rows, scroll.token = await following(self._library.client, self._name, chapter, token)
        for placed in scroll.lines.take(rows, whole=token is None):
            self._hold(placed)
        scroll.done = chapter.last is not None
        scroll.read_at = at

    async def _read_again(self) -> None:
        """Read logs that grew from their beginning: a stopped process writes on for a while."""
        for scroll in self._scrolls.values():
            if not scroll.grew:
                continue
            chapter = scroll.lines.chapter
            lines = Lines(chapter).take(await whole(self._library.client, self._name, chapter))
            for placed in lines[scroll.lines.count :]:
                self._hold(placed)

    def _hold(self, placed: Placed) -> None:
        if self._after is None or placed.place > self._after:
            heappush(self._held, _Held(placed.place, placed.event, instant()))

    def _complete_to(self, look: Look) -> datetime:
        """Give the instant before which all is known that has happened."""
        known = (scroll.complete_to for scroll in self._scrolls.values())
        return min([NEVER if look.over else look.at, *known])

    def _released(self, complete_to: datetime, *, hold: bool) -> list[Event]:
        """Give the events that need not be kept back any longer, in order."""
        since = instant() - self._pace.hold
        found: list[Placed] = []
        while self._held:
            first = self._held[0]
            if first.place[0] >= complete_to and not (hold and first.since <= since):
                break
            heappop(self._held)
            found.append(Placed(first.place, first.event))
        self._library.note(self._name, found)
        return [placed.event for placed in found]
