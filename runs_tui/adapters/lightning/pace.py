"""How much a Lightning server is asked, and how often."""

from dataclasses import dataclass, replace

_MANY = 10**6


@dataclass(frozen=True, slots=True)
class Pace:
    """Numbers of requests, and times in seconds.

    A run tells neither its workflow nor its steps: both are found by further requests, and these
    are what is limited here. With the list read every twelve seconds, a minute costs at most
    twelve requests, also while runs arrive.
    """

    joins: int = 3
    """How many queries may look for workflows in one reading of the newest runs."""
    joins_at_first: int = 8
    """How many of these, and readings of the workflows, may follow each other without a pause."""
    joins_a_minute: float = 7.0
    """How many of them come to be allowed in a minute."""
    names: float = 3.0
    """Between two readings of the list while names are owed and queries are left for them."""
    opening: int = 8
    """How many requests the opening of a run may cost: itself, its steps, its first events."""
    looking: int = 4
    """How many requests each later look may spend on what the opening has left unknown."""
    at_once: int = 4
    """How many requests may be under way."""
    workflows: float = 300.0
    """How long the workflows are taken to be as they were read."""
    workflows_again: float = 60.0
    """The least time between two readings of the workflows, where one seems to be new."""
    lines: int = 100
    """How many lines of a log are asked for at once."""
    fresh: float = 1.0
    """How long what was read of a run serves others who ask for the same."""
    poll: float = 2.0
    """Between two readings of an active run's log."""
    look: float = 4.0
    """How old the state of an active run may be while its log is followed."""
    overlap: float = 5.0
    """How far back each reading looks again: lines arrive late and share timestamps."""
    last_look: float = 60.0
    """How far back the last reading of a run's log looks again."""
    settle: float = 10.0
    """How long the log of a run that has ended must be silent to be complete."""
    unknown: float = 600.0
    """How long a run whose state nobody knows is followed while it is silent."""

    @property
    def thorough(self) -> "Pace":
        """Give the same without a limit, for somebody who asks but once."""
        many = dict.fromkeys(("joins", "joins_at_first", "joins_a_minute", "opening"), _MANY)
        return replace(self, **many)
