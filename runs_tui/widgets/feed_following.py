"""A feed whose end is followed until somebody goes up, and that asks for older lines there."""

from dataclasses import dataclass

from textual.message import Message

from runs_tui.model.feed import Feed
from runs_tui.model.feed_view import TOP, FeedView
from runs_tui.widgets.feed_lines import FeedLines
from runs_tui.widgets.virtual_table import VirtualTable


class FollowedFeed(FeedLines):
    """Keeps to its end while it is followed, and else to the lines that are seen."""

    @dataclass
    class Changed(Message):
        """What stands above the feed should be told anew."""

        table: "FollowedFeed"

        def can_replace(self, message: Message) -> bool:
            """Let a burst collapse into one."""
            return isinstance(message, FollowedFeed.Changed)

    @dataclass
    class OlderWanted(Message):
        """Somebody looks at the first line, and there are older ones to be read."""

        table: "FollowedFeed"

    def __init__(self, *, id: str | None = None) -> None:
        """Begin empty, following."""
        super().__init__(id=id)
        self.following = True
        self.unseen = 0
        """How many lines came while it was not followed."""
        self.trouble = ""
        """Why no more events come, where that is so."""
        self._older_failed = False

    # What it shows

    def show_feed(self, feed: Feed) -> None:
        """Show another feed, at its end."""
        self.view = FeedView(feed)
        self._older_failed = False
        self._stepless, self._looked = True, (feed.end_number, feed.end_number)
        self.set_columns(self._columns())
        self.trouble = ""
        self.following, self.unseen, self.range_from, self.shift = True, 0, None, 0
        self.set_rows(())
        self.take_in()

    def take_in(self) -> None:
        """Show the lines that the feed has got since, and leave those it has forgotten."""
        self.trouble = ""
        self._look()

    def _look(self) -> None:
        top, under = self._number_at(self.scroll_offset.y), self._number_at(self.cursor)
        grown = self.view.take_in()
        self.look_for_steps()
        self.rows = self.view
        if self.following:
            self.unseen = 0
            self._to_end()
        else:
            self.unseen += grown
            self._stay(top, under)
        self._changed()
        self._fill()

    def on_show(self) -> None:
        """Ask for older lines where there is room for them."""
        self._fill()

    def on_resize(self) -> None:
        """Ask for older lines where there is room for them now."""
        super().on_resize()
        self.call_later(self._fill)

    def _fill(self) -> None:
        if self.scroll_offset.y == 0 and self.view.whole and not self._older_failed:
            self._want_older()

    def _number_at(self, row: int) -> int:
        """Give the number of the line in a row; at the top, the one before the first line's."""
        if row >= len(self.view):
            return TOP
        return self.view[row].number if row or not self.view.head else self.view[1].number - 1

    def _row_of(self, number: int) -> int:
        """Give the row of a number, or of the next line; the top for what is before all lines."""
        at = self.view.place_of(number)
        before_all = at == self.view.head and self._number_at(at) != number
        return 0 if before_all else self.validate_cursor(at)

    def _stay(self, top: int, under: int) -> None:
        """Keep to the lines that are seen, wherever they are now."""
        self.set_reactive(VirtualTable.cursor, self._row_of(under))
        self._scroll(self._row_of(top), self._skipped)
        self.refresh_changed()

    def _to_end(self) -> None:
        self._scroll(len(self.rows), 0)
        self.set_reactive(VirtualTable.cursor, max(len(self.rows) - 1, 0))
        self.refresh_changed()

    def _changed(self) -> None:
        self.post_message(self.Changed(self))

    def show_trouble(self, sentence: str) -> None:
        """Say why no more events come for now."""
        self.trouble = sentence
        self._changed()

    def older_failed(self, sentence: str) -> None:
        """Say why older lines did not come; going up asks for them again."""
        self._older_failed = True
        self.view.await_older(False)
        self.refresh_changed()
        self.show_trouble(sentence)

    def _want_older(self) -> None:
        if self.feed.reads_back and not self.view.asked_older and self.is_on_screen:
            self._older_failed = False
            self.view.await_older(True)
            self.refresh_changed()
            self.post_message(self.OlderWanted(self))

    # Following

    def watch_cursor(self, before: int, now: int) -> None:
        """Stop following when the cursor leaves the end, and follow again when it comes back."""
        super().watch_cursor(before, now)
        if self.range_from is not None:
            for at in range(min(before, now), max(before, now) + 1):
                self._refresh_row(at)
        at_end = now >= len(self.rows) - 1 and self.range_from is None
        if at_end != self.following or self.view.words or self.range_from is not None:
            self.following = at_end
            self.unseen = 0 if at_end else self.unseen
            self._changed()
        if now == 0:
            self._want_older()

    def _scroll(self, y: int, skipped: int = 0) -> None:
        before = self.scroll_offset.y
        super()._scroll(y, skipped)
        if before > 0 and self.scroll_offset.y == 0 and not self.following:
            self._want_older()

    def _move_to(self, row: int) -> None:
        super()._move_to(row)
        if row <= 0:
            self._want_older()
        elif row >= len(self.rows) - 1 and not self.following and self.range_from is None:
            self.action_follow_end()

    def action_follow(self) -> None:
        """Follow the newest line, or stop following."""
        if self.following:
            self.following = False
            self._changed()
        else:
            self.action_follow_end()

    def action_follow_end(self) -> None:
        """Go to the end, and follow it."""
        self.following, self.range_from = True, None
        self._look()
