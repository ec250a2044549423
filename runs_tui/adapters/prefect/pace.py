"""How often a Prefect server is asked, and how long is waited for what it is late with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Times in seconds, unless it is said what they count."""

    poll: float = 2.0
    """Between two readings of an active run's log; runners ship lines every two seconds."""
    window: float = 5.0
    """How far back each reading looks again: lines of different processes land out of order."""
    stretch: int = 200
    """How many lines are read at once from the end of a log."""
    settle: float = 5.0
    """How long the log of a run that has just ended must be silent to be complete."""
    last_look: float = 60.0
    """How far back the last reading of a run's log looks again."""
    hold: float = 3.0
    """How long a state is kept back so that lines which came before it can land."""
    gather: float = 0.2
    """For how long announced changes are gathered before the runs are read."""
    first_pause: float = 1.0
    """Before the first try to connect again; each one after it doubles."""
    longest_pause: float = 30.0
    """Between two tries to connect again, at most."""
