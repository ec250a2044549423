"""The feed of a run: its events line by line, followed, searched, chosen from and handed over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from runs_tui.keys import key, quiet
from runs_tui.model.clock import BEGINNING
from runs_tui.model.line import LEVELS, Line
from runs_tui.model.sifted import Sifted
from runs_tui.widgets import feed_told
from runs_tui.widgets.columns import Parts
from runs_tui.widgets.feed_following import FollowedFeed
from runs_tui.widgets.searching import FindAsked
from runs_tui.widgets.virtual_table import VirtualTable

SINCE = (1, 5, 15, 30, 60)
"""The minutes before the last line that the digits from 2 on go to."""
SHIFT = 16
"""The cells by which long lines are shifted at once."""


class FeedTable(FollowedFeed):
    """The lines of a feed, oldest first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("F", "follow", "feed.follow", "follow", "Follow the newest line, or stop"),
        key("slash", "find", "feed.find", "search", "Search the feed", display="/"),
        key("n", "next_match(1)", "feed.next", "next", "Next line that matches"),
        quiet("N", "next_match(-1)", "feed.previous", "previous", "Previous line that matches"),
        key("ampersand", "only", "feed.only", "only matches", "Only matches, or all", display="&"),
        key("f", "level", "feed.level", "level", "All levels, info, warning or error and above"),
        key("e", "next_error(1)", "feed.error", "error", "Next error"),
        quiet("E", "next_error(-1)", "feed.error_back", "error back", "Previous error"),
        key("w", "wrap", "feed.wrap", "wrap", "Wrap long lines, or cut them"),
        key("t", "times", "feed.times", "times", "Times in UTC, local, since the start, or none"),
        quiet("m", "mark", "feed.mark", "marker", "Set a marker after the last line"),
        quiet("v", "range", "feed.range", "range", "Begin a range of lines, or end it"),
        key("y", "copy_range", "feed.copy", "copy range", "Copy the lines of the range"),
        quiet("escape", "end_range", "feed.range_end", "end range", "End the range"),
        quiet("s", "save", "feed.save", "save", "Write what is shown to a file"),
        quiet("vertical_line", "page", "feed.page", "pager", "Show it in $PAGER", display="|"),
        quiet("left,h", "shift(-1)", "feed.left", "left", "Long lines to the left"),
        quiet("right,l", "shift(1)", "feed.right", "right", "Long lines to the right"),
        quiet("0", "follow_end", "feed.tail", "tail", "Go to the end and follow"),
        quiet("1", "to_row(0)", "feed.start", "start", "Go to the beginning"),
        *(
            quiet(
                str(number),
                f"last({minutes})",
                f"feed.last_{minutes}m",
                f"last {minutes} min",
                f"Go to {minutes} min before the last line",
            )
            for number, minutes in enumerate(SINCE, 2)
        ),
    ]

    @dataclass
    class CopyAsked(Message):
        """Somebody wants to copy lines."""

        table: "FeedTable"
        text: str
        lines: int

    @dataclass
    class NoneThere(Message):
        """Somebody wants to go to a line of a kind that there is none of."""

        table: "FeedTable"
        what: str

    @dataclass
    class SaveAsked(Message):
        """Somebody wants what is shown in a file."""

        table: "FeedTable"

    @dataclass
    class PageAsked(Message):
        """Somebody wants what is shown in a pager."""

        table: "FeedTable"

    def __init__(self, *, id: str | None = None) -> None:
        """Begin empty, following."""
        super().__init__(id=id)
        self.now = BEGINNING
        """The present, for markers."""

    def tell_time(self, now: datetime, start: datetime | None) -> None:
        """Tell the present, for markers, and when the run began, for times since then."""
        self.now = now
        if start != self.start:
            self.start = start
            self.refresh_changed()

    def action_last(self, minutes: int) -> None:
        """Go to what was told so many minutes before the last line."""
        self.cursor = self.view.place_at(timedelta(minutes=minutes))
        self._scroll(self.cursor)

    def action_mark(self) -> None:
        """Set a marker after the last line."""
        self.feed.mark(self.now)
        self._look()

    # Which lines

    def only_step(self, step: str | None) -> None:
        """Show the lines of one step, or all, at their end."""
        self.view.only_step(step)
        self.following, self.unseen, self.range_from = True, 0, None
        self._look()

    def show_line(self, number: int) -> None:
        """Put the cursor on the line of a number, among all lines."""
        self.view.only(False)
        self.view.from_level(0)
        self.only_step(None)
        self.select(number)

    def action_level(self) -> None:
        """Show all levels, or those from the next one on."""
        self._sift(lambda: self.view.from_level((self.view.least + 1) % len(LEVELS)))

    def action_only(self) -> None:
        """Show only the lines that match, or all again."""
        if self.view.words:
            self._sift(lambda: self.view.only(not self.view.only_matches))
        else:
            self.action_find()

    def _sift(self, choose: Callable[[], None]) -> None:
        """Show other lines; the cursor stays on its line, or goes to the next that is shown."""
        under, y = self._number_at(self.cursor), self.cursor - self.scroll_offset.y
        self.range_from = None
        choose()
        self.rows = self.view
        at = self._row_of(under)
        self.set_reactive(VirtualTable.cursor, at)
        if self.following:
            self._to_end()
        else:
            self._scroll(max(at - y, 0))
            self._keep_in_view(at)
        self.refresh()
        self._changed()

    def uppermost(self) -> Callable[[], object] | None:
        """Give what takes away the uppermost of what narrows the feed; None where nothing does."""
        if self.range_from is not None:
            return self.action_end_range
        if self.view.words:
            return lambda: self.search("")
        if self.view.least:
            return lambda: self._sift(lambda: self.view.from_level(0))
        if self.view.step is not None:
            return lambda: self.only_step(None)
        return None

    # Searching

    @property
    def step(self) -> str | None:
        """The key of the only step whose lines are shown."""
        return self.view.step

    @property
    def words(self) -> str:
        """What is searched for."""
        return self.view.words

    def action_find(self) -> None:
        """Ask for the words to search for."""
        self.post_message(FindAsked(self))

    def search(self, words: str) -> None:
        """Search for words, from the line under the cursor upwards at first."""
        self._sift(lambda: self.view.search(words))
        if words:
            self._go(self.view.matches.after(self._number_at(self.cursor) + 1, -1))
        self._changed()

    def action_next_match(self, direction: int) -> None:
        """Go to the next line that matches, or the one before; without words, ask for some."""
        if self.view.words:
            self._go_on(self.view.matches, direction, "match")
        else:
            self.action_find()

    def action_next_error(self, direction: int) -> None:
        """Go to the next error, or the one before."""
        self._go_on(self.view.errors, direction, "error")

    def _go_on(self, lines: Sifted, direction: int, what: str) -> None:
        line = lines.after(self._number_at(self.cursor), direction)
        if line is None:
            self.post_message(self.NoneThere(self, what))
        self._go(line)

    def _go(self, line: Line | None) -> None:
        if line is not None:
            self.cursor = self.view.place_of(line.number)

    def told(self) -> tuple[Parts, Parts]:
        """Give what should stand above it: what is shown, and whether it is followed."""
        trouble = [(f"  {self.trouble}", "table--warning")] if self.trouble else []
        right = feed_told.followed(self, following=self.following, unseen=self.unseen)
        return [*feed_told.shown(self), *trouble], right

    # How they are drawn

    def action_wrap(self) -> None:
        """Wrap long lines, or cut them."""
        y = self.cursor - self.scroll_offset.y
        self.wraps, self.shift = not self.wraps, 0
        self._scroll(max(self.cursor - y, 0))
        if self.following:
            self._to_end()
        self._keep_in_view(self.cursor)
        self.refresh()
        self._changed()

    def action_times(self) -> None:
        """Write the times in another way."""
        self.times = self.times.next
        self.set_columns(self._columns())
        if self.following:
            self._to_end()
        self._changed()

    def action_shift(self, direction: int) -> None:
        """Show more of the ends of long lines, or of their beginnings."""
        if self.wraps:
            return
        furthest = max(self.widest - self.message_width, 0)
        furthest = -(-furthest // SHIFT) * SHIFT
        self.shift = max(min(self.shift + direction * SHIFT, furthest), 0)
        self.refresh_changed()
        self._changed()

    # Handing over

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the keys of a range to others while there is none."""
        if action in ("copy_range", "end_range"):
            return self.range_from is not None
        return super().check_action(action, parameters)

    def action_range(self) -> None:
        """Begin a range at the line under the cursor, or end it."""
        if self.range_from is not None:
            self.action_end_range()
        elif self.row is not None:
            self.range_from = self.row.number
            self.following = False
            self.refresh_bindings()
            self._changed()

    def action_end_range(self) -> None:
        """Choose no range any more."""
        self.range_from = None
        self.refresh_changed()
        self.refresh_bindings()
        self._changed()

    def action_copy_range(self) -> None:
        """Copy what the lines of the range say, and nothing that was drawn around it."""
        rows = [self.view[at] for at in self.range]
        said = [line.raw for line in rows if line.is_event]
        self.post_message(self.CopyAsked(self, "\n".join(said), len(said)))
        self.action_end_range()

    def action_save(self) -> None:
        """Ask for a file to write what is shown to."""
        self.post_message(self.SaveAsked(self))

    def action_page(self) -> None:
        """Show what is shown in a pager."""
        self.post_message(self.PageAsked(self))
