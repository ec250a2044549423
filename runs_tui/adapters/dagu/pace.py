"""How often a Dagu server is asked."""

from dataclasses import dataclass

from runs_tui.transport.backoff import backoff

_STREAMS = 24
"""How many streams may be read every time that a run is looked at."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Times in seconds, unless it is said what they count."""

    poll: float = 1.0
    """Between two looks at a run that goes on."""
    linger: float = 1.0
    """For how long a run that was read needs no reading for its steps and its log."""
    settle: float = 3.0
    """For how long it is looked whether what was asked for, or a run's next handler, has begun."""
    first_look: float = 0.1
    """Before the second look at what was asked for; each pause after it doubles."""
    blinks: tuple[float, ...] = (0.1, 0.4)
    """Before each further look at a run that is not found, though it was a moment ago."""
    lines: int = 500
    """How many lines of a log are read at once from its end."""

    def rest(self, streams: int) -> float:
        """Give the pause before the next look at a run, by how many streams each look reads."""
        return self.poll * max(streams / _STREAMS, 1.0)

    def pause(self, looks: int) -> float:
        """Give the pause after so many looks at what was asked for."""
        return backoff(self.first_look, self.poll, looks)
