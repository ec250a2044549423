"""What those who listen and look tell the one who tells the events."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from runs_tui.adapters.automation_runs.one import Looked, Value
from runs_tui.transport.stream import Frame


@dataclass(frozen=True, slots=True)
class Opened:
    """The stream is open."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """Frames came."""

    frames: Sequence[Frame]
    """The frames."""


@dataclass(frozen=True, slots=True)
class Paused:
    """The stream is not open, and will be tried again."""

    how: Literal["ended", "broken", "empty"]
    """In order, by a fault, or without a word."""


@dataclass(frozen=True, slots=True)
class Silent:
    """There is no stream."""


@dataclass(frozen=True, slots=True)
class Audited:
    """What the audit log tells."""

    values: Sequence[Value]
    """Its events, as they came."""


@dataclass(frozen=True, slots=True)
class Failed:
    """It cannot go on."""

    error: Exception
    """Why."""


Message = Opened | Arrived | Paused | Silent | Looked | Audited | Failed
