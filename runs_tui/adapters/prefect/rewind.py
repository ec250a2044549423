"""The events of a flow run from their end: a piece of its log, and its states at that time."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from runs_tui.adapters.base import Stretch
from runs_tui.adapters.prefect.client import Client
from runs_tui.adapters.prefect.events import event_of_line, place_of
from runs_tui.adapters.prefect.log import lines_before
from runs_tui.adapters.prefect.pace import Pace
from runs_tui.adapters.prefect.stages import Stages
from runs_tui.adapters.rewinding import Place, Places
from runs_tui.model.clock import Clock
from runs_tui.model.latest import Latest
from runs_tui.model.run import Event
from runs_tui.transport.together import both
from runs_tui.transport.told import Memory, Told

_MOST_RUNS = 8


class Rewind:
    """Gives stretches of the events of runs."""

    def __init__(self, client: Client, memory: Memory, clock: Clock, pace: Pace) -> None:
        """Take where it is remembered what was told, so that a tail goes on after it."""
        self._client = client
        self._memory = memory
        self._clock = clock
        self._pace = pace
        self._places = Places(place_of)
        self._ended: Latest[str, Sequence[Event]] = Latest(_MOST_RUNS)

    async def stretch(self, run_id: str, before: str | None) -> Stretch:
        """Give the newest events of a run, or those right before one of them."""
        if before is None:
            found = await self._newest(run_id)
        else:
            read = partial(self._before, run_id)
            found = await read(await self._places.find(run_id, before, read))
        self._places.note(run_id, found.events)
        return found

    async def _newest(self, run_id: str) -> Stretch:
        """Read the end, without states before which lines may still land: a tail tells them."""
        self._ended.pop(run_id, None)
        found = await self._before(run_id, None)
        told = Told(found.events[0].at if found.older else None)
        for event in found.events:
            told.add(event)
        self._memory.keep(run_id, told)
        return found

    async def _before(self, run_id: str, before: Place | None) -> Stretch:
        read = lines_before(self._client, run_id, before, self._pace.stretch)
        states, (rows, older) = await both(self._states(run_id), read)
        lines = [event_of_line(row) for row in rows]
        since = lines[0].at if older and lines else None
        among = [
            state
            for state in states
            if (before is None or place_of(state) < before)
            and (since is None or (state.at is not None and state.at >= since))
        ]
        if before is None and run_id not in self._ended:
            last = place_of(lines[-1]) if lines else None
            among = [state for state in among if self._ripe(state, last)]
        return Stretch(sorted([*among, *lines], key=place_of), older)

    async def _states(self, run_id: str) -> Sequence[Event]:
        """Give all states of a run; those of one that is over are read once."""
        known = self._ended.get(run_id)
        if known is not None:
            return known
        stages = Stages(self._client, run_id)
        states = await stages.look_at_all()
        settle = timedelta(seconds=self._pace.settle)
        if stages.ended is not None and stages.ended + settle <= self._clock.now():
            self._ended[run_id] = states
        return states

    def _ripe(self, state: Event, last: Place | None) -> bool:
        """Tell whether all lines before a state have landed, as far as can be told."""
        hold = timedelta(seconds=self._pace.hold)
        old = state.at is not None and state.at + hold <= self._clock.now()
        return old or (last is not None and place_of(state) <= last)
