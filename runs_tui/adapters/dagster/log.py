"""The log of a run: pages of it from any place, and its end, found without reading all of it."""

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace

from runs_tui.adapters.dagster import answers, queries
from runs_tui.adapters.dagster.client import Client
from runs_tui.adapters.dagster.log_wire import LogPage, Status, WireEvent
from runs_tui.model.latest import Latest

_MOST_PLACES = 2000
_DOUBLINGS = 12
_BETWEEN = 16
_NEAR = 128
"""How many events may be read too many at the end, at least."""
_FAILED = "PythonError"


@dataclass(frozen=True, slots=True)
class Part:
    """Events of a log that follow one another."""

    before: int
    """How many events there are before them."""
    events: Sequence[WireEvent]
    """The events, the oldest first."""
    more: bool
    """Whether others follow."""
    status: Status
    """Where the run stood then."""

    @property
    def end(self) -> int:
        """How many events there are up to their end."""
        return self.before + len(self.events)

    def last(self, most: int) -> "Part":
        """Give the last of them."""
        events = self.events[-most:]
        return Part(self.end - len(events), events, self.more, self.status)


class Log:
    """Reads logs, and remembers how they go on after how many events."""

    def __init__(self, client: Client) -> None:
        """Begin with nothing read."""
        self._client = client
        self._cursors: Latest[tuple[str, int], str] = Latest(_MOST_PLACES)

    def cursor(self, run_id: str, number: int) -> str | None:
        """Give the cursor after so many events; where it is not known, one that counts them."""
        if number <= 0:
            return None
        return self._cursors.get((run_id, number)) or counting(number)

    def note(self, run_id: str, number: int, cursor: str) -> None:
        """Remember the cursor after so many events."""
        self._cursors[run_id, number] = cursor

    async def after(self, run_id: str, number: int, most: int) -> Part:
        """Read what comes after so many events."""
        cursor = self.cursor(run_id, number)
        answer = await self._client.log(run_id, cursor, most)
        part = self._part(run_id, number, answer.log, answer.run)
        stays = cursor is not None and self._cursors[run_id, part.end] == cursor
        return replace(part, more=part.more and not stays)

    async def end(self, run_id: str, most: int) -> Part:
        """Read the last events: in one request where these are all there are, or in few."""
        places = [most * 2**doubled for doubled in range(_DOUBLINGS)]
        values = {"id": run_id, "limit": most, **_cursors(places)}
        query = queries.marks(len(places), page=True)
        first = await self._client.ask("LogEnd", query, values, answers.END)
        part = self._part(run_id, 0, first.log, first.run)
        if not part.more:
            return part
        if _refused(first):
            return await self._walk(run_id, part, most)
        low, high = _between(0, places[-1] * 2, places, first)
        while high - low > max(most, _NEAR):
            step = -(-(high - low) // (_BETWEEN + 1))
            places = list(range(low + step, high, step))
            values = {"id": run_id, **_cursors(places)}
            query = queries.marks(len(places), page=False)
            low, high = _between(
                low, high, places, await self._client.ask("LogEnd", query, values, answers.MARKS)
            )
        start = max(low + 1 - most, 0)
        return await self._walk(run_id, await self.after(run_id, start, high - start), most)

    async def _walk(self, run_id: str, part: Part, most: int) -> Part:
        """Go on from a part of a log to its end, and give the last events."""
        last = part.last(most)
        while part.more and part.events:
            part = await self.after(run_id, part.end, max(most, _NEAR))
            joined = Part(last.before, [*last.events, *part.events], part.more, part.status)
            last = joined.last(most)
        return last

    def _part(
        self,
        run_id: str,
        before: int,
        log: LogPage | answers.Failure,
        run: Status | answers.Failure,
    ) -> Part:
        page, status = self._client.told(log), self._client.told(run)
        part = Part(before, page.events, page.more, status)
        self.note(run_id, part.end, page.cursor)
        return part


def counting(number: int) -> str:
    """Give a cursor after so many events of a log, as the server itself writes such ones."""
    return b64encode(json.dumps({"type": "OFFSET", "value": number}).encode()).decode()


def _cursors(places: Sequence[int]) -> dict[str, str]:
    return {f"after{at}": counting(place) for at, place in enumerate(places)}


def _refused(answer: answers.MarksAnswer) -> bool:
    """Tell whether the server knows no cursors that count."""
    return any(mark.kind == _FAILED for mark in (answer.__pydantic_extra__ or {}).values())


def _between(
    low: int, high: int, places: Sequence[int], answer: answers.MarksAnswer
) -> tuple[int, int]:
    """Give the last place that events follow, and the first that none do."""
    told = answer.__pydantic_extra__ or {}
    marks = [told.get(f"mark{at}") for at in range(len(places))]
    followed = [place for place, mark in zip(places, marks, strict=True) if mark and mark.events]
    low = max(followed, default=low)
    return low, min((place for place in places if place > low), default=high)
