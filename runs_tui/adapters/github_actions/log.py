"""The log of a job, line by line: when each was written, how grave it is, which group it is in."""

import re
from bisect import bisect_right
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

from runs_tui.adapters.github_actions.wire import WireJob, WireStep
from runs_tui.model.run import Event
from runs_tui.model.sgr import colored
from runs_tui.model.text import clean

_STAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z ?")
_MARK = re.compile(r"##\[(group|endgroup|command|section|error|warning|notice|debug)\]")
_LEVELS = {"error": "error", "warning": "warning", "notice": "info", "debug": "debug"}


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of a log."""

    number: int
    """Its place in the log, from 1."""
    at: datetime | None
    """When it was written."""
    text: str
    """What it says, neither cleaned nor without the colours that it sets."""
    mark: str = ""
    """What GitHub marks it as, such as `error` or `group`."""
    group: str = ""
    """The title of the group that it is in."""


def lines_of(body: bytes) -> Iterator[LogLine]:
    """Read a log line by line; the ends of groups say nothing and are left out."""
    at: datetime | None = None
    group = ""
    for number, line in enumerate(BytesIO(body.removeprefix(BOM_UTF8)), 1):
        whole = line.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "replace")
        stamp = _STAMP.match(whole)
        if stamp is not None:
            at = _instant(stamp) or at
            whole = whole[stamp.end() :]
        found = _MARK.match(whole)
        mark = found[1] if found else ""
        said = whole[found.end() :] if found else whole
        if mark == "endgroup":
            group = ""
            continue
        yield LogLine(number, at, said, mark, "" if mark == "group" else group)
        if mark == "group":
            group = clean(said)


def _instant(stamp: re.Match[str]) -> datetime | None:
    try:
        whole = datetime.fromisoformat(stamp[1]).replace(tzinfo=UTC)
    except ValueError:
        return None
    return whole.replace(microsecond=int((stamp[2] or "0")[:6].ljust(6, "0")))


class Parts:
    """Tells by the time which step of a job wrote a line; GitHub tells whole seconds only."""

    def __init__(self, job: WireJob) -> None:
        """Take a job with its steps."""
        begun = [(each.started_at, each) for each in job.steps or () if each.started_at]
        begun.sort(key=lambda each: (each[0], each[1].number))
        self._starts = [start for start, _ in begun]
        self._steps: Sequence[WireStep] = [step for _, step in begun]

    def at(self, instant: datetime | None) -> WireStep | None:
        """Give the last step that had begun at an instant."""
        place = bisect_right(self._starts, instant) if instant else 0
        return self._steps[place - 1] if place else None


def event_of(job: WireJob, line: LogLine, parts: Parts) -> Event:
    """Translate a line."""
    message, colors = colored(line.text)
    step = parts.at(line.at)
    details: dict[str, object] = {"job": clean(job.name)}
    if step is not None:
        details["step"] = clean(step.name)
    if line.group:
        details["group"] = line.group
    if line.mark:
        details["mark"] = line.mark
    return Event(
        id=f"{job.id}.{line.number}",
        at=line.at,
        step=str(job.id),
        level=_LEVELS.get(line.mark),
        message=message,
        colors=colors,
        details=details,
    )
