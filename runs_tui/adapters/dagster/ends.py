"""The ends of logs: events read back from there, and what they say of failures."""

from collections.abc import Set
from datetime import timedelta

from runs_tui.adapters.base import Stretch
from runs_tui.adapters.dagster.events import event_of
from runs_tui.adapters.dagster.failures import Failures, Told
from runs_tui.adapters.dagster.log import Log, Part
from runs_tui.adapters.dagster.pace import Pace
from runs_tui.adapters.dagster.states import state_of
from runs_tui.model.clock import Clock
from runs_tui.model.errors import NotFound
from runs_tui.model.latest import Latest
from runs_tui.model.run import Event
from runs_tui.transport.together import Turns

_MOST_RUNS = 8
_MOST_SOUGHT = 500


class Ends:
    """Reads logs from their ends; that of a run that is over is read once."""

    def __init__(self, log: Log, failures: Failures, clock: Clock, pace: Pace) -> None:
        """Begin with none read."""
        self._log = log
        self._failures = failures
        self._clock = clock
        self._pace = pace
        self._known: Latest[str, Part] = Latest(_MOST_RUNS)
        self._sought: Latest[str, Set[str]] = Latest(_MOST_SOUGHT)
        self._turns = Turns()

    async def failures_of(self, run_id: str, steps: Set[str]) -> Told:
        """Give why a run and these steps of it failed, as far as the end of its log tells."""
        told = self._failures.of(run_id)
        known = told.error is not None and steps <= told.steps.keys()
        if not known and self._sought.get(run_id) != steps:
            part = await self._newest(run_id)
            if self._is_settled(part) or not state_of(part.status.status).terminal:
                self._sought[run_id] = steps
        return self._failures.of(run_id)

    async def stretch(self, run_id: str, before: str | None) -> Stretch:
        """Give the newest events of a run, or those right before one of them."""
        part = await (self._newest(run_id) if before is None else self._before(run_id, before))
        return Stretch(events_of(part), part.before > 0)

    async def _newest(self, run_id: str) -> Part:
        async with self._turns.of(run_id):
            known = self._known.get(run_id)
            if known is not None:
                return known
            part = await self._log.end(run_id, self._pace.stretch)
            self._failures.learn(run_id, part)
            if self._is_settled(part):
                self._known[run_id] = part
            return part

    async def _before(self, run_id: str, event_id: str) -> Part:
        number = number_of(event_id)
        if number <= 0:
            raise NotFound("there is no such event")
        count = min(number - 1, self._pace.stretch)
        start = number - 1 - count
        part = await self._log.after(run_id, start, count + 1)
        if len(part.events) <= count:
            raise NotFound("there is no such event")
        self._failures.learn(run_id, part)
        return Part(start, part.events[:count], True, part.status)

    def _is_settled(self, part: Part) -> bool:
        """Tell whether a run ended so long before that nothing of it comes any more."""
        ended = part.status.ended
        if ended is None or not state_of(part.status.status).terminal:
            return False
        return ended <= self._clock.now() - timedelta(seconds=self._pace.settle)


def events_of(part: Part) -> list[Event]:
    """Translate the events of a part of a log."""
    return [event_of(told, number) for number, told in enumerate(part.events, part.before + 1)]


def number_of(event_id: str | None) -> int:
    """Give the number of an event of an id; 0 for what never was one."""
    known = event_id is not None and event_id.isascii() and event_id.isdecimal()
    return int(event_id) if known and event_id and len(event_id) < 16 else 0
