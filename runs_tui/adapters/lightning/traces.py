"""What the log of a run tells of its steps, of which nothing else is told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from runs_tui.adapters.lightning.wire import LogLine


@dataclass(frozen=True, slots=True)
class Trace:
    """What is known of one step."""

    first: datetime
    """When its first line was written."""
    last: datetime
    """When its latest line was written."""
    error: tuple[datetime, str] | None = None
    """Its latest line of level error, and when it was written."""

    def with_line(self, line: LogLine) -> "Trace":
        """Give it with one more line, or the same one again."""
        at = line.timestamp
        error = self.error
        if line.level == "error" and (error is None or at >= error[0]):
            error = at, line.message or ""
        return replace(self, first=min(self.first, at), last=max(self.last, at), error=error)


class Traces:
    """The steps that have left lines in the log of a run, by their ids."""

    def __init__(self) -> None:
        """Begin with none."""
        self.newest: datetime | None = None
        """When the latest line of all was written."""
        self._steps: dict[str, Trace] = {}

    def __len__(self) -> int:
        """Count the steps."""
        return len(self._steps)

    @property
    def steps(self) -> Mapping[str, Trace]:
        """The steps in the order in which they began."""
        return dict(sorted(self._steps.items(), key=lambda each: (each[1].first, each[0])))

    def note(self, lines: Iterable[LogLine]) -> None:
        """Take in lines, in any order and as often as they come."""
        for line in lines:
            self.newest = max(line.timestamp, self.newest or line.timestamp)
            if line.step_id:
                known = self._steps.get(line.step_id) or Trace(line.timestamp, line.timestamp)
                self._steps[line.step_id] = known.with_line(line)
