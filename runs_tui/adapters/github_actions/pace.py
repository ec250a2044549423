"""How often GitHub is asked, and how patiently."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Times in seconds, unless it is said what is counted."""

    linger: float = 5.0
    """How long what was read of a run that is over serves others who ask for the same."""
    poll: float = 4.0
    """Between two readings of an active run's jobs while its events are followed."""
    look: float = 15.0
    """Between two readings of the run itself meanwhile."""
    settle: float = 1.5
    """How long an event waits for others of its second, where the clocks do not tell."""
    log_pauses: tuple[float, ...] = (2.0, 5.0, 10.0)
    """Before each further try to read the log of a job that has just ended."""
    log_late: float = 120.0
    """How long after its end the log of a job may still be on its way."""
    again_pauses: tuple[float, ...] = (0.0, 2.0, 4.0, 8.0)
    """Before each reading of a run that was told to run again, until it does."""
    force: float = 60.0
    """How long a cancel may take until the next one is forced."""
    lines: int = 400
    """How many events are read back at once."""
