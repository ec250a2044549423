"""One line of a feed: of an event, of a gap between events, or of our own."""

from dataclasses import dataclass
from datetime import datetime

from runs_tui.model.run import Event, Gap, seconds_between
from runs_tui.model.sgr import Stretch
from runs_tui.model.state import State

TAB = 4
"""The characters between two stops of a tab."""
LEVELS = ("debug", "info", "warning", "error")
"""How grave an event can be, the least first."""
_MINUTES = 120


@dataclass(frozen=True, slots=True)
class Note:
    """A line that no event made: a marker that a person set, or what stands at the top."""

    at: datetime | None = None
    """When a marker was set, UTC."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the feed."""

    number: int
    """Its place, from 0 for the first that was read; older ones count below. It never changes."""
    told: Event | Gap | Note
    """What it belongs to."""
    text: str
    """What it says, its tabs as blanks."""
    start: int = 0
    """The place in its event's message where it begins."""

    @property
    def first(self) -> bool:
        """Whether it is the first line of its event."""
        return self.start == 0

    @property
    def is_event(self) -> bool:
        """Whether an event said it."""
        return isinstance(self.told, Event)

    @property
    def step(self) -> str | None:
        """The key of the step it belongs to."""
        return self.told.step if isinstance(self.told, Event) else None

    @property
    def raw(self) -> str:
        """What it says as its event said it, tabs included."""
        if not isinstance(self.told, Event):
            return self.text
        return self.told.message[self.start :].partition("\n")[0]

    @property
    def grave(self) -> int:
        """How grave it is, as a place in `LEVELS`; where no level is told it is information."""
        told = self.told
        if not isinstance(told, Event):
            return len(LEVELS)
        if told.state is State.FAILED:
            return LEVELS.index("error")
        return LEVELS.index(told.level) if told.level in LEVELS else LEVELS.index("info")

    @property
    def colors(self) -> tuple[Stretch, ...]:
        """How stretches of its text look."""
        told = self.told
        if not isinstance(told, Event) or not told.colors:
            return ()
        raw = self.raw
        end = self.start + len(raw)
        within = (each for each in told.colors if each.end > self.start and each.start < end)
        return tuple(
            Stretch(
                _spread(raw, max(each.start - self.start, 0)),
                _spread(raw, min(each.end - self.start, len(raw))),
                each.look,
            )
            for each in within
        )


def is_error(line: Line) -> bool:
    """Tell whether it is the first line of an error."""
    told = line.told
    return isinstance(told, Event) and line.first and line.grave == LEVELS.index("error")


def sentence_of(gap: Gap) -> str:
    """Say what may be missing: for how long, and how many events where that is known."""
    seconds = seconds_between(gap.since, gap.until)
    span = f"{_amount(seconds)} may be missing" if seconds else ""
    lost = f"{gap.count:,} event{'' if gap.count == 1 else 's'} lost" if gap.count else ""
    return ", ".join(filter(None, [span, lost])) or "lines may be missing here"


def _amount(seconds: float) -> str:
    """Write seconds as `37 s` or `12 min` or `5 h`."""
    if seconds < _MINUTES:
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < _MINUTES else f"{round(minutes / 60):,} h"


def _spread(raw: str, place: int) -> int:
    """Give where a place in a line is once its tabs are blanks."""
    return len(raw[:place].expandtabs(TAB)) if "\t" in raw else place
