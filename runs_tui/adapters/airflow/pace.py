"""How often an Airflow server is asked, and how long is waited for what it is late with."""

from dataclasses import dataclass

LATE = 17.0
"""For how many seconds a process may write on that was stopped.

It hears of it with its next heartbeat, after up to 6 seconds, and has 5 for each of two signals.
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """Times in seconds, unless it is said what they count."""

    poll: float = 2.0
    """Between two readings of what is going on in a run."""
    settle: float = 8.0
    """For how long a run that has just ended is read on."""
    killed: float = LATE + 1.0
    """The same of a run that was stopped, whose processes write on."""
    hold: float = 10.0
    """How long an event is kept back at most, so that earlier ones of other logs can come."""
    stretch: int = 200
    """How many events are given at once from the end."""
    live: int = 8
    """How many logs that grow are read in one round."""
    batch: int = 4
    """How many other logs are read at once."""
