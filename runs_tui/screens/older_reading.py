"""Reading the older events of a run when they are wanted."""

from dataclasses import dataclass

from textual.message import Message

from runs_tui.adapters.base import Rewinds, Source
from runs_tui.model.errors import SourceError
from runs_tui.model.feed import Feed
from runs_tui.model.purpose import asking
from runs_tui.model.run import RunKey
from runs_tui.screens.event_reading import EventsRewound, Post


@dataclass
class OlderFailed(Message):
    """Older events of a run could not be read; somebody may ask for them again."""

    key: RunKey
    error: SourceError


class OlderReader:
    """Reads back from the first events that are known, one stretch of a feed at a time."""

    def __init__(self, post: Post) -> None:
        """Take where to post what was read, or why it could not be."""
        self._post = post
        self._under_way: set[Feed] = set()

    async def read(self, source: Source, key: RunKey, feed: Feed) -> None:
        """Read the events right before a feed's first one, unless that is being done."""
        before = feed.first_id
        wanted = feed.older and before is not None and feed not in self._under_way
        if not wanted or not isinstance(source, Rewinds):
            return
        self._under_way.add(feed)
        try:
            with asking("tail", key.id):
                found = await source.last_events(key.id, before)
            self._post(EventsRewound(key, found.events, found.older, before))
        except SourceError as error:
            self._post(OlderFailed(key, error))
        finally:
            self._under_way.discard(feed)
