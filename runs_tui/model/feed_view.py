"""What is shown of a feed: all of it or some lines, what was searched for, and what tops it."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import overload

from runs_tui.model.feed import Feed
from runs_tui.model.line import Line, Note, is_error
from runs_tui.model.run import Event
from runs_tui.model.sifted import Sifted

TOP = -(1 << 62)
"""The number of the line at the top that tells what is before the first one."""


class FeedView(Sequence[Line]):
    """The lines of a feed that are shown, under one that tells what came before them."""

    def __init__(self, feed: Feed) -> None:
        """Show all of a feed."""
        self.feed = feed
        self.step: str | None = None
        """The key of the only step whose lines are shown."""
        self.least = 0
        """The place in `LEVELS` of the least level that is shown."""
        self.words = ""
        """What is searched for."""
        self.only_matches = False
        """Whether only lines that match are shown."""
        self.asked_older = False
        """Whether older lines were asked for that have not come."""
        self.pattern: re.Pattern[str] | None = None
        """Finds what is searched for."""
        self._plain = Sifted(feed)
        self.matches = Sifted(feed, _never)
        """The lines that match what is searched for, among those of the step and the levels."""
        self._errors: Sifted | None = None
        self._first = feed.first_number
        self._top: Line | None = None
        self.take_in()

    # What it holds

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.lines) + self.head

    @overload
    def __getitem__(self, at: int) -> Line: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Line]: ...
    def __getitem__(self, at: int | slice) -> Line | Sequence[Line]:
        """Give the row at a place, or several."""
        if isinstance(at, slice):
            return [self[place] for place in range(len(self))[at]]
        at = range(len(self))[at]
        if self._top is None:
            return self.lines[at]
        return self.lines[at - 1] if at else self._top

    @property
    def lines(self) -> Sifted:
        """The lines that are shown."""
        return self.matches if self.only_matches and self.pattern else self._plain

    @property
    def whole(self) -> bool:
        """Whether every line is shown."""
        return self.step is None and not self.least and not self.only_matches

    @property
    def head(self) -> int:
        """How many rows stand above the first line: one, or none."""
        return 0 if self._top is None else 1

    @property
    def errors(self) -> Sifted:
        """The errors among the lines that are shown."""
        if self._errors is None:
            shown = self.lines.test
            self._errors = Sifted(
                self.feed,
                lambda line: is_error(line) and (shown is None or shown(line)),
                self.lines,
            )
        return self._errors

    def place_of(self, number: int) -> int:
        """Give the row of the line of a number, or of the first one after it."""
        return 0 if number == TOP else self.lines.place_of(number) + self.head

    def place_at(self, before_end: timedelta) -> int:
        """Give the first row of the events of so long before the last one."""
        last: datetime | None = None
        for at in range(len(self.lines) - 1, -1, -1):
            told = self.lines[at].told
            if isinstance(told, Event) and told.at is not None:
                last = last or told.at
                if told.at < last - before_end:
                    return at + 1 + self.head
        return 0

    def take_in(self) -> int:
        """Look at what the feed got and lost, and give how many rows came at the end."""
        if self.feed.first_number < self._first or not self.feed.older:
            self.asked_older = False
        self._first = self.feed.first_number
        plain, matching = self._plain.take_in(), self.matches.take_in()
        if self._errors is not None:
            self._errors.take_in()
        self._top = self._tell_top()
        return matching if self.lines is self.matches else plain

    # Choosing

    def only_step(self, step: str | None) -> None:
        """Show the lines of one step, or of all."""
        self.step = step
        self._sift()

    def from_level(self, least: int) -> None:
        """Show the lines from a level on."""
        self.least = least
        self._sift()

    def search(self, words: str) -> None:
        """Search for words, whatever their case; for nothing with none."""
        narrowed = bool(self.words) and self.words in words
        self.words = words
        self.pattern = re.compile(re.escape(words), re.IGNORECASE) if words else None
        self.only_matches = self.only_matches and bool(words)
        within = self.matches if narrowed else self._plain
        self.matches = Sifted(self.feed, self._matching(), within)
        self._errors = None
        self._top = self._tell_top()

    def only(self, matches: bool) -> None:
        """Show only the lines that match what is searched for, or the others too."""
        self.only_matches = matches and bool(self.words)
        self._errors = None
        self._top = self._tell_top()

    def await_older(self, awaited: bool) -> None:
        """Say at the top that older lines are on their way, or are not."""
        self.asked_older = awaited
        self._top = self._tell_top()

    def place_of_match(self, number: int) -> tuple[int, int]:
        """Give which of the matches the line of a number is, from 1, and how many there are."""
        at = self.matches.place_of(number)
        on_it = at < len(self.matches) and self.matches[at].number == number
        return at + 1 if on_it else 0, len(self.matches)

    def _sift(self) -> None:
        all_wanted = self.step is None and not self.least
        self._plain = Sifted(self.feed, None if all_wanted else self._wanted)
        self.matches = Sifted(self.feed, self._matching(), self._plain)
        self._errors = None
        self._top = self._tell_top()

    def _wanted(self, line: Line) -> bool:
        if self.step is not None and line.step != self.step and isinstance(line.told, Event):
            return False
        return line.grave >= self.least

    def _matching(self) -> Callable[[Line], bool]:
        if self.pattern is None:
            return _never
        found, wanted = self.pattern.search, self._wanted
        return lambda line: found(line.text) is not None and wanted(line)

    # The top

    def _tell_top(self) -> Line | None:
        text = self._before_first()
        return Line(TOP, Note(), text) if text and len(self.lines) else None

    def _before_first(self) -> str:
        feed = self.feed
        if feed.dropped:
            plural = "" if feed.dropped == 1 else "s"
            return f"{feed.dropped:,} older line{plural} dropped to keep {feed.cap:,}"
        if feed.older:
            return "older lines: loading…" if self.asked_older else "scroll up for older"
        return "the beginning" if feed.first_number < 0 else ""


def _never(_line: Line) -> bool:
    return False
