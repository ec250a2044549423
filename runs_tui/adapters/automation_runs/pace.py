"""How often and how patiently runs are followed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Pauses and patience; times in seconds."""

    poll: float = 5.0
    """Between two looks at a run that has no stream."""
    poll_beside: float = 15.0
    """Between two looks while the stream is open."""
    silence: float = 1.0
    """How long the stream of a run that is over may be silent."""
    settle: float = 0.3
    """How long the stream may take to tell what a look has shown."""
    patience: float = 10.0
    """How long a stream may be away before what a look has shown is told."""
    first_delay: float = 1.0
    """The pause before the first new connection; each one after it doubles."""
    longest_delay: float = 30.0
    """The longest pause."""
    longest_asked: float = 60.0
    """The longest pause that a server can ask for."""
    names: float = 5.0
    """How long a list may wait for the names of automations."""
    failures: int = 5
    """How many looks may fail one after the other."""
