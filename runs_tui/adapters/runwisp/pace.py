"""How often a RunWisp daemon is asked."""

from dataclasses import dataclass

from runs_tui.transport.backoff import backoff


@dataclass(frozen=True, slots=True)
class Pace:
    """Times in seconds, unless it is said what they count."""

    linger: float = 1.0
    """For how long a run that was read needs no reading for its steps and its log."""
    stretch: int = 500
    """How many lines are read at once from the end of a log."""
    tasks: float = 600.0
    """Between two readings of the tasks."""
    first_pause: float = 0.5
    """Before a stream that told nothing is opened again; each one after it doubles."""
    longest_pause: float = 30.0
    """Between two tries to open a stream again, at most."""

    def pause(self, failures: int) -> float:
        """Give the pause after so many tries in vain."""
        return backoff(self.first_pause, self.longest_pause, failures)
