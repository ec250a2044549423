"""The one table for runs, steps, events and facts: it draws only the lines that are seen."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip

from runs_tui.keys import key, quiet
from runs_tui.widgets.columns import GAP, Cell, Column, Part, fit, share
from runs_tui.widgets.inks import FOCUS_INKS, Inks

R = TypeVar("R")

NEARBY = 500
"""How far around its former place a row is looked for before all rows are."""
MARK = "▌"
"""Stands before the row under the cursor, so that it is told without colour too."""


class VirtualTable(ScrollView, Generic[R], can_focus=True, inherit_bindings=False):
    """Rows of any length under columns, with a cursor that keeps to its row's key."""

    COMPONENT_CLASSES: ClassVar[set[str]] = FOCUS_INKS

    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "choose", "list.open", "open", "Open what is under the cursor"),
        quiet("down,j", "move(1)", "list.down", "down", "One row down"),
        quiet("up,k", "move(-1)", "list.up", "up", "One row up"),
        quiet("g,home", "to_row(0)", "list.top", "top", "First row"),
        quiet("G,end", "to_row(-1)", "list.bottom", "bottom", "Last row"),
        quiet("ctrl+d", "move_pages(0.5)", "list.half_down", "half down", "Half a page down"),
        quiet("ctrl+u", "move_pages(-0.5)", "list.half_up", "half up", "Half a page up"),
        quiet("pagedown", "move_pages(1)", "list.page_down", "page down", "A page down"),
        quiet("pageup", "move_pages(-1)", "list.page_up", "page up", "A page up"),
    ]

    cursor: var[int] = var(0)
    """The place of the row under the cursor."""
    columns: Sequence[Column[R]] = ()
    """What it shows of a row."""
    show_head = True
    """Whether the titles of the columns stand on the first line."""
    show_cursor = True
    """Whether the row under the cursor is marked."""
    opens = True
    """Whether there is anything behind a row."""
    rule_after: int | None = None
    """The place of a row under which a line is drawn."""

    @dataclass
    class Highlighted(Message):
        """The cursor stands on another row."""

        table: "VirtualTable[object]"
        moved: bool = True
        """Whether it was moved, and not its row taken away from under it."""

        @property
        def control(self) -> "VirtualTable[object]":
            """Give the table."""
            return self.table

    @dataclass
    class Chosen(Message):
        """A row was chosen, by Enter or by a click on the row under the cursor."""

        table: "VirtualTable[object]"

        @property
        def control(self) -> "VirtualTable[object]":
            """Give the table."""
            return self.table

    @dataclass
    class EndReached(Message):
        """The cursor stands on the last row and was to go on."""

        table: "VirtualTable[object]"

        @property
        def control(self) -> "VirtualTable[object]":
            """Give the table."""
            return self.table

    @dataclass
    class Scrolled(Message):
        """Other rows are seen, or other rows are there."""

        table: "VirtualTable[object]"

        @property
        def control(self) -> "VirtualTable[object]":
            """Give the table."""
            return self.table

        def can_replace(self, message: Message) -> bool:
            """Let a burst of one table collapse into one."""
            return isinstance(message, VirtualTable.Scrolled) and message.table is self.table

    def __init__(
        self, columns: Sequence[Column[R]] = (), *, id: str | None = None, classes: str = ""
    ) -> None:
        """Begin without rows."""
        super().__init__(id=id, classes=classes)
        if columns:
            self.columns = columns
        self.rows: Sequence[R] = ()
        self._laid_out = 0
        self._layout: list[tuple[Column[R], int]] = []
        self._drawn: dict[int, Strip] = {}
        self.inks = Inks(self)

    # What a kind of table says of its rows

    def key_of(self, row: R) -> Hashable:
        """Give what names a row while the rows around it change."""
        return id(row)

    @property
    def sign_width(self) -> int:
        """Give the cells before each row, the mark of the cursor with them."""
        return 1

    def sign(self, at: int) -> str:
        """Give what stands before a row besides the mark of the cursor."""
        return ""

    # Rows

    @property
    def head_height(self) -> int:
        """Give the lines that the titles take."""
        return 1 if self.show_head else 0

    @property
    def page_height(self) -> int:
        """Give how many rows are seen at once."""
        return max(self.size.height - self.head_height, 1)

    @property
    def seen(self) -> range:
        """Give the places of the rows that are seen."""
        first = self.scroll_offset.y
        return range(first, min(first + self.page_height, len(self.rows)))

    @property
    def row(self) -> R | None:
        """Give the row under the cursor."""
        return self.rows[self.cursor] if 0 <= self.cursor < len(self.rows) else None

    def set_rows(self, rows: Sequence[R], *, top: bool = False) -> None:
        """Show other rows; the cursor stays with its row, and the row with its line.

        With `top` it stands on the first row, whichever that is now.
        """
        before, key = self.cursor, self._cursor_key()
        self.rows = rows
        at = 0 if top else self._find(key, before)
        self._resize()
        moved = at - before
        if top:
            self._scroll(0)
        elif moved and self.scroll_offset.y > 0:
            self._scroll(self.scroll_offset.y + moved)
        self._keep_in_view(at)
        with self.prevent(self.Highlighted):
            self.set_reactive(VirtualTable.cursor, at)
        if self._cursor_key() != key:
            self.post_message(self.Highlighted(self, moved=False))  # type: ignore[arg-type]
        self.refresh_changed()
        self.post_message(self.Scrolled(self))  # type: ignore[arg-type]

    def select(self, key: Hashable) -> bool:
        """Put the cursor on the row of a key; tell whether it is there."""
        at = self._find(key, self.cursor, missing=-1)
        if at < 0:
            return False
        self.cursor = at
        return True

    def _cursor_key(self) -> Hashable:
        row = self.row
        return None if row is None else self.key_of(row)

    def _find(self, key: Hashable, near: int, missing: int | None = None) -> int:
        count = len(self.rows)
        near = max(min(near, count - 1), 0)
        if key is not None:
            for distance in range(min(max(near, count - near) + 1, NEARBY)):
                for at in {near + distance, near - distance}:
                    if 0 <= at < count and self.key_of(self.rows[at]) == key:
                        return at
            found = self.scan(key) if count > NEARBY else None
            if found is not None:
                return found
        return near if missing is None else missing

    def scan(self, key: Hashable) -> int | None:
        """Find the row of a key among all."""
        return next((at for at, row in enumerate(self.rows) if self.key_of(row) == key), None)

    # Scrolling and the cursor

    @property
    def max_scroll_y(self) -> int:
        """Give the furthest place of the row that is seen first."""
        return max(len(self.rows) - self.page_height, 0)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Give the lines that all rows take, for a table that is as high as they are."""
        return len(self.rows) + self.head_height

    def _resize(self) -> None:
        if len(self.rows) != self._laid_out:
            self._laid_out = len(self.rows)
            if self.styles.is_auto_height:
                self.refresh(layout=True)

    def _scroll(self, y: int) -> None:
        before, now = self.scroll_offset.y, max(min(y, self.max_scroll_y), 0)
        if before != now:
            self.set_scroll(None, now)
            self.refresh()
            self.post_message(self.Scrolled(self))  # type: ignore[arg-type]

    def _keep_in_view(self, at: int) -> None:
        top = self.scroll_offset.y
        if not self.size.height:
            return
        if at < top:
            self._scroll(at)
        elif at >= top + self.page_height:
            self._scroll(at - self.page_height + 1)

    def validate_cursor(self, cursor: int) -> int:
        """Keep it on a row."""
        return max(min(cursor, len(self.rows) - 1), 0)

    def watch_cursor(self, before: int, now: int) -> None:
        """Redraw the two rows that changed, and tell."""
        self._keep_in_view(now)
        for at in (before, now):
            self._refresh_row(at)
        self.post_message(self.Highlighted(self))  # type: ignore[arg-type]

    def action_move(self, rows: int) -> None:
        """Move the cursor by some rows."""
        self._move_to(self.cursor + rows)

    def action_to_row(self, row: int) -> None:
        """Move the cursor to a row; -1 is the last."""
        self._move_to(len(self.rows) - 1 if row < 0 else row)

    def action_move_pages(self, pages: float) -> None:
        """Move cursor and view together by some pages."""
        rows = round(self.page_height * pages)
        self._scroll(self.scroll_offset.y + rows)
        self._move_to(self.cursor + rows)

    def _move_to(self, row: int) -> None:
        last = len(self.rows) - 1
        if row >= last and self.cursor >= last:
            self.post_message(self.EndReached(self))  # type: ignore[arg-type]
        self.cursor = row

    def mark_cursor(self, shown: bool) -> None:
        """Mark the row under the cursor, or let it look as the others do."""
        if self.show_cursor != shown:
            self.show_cursor = shown
            self._refresh_row(self.cursor)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave out opening where nothing is behind a row."""
        return self.opens if action == "choose" else True

    def action_choose(self) -> None:
        """Choose the row under the cursor."""
        if self.row is not None:
            self.post_message(self.Chosen(self))  # type: ignore[arg-type]

    def on_resize(self) -> None:
        """Share the width anew and keep the cursor in view."""
        self._layout = share(self.columns, max(self.size.width - 1 - self.sign_width, 1))
        self._resize()
        self._keep_in_view(self.cursor)
        self.refresh()
        self.post_message(self.Scrolled(self))  # type: ignore[arg-type]

    def set_columns(self, columns: Sequence[Column[R]]) -> None:
        """Show other columns."""
        self.columns = columns
        self.on_resize()

    def width_of(self, column: str) -> int:
        """Give the cells that a column has; 0 where it is left out."""
        return next((width for shown, width in self._layout if shown.id == column), 0)

    def _row_at(self, y: int) -> int | None:
        at = y - self.head_height + self.scroll_offset.y
        return at if y >= self.head_height and at < len(self.rows) else None

    async def _on_click(self, event: events.Click) -> None:
        at = self._row_at(event.y)
        if at is None:
            return
        if at == self.cursor and event.chain > 1:
            self.post_message(self.Chosen(self))  # type: ignore[arg-type]
        self.cursor = at

    def _on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._wheel(3)

    def _on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._wheel(-3)

    def _wheel(self, rows: int) -> None:
        self._scroll(self.scroll_offset.y + rows)
        seen = self.seen
        if len(seen):
            self.cursor = max(min(self.cursor, seen[-1]), seen[0])

    # Drawing

    def notify_style_update(self) -> None:
        """Forget the styles of another theme or focus."""
        super().notify_style_update()
        self.inks.forget()

    def refresh_changed(self) -> None:
        """Redraw those visible rows whose text is another one than was drawn."""
        for y in range(self.size.height):
            self._refresh_if_changed(y)

    def _refresh_if_changed(self, y: int) -> None:
        if self._drawn.get(y) != self._line(y):
            self.refresh(Region(0, y, self.size.width, 1))

    def _refresh_row(self, at: int) -> None:
        y = at - self.scroll_offset.y + self.head_height
        if self.head_height <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """Draw one line of what is seen."""
        strip = self._line(y)
        self._drawn[y] = strip
        return strip

    def _line(self, y: int) -> Strip:
        if self.show_head and y == 0:
            return self._head()
        at = self._row_at(y)
        if at is None:
            return Strip.blank(self.size.width, self.inks.style(""))
        return self._row_strip(at)

    def _head(self) -> Strip:
        style = self.inks.style("table--head")
        titles: list[Segment] = [Segment(" " * self.sign_width, style)]
        for place, (column, width) in enumerate(self._layout):
            if place:
                titles.append(Segment(" " * GAP, style))
            title = self.title(column, width)
            for text, _ in fit([(title, "")], width, right=column.right):
                titles.append(Segment(text, style))
        return self._strip(titles, style)

    def _row_strip(self, at: int) -> Strip:
        row = self.rows[at]
        return self._cells_strip(at, [self.cell(column, row, at) for column, _ in self._layout])

    def _cells_strip(self, at: int, cells: Sequence[Cell]) -> Strip:
        """Draw what the columns show on one line of a row."""
        parts: list[Part] = []
        for place, ((column, width), cell) in enumerate(zip(self._layout, cells, strict=False)):
            if place:
                parts.append((" " * GAP, ""))
            parts += fit(cell, width, right=column.right)
        return self._parts_strip(at, parts)

    def _parts_strip(self, at: int, parts: Sequence[Part]) -> Strip:
        """Draw one line of a row, with its mark where it is marked."""
        chosen = self.is_marked(at)
        plain = self.inks.style(cursor=chosen)
        mark = MARK if chosen else " "
        segments = [
            Segment(mark, self.inks.style("table--mark", cursor=chosen) if chosen else plain)
        ]
        sign = self.sign(at)
        if sign:
            segments.append(Segment(sign, self.inks.style("table--accent", cursor=chosen)))
        for text, name in parts:
            style = self.inks.style(name, cursor=chosen) if name else plain
            segments.append(Segment(text, style))
        if at == self.rule_after:
            rule = Style(underline=True)
            segments = [Segment(s.text, (s.style or plain) + rule) for s in segments]
            plain += rule
        return self._strip(segments, plain)

    def is_marked(self, at: int) -> bool:
        """Tell whether a row is drawn as the one under the cursor."""
        return self.show_cursor and at == self.cursor

    def title(self, column: Column[R], width: int) -> str:
        """Give what stands above a column of so many cells."""
        return column.title

    def cell(self, column: Column[R], row: R, at: int) -> Cell:
        """Give what a column shows of a row."""
        return column.cell(row)

    def _strip(self, segments: Sequence[Segment], style: Style) -> Strip:
        return Strip(segments).adjust_cell_length(self.size.width, style)
