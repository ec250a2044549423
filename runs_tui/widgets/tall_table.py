"""A table whose rows may take several lines; only the rows that are seen are ever measured."""

from collections.abc import Sequence
from typing import TypeVar

from textual.geometry import Region
from textual.strip import Strip

from runs_tui.widgets.virtual_table import VirtualTable

R = TypeVar("R")


class TallTable(VirtualTable[R]):
    """Rows of one line or, while it wraps, of several.

    The place of the view is a row and how many of its lines are above the view.
    """

    wraps = False
    """Whether rows may take several lines."""
    _skipped = 0

    def height_of(self, at: int) -> int:
        """Give how many lines a row takes."""
        return 1

    def line_strip(self, at: int, line: int) -> Strip:
        """Draw one line of a row."""
        return self._row_strip(at)

    # Where the view is

    @property
    def _place(self) -> tuple[int, int]:
        return self.scroll_offset.y, self._skipped

    @property
    def seen(self) -> range:
        """Give the places of the rows that are seen."""
        if not self.wraps:
            return super().seen
        first = self.scroll_offset.y
        last, _ = self._walk(self._place, self.page_height - 1)
        return range(first, min(last + 1, len(self.rows)))

    @property
    def max_scroll_y(self) -> int:
        """Give the furthest place of the row that is seen first."""
        return self._last_place()[0] if self.wraps else super().max_scroll_y

    def _walk(self, place: tuple[int, int], lines: int) -> tuple[int, int]:
        """Give the place so many lines further down, or up, as far as there are rows."""
        row, skipped = place
        skipped += lines
        while skipped < 0 and row > 0:
            row -= 1
            skipped += self.height_of(row)
        while row < len(self.rows) and skipped >= (height := self.height_of(row)):
            if row == len(self.rows) - 1:
                return row, height - 1
            row, skipped = row + 1, skipped - height
        return row, max(skipped, 0)

    def _last_place(self) -> tuple[int, int]:
        """Give the place at which the last line stands at the bottom."""
        return self._place_ending_with(len(self.rows) - 1)

    def _place_ending_with(self, at: int) -> tuple[int, int]:
        """Give the place at which the last line of a row stands at the bottom."""
        if at < 0:
            return 0, 0
        return self._walk((at, self.height_of(at) - 1), 1 - self.page_height)

    def _scroll(self, y: int, skipped: int = 0) -> None:
        if not self.wraps:
            self._skipped = 0
            super()._scroll(y)
            return
        before = self._place
        row, skipped = max(min((y, skipped), self._last_place()), (0, 0))
        self._skipped = skipped
        if before != (row, skipped):
            self.set_scroll(None, row)
            self.refresh()
            self.post_message(self.Scrolled(self))  # type: ignore[arg-type]

    def _keep_in_view(self, at: int) -> None:
        if not self.wraps:
            super()._keep_in_view(at)
            return
        if not self.size.height or not self.rows:
            return
        if self._is_tall(at) and at in self.seen:
            return
        ending = self._place_ending_with(at)
        if self._place > (at, 0):
            self._scroll(at)
        elif self._place < ending:
            self._scroll(*min(ending, (at, 0)))

    # Moving

    def action_move(self, rows: int) -> None:
        """Move the cursor by some rows; within a row that is higher than the view, by a line."""
        if self.wraps and self._goes_on(rows):
            self._scroll(*self._walk(self._place, rows))
            return
        above = self.cursor + rows
        if self.wraps and 0 <= above < self.scroll_offset.y and self._is_tall(above):
            self._scroll(*self._place_ending_with(above))
        super().action_move(rows)

    def _is_tall(self, at: int) -> bool:
        """Tell whether a row has more lines than the view."""
        return self.height_of(at) > self.page_height

    def _goes_on(self, rows: int) -> bool:
        """Tell whether the row under the cursor has lines outside of the view on that side."""
        at, place = self.cursor, self._place
        if at not in self.seen or not self._is_tall(at):
            return False
        return place < self._place_ending_with(at) if rows > 0 else place > (at, 0)

    def action_move_pages(self, pages: float) -> None:
        """Move cursor and view together by some pages."""
        if not self.wraps:
            super().action_move_pages(pages)
            return
        lines = round(self.page_height * pages)
        before = self._place
        target, _ = self._walk((self.cursor, 0), lines)
        self._scroll(*self._walk(before, lines))
        if self._place != before:
            near = self._whole or self.seen[:: 1 if lines > 0 else -1][:1]
            target = max(min(target, near[-1]), near[0])
        else:
            target = len(self.rows) - 1 if lines > 0 else 0
        self._move_to(target)

    @property
    def _whole(self) -> Sequence[int]:
        """The rows on which the cursor can stand without moving the view."""
        place = self._place
        return [
            at
            for at in self.seen
            if self._is_tall(at) or self._place_ending_with(at) <= place <= (at, 0)
        ]

    def _wheel(self, rows: int) -> None:
        if not self.wraps:
            super()._wheel(rows)
            return
        self._scroll(*self._walk(self._place, rows))
        near = self._whole or self.seen[:: 1 if rows > 0 else -1][:1]
        if near:
            self.cursor = max(min(self.cursor, near[-1]), near[0])

    # Drawing

    def _row_at(self, y: int) -> int | None:
        if not self.wraps:
            return super()._row_at(y)
        place = self._line_at(y)
        return place[0] if place else None

    def _line_at(self, y: int) -> tuple[int, int] | None:
        """Give the row, and which of its lines, that stands on a line of the view."""
        y -= self.head_height
        row, line = self._place
        line += max(y, 0)
        while row < len(self.rows) and line >= (height := self.height_of(row)):
            row, line = row + 1, line - height
        return (row, line) if y >= 0 and row < len(self.rows) else None

    def _refresh_row(self, at: int) -> None:
        if not self.wraps:
            super()._refresh_row(at)
            return
        for y in range(self.head_height, self.size.height):
            place = self._line_at(y)
            if place and place[0] == at:
                self.refresh(Region(0, y, self.size.width, 1))

    def _line(self, y: int) -> Strip:
        place = self._line_at(y) if self.wraps else None
        return self.line_strip(*place) if place else super()._line(y)
