"""The log of a run: numbered lines, each of a stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runs_tui.demo.world import Line

_ALARMING = frozenset({"warning", "error"})


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a log."""

    number: int
    """Its place in the log, from 0."""
    stream: str
    """`stdout`, `stderr` or `system`."""
    text: str
    """What it says."""
    milliseconds: int
    """When it was written, in milliseconds since 1970."""

    def shape(self, *, live: bool) -> dict[str, Any]:
        """Show it; only a line that arrives live tells its time."""
        at = self.milliseconds if live else 0
        return {"n": self.number, "ts": at, "stream": self.stream, "text": self.text}


def log_of(lines: Iterable[Line]) -> list[LogLine]:
    """Give the log that some lines of the world make; one with line ends makes several."""
    told = (
        (_stream(line), part, int(line.at.timestamp() * 1000))
        for line in lines
        for part in line.message.split("\n")
    )
    return [LogLine(number, *each) for number, each in enumerate(told)]


def _stream(line: Line) -> str:
    if line.kind == "state":
        return "system"
    return "stderr" if line.level in _ALARMING else "stdout"
