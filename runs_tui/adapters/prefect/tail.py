"""The events of a flow run as they come, by asking again and again."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from datetime import timedelta

from runs_tui.adapters.prefect.client import Client
from runs_tui.adapters.prefect.events import event_of_line, place_of
from runs_tui.adapters.prefect.log import lines_since
from runs_tui.adapters.prefect.pace import Pace
from runs_tui.adapters.prefect.stages import Stages
from runs_tui.adapters.prefect.wire import LogLine
from runs_tui.model.clock import Clock
from runs_tui.model.run import Event
from runs_tui.transport.loop import instant
from runs_tui.transport.told import Memory, Told


class Tail:
    """Tells the events of one run: lines as they land, states when the lines before them have."""

    def __init__(self, client: Client, run_id: str, told: Told, clock: Clock, pace: Pace) -> None:
        """Tell what was not told yet."""
        self._client = client
        self._id = run_id
        self._told = told
        self._clock = clock
        self._pace = pace
        self._stages = Stages(client, run_id)
        self._held: dict[str, tuple[Event, float]] = {}
        self._news = 0.0
        self._over = False
        self.rounds = 0
        """How often all that there was has been read."""

    async def events(self) -> AsyncGenerator[Event, None]:
        """Give the events until the run is over and its log is silent."""
        async with aclosing(self.batches()) as batches:
            async for batch in batches:
                for event in batch:
                    self._told.add(event)
                    yield event

    async def batches(self) -> AsyncGenerator[list[Event], None]:
        """Give the events as they are read; what is given must be noted as told."""
        while True:
            last = self._silent()
            await self._look(last)
            back = self._pace.last_look if last else self._pace.window
            newest = self._told.newest
            since = newest - timedelta(seconds=back) if newest else None
            async with aclosing(lines_since(self._client, self._id, since)) as found:
                async for lines in found:
                    yield self._ordered(lines)
            self.rounds += 1
            if last or self._was_over_before():
                yield self._released(lambda _, __: True)
                return
            yield self._released(self._ripe)
            self._told.forget(timedelta(seconds=2 * self._pace.last_look))
            await asyncio.sleep(self._pace.poll)

    async def _look(self, last: bool) -> None:
        new = await (self._stages.look_at_all() if last else self._stages.look())
        for event in new:
            if event.id is not None and event not in self._told:
                self._held[event.id] = event, instant()
        over = self._stages.ended is not None
        if over and not self._over:
            self._news = instant()
        self._over = over

    def _ordered(self, lines: Iterable[LogLine]) -> list[Event]:
        """Give the new ones among some lines, and the states that came before the last of them."""
        events = (event_of_line(line) for line in lines)
        new = [event for event in events if event not in self._told]
        if not new:
            return []
        self._news = instant()
        latest = max(place_of(event) for event in new)
        before = self._released(lambda event, _: place_of(event) <= latest)
        return sorted([*before, *new], key=place_of)

    def _released(self, due: Callable[[Event, float], bool]) -> list[Event]:
        """Give the states that need not be kept back any longer."""
        found = [event for event, since in self._held.values() if due(event, since)]
        for event in found:
            self._held.pop(event.id or "")
        return sorted(found, key=place_of)

    def _ripe(self, event: Event, since: float) -> bool:
        hold = self._pace.hold
        old = event.at is not None and event.at + timedelta(seconds=hold) <= self._clock.now()
        return old or instant() - since >= hold

    def _silent(self) -> bool:
        return self._over and instant() - self._news >= self._pace.settle

    def _was_over_before(self) -> bool:
        """Whether the run had ended so long before it was first looked at that all has landed."""
        ended = self._stages.ended
        settle = timedelta(seconds=self._pace.settle)
        return self.rounds == 1 and ended is not None and ended + settle <= self._clock.now()


async def told_until(
    client: Client, run_id: str, after: str | None, memory: Memory, clock: Clock
) -> Told:
    """Give what counts as told where a run's events are to be told after one of them.

    Where nothing is remembered of it, all is read once to find it; if it is not there, nothing
    counts as told.
    """
    told = memory.resume(run_id, after) if after is not None else Told()
    if told is None:
        told = await _read_until(Tail(client, run_id, Told(), clock, Pace()), after) or Told()
    memory.keep(run_id, told)
    return told


async def _read_until(tail: Tail, after: str | None) -> Told | None:
    told = Told()
    async with aclosing(tail.batches()) as batches:
        async for batch in batches:
            for event in batch:
                told.add(event)
                if event.id == after:
                    return told
            if tail.rounds:
                break
    return None
