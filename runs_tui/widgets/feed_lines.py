"""The lines of a feed as they are drawn: times, steps and messages; wrapped, shifted or marked."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime
from itertools import chain

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from runs_tui.model.feed import Feed
from runs_tui.model.feed_view import FeedView
from runs_tui.model.line import LEVELS, Line
from runs_tui.model.run import Event, Gap
from runs_tui.widgets.columns import Cell, Column, fit
from runs_tui.widgets.feed_cells import (
    INDENT,
    Times,
    indexed,
    painted,
    shifted,
    text_of,
    time_of,
    wrapped,
)
from runs_tui.widgets.feed_plain import Plain
from runs_tui.widgets.tall_table import TallTable

STEP_WIDTH = 12
"""The cells that the name of a step has."""
BEYOND = 4
"""How many characters a cell are looked at, of a line that is not wrapped."""


class FeedLines(TallTable[Line]):
    """Draws the lines of a feed; it follows nothing and has no keys of its own."""

    show_head = False
    opens = False

    def __init__(self, *, id: str | None = None) -> None:
        """Begin empty."""
        self.view = FeedView(Feed())
        self.times = Times.UTC
        self.start: datetime | None = None
        """When the run began, for times since then."""
        self.range_from: int | None = None
        """The number of the line where a range begins, while one is chosen."""
        self.shift = 0
        """How many cells of the messages are left of the view."""
        self._step_names: Mapping[str, str] = {}
        self._stepless = True
        self._looked = (0, 0)
        super().__init__(self._columns(), id=id)

    @property
    def feed(self) -> Feed:
        """The feed whose lines are shown."""
        return self.view.feed

    def key_of(self, row: Line) -> int:
        """Give the number of a line."""
        return row.number

    def scan(self, key: Hashable) -> int | None:
        """Find the row of a line by its number."""
        at = self.view.place_of(key) if isinstance(key, int) else len(self.view)
        return at if at < len(self.view) and self.view[at].number == key else None

    def name_steps(self, names: Mapping[str, str]) -> None:
        """Learn what people call the steps."""
        if names != self._step_names:
            self._step_names = names
            self.refresh_changed()

    def look_for_steps(self) -> None:
        """Show the column of the steps as soon as a line belongs to one."""
        feed, (first, end) = self.feed, self._looked
        self._looked = (feed.first_number, feed.end_number)
        if not self._stepless:
            return
        new = (feed.between(feed.first_number, first), feed.between(end, feed.end_number))
        if any(line.step for line in chain(*new)):
            self._stepless = False
            self.set_columns(self._columns())

    def step_name(self, step: str) -> str:
        """Give what people call a step."""
        return self._step_names.get(step, step)

    def clock(self, line: Line) -> str:
        """Write the time of a line as times are written now."""
        if not line.first:
            return ""
        told = line.told
        at = told.since if isinstance(told, Gap) else told.at
        off = self.times is Times.OFF and not line.is_event
        return time_of(at, Times.UTC if off else self.times, self._start) if at else ""

    @property
    def _start(self) -> datetime | None:
        """When the run began, or the first event that is known."""
        told = (line.told for line in self.feed if isinstance(line.told, Event))
        return self.start or next((event.at for event in told if event.at), None)

    @property
    def plain(self) -> Plain:
        """The lines that are shown, for a file or a pager."""
        return Plain(list(self.view), self.times, self._start, dict(self._step_names))

    # A range

    @property
    def range(self) -> range:
        """The rows that are chosen; none where no range is."""
        if self.range_from is None:
            return range(0)
        at = self.view.place_of(self.range_from)
        return range(min(at, self.cursor), max(at, self.cursor) + 1)

    def is_marked(self, at: int) -> bool:
        """Tell whether a row is under the cursor or in the range."""
        return super().is_marked(at) or (self.range_from is not None and at in self.range)

    # Drawing

    def _columns(self) -> Sequence[Column[Line]]:
        width = 9 if self.times is Times.SINCE else 8
        at = Column("at", "TIME", self._at, width, right=self.times is Times.SINCE)
        return [
            *([] if self.times is Times.OFF else [at]),
            *([] if self._stepless else [Column("step", "STEP", self._step, STEP_WIDTH, rank=1)]),
            Column("message", "MESSAGE", self._message, 12, grows=True),
        ]

    def _at(self, line: Line) -> Cell:
        return [(self.clock(line), "table--dim")]

    def _step(self, line: Line) -> Cell:
        if not line.step or not line.first:
            return []
        return [(indexed(self.step_name(line.step), STEP_WIDTH), "table--dim")]

    @property
    def message_width(self) -> int:
        """The cells that the messages have."""
        return self._layout[-1][1] if self._layout else 1

    def _message(self, line: Line) -> Cell:
        text = self._text(line)
        start = shifted(text, self.shift)
        end = min(len(text), start + BEYOND * self.message_width)
        if not start or start >= end:
            return painted(line, text, (start, end), self.view.pattern)
        return [("…", "table--dim"), *painted(line, text, (start + 1, end), self.view.pattern)]

    def _text(self, line: Line) -> str:
        return text_of(line, "" if isinstance(line.told, Event) else self.clock(line))

    @property
    def widest(self) -> int:
        """The cells of the longest message that is seen."""
        return max((cell_len(self._text(self.rows[at])) for at in self.seen), default=0)

    def height_of(self, at: int) -> int:
        """Give how many lines a row takes."""
        row = self.rows[at]
        return len(wrapped(self._text(row), self.message_width)) if row.is_event else 1

    def line_strip(self, at: int, line: int) -> Strip:
        """Draw one line of a row that is wrapped."""
        row = self.rows[at]
        if not row.is_event:
            return self._row_strip(at)
        text = self._text(row)
        spans = wrapped(text, self.message_width)
        said = painted(row, text, spans[min(line, len(spans) - 1)], self.view.pattern)
        if line:
            blank: list[Cell] = [[] for _ in self._layout[:-1]]
            return self._cells_strip(at, [*blank, [(" " * INDENT, ""), *said]])
        others = [self.cell(column, row, at) for column, _ in self._layout[:-1]]
        return self._cells_strip(at, [*others, said])

    def _row_strip(self, at: int) -> Strip:
        row = self.rows[at]
        if row.is_event:
            return super()._row_strip(at)
        said = painted(row, text := self._text(row), (0, len(text)), None)
        return self._parts_strip(at, fit(said, max(self.size.width - 1, 1)))

    def _line(self, y: int) -> Strip:
        if y == 0 and not self.rows and (why := self.why_empty()):
            style = self.inks.style("table--dim")
            parts = fit([(f" {why}", "")], max(self.size.width, 1))
            return self._strip([Segment(text, style) for text, _ in parts], style)
        return super()._line(y)

    def why_empty(self) -> str:
        """Say why no line is shown though there are some, and which key helps."""
        view = self.view
        if not len(self.feed):
            return ""
        if view.only_matches:
            return f"No line matches {view.words}: & shows all lines"
        if view.least:
            return f"No line from {LEVELS[view.least]} on: f shows other levels"
        return f"{self.step_name(view.step or '')} has said nothing; escape shows all steps"
