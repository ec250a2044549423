"""The events of a run as they come, by asking again and again, and read back from their end."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

from runs_tui.adapters.base import Stretch
from runs_tui.adapters.github_actions.logs import Logs, NotYet
from runs_tui.adapters.github_actions.pace import Pace
from runs_tui.adapters.github_actions.reader import Reader
from runs_tui.adapters.github_actions.states import COMPLETED
from runs_tui.adapters.github_actions.story import Chapter, chapter_id, line_number, story_of
from runs_tui.adapters.github_actions.told import Told
from runs_tui.adapters.github_actions.wire import WireJob, WireRun
from runs_tui.model.clock import Clock
from runs_tui.model.errors import NotFound
from runs_tui.model.run import Event
from runs_tui.transport.loop import instant


class Tail:
    """Tells the story of one run."""

    def __init__(self, reader: Reader, logs: Logs, run_id: str, clock: Clock, pace: Pace) -> None:
        """Take what reads the run and the logs of its jobs."""
        self._reader = reader
        self._logs = logs
        self._run_id = run_id
        self._clock = clock
        self._pace = pace
        self._seen: dict[str, float] = {}
        self._tries = 0

    async def events(self, after: str | None) -> AsyncGenerator[Event, None]:
        """Give the events in order, those after one of them, until the run is over."""
        run, jobs = await self._look()
        looked = instant()
        told = Told(after, story_of(run, jobs))
        while True:
            held = False
            for chapter in story_of(run, jobs):
                if told.whole(chapter):
                    continue
                events = await self._ready(chapter, run)
                if events is None:
                    held = True
                    break
                for event in told.rest(chapter, events):
                    yield event
            if run.status == COMPLETED and not held:
                return
            await asyncio.sleep(self._pause())
            active = [job for job in jobs if job.status != COMPLETED]
            if not active or instant() - looked >= self._pace.look:
                run, looked = await self._reader.run(self._run_id), instant()
            jobs = await self._reader.jobs(run)

    async def stretch(self, before: str | None) -> Stretch:
        """Give the newest events, or those right before one; of at most one log that is unread."""
        run, jobs = await self._look()
        story = story_of(run, jobs)
        if before is None:
            story = [each for each in story if self._has_passed(each, run)]
            return await self._back(story, patient=True)
        place = next((at for at, c in enumerate(story) if c.id == chapter_id(before)), None)
        if place is None:
            raise NotFound("there is no such event")
        if story[place].job is None:
            return await self._back(story[:place])
        return await self._back(story[: place + 1], line=line_number(before))

    async def _back(
        self, story: Sequence[Chapter], *, line: int | None = None, patient: bool = False
    ) -> Stretch:
        """Go back from the end of a story, or from a line of the log that is its last chapter."""
        found: list[Event] = []
        most, unread = self._pace.lines, 1
        place = len(story)
        while place and len(found) < most:
            chapter = story[place - 1]
            if chapter.job is not None:
                unread -= not self._logs.knows(chapter.job)
                if unread < 0 and found:
                    break
            try:
                events = await self._events(chapter, patient=patient)
            except NotYet:
                found.clear()
                place -= 1
                continue
            if line is not None and place == len(story):
                events = [event for event in events if line_number(event.id or "") < line]
            taken = events[-(most - len(found)) :]
            found[:0] = taken
            if len(taken) < len(events):
                return Stretch(found, older=True)
            place -= 1
        return Stretch(found, older=place > 0)

    async def _look(self) -> tuple[WireRun, Sequence[WireJob]]:
        run = await self._reader.run(self._run_id)
        return run, await self._reader.jobs(run)

    async def _ready(self, chapter: Chapter, run: WireRun) -> Sequence[Event] | None:
        """Give the events of a chapter; None while others may come before them."""
        if not self._has_passed(chapter, run) and not self._has_settled(chapter):
            return None
        try:
            events = await self._events(chapter, patient=self._tries < len(self._pace.log_pauses))
        except NotYet:
            self._tries += 1
            return None
        self._tries = 0
        return events

    async def _events(self, chapter: Chapter, *, patient: bool) -> Sequence[Event]:
        if chapter.event is not None:
            return [chapter.event]
        assert chapter.job is not None
        place = await self._reader.place(self._run_id)
        return await self._logs.of(place, chapter.job, patient=patient)

    def _pause(self) -> float:
        return self._pace.log_pauses[self._tries - 1] if self._tries else self._pace.poll

    def _has_passed(self, chapter: Chapter, run: WireRun) -> bool:
        """Tell whether the second of a chapter is over, so that nothing comes to stand before."""
        second = self._clock.now().replace(microsecond=0)
        return run.status == COMPLETED or chapter.at < second

    def _has_settled(self, chapter: Chapter) -> bool:
        seen = self._seen.setdefault(chapter.id, instant())
        return instant() - seen >= self._pace.settle
