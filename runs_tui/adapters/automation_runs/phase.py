"""Where the stream of a run stands, and when it may be left."""

from dataclasses import dataclass
from enum import Enum, auto
from math import inf

from runs_tui.transport.loop import instant

_PATIENCE = 5  # silences that a stream may take to open
_TALKATIVE = 30  # silences after which a stream that never ends is left
_MOST_MARKS = 3
_MOST_TRIES = 2


class Place(Enum):
    """Where the stream stands."""

    OPENING = auto()
    OPEN = auto()
    ENDED = auto()
    BROKEN = auto()
    NONE = auto()


@dataclass
class Phase:
    """What is known of the stream and of the run's end; times are the loop's."""

    silence: float
    """How long the stream of a run that is over may be silent."""
    place: Place = Place.OPENING
    """Where the stream stands."""
    since: float = 0.0
    """Since when it stands there."""
    quiet: float = 0.0
    """Since when it has told nothing."""
    over: float | None = None
    """Since when the run is known to be over."""
    whole: bool = False
    """Whether the stream has nothing more to tell when it ends."""
    auditing: bool = False
    """Whether the audit log is being read."""
    marks: int = 0
    """How often the server said that nothing more comes."""
    tries: int = _MOST_TRIES
    """How often a stream that left off is tried again once the run is over."""

    def enter(self, place: Place) -> None:
        """Note that the stream stands elsewhere."""
        self.place = place
        self.since = self.quiet = instant()
        if place is Place.OPEN:
            self.whole = self.over is not None

    def end(self) -> None:
        """Note that the run is over."""
        if self.over is None:
            self.over = self.quiet = instant()

    @property
    def deceived(self) -> bool:
        """Whether the server said too often that nothing more comes while the run goes on."""
        return self.over is None and self.marks >= _MOST_MARKS

    @property
    def waits_until(self) -> float:
        """Until when the stream may show whether it goes on where it was."""
        return min(self.quiet + self.silence, self.since + _PATIENCE * self.silence)

    @property
    def may_try_again(self) -> bool:
        """Whether the stream of a run that is over left off and should be tried again."""
        if self.over is None or not self.tries:
            return False
        return self.place is Place.BROKEN or (self.place is Place.ENDED and not self.whole)

    @property
    def leaves_at(self) -> float:
        """When to leave."""
        if self.over is None or self.auditing:
            return inf
        match self.place:
            case Place.OPEN if self.marks:
                return self.over
            case Place.OPEN:
                return min(self.quiet + self.silence, self.over + _TALKATIVE * self.silence)
            case Place.OPENING:
                return max(self.since, self.over) + _PATIENCE * self.silence
            case _:
                return self.over
