"""What stands in the places of a line of the feed: its time, and its message in pieces."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from rich.cells import get_character_cell_size

from runs_tui import looks
from runs_tui.model.feed_view import TOP
from runs_tui.model.line import Line
from runs_tui.model.run import Event, Gap
from runs_tui.model.sgr import Stretch
from runs_tui.widgets.columns import Cell, Part
from runs_tui.widgets.looks_of_logs import look_ink

INDENT = 2
"""The cells before the further lines of a line that is wrapped."""
AROUND = 200
"""How far around what is drawn a match is looked for."""
_DAYS = 100 * 3600
_LEVEL_INKS = {
    "error": "state--failed",
    "warning": "table--warning",
    "debug": "table--dim",
}


class Times(StrEnum):
    """How the times of events are written."""

    UTC = "UTC"
    LOCAL = "local times"
    SINCE = "since the start"
    OFF = "no times"

    @property
    def next(self) -> "Times":
        """The one after it, in turn."""
        every = list(Times)
        return every[(every.index(self) + 1) % len(every)]


def indexed(name: str, width: int) -> str:
    """Shorten the name of one of many alike, such as `resize[12]`, so that its number is seen."""
    start, bracket, number = name.rpartition("[")
    room = width - len(bracket + number) - 1
    if len(name) <= width or not number.endswith("]") or room < 1:
        return name
    return f"{start[:room]}…{bracket}{number}"


def time_of(at: datetime | None, times: Times, start: datetime | None) -> str:
    """Write when something happened; `start` is when its run began."""
    if at is None or times is Times.OFF:
        return ""
    if times is Times.LOCAL:
        at = at.astimezone()
    if times is not Times.SINCE:
        return f"{at:%H:%M:%S}"
    return since(at, start) if start else ""


def since(at: datetime, start: datetime) -> str:
    """Write how long after another instant one was: `+00:12`, `+1:02:03`, `+7d 02h`."""
    seconds = int((at - start).total_seconds())
    sign, seconds = "-" if seconds < 0 else "+", abs(seconds)
    minutes, rest = divmod(seconds, 60)
    if seconds >= _DAYS:
        return sign + looks.duration(seconds)
    if seconds < 3600:
        return f"{sign}{minutes:02}:{rest:02}"
    return f"{sign}{minutes // 60}:{minutes % 60:02}:{rest:02}"


def lead_of(line: Line) -> str:
    """Give what stands before the text of a line: the glyph of a state, or a level."""
    told = line.told
    if not isinstance(told, Event) or not line.first:
        return ""
    if told.state is not None:
        return f"{looks.glyph(told.state)} "
    return f"{told.level.upper()} " if told.level not in (None, "info") else ""


def text_of(line: Line, at: str) -> str:
    """Give all that a line says; `at` is how its time is written."""
    if isinstance(line.told, Event):
        return lead_of(line) + line.text
    if isinstance(line.told, Gap):
        return " ".join(filter(None, ["┄┄", at, line.text, "┄┄"]))
    return " ".join(filter(None, ["──", line.text, at, "──"]))


def ink_of(line: Line) -> str:
    """Give the ink of a line."""
    told = line.told
    if isinstance(told, Gap):
        return "table--warning"
    if not isinstance(told, Event):
        lost = line.number == TOP and line.text[:1].isdigit()
        return "table--warning" if lost else "table--dim" if line.number == TOP else "table--accent"
    ink = _LEVEL_INKS.get(told.level or "", "")
    return looks.css_class(told.state) if told.state is not None and not ink else ink


def painted(line: Line, text: str, span: tuple[int, int], pattern: re.Pattern[str] | None) -> Cell:
    """Give a span of what a line says in its inks, the matches of a pattern highlighted."""
    start, end = span
    base = ink_of(line)
    shift = len(lead_of(line))
    over = [(s.start + shift, s.end + shift, look_ink(s.look)) for s in _near(line, start, end)]
    found = pattern.finditer(text, max(start - AROUND, 0), end + AROUND) if pattern else ()
    over += [(*match.span(), "table--match") for match in found if match.end() > match.start()]
    edges = {start, end}
    for low, high, _ in over:
        edges |= {min(max(low, start), end), min(max(high, start), end)}
    parts: list[Part] = []
    for low, high in pairwise(sorted(edges)):
        ink = base
        for first, last, name in over:
            if first <= low and high <= last:
                ink = name
        parts.append((text[low:high], ink))
    return parts


def _near(line: Line, start: int, end: int) -> Iterator[Stretch]:
    return (each for each in line.colors if each.end > start - AROUND and each.start < end)


@lru_cache(maxsize=4096)
def wrapped(text: str, width: int) -> Sequence[tuple[int, int]]:
    """Give the spans of a text that stand on lines of so many cells, broken at blanks if may be."""
    spans, at, room = [], 0, width
    while (end := _reach(text, at, room)) < len(text):
        blank = text.rfind(" ", at + (end - at) // 2, end + 1)
        spans.append((at, end if blank < 0 else blank))
        at = end if blank < 0 else blank + 1
        room = max(width - INDENT, 1)
    return (*spans, (at, len(text))) if at < len(text) or not spans else spans


def _reach(text: str, at: int, room: int) -> int:
    """Give the place up to which a text fits into some cells; at least one character does."""
    if text.isascii():
        return min(at + max(room, 1), len(text))
    end = at
    while end < len(text):
        room -= get_character_cell_size(text[end])
        if room < 0 and end > at:
            return end
        end += 1
    return end


def shifted(text: str, cells: int) -> int:
    """Give the place of the character that stands so many cells after the beginning."""
    return cells if text.isascii() else _reach(text, 0, cells) if cells else 0
