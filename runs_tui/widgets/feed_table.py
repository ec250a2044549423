"""The feed of a run: its events line by line, followed, searched, all or of one step."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from runs_tui import looks
from runs_tui.keys import key, quiet
from runs_tui.model.feed import Feed, Line
from runs_tui.model.run import Event, Gap
from runs_tui.model.state import State
from runs_tui.widgets.columns import Cell, Column, Part
from runs_tui.widgets.virtual_table import VirtualTable

_LEVEL_INKS = {
    "error": "state--failed",
    "warning": "table--warning",
    "debug": "table--dim",
}


class FeedTable(VirtualTable[Line]):
    """The lines of a feed, oldest first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("F", "follow", "feed.follow", "follow", "Follow the newest line, or stop"),
        key("slash", "find", "feed.find", "search", "Search the feed", display="/"),
        key("n", "next_match(1)", "feed.next", "next", "Next line that matches"),
        quiet("N", "next_match(-1)", "feed.previous", "previous", "Previous line that matches"),
        key("e", "next_error(1)", "feed.error", "error", "Next error"),
        quiet("E", "next_error(-1)", "feed.error_back", "error back", "Previous error"),
    ]

    show_head = False
    opens = False

    @dataclass
    class FindAsked(Message):
        """Somebody wants to search the feed."""

        table: "FeedTable"

    @dataclass
    class Changed(Message):
        """What stands above the feed should be told anew."""

        table: "FeedTable"

    def __init__(self, *, id: str | None = None) -> None:
        """Begin empty, following."""
        self.feed = Feed()
        self.following = True
        self.unseen = 0
        """How many lines came while it was not followed."""
        self.words = ""
        """What is searched for."""
        self._pattern = re.compile("")
        self.step: str | None = None
        """The key of the only step whose lines are shown."""
        self.trouble = ""
        """Why no more events come, where that is so."""
        self._newest = -1
        self._forgotten = 0
        self._step_names: dict[str, str] = {}
        super().__init__(self._columns(), id=id)

    def key_of(self, row: Line) -> int:
        """Give the number of a line."""
        return row.number

    # What it shows

    def show_feed(self, feed: Feed) -> None:
        """Show another feed, at its end."""
        self.feed = feed
        self.following, self.unseen = True, 0
        self.step, self.words, self.trouble = None, "", ""
        self._newest, self._forgotten = -1, 0
        self.set_rows(())
        self.take_in()

    def name_steps(self, names: dict[str, str]) -> None:
        """Learn what people call the steps."""
        if names != self._step_names:
            self._step_names = names
            self.refresh_changed()

    def only_step(self, step: str | None) -> None:
        """Show the lines of one step, or all."""
        self.step = step
        self.following = True
        self._newest, self._forgotten = -1, 0
        self.set_rows(())
        self.take_in()

    def take_in(self) -> None:
        """Show the lines that the feed has got since, and leave those it has forgotten."""
        self.trouble = ""
        rows = self._shown()
        grown = _newer(rows, self._newest)
        self._newest = rows[-1].number if rows else self._newest
        if self.following:
            self.unseen = 0
            self.rows = rows
            self._resize()
            self._to_end()
        else:
            self.unseen += grown
            self._leave(self.feed.dropped - self._forgotten if rows is self.rows else 0)
            self.set_rows(rows)
        self._forgotten = self.feed.dropped
        self.post_message(self.Changed(self))

    def _leave(self, forgotten: int) -> None:
        """Keep to the lines that are seen, though so many before them are gone."""
        if forgotten:
            self.set_reactive(VirtualTable.cursor, max(self.cursor - forgotten, 0))
            self._scroll(self.scroll_offset.y - forgotten)

    def show_trouble(self, sentence: str) -> None:
        """Say why no more events come for now."""
        self.trouble = sentence
        self.post_message(self.Changed(self))

    def _shown(self) -> Sequence[Line]:
        if self.step is None:
            return self.feed
        return [line for line in self.feed if _step_of(line) == self.step]

    def _to_end(self) -> None:
        self._scroll(len(self.rows))
        self.set_reactive(VirtualTable.cursor, max(len(self.rows) - 1, 0))
        self.refresh_changed()

    def watch_cursor(self, before: int, now: int) -> None:
        """Stop following when the cursor leaves the end, and follow again when it comes back."""
        super().watch_cursor(before, now)
        at_end = now >= len(self.rows) - 1
        if at_end != self.following:
            self.following = at_end
            self.unseen = 0 if at_end else self.unseen
            self.post_message(self.Changed(self))

    def action_follow(self) -> None:
        """Follow the newest line, or stop following."""
        self.following = not self.following
        if self.following:
            self.take_in()
        self.post_message(self.Changed(self))

    # Searching

    def action_find(self) -> None:
        """Ask for the words to search for."""
        self.post_message(self.FindAsked(self))

    def search(self, words: str) -> None:
        """Search for words, from the end upwards at first."""
        self.words = words
        self._pattern = re.compile(re.escape(words), re.IGNORECASE)
        self.refresh_changed()
        if self.words:
            self._go(self._matches, -1, from_here=True)
        self.post_message(self.Changed(self))

    def action_next_match(self, direction: int) -> None:
        """Go to the next line that matches, or the one before."""
        if self.words:
            self._go(self._matches, direction)

    def action_next_error(self, direction: int) -> None:
        """Go to the next error, or the one before."""
        self._go(_is_error, direction)

    def _matches(self, line: Line) -> bool:
        return self._pattern.search(line.text) is not None

    def _go(
        self, wanted: Callable[[Line], bool], direction: int, *, from_here: bool = False
    ) -> None:
        count = len(self.rows)
        for distance in range(0 if from_here else 1, count + 1 if count else 0):
            at = (self.cursor + distance * direction) % count
            if wanted(self.rows[at]):
                self.cursor = at
                return

    def told(self) -> tuple[Sequence[Part], Sequence[Part]]:
        """Give what should stand above it: what is shown, and whether it is followed."""
        left: list[Part] = [("Events", "table--strong")]
        if self.step is not None:
            left.append((f"  only {self._step_names.get(self.step, self.step)}", "table--accent"))
        if self.words:
            found = sum(self._matches(line) for line in self.rows)
            left.append((f"  /{self.words}  {looks.counted(found, 'line')}", "table--accent"))
        if self.feed.dropped:
            left.append((f"  {looks.count(self.feed.dropped)} older dropped", "table--warning"))
        if self.trouble:
            left.append((f"  {self.trouble}", "table--warning"))
        if self.following:
            return left, [("following", "table--dim")] if self.rows else []
        new = f"+{looks.count(self.unseen)} new  " if self.unseen else ""
        return left, [(f"{new}paused, F follows", "table--warning")]

    # Drawing

    def _columns(self) -> Sequence[Column[Line]]:
        return [
            Column("at", "TIME", _at, 8),
            Column("step", "STEP", self._step, 12, rank=1),
            Column("message", "MESSAGE", self._message, 12, grows=True),
        ]

    def _step(self, line: Line) -> Cell:
        step = _step_of(line)
        if not step or not line.first:
            return []
        return [(self._step_names.get(step, step), "table--dim")]

    def _message(self, line: Line) -> Cell:
        told = line.told
        if isinstance(told, Gap):
            return [(f"┄┄ {line.text} ┄┄", "table--warning")]
        ink = _LEVEL_INKS.get(told.level or "", "")
        if told.state is not None and not ink:
            ink = looks.css_class(told.state)
        return _highlight(_lead(line, told) + line.text, ink, self._pattern if self.words else None)


def _at(line: Line) -> Cell:
    at = line.told.at if isinstance(line.told, Event) else None
    return [(f"{at:%H:%M:%S}" if at and line.first else "", "table--dim")]


def _lead(line: Line, event: Event) -> str:
    if not line.first:
        return ""
    if event.state is not None:
        return f"{looks.glyph(event.state)} "
    return f"{event.level.upper()} " if event.level not in (None, "info") else ""


def _step_of(line: Line) -> str | None:
    return line.told.step if isinstance(line.told, Event) else None


def _is_error(line: Line) -> bool:
    told = line.told
    if not isinstance(told, Event) or not line.first:
        return False
    return told.level == "error" or told.state is State.FAILED


def _highlight(text: str, ink: str, pattern: re.Pattern[str] | None) -> Cell:
    found = pattern.search(text) if pattern else None
    if found is None:
        return [(text, ink)]
    start, end = found.span()
    return [(text[:start], ink), (text[start:end], "table--match"), (text[end:], ink)]


def _newer(rows: Sequence[Line], newest: int) -> int:
    """Count the lines at the end that came after the one of a number."""
    count = 0
    while count < len(rows) and rows[-1 - count].number > newest:
        count += 1
    return count
