"""How often a Dagster server is asked, and how much at once."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Times in seconds, unless it is said what they count."""

    poll: float = 1.0
    """Between two readings of an active run's log, where the server pushes nothing."""
    idle: float = 20.0
    """How long nothing is pushed of an active run before it is asked for."""
    settle: float = 2.0
    """How long the log of a run that has just ended must be silent to be complete."""
    page: int = 1000
    """How many events are read at once on the way forward."""
    stretch: int = 500
    """How many events are read at once from the end of a log."""
