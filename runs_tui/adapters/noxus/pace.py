"""How often and how patiently runs are followed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Pauses and patience; times in seconds."""

    poll: float = 5.0
    """Between two looks at a run whose stream is silent, or that has none."""
    beside: float = 15.0
    """Between two looks at a run whose stream tells something."""
    silence: float = 10.0
    """After how long a stream counts as silent, and what a look shows is told."""
    settle: float = 0.5
    """How long the stream of a run that is over may be silent before it is left."""
    patience: float = 5.0
    """How long a stream of a run that is over may take to open, or to come back."""
    first_delay: float = 1.0
    """The pause before the first new connection; each one after it doubles."""
    longest_delay: float = 30.0
    """The longest pause, also where the server asks for one."""
    failures: int = 3
    """How many connections without any event, one after the other, mean that there is no stream."""
    looks: int = 5
    """How many looks may fail one after the other."""
