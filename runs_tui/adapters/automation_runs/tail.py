"""The events of a run, in order: its stream, and beside it what looking at the run shows."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Sequence
from datetime import datetime
from math import inf

from runs_tui.adapters.automation_runs.facts import Fact, Record, after, ahead_of, split_id
from runs_tui.adapters.automation_runs.heard import Stream
from runs_tui.adapters.automation_runs.listen import Listener
from runs_tui.adapters.automation_runs.look import Looker
from runs_tui.adapters.automation_runs.messages import (
    Arrived,
    Audited,
    Failed,
    Message,
    Opened,
    Paused,
    Silent,
)
from runs_tui.adapters.automation_runs.one import Looked, RunReader
from runs_tui.adapters.automation_runs.pace import Pace
from runs_tui.adapters.automation_runs.phase import Phase, Place
from runs_tui.adapters.automation_runs.wire import WireRun, WireStep, step_of
from runs_tui.model.clock import Clock
from runs_tui.model.run import Event, Gap, Run
from runs_tui.model.state import State
from runs_tui.transport.loop import instant, next_of
from runs_tui.transport.stream import Frame

_MOST_MESSAGES = 256


class Tail:
    """Follows one run until it is over."""

    def __init__(
        self, reader: RunReader, run_id: str, after_id: str | None, pace: Pace, clock: Clock
    ) -> None:
        """Take what to follow, and the id of the event to go on after."""
        self._reader = reader
        self._run_id = run_id
        self._after = after_id
        self._cursor, self._after_fact = split_id(after_id)
        self._pace = pace
        self._clock = clock
        self._stream = Stream(self._cursor, clock)
        self._record = Record()
        self._inbox: asyncio.Queue[Message] = asyncio.Queue(_MOST_MESSAGES)
        self._looker = Looker(reader, run_id, pace, self._inbox)
        self._listener = Listener(reader, run_id, pace, self._inbox, lambda: self._stream.last_id)
        self._phase = Phase(pace.silence)
        self._ending: datetime | None = None
        self._held_since = 0.0
        self._past: list[Event] = []
        self._out: list[Event | Gap] = []
        self._done = False

    async def events(self) -> AsyncGenerator[Event | Gap, None]:
        """Give the events as they come, until the run is over."""
        looked = await self._reader.look(self._run_id)
        self._phase.enter(Place.OPENING)
        self._look(looked.run, looked.steps)
        facts = self._facts()
        self._past = self._events_of(facts, None)
        for fact in ahead_of(facts, self._after):
            self._stream.foretold.add(fact)
        tasks = [
            asyncio.ensure_future(self._watched(self._listener.listen())),
            asyncio.ensure_future(self._watched(self._looker.look())),
        ]
        try:
            wake = self._settled()
            while not self._done:
                message = await next_of(self._inbox, wake)
                self._take(message)
                wake = self._settled()
                told, self._out = self._out, []
                for item in told:
                    yield item
            for item in self._last():
                yield item
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _watched(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except Exception as error:
            await self._inbox.put(Failed(error))

    def _take(self, message: Message | None) -> None:
        match message:
            case Opened():
                self._phase.enter(Place.OPEN)
                self._stream.opened()
                self._looker.interval = self._pace.poll_beside
            case Arrived():
                self._hear(message.frames)
            case Paused():
                self._pause(message)
            case Silent():
                self._give_up()
            case Looked():
                self._look(message.run, message.steps)
            case Audited():
                self._phase.auditing = False
                self._tell_past(self._stream.read_audit(message.values))
            case Failed():
                raise message.error

    def _hear(self, frames: Sequence[Frame]) -> None:
        heard = self._stream.hear(frames)
        self._out += heard.items
        if heard.spoke:
            self._phase.quiet = instant()
        for snapshot in heard.snapshots:
            if isinstance(snapshot, WireRun):
                run = self._reader.translated(snapshot)
                heard.ends = heard.ends or not run.active
                self._see(run, ())
            else:
                self._see(None, snapshot.steps)
        if heard.ends or heard.marked:
            self._phase.whole = True
            self._phase.marks += heard.marked
            self._looker.look_now()

    def _pause(self, paused: Paused) -> None:
        phase = self._phase
        if paused.how == "broken" and phase.place is Place.OPEN:
            self._stream.broke()
        phase.enter(Place.BROKEN if paused.how == "broken" else Place.ENDED)
        phase.whole = phase.whole or paused.how == "empty"
        self._out += self._stream.release()
        self._looker.interval = self._pace.poll
        if phase.over is None and paused.how == "ended":
            self._looker.look_now()

    def _give_up(self) -> None:
        self._phase.enter(Place.NONE)
        self._out += self._stream.release()
        self._looker.interval = self._pace.poll
        if not self._stream.spoke:
            self._phase.auditing = self._looker.audits = True
            self._looker.look_now()

    def _look(self, run: Run, steps: Sequence[WireStep]) -> None:
        self._stream.know(steps)
        self._see(run, steps)
        if run.state is State.RUNNING:
            self._listener.running.set()
        if not run.active:
            self._ending = run.finished_at
            self._phase.end()
        elif self._phase.deceived:
            self._listener.stop()
        elif self._phase.over is None:
            self._phase.whole = False

    def _see(self, run: Run | None, steps: Sequence[WireStep]) -> None:
        if not self._record.fresh:
            self._held_since = instant()
        self._record.look(run, [step_of(step) for step in steps])

    def _settled(self) -> float:
        """Do what is due, and give the time when something will be."""
        phase = self._phase
        if phase.may_try_again:
            phase.tries -= 1
            phase.enter(Place.OPENING)
            self._listener.hurry()
        wakes = [phase.leaves_at]
        if self._record.fresh and not phase.auditing:
            wakes.append(self._settles_at)
            if instant() >= self._settles_at:
                self._foretell()
        if self._stream.seeks:
            wakes.append(phase.waits_until)
            if instant() >= phase.waits_until:
                self._out += self._stream.release()
        self._done = phase.leaves_at <= instant() and self._inbox.empty()
        return min(wakes)

    @property
    def _settles_at(self) -> float:
        """When the stream had its time to tell by itself what a look has shown."""
        phase, pace, held = self._phase, self._pace, self._held_since
        match phase.place:
            case Place.OPEN:
                # At first it may be telling what it left out while it was away.
                caught_up = min(phase.quiet, phase.since + pace.patience)
                return max(held, caught_up) + pace.settle
            case Place.NONE:
                return held
            case Place.BROKEN if phase.since < held and not self._stream.foretold.count:
                return inf  # until it is tried again: the server answers now
            case _:
                return held + pace.patience

    @property
    def _resumption(self) -> str | None:
        """The id after which the stream goes on, if there is a stream."""
        return None if self._phase.place is Place.NONE else self._stream.last_id

    def _facts(self) -> list[Fact]:
        """Give what looks have shown and nothing else has told."""
        return self._record.take(self._stream.entered)

    def _events_of(self, facts: Sequence[Fact], cursor: str | None) -> list[Event]:
        when = self._ending or self._clock.now()
        return [fact.event(cursor, when) for fact in facts]

    def _foretell(self) -> None:
        """Tell what looks have shown, ahead of the stream if there is one."""
        foretold, when = self._stream.foretold, self._ending or self._clock.now()
        streams = self._phase.place is not Place.NONE
        for fact in self._facts():
            ahead = foretold.add(fact) if streams else 0
            self._out.append(fact.event(self._resumption, when, ahead))

    def _tell_past(self, audit: Sequence[Event]) -> None:
        """Tell what happened before, where there is no stream that does."""
        entered = self._stream.entered
        facts = [event for event in self._past if (event.step, event.state) not in entered]
        rest = after(sorted([*audit, *facts], key=self._when), self._after)
        self._out += [self._stream.gap(None)] if rest is None else rest
        self._past = []

    def _last(self) -> list[Event | Gap]:
        """Give what is left to tell at the end."""
        self._out += self._stream.release()
        if self._phase.place is Place.BROKEN or self._stream.lost:
            self._out.append(self._stream.gap(self._ending))
        if self._stream.spoke:
            self._out += [event for event in self._past[-1:] if self._ends(event)]
        elif self._cursor is None and self._past:
            self._tell_past(())
        return [*self._out, *self._events_of(self._facts(), self._resumption)]

    def _ends(self, event: Event) -> bool:
        told = (event.step, event.state) in self._stream.entered
        known = split_id(event.id)[1] == self._after_fact
        return event.step is None and self._phase.over is not None and not told and not known

    def _when(self, event: Event) -> tuple[datetime, bool]:
        """Give what orders events; the end of the run comes behind that of its last step."""
        ends = event.step is None and event.state is not None and event.state.terminal
        return event.at or self._clock.now(), ends
