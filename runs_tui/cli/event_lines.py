"""Events as lines for a person, their steps called by name."""

from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic

from runs_tui.adapters.base import Source
from runs_tui.model.errors import SourceError
from runs_tui.model.run import Event, Gap

INDENT = " " * 9
"""What stands before the further lines of a message."""
PATIENCE = 3.0
"""The least seconds between two readings of the steps, for the names of new ones."""


class StepNames:
    """What people call the steps of one run, asked again when a new one turns up."""

    def __init__(self, source: Source, run_id: str) -> None:
        """Know nothing yet."""
        self._source = source
        self._run_id = run_id
        self._names: dict[str, str] = {}
        self._asked: float | None = None

    async def of(self, key: str) -> str:
        """Give the name of a step; its key where nobody tells."""
        due = self._asked is None or monotonic() - self._asked > PATIENCE
        if key not in self._names and due:
            with suppress(SourceError):
                steps = await self._source.steps(self._run_id)
                self._names = {step.key: step.name for step in steps}
            self._asked = monotonic()
        return self._names.get(key, key)


async def lines_of(told: Event | Gap, names: StepNames) -> list[str]:
    """Write an event or a gap; every line of a message after the first is indented."""
    if isinstance(told, Gap):
        until = f" until {_clock(told.until)}" if told.until else ""
        return [f"{_clock(told.since)} --- events may be missing from here{until} ---"]
    step = await names.of(told.step) if told.step else None
    words = told.message or (f"is {told.state}" if told.state else "")
    first, *more = words.split("\n")
    level = told.level if told.kind == "log" else told.kind
    parts = [_clock(told.at), step, level.upper() if level else None, first]
    return [" ".join(part for part in parts if part), *(f"{INDENT}{line}" for line in more)]


def _clock(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%H:%M:%S}" if at else "--:--:--"
