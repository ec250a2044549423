"""What is remembered of the runs that were followed."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Seen:
    """What the events of a run told of its nodes, and nothing else does."""

    begun: dict[str, datetime] = field(default_factory=dict)
    """When each began."""
    ended: dict[str, datetime] = field(default_factory=dict)
    """When each ended."""
    failed: dict[str, str] = field(default_factory=dict)
    """Those that failed, each with the last that it said."""
