"""How often an Airflow server is asked, and how long is waited for what it is late with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Times in seconds, unless it is said what they count."""

    poll: float = 2.0
    """Between two readings of what is going on in a run."""
    settle: float = 8.0
    """For how long a run that has just ended is read on."""
    killed: float = 18.0
    """The same of a run that was stopped: what its processes write last comes as late as `LATE`."""
    hold: float = 10.0
    """How long an event is kept back at most, so that earlier ones of other logs can come."""
    stretch: int = 200
    """How many events are given at once from the end."""
    live: int = 8
    """How many logs that grow are read in one round."""
    batch: int = 4
    """How many other logs are read at once."""
