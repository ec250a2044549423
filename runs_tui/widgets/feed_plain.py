"""Lines of a feed as plain text, for a file or a pager."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from runs_tui.model.line import Line
from runs_tui.model.run import Event, Gap
from runs_tui.widgets.feed_cells import Times, lead_of, text_of, time_of


@dataclass(frozen=True, slots=True)
class Plain:
    """Some lines as they are shown, apart from the table that shows them."""

    lines: Sequence[Line]
    """Those that are shown."""
    times: Times
    """How their times are written; with their dates, where they are times of a day."""
    start: datetime | None
    """When the run began."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What people call the steps."""

    @property
    def text(self) -> str:
        """All of it, each line ended."""
        return "".join(f"{line}\n" for line in self._written())

    def _written(self) -> Iterator[str]:
        for line in self.lines:
            told = line.told
            at = self._time(told.since if isinstance(told, Gap) else told.at)
            if not isinstance(told, Event):
                yield text_of(line, at)
            elif not line.first:
                yield line.raw
            else:
                step = self.names.get(line.step, line.step) if line.step else ""
                said = lead_of(line) + line.raw
                yield " ".join(part for part in (at, step, said) if part)

    def _time(self, at: datetime | None) -> str:
        if at is None:
            return ""
        match self.times:
            case Times.UTC:
                return f"{at:%Y-%m-%dT%H:%M:%SZ}"
            case Times.LOCAL:
                return at.astimezone().isoformat(timespec="seconds")
        return time_of(at, self.times, self.start)
