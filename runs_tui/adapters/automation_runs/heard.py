"""What the stream of a run tells anew: repeats are left out, holes are shown."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from runs_tui.adapters.automation_runs.events import Mark, Reader, Told
from runs_tui.adapters.automation_runs.facts import Entered, Foretold
from runs_tui.adapters.automation_runs.wire import RunSteps, WireRun, WireStep
from runs_tui.model.clock import Clock
from runs_tui.model.run import Event, Gap
from runs_tui.transport.resume import Continuity, is_numbered
from runs_tui.transport.stream import Frame

MOST_WAITING = 20_000


@dataclass
class Heard:
    """What some frames told."""

    items: list[Event | Gap] = field(default_factory=list)
    """What is new."""
    snapshots: list[WireRun | RunSteps] = field(default_factory=list)
    """Whole runs and steps."""
    spoke: bool = False
    """Whether there was more than a sign of life."""
    ends: bool = False
    """Whether the run seems to be over."""
    marked: bool = False
    """Whether the server says that nothing more comes."""


class Stream:
    """Follows the events of one run through all connections of its stream."""

    def __init__(self, after: str | None, clock: Clock) -> None:
        """Begin after an id."""
        self.spoke = False
        """Whether it has told any event."""
        self.entered: set[Entered] = set()
        """Which step, or the run itself, it told to have entered which state."""
        self.foretold = Foretold()
        """What looks have told before it."""
        self.latest: datetime | None = None
        """The instant of its last event."""
        self.lost = False
        """Whether it broke and has not shown since that it goes on where it was."""
        self._clock = clock
        self._reader = Reader(clock.now)
        self._continuity = Continuity(after)
        self._begun = clock.now()
        self._resumes = False
        self._sought = None if after is None or is_numbered(after) else after
        self._waiting: list[tuple[Told, bool]] = []

    @property
    def last_id(self) -> str | None:
        """The id after which it goes on, if the server gave one."""
        last = self._continuity.last
        return None if last is None or last.startswith("~") else last.partition("#")[0]

    @property
    def seeks(self) -> bool:
        """Whether events wait because they may come before the one to go on after."""
        return bool(self._waiting)

    def know(self, steps: Sequence[WireStep]) -> None:
        """Learn which steps there are."""
        actions = {step.action_run_id: step.key for step in steps if step.action_run_id}
        self._reader.steps = actions | {step.key: step.key for step in steps}

    def opened(self) -> None:
        """Begin a connection."""
        self._reader.begin()
        self._continuity.connected()
        self.lost = self.lost and self._continuity.last is not None and not self._resumes

    def broke(self) -> None:
        """Note that a connection broke."""
        self.lost = True

    def hear(self, frames: Sequence[Frame]) -> Heard:
        """Read frames."""
        heard = Heard()
        for frame in frames:
            for told in self._reader.read(frame):
                heard.spoke = True
                if isinstance(told, Mark):
                    heard.marked = True
                elif isinstance(told, Told):
                    heard.ends = heard.ends or told.ends
                    heard.items += self._sorted_in(told, resumable=frame.id is not None)
                else:
                    heard.snapshots.append(told)
        return heard

    def release(self) -> list[Event | Gap]:
        """Stop waiting for the event to go on after: the server went on by itself."""
        waiting, self._waiting, self._sought = self._waiting, [], None
        return [item for told, resumable in waiting for item in self._judged(told, resumable)]

    def gap(self, until: datetime | None) -> Gap:
        """Give the stretch from the last event on."""
        since = self.latest or self._begun
        return Gap(since=since, until=until if until and until > since else None)

    def read_audit(self, values: Sequence[object]) -> list[Event]:
        """Read the events of the audit log, the oldest first."""
        told = [each for value in values for each in self._reader.values(value, Frame(""))]
        events = [each.event for each in told if isinstance(each, Told)]
        self.entered |= {(event.step, event.state) for event in events if event.state}
        return sorted(events, key=lambda event: event.at or self._begun)

    def _sorted_in(self, told: Told, *, resumable: bool) -> list[Event | Gap]:
        if self._sought is None:
            return self._judged(told, resumable)
        if told.event.id != self._sought and len(self._waiting) < MOST_WAITING:
            self._waiting.append((told, resumable))
            return []
        if told.event.id != self._sought:
            return [*self.release(), *self._judged(told, resumable)]
        for earlier, _ in self._waiting:
            self._continuity.skip(earlier.event.id or "")
        self._waiting, self._sought = [], None
        return self._judged(told, resumable)

    def _judged(self, told: Told, resumable: bool) -> list[Event | Gap]:
        event = told.event
        verdict = self._continuity.judge(event.id or "", resumable=resumable)
        self._resumes = resumable
        self.lost = False
        if verdict == "repeat":
            return []
        gap = [self.gap(event.at)] if verdict == "hole" else []
        self.spoke = True
        self.latest = event.at
        if event.state is not None:
            entered = event.step, event.state
            self.entered.add(entered)
            if self.foretold.take(entered, event.at):
                return [*gap]
        return [*gap, event]
