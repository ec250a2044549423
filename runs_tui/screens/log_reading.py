"""Reading the log of a run, or of one step of it, within bounds."""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeGuard

from runs_tui.adapters.base import Rewinds, Source, Tails
from runs_tui.model.errors import SourceError
from runs_tui.model.log_diff import MOST
from runs_tui.model.purpose import asking
from runs_tui.model.run import Event, Gap, Run, Step

EVENTS = 50_000
"""How many events of a run are read at most."""
MARGIN = timedelta(minutes=1)
"""How far before the start of a step its events are looked for: clocks differ."""


@dataclass(frozen=True, slots=True)
class Told:
    """The events of a run, as far as they were read."""

    events: Sequence[Event] = ()
    """The last of them, the oldest first."""
    notes: Sequence[str] = ()
    """What was not read, and why."""

    @property
    def unread(self) -> str:
        """Why nothing was read; empty where anything was, or there was nothing to read."""
        return self.notes[0] if self.notes and not self.events else ""


@dataclass(frozen=True, slots=True)
class LogPace:
    """How long reading a log may take, in seconds."""

    longest: float = 20.0
    """All of it."""
    silence: float = 2.0
    """Waiting for the next event of a run that goes on."""


async def read_events(source: Source, run: Run, step: Step | None, pace: LogPace) -> Told:
    """Read the last events of a run, or of one step of it, within bounds; say what was not."""
    kept = _Kept(step)
    try:
        with asking("tail", run.id):
            async with asyncio.timeout(pace.longest):
                if isinstance(source, Rewinds):
                    await _rewind(source, run.id, kept)
                elif isinstance(source, Tails):
                    await _tail(source, run, kept, pace.silence)
                else:
                    kept.notes.append("this API tells no events")
    except SourceError as error:
        kept.notes.append(error.sentence)
    except TimeoutError:
        kept.notes.append(f"not read to the end within {pace.longest:.0f}s")
    if kept.gaps:
        kept.notes.append("some lines may be missing in it")
    return Told(list(kept.events), kept.notes)


class _Kept:
    """The events of a run that are wanted, with a count of all that were read."""

    def __init__(self, step: Step | None) -> None:
        self._step = step
        self.events: deque[Event] = deque(maxlen=MOST)
        self.notes: list[str] = []
        self.read = 0
        self.gaps = 0

    def wants(self, event: Event | Gap) -> TypeGuard[Event]:
        return isinstance(event, Event) and (self._step is None or event.step == self._step.key)

    def begins_after(self, event: Event) -> bool:
        """Tell whether nothing that is wanted comes before an event."""
        start = self._step.started_at if self._step else None
        return start is not None and event.at is not None and event.at < start - MARGIN


async def _rewind(source: Rewinds, run_id: str, kept: _Kept) -> None:
    before: str | None = None
    while True:
        stretch = await source.last_events(run_id, before)
        kept.read += len(stretch.events)
        wanted = [event for event in stretch.events if kept.wants(event)]
        room = MOST - len(kept.events)
        kept.events.extendleft(reversed(wanted[-room:]))
        if not stretch.events or not stretch.older or kept.begins_after(stretch.events[0]):
            return
        before = stretch.events[0].id
        if len(kept.events) == MOST or kept.read >= EVENTS or before is None:
            kept.notes.append(f"only its last {kept.read:,} events were read")
            return


async def _tail(source: Tails, run: Run, kept: _Kept, silence: float) -> None:
    wanted = 0
    async with aclosing(source.tail(run.id)) as told:  # type: ignore[type-var]
        while kept.read < EVENTS:
            try:
                async with asyncio.timeout(silence if run.active else None):
                    event = await anext(told)
            except StopAsyncIteration:
                break
            except TimeoutError:
                kept.notes.append("it goes on: only what it had told by now was read")
                break
            kept.read += 1
            kept.gaps += isinstance(event, Gap)
            if kept.wants(event):
                kept.events.append(event)
                wanted += 1
        else:
            kept.notes.append(f"only its first {EVENTS:,} events were read")
    if wanted > len(kept.events):
        kept.notes.append(f"only the last {len(kept.events):,} of them are held here")
