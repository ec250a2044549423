"""Gaps between the events of a run, filled by reading back."""

from collections.abc import Sequence
from dataclasses import replace

from runs_tui.adapters.base import Rewinds, Tails
from runs_tui.model.errors import SourceError
from runs_tui.model.run import Event, Gap


class Mender:
    """Fills the gaps of what one stream tells, as far as its source can read back."""

    def __init__(self, source: Tails, run_id: str, last: str | None, stretches: int) -> None:
        """Begin after an event; so many stretches are read at most for each gap."""
        self._source = source
        self._id = run_id
        self._stretches = stretches
        self._ahead: set[str] = set()
        self.last = last
        """The id of the latest event."""
        self.gap: Gap | None = None
        """A gap that nothing has followed yet.

        It is kept until something does: where the stream breaks first, the next one goes on
        before it.
        """

    async def mend(self, told: Sequence[Event | Gap]) -> Sequence[Event | Gap]:
        """Give what was told without the gaps that could be filled."""
        source = self._source
        if not isinstance(source, Rewinds):
            ids = (each.id for each in reversed(told) if isinstance(each, Event))
            self.last = next((each for each in ids if each), self.last)
            return told
        mended: list[Event | Gap] = []
        for each in told:
            if isinstance(each, Gap):
                self.gap = _joined(self.gap, each)
                continue
            known = each.id is not None and each.id in self._ahead
            if self.gap is not None and not known:
                mended += await self._filled(source, self.gap, each.id)
            self.gap = None
            if not known:
                mended.append(each)
                self.last = each.id or self.last
        if isinstance(told[-1], Gap) and self.gap is not None:
            found = await self._filled(source, self.gap, None)
            if not (found and isinstance(found[-1], Gap)):
                self.gap = None
                mended += found
        return mended

    async def _filled(self, source: Rewinds, gap: Gap, before: str | None) -> list[Event | Gap]:
        """Read back from what follows a gap to what was known before it.

        What cannot be read stays a gap. Where nothing follows yet, it is read from the end, and
        what will be told again of that is remembered.
        """
        found: list[Event] = []
        closed, end = False, before
        for _ in range(self._stretches):
            try:
                stretch = await source.last_events(self._id, end)
            except SourceError:
                break
            ids = [event.id for event in stretch.events]
            closed = self.last in ids
            found[:0] = stretch.events[ids.index(self.last) + 1 :] if closed else stretch.events
            if closed or not stretch.older or not ids:
                uncounted = gap.count is None or before is None
                closed = closed or (self.last is None and uncounted)
                break
            end = ids[0]
        if before is None:
            self._ahead.update(event.id for event in found if event.id)
        if found:
            self.last = found[-1].id
        left = None if closed else _left(gap, found, exact=before is not None)
        return [*([left] if left else ()), *found]


def _joined(one: Gap | None, other: Gap) -> Gap:
    """Give two gaps that follow each other as one."""
    if one is None:
        return other
    known = one.count is not None and other.count is not None
    count = (one.count or 0) + (other.count or 0) if known else None
    return Gap(since=one.since, until=other.until, count=count)


def _left(gap: Gap, found: Sequence[Event], *, exact: bool) -> Gap | None:
    """Give what is left of a gap before what was found of it; None where nothing is."""
    count = gap.count - len(found) if gap.count is not None and exact else None
    if count is not None and count <= 0:
        return None
    return replace(gap, until=found[0].at if found else gap.until, count=count)
