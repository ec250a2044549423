"""The lines of a feed that stand right before a failure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from runs_tui.model.feed import Feed
from runs_tui.model.line import Line
from runs_tui.model.run import Event, Step

LINES = 8
"""How many lines before a failure are given."""
TRACE = 15
"""How many lines are given at most, to have a stack trace whole."""
GRACE = timedelta(seconds=2)
"""How long after its end a step may still write: clocks differ, and logs are late."""
_FAR = 300
"""How many lines before a failure are looked through for an error."""
_INNER = re.compile(r"\s|at |Caused by|During handling|The above exc|[\w.]+(?:Error|Exception)\b")
"""How a line of a stack trace begins that is not its first."""
_THROWN = re.compile(r"(?:[A-Za-z_$][\w$]*[.:]{1,2})*[A-Z]\w*(?:Error|Exception|Exit): \S")
"""How the line begins that ends a stack trace with what was thrown."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Some lines of a feed, in order."""

    lines: Sequence[Line] = ()
    """The lines."""
    step: str | None = None
    """The key of the step that wrote them; None where they are of any."""
    left_out: int = 0
    """How many lines were left out within."""
    hole: int = 0
    """The place of the line before which they were left out."""

    @property
    def thrown(self) -> str | None:
        """Give the last line that says what was thrown; None where there is none."""
        texts = (line.text.strip() for line in reversed(self.lines))
        return next((text for text in texts if _THROWN.match(text)), None)


def last_lines(feed: Feed, step: Step | None, until: datetime | None) -> Excerpt:
    """Give the last log lines of a step up to its end, or of all steps where it wrote none.

    A stack trace is kept whole, and so is an error that stands further up.
    """
    if step is not None:
        lines = _written(feed, lambda event: event.step == step.key, step.finished_at or until)
        if lines:
            return _chosen(lines, step.key)
    end = (step.finished_at if step else None) or until
    return _chosen(_written(feed, lambda _: True, end), None)


def _written(feed: Feed, of: Callable[[Event], bool], end: datetime | None) -> list[Line]:
    """Give the last log lines up to an instant, enough to choose from."""
    found: list[Line] = []
    last = end + GRACE if end else None
    for line in reversed(feed):
        told = line.told
        if not isinstance(told, Event) or told.state is not None or not of(told):
            continue
        if last is not None and told.at is not None and told.at > last:
            continue
        found.append(line)
        if len(found) == _FAR:
            break
    return found[::-1]


def _chosen(lines: Sequence[Line], step: str | None) -> Excerpt:
    start = _head(lines, max(len(lines) - LINES, 0), len(lines) - TRACE)
    tail = lines[start:]
    before = next((at for at in range(start - 1, -1, -1) if _is_error(lines[at])), None)
    if before is None or any(_is_error(line) for line in tail):
        return Excerpt(tuple(tail), step)
    end = before + 1
    first = _head(lines, before, end - TRACE + LINES)
    kept = lines[first:end]
    return Excerpt((*kept, *tail), step, start - end, len(kept) if start > end else 0)


def _head(lines: Sequence[Line], at: int, lowest: int) -> int:
    """Give the place of the first line of the stack trace that a line belongs to."""
    while at > max(lowest, 0) and (not lines[at].first or _INNER.match(lines[at].text)):
        at -= 1
    return at


def _is_error(line: Line) -> bool:
    return isinstance(line.told, Event) and line.told.level == "error"
