"""The board: runs of all sources, and the run under the cursor beside them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.events import DescendantFocus
from textual.getters import query_one
from textual.reactive import var
from textual.widgets import Input, Static
from textual.worker import Worker, WorkerState

from runs_tui import looks
from runs_tui.adapters.base import Source
from runs_tui.choices import UNDO
from runs_tui.keys import key, quiet
from runs_tui.model.clock import BEGINNING, Clock
from runs_tui.model.grammar import FilterError, parse
from runs_tui.model.known import Known
from runs_tui.model.order import in_order
from runs_tui.model.query import ACTIVE_ONLY, FAILED_ONLY, Field, Query
from runs_tui.model.remembered import Remembered
from runs_tui.model.run import Run, RunKey
from runs_tui.model.settings import SourceSettings
from runs_tui.model.telling import Telling
from runs_tui.model.view import View
from runs_tui.model.why import has_failed
from runs_tui.screens import told
from runs_tui.screens.explaining import go
from runs_tui.screens.first_keys import FILTER, HELP, QUIT
from runs_tui.screens.hearing import note_defect, note_failure
from runs_tui.screens.lists import GROUP, Lists
from runs_tui.screens.one_run import ACTS, TURNS, OneRun
from runs_tui.screens.places import Place, Places
from runs_tui.screens.reading import Arrived, Pace, RunsChanged, RunVanished, SourceFailed
from runs_tui.screens.returning import Return
from runs_tui.screens.run_reading import RunPace
from runs_tui.screens.themes import ThemeScreen
from runs_tui.screens.views import ALL, ViewTabs
from runs_tui.screens.vigil import Vigil, run_command
from runs_tui.widgets.command_line import CommandLine
from runs_tui.widgets.filter_bar import FilterBar
from runs_tui.widgets.inks import INKS
from runs_tui.widgets.key_line import KeyLine
from runs_tui.widgets.marked_table import MarkedTable
from runs_tui.widgets.parts_line import PartsLine, width_of
from runs_tui.widgets.run_pane import RunPane
from runs_tui.widgets.run_table import RunTable
from runs_tui.widgets.typing_line import TypingLine
from runs_tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from runs_tui.screens.commands import Command
    from runs_tui.screens.describing import AddsSources
    from runs_tui.screens.ledger import Ledger

PAGE = 100
"""How many runs are asked for at once."""
PAUSE = 15.0
"""After how many seconds without a tick the program, or its machine, is taken to have slept."""
TIMELY = 5
"""The seconds between two looks at what matches a filter that depends on the time."""
LOOKED_THROUGH = 1000
"""How many runs are looked through for fields that can be columns."""
FOLLOWS = "follows"

TINY, WIDE = 60, 100
"""The columns a terminal needs to have the pane below the board, and beside it."""

_QUICK = (Query(), Query((ACTIVE_ONLY,)), Query((FAILED_ONLY,)))


class RunsScreen(OneRun, inherit_bindings=False):
    """Holds the board, reads the sources, and shows the run under the cursor."""

    COMPONENT_CLASSES: ClassVar[set[str]] = INKS
    BINDINGS: ClassVar[list[BindingType]] = [
        FILTER,
        key("f", "quick", "runs.quick", "all/active/failed", "All, active or failed runs in turn"),
        *ACTS,
        *(
            quiet(str(number), f"view({number})", f"view.{number}", f"view {number}", told)
            for number, told in enumerate(
                ["All runs", *(f"The saved view {number}" for number in range(1, 10))]
            )
        ),
        key("w", "await_run", "run.await", "tell me", "Tell me when the run ends, or no longer"),
        quiet("W", "await_view", "view.await", "tell of view", "Tell me when the view gains a run"),
        quiet("b", "keep_view", "view.keep", "keep view", "Keep filter, order, columns as a view"),
        quiet("plus", "add_source", "source.add", "add a source", "Add a source, or replace one"),
        quiet("s", "sort", "runs.sort", "sort", "Choose what the runs are ordered by"),
        quiet("c", "columns", "runs.columns", "columns", "Choose the columns"),
        quiet("T", "themes", "app.theme", "theme", "Choose the theme, and see it at once"),
        quiet(
            "colon,ctrl+p",
            "command_line",
            "app.commands",
            "go",
            "Go to a view, source, workflow, run or command by its name",
            display=":",
        ),
        quiet(
            "minus", "last_place", "view.last", "last place", "The place before this one, and back"
        ),
        quiet("r,ctrl+r", "refresh_now", "runs.refresh", "refresh", "Read everything again now"),
        quiet("tab", "next_pane", "pane.next", "next pane", "Next pane"),
        quiet("shift+tab", "previous_pane", "pane.previous", "previous pane", "Previous pane"),
        *TURNS,
        quiet("p", "toggle_pane", "pane.toggle", "pane on/off", "Show the run pane, or hide it"),
        quiet("z", "zoom", "pane.zoom", "zoom", "The run on the whole screen, or beside the board"),
        key("escape,backspace", "back", "view.back", "back", "Back: search, step, run, filter"),
        QUIT,
        HELP,
    ]

    query_shown: var[Query] = var(Query(limit=PAGE), init=False)
    """The query whose runs are shown."""
    strip = query_one("#sources", PartsLine)
    tabs_line = query_one("#views", PartsLine)
    filter_bar = query_one(FilterBar)
    command_line = query_one(CommandLine)
    table = query_one("#runs", RunTable)
    empty = query_one("#empty", Static)

    def __init__(
        self,
        sources: Sequence[Source],
        *,
        demo: bool,
        notice: str | None,
        clock: Clock,
        pace: Pace,
        run_pace: RunPace,
        undo: float = UNDO,
        views: Sequence[View] = (),
        keep_view: Callable[[View], str] | None = None,
        keep_theme: Callable[[str], str] | None = None,
        where: Remembered | None = None,
        adding: "AddsSources | None" = None,
        telling: Telling | None = None,
    ) -> None:
        """Watch some sources, from where a person was.

        `keep_view` saves a view, `keep_theme` a theme; both give what is said of it.
        """
        super().__init__({source.name: source for source in sources}, clock, run_pace, undo)
        self.demo = demo
        self._flash = notice or ""
        self._ticked = BEGINNING
        self._ready = False
        self.lists = Lists(self, self.sources, pace)
        self.view_tabs = ViewTabs(list(views))
        self._keep_view = keep_view
        self._keep_theme = keep_theme
        self._pace = pace
        self.vigil = Vigil(self, telling or Telling())
        self.returning = Return(self, where or Remembered())
        self.at_top = True
        """Whether the cursor keeps to the first row, until all have answered or it is moved."""
        self._terms = Query().terms
        self._adding = adding
        self._pinned = False
        self._places = Places()
        self._before = Place(Query(limit=PAGE))
        self._commands: Mapping[str, Command] = {}
        self._why_empty: str | None = None
        self.add_class("-empty")  # as it will be; changed when mounted, all is styled again
        self.columns: tuple[str, ...] = ()
        """The columns that were chosen; none for the usual ones."""
        self._counts = told.counts(())
        self._shown: tuple[Sequence[Run], Query] = ((), Query())
        self._found: tuple[Sequence[Run], Query, Sequence[Run]] = ((), Query(), ())

    def compose(self) -> ComposeResult:
        """Lay out the strip, the filter, the two panes and the keys."""
        yield PartsLine(id="sources", left_first=True)
        yield PartsLine(id="views")
        yield FilterBar()
        yield CommandLine()
        with Container(id="panes"):
            with Vertical(id="board"):
                yield Static("", id="empty", markup=False)
                yield RunTable(list(self.sources), id="runs")
            yield RunPane()
        yield PartsLine(id="position")
        yield KeyLine(id="keys")

    def on_mount(self) -> None:
        """Begin to read."""
        self._ready = True
        self._ticked = self.clock.now()
        self.watch(self.app, "app_focus", self._look, init=False)
        self.table.source_colors = self.pane.source_colors = self._colors
        self.table.focus()
        query, self.columns = self.returning.query(PAGE)
        self.set_reactive(RunsScreen.query_shown, query)
        self.table.show_columns(self.columns, query.sort)
        self.returning.show_pane()
        self.set_interval(1.0, self.tick)
        if self._flash:
            self.flash(self._hint + self._flash)
        self._read_all()
        self._show_board()

    def on_resize(self, event: events.Resize) -> None:
        """Put the pane below the board where the terminal is narrow or, in its cells, tall."""
        width, height = event.size
        self.set_class(width < TINY, "-tiny")
        self.set_class(width >= TINY and (width < WIDE or 2 * height > width), "-below")

    @property
    def _hint(self) -> str:
        """Say in the demo which key leads out of it."""
        bound = (active.binding for active in self.active_bindings.values())
        key = next((self.app.get_key_display(b) for b in bound if b.id == "source.add"), "")
        return f"{key} adds a source; " if self.demo and key else ""

    async def on_unmount(self) -> None:
        """Close every connection."""
        self.vigil.close()
        for source in self.sources.values():
            await source.close()

    # Reading the lists

    def _read_all(self) -> None:
        """Read every source anew."""
        self._ask_all()
        self.workers.cancel_group(self, FOLLOWS)
        for follower in self.lists.followers():
            self.follow(follower.follow)

    def _ask_all(self) -> None:
        """Ask every source for the runs of the query."""
        self.board = self.lists.ask(self.query_shown, self.board)

    @work(group=GROUP, exit_on_error=False)
    async def read_list(self, read: Callable[[], Awaitable[None]]) -> None:
        """Read a list until the query is another one."""
        await read()

    @work(group=FOLLOWS, exit_on_error=False)
    async def follow(self, follow: Callable[[], Awaitable[None]]) -> None:
        """Follow a source that pushes its changes."""
        await follow()

    @on(Arrived)
    def take_page(self, arrived: Arrived) -> None:
        """Put a page of runs on the board."""
        if arrived.query is not self.query_shown:
            return
        if not arrived.first:
            self.lists.loading.discard(arrived.source)
            if arrived.cursor != self.board.reach(arrived.source).next:
                return  # the newest page has begun anew meanwhile: this one lies behind a hole
        reach = arrived.reach(self.clock.now())
        page = arrived.page.items
        self.board = self.board.arrived(arrived.source, page, reach, first=arrived.first)

    @on(RunsChanged)
    def take_changes(self, changed: RunsChanged) -> None:
        """Put runs as they are told now on the board."""
        board = self.board.merge(changed.runs)
        now = self.clock.now()
        for name in {run.source for run in changed.runs}:
            board = board.reached(name, replace(board.reach(name), read_at=now))
        self.board = board

    @on(RunVanished)
    def take_away(self, vanished: RunVanished) -> None:
        """Take a run that is no longer there from the board."""
        self.board = self.board.without(vanished.key)

    def going_on(self, source: str) -> Sequence[Run]:
        """Give the runs of a source that go on and would be shown."""
        shown = self.query_shown.predicate(self.clock.now())
        return [run for run in self.board.going_on(source) if shown(run)]

    @on(SourceFailed)
    def mark_source(self, failed: SourceFailed) -> None:
        """Keep the rows of a source that failed, and say so."""
        note_failure(failed.source, failed.error)
        if failed.query is not self.query_shown:
            return
        self.lists.loading.discard(failed.source)
        reach = self.board.reach(failed.source)
        self.board = self.board.reached(failed.source, replace(reach, error=failed.error))

    def _load_ahead(self) -> None:
        """Fetch what will be seen next."""
        seen = self.table.seen
        needed = (seen.stop if len(seen) else 0) + self.table.page_height
        self.lists.load_ahead(self.board, self._complete(), needed)

    @on(Worker.StateChanged)
    def tell_defect(self, changed: Worker.StateChanged) -> None:
        """Say that something failed that never should; what is shown stays."""
        error = changed.worker.error
        if changed.state is WorkerState.ERROR and error is not None:
            note_defect(error)
            self.flash(
                f"A defect of runs-tui: {type(error).__name__}. The rest goes on; r tries again"
            )

    # The board on the screen

    def watch_board(self) -> None:
        """Show the board as it is now."""
        if self._ready:
            self._show_board()

    def watch_query_shown(self) -> None:
        """Ask for the runs of another query; what is known of them shows at once."""
        self._ask_all()
        self.refresh_bindings()

    def _show_board(self) -> None:
        now = self.clock.now()
        shown = (self.board.runs, self.query_shown)
        if shown[0] is not self._shown[0] or shown[1] is not self._shown[1]:
            same = shown[1] is self._shown[1]
            self._shown = shown
            self._show_rows(self.query_shown, now)
            self._follow_cursor(stays=same)
        self._mark_horizon()
        self._tell(now)
        self._load_ahead()

    def _show_rows(self, query: Query, now: datetime) -> None:
        rows = in_order(self._matching(query, now), query.sort, now)
        self._begin_at_top(query, now)
        if len(rows) != len(self.table.rows):
            self.lists.go_on()
        self._counts = told.counts(rows)
        self.table.now = now
        self.table.set_rows(rows, top=self.at_top)
        self.at_top = self.at_top and not self._all_answered
        self.returning.find_cursor()

    def _begin_at_top(self, query: Query, now: datetime) -> None:
        """Let other runs begin with the newest, unless the one under the cursor is among them."""
        if query.terms == self._terms:
            return
        self._terms = query.terms
        row = self.table.row
        self.at_top = self.at_top or row is None or not query.predicate(now)(row)

    @property
    def _all_answered(self) -> bool:
        """Whether every source has told its newest runs for this query, or why it cannot."""
        reaches = self.board.reaches.values()
        return all(reach.next or reach.exhausted or reach.error for reach in reaches)

    def _matching(self, query: Query, now: datetime) -> Sequence[Run]:
        """Give the runs that match; while a filter is typed only those that did are looked at."""
        runs, before, found = self._found
        if runs is not self.board.runs or query.moves or not query.narrows(before):
            found = self.board.runs
        holds = query.predicate(now)
        found = [run for run in found if holds(run)]
        self._found = (self.board.runs, query, found)
        return found

    def _mark_horizon(self) -> None:
        complete = self._complete()
        self.table.rule_after = complete - 1 if 0 < complete < len(self.table.rows) else None

    def _complete(self) -> int:
        """Count the rows above the horizon; in another order than that of time there is none."""
        rows = self.table.rows
        return self.board.complete(rows) if self.query_shown.sort is None else len(rows)

    def _tell(self, now: datetime) -> None:
        self._tell_sources(now)
        self._tell_views()
        if not self.filter_bar.has_class("-editing"):
            where = told.where(self.query_shown, self.board, self.lacks)
            self.filter_bar.show_query(self.query_shown, where)
        self.tell_position()
        why = "" if self.table.rows else told.why_empty(self.query_shown, self.board)
        if why != self._why_empty:
            self._why_empty = why
            self.set_class(bool(why), "-empty")
            self.empty.update(why)
            if not why and self.focused is None:
                self.call_after_refresh(self.table.focus)

    def _tell_sources(self, now: datetime) -> None:
        room = self.size.width - width_of(self._counts) - 1
        left = told.sources(
            self.sources, self.board, self.query_shown, now, demo=self.demo, width=room
        )
        self.strip.show((left, self._counts))

    def _tell_views(self) -> None:
        tabs = self.view_tabs
        self.set_class(len(tabs.views) > 1, "-viewed")
        if len(tabs.views) > 1:
            tabs.count(self.query_shown, self.board, self.clock.now())
            parts = tabs.parts(self.query_shown, self.columns, self.vigil.views)
            self.tabs_line.show((parts, ()))

    def tell_position(self) -> None:
        """Show the message that stands, else which rows are seen."""
        if self._flash or self.has_class("-open"):
            super().tell_position()
        else:
            rows, seen, new = self.table.rows, self.table.seen, self.table.count_new()
            now = self.clock.now()
            left, right = told.position(rows, seen, new, self.query_shown, self.board, now)
            self.position.show(([*told.marks(self.table), *left], right))

    def tick(self) -> None:
        """Let a second pass on the screen; after a longer pause, of the machine too, catch up."""
        now = self.clock.now()
        if (now - self._ticked).total_seconds() > PAUSE:
            self.action_refresh_now()
        self._ticked = now
        if self.query_shown.moves and now.second % TIMELY == 0:
            self._show_rows(self.query_shown, now)
            self._follow_cursor(stays=True)
        self.table.tick(now)
        self.look_at_awaited()
        self._tell_sources(now)
        self._tell_views()
        self.expect_anew()
        self.pane.tick(now)
        self.explaining.explain()
        self.kindred.tick()

    def _look(self, looking: bool) -> None:
        """Read less often while nobody looks at the terminal."""
        self.lists.look(looking=looking)

    @on(VirtualTable.EndReached, "#runs")
    def look_further(self) -> None:
        """Read on where somebody goes on beyond the last row."""
        self.lists.go_on()
        self._load_ahead()

    @on(VirtualTable.Scrolled, "#runs")
    def rows_seen(self) -> None:
        """Tell the position, and load what will be seen next."""
        self.tell_position()
        self._load_ahead()

    # The run under the cursor

    @on(VirtualTable.Highlighted, "#runs")
    def cursor_moved(self, highlighted: VirtualTable.Highlighted) -> None:
        """Show the run that the cursor stands on now."""
        if highlighted.moved:
            self.was_read()
            self.lists.go_on()
            if self.table.cursor:  # it is put on the first row by itself
                self.returning.give_up()
                self.at_top = False
            row = self.table.row
            self._pinned = self._pinned and row is not None and row.key == self._open_key
        self._follow_cursor(stays=not highlighted.moved)

    def _follow_cursor(self, *, stays: bool = False) -> None:
        """Show the run under the cursor, unless another was opened by an action or on its own.

        `stays` keeps the open run before somebody who reads it, though it has left the rows.
        """
        run = self.table.row
        under = run is not None and run.key == self._open_key
        read = stays and self.board.get(self._open_key) and self.pane.has_focus_within
        kept = self._pinned or bool(read)
        self.table.mark_cursor(not kept or under)
        if kept or self.has_class("-open") or under:
            self.pane.show_run(self.board.get(self._open_key), self.clock.now())
            self.read_on()
        else:
            self.open_run(run)

    @on(DescendantFocus, "#runs")
    def board_focused(self) -> None:
        """Show the run under the cursor to somebody who comes back to the board."""
        self._follow_cursor()

    @on(VirtualTable.Chosen, "#runs")
    def zoom_in(self) -> None:
        """Show the run on the whole screen."""
        self.returning.give_up()
        if self.chosen is not None:
            before = self.place
            self._zoom()
            self._left(before)

    def _zoom(self) -> None:
        self.add_class("-open")
        self.pane.main_table().focus()
        self.tell_position()
        self.refresh_bindings()

    @on(VirtualTable.Chosen, "#why")
    def go_on_from_why(self) -> None:
        """Go to what the row of the answer is about."""
        row = self.pane.why_table.row
        if row is not None and row.target is not None:
            go(self, row.target)

    # The filter

    @property
    def known(self) -> Known:
        """Give the values that a filter can name."""
        from runs_tui.screens import going

        sources = {name: source.api for name, source in self.sources.items()}
        return replace(Known.of(self.board.runs, sources), fields=going.fields(self.lacks))

    def action_filter(self) -> None:
        """Edit the filter."""
        self.returning.give_up()
        self._before = self.place
        text = str(self.query_shown)
        self.filter_bar.edit(f"{text} " if text else "", self.known)
        self.refresh_bindings()

    def _typed(self) -> Query:
        """Give the query as it is typed; raise FilterError."""
        return replace(self._before.query, terms=parse(self.filter_bar.input.value))

    @on(TypingLine.Typed)
    def filter_typed(self) -> None:
        """Apply the filter while it is typed, as soon as its last word is finished."""
        if not self.filter_bar.has_class("-editing"):
            return
        completion = self.filter_bar.completion
        try:
            query = self._typed()
        except FilterError as error:
            self.filter_bar.show_error(None if completion.excuses(error) else error)
            return
        self.filter_bar.show_error(None)
        if not completion.growing:
            self.apply_soon(query)

    @work(group="typing", exclusive=True, exit_on_error=False)
    async def apply_soon(self, query: Query) -> None:
        """Apply a query here at once, and on the servers when the typing rests."""
        self._show_rows(query, self.clock.now())
        await asyncio.sleep(0.3)
        if self.app.is_running:
            self.apply(query)

    def apply(self, query: Query) -> None:
        """Ask for the runs of a query."""
        if query != self.query_shown:
            self.query_shown = query

    @on(Input.Submitted, "#filter-input")
    def keep_filter(self) -> None:
        """Keep the filter as it is typed, or stay where it is wrong."""
        try:
            query = self._typed()
        except FilterError as error:
            self.filter_bar.show_error(error)
            return
        self.remove_class("-open")
        if query != self._before.query:
            self._pinned = False
        self._leave_filter(query)
        self._follow_cursor()
        if query != self._before.query or self._before.zoomed:
            self._left(self._before)

    def _leave_filter(self, query: Query) -> None:
        self.workers.cancel_group(self, "typing")
        self.filter_bar.leave()
        self.apply(query)
        self.set_focus(self.pane.main_table() if self.has_class("-open") else self.table)
        self._show_rows(query, self.clock.now())
        self._show_board()

    def action_quick(self) -> None:
        """Go round: all, active, failed."""
        terms = self.query_shown.terms
        now = next((i for i, quick in enumerate(_QUICK) if quick.terms == terms), 0)
        self.show_query(replace(self.query_shown, terms=_QUICK[(now + 1) % len(_QUICK)].terms))

    # Places

    @property
    def place(self) -> Place:
        """Give what is looked at now."""
        zoomed = self.has_class("-open")
        return Place(self.query_shown, self.columns, self._open_key, zoomed)

    def _left(self, place: Place) -> None:
        """Remember a place that was left, for going back to it."""
        if place != self.place:
            self._places = self._places.leave(place)

    def show_query(self, query: Query, columns: tuple[str, ...] | None = None) -> None:
        """Show the runs of another query, as a place that `-` comes back from."""
        self.returning.give_up()
        before = self.place
        if self.has_class("-open"):
            self._unzoom()
        self._pinned = False
        self._arrange(query, self.columns if columns is None else columns)
        self._left(before)

    def _arrange(self, query: Query, columns: tuple[str, ...]) -> None:
        """Ask for a query, and show its runs in these columns."""
        self.columns = columns
        self.at_top = self.at_top or query.sort != self.query_shown.sort
        self.apply(query)
        self.table.show_columns(columns, query.sort)
        self._show_board()

    def go_to_run(self, run: Run) -> None:
        """Show a run in the pane, though the filter may leave it out."""
        before = self.place
        self.board = self.board.put(run)
        self._stand_on(run)
        self.remove_class("-paneless")
        if not self.pane.display:
            self._zoom()
        self._left(before)

    @on(VirtualTable.Chosen, "#attempts")
    def go_to_relative(self) -> None:
        """Show the run under the cursor of the attempts."""
        row, shown = self.pane.attempts_table.row, self.chosen
        if row is None or shown is None:
            return
        if row.here:
            self.flash("This run is the one that is shown")
        else:
            self.go_to_key(RunKey(shown.source, row.id), row.run)

    def go_to_key(self, key: RunKey, told: Run | None = None) -> None:
        """Show the run of a key as it is known, or told, or else asked of its source."""
        run = self.board.get(key) or told
        self.look_for(str(key)) if run is None else self.go_to_run(run)

    def _stand_on(self, run: Run) -> None:
        self.table.select(run.key)
        self._pinned = True
        self.open_run(run)

    def action_last_place(self) -> None:
        """Go back to the place before this one."""
        before = self.place
        last = self._places.last(before)
        if last is None:
            self.flash("There is no place before this one")
            return
        self._unzoom()
        self._arrange(last.query, last.columns)
        run = self.board.get(last.run)
        if run is not None:
            self._stand_on(run)
            if last.zoomed:
                self._zoom()
        self._left(before)

    # The line that goes anywhere

    def action_command_line(self) -> None:
        """Ask where to go, and go there."""
        from runs_tui.screens import going
        from runs_tui.screens.commands import commands_of

        self.returning.give_up()
        self._commands = {command.id: command for command in commands_of(self)}
        offered = going.targets(self.view_tabs.views, self.known, list(self._commands.values()))
        self.add_class("-going")
        self.command_line.open(offered, self.board.runs, list(self.sources))
        self.refresh_bindings()

    @on(CommandLine.Closed)
    def go(self, closed: CommandLine.Closed) -> None:
        """Go to what was chosen."""
        from runs_tui.screens import going

        self.remove_class("-going")
        self.refresh_bindings()
        if closed.target is not None:
            going.go(self, closed.target, self._commands)

    @work(group="looking", exclusive=True, exit_on_error=False)
    async def look_for(self, wanted: str) -> None:
        """Ask the sources for a run, and show it once one of them tells it."""
        from runs_tui.screens.finding import look_for

        await look_for(self, wanted)

    # Views

    def action_view(self, number: int) -> None:
        """Show the saved view of a digit."""
        view = self.view_tabs.at(number)
        if view is not None:
            self.show_view(view)
        else:
            self.flash("There is no saved view yet: b keeps what is shown as one")

    def show_view(self, view: View) -> None:
        """Show the runs of a view, in its order and its columns."""
        self.at_top = True
        self.show_query(replace(view.query, limit=PAGE), view.columns)
        self.table.focus()

    def action_keep_view(self) -> None:
        """Keep what is shown as a view."""
        self.name_view()

    @work(group="picking", exclusive=True, exit_on_error=False)
    async def name_view(self) -> None:
        """Ask for a name, and keep what is shown as the view of that name."""
        from runs_tui.screens.naming import NameScreen

        names = [view.name for view in self.view_tabs.views[1:]]
        shown = next((v.name for v in self.view_tabs.views if self._shows(v)), "")
        name = await self.app.push_screen_wait(
            NameScreen(names, shown if shown != ALL.name else "")
        )
        if name is None:
            return
        query = Query(self.query_shown.terms, self.query_shown.sort)
        view = View(name=name, query=query, columns=self.columns)
        number = self.view_tabs.keep(view)
        told = "for as long as this program runs"
        if self._keep_view is not None and not self.demo:
            told = await asyncio.to_thread(self._keep_view, view)
        self.flash(f"View {number}, {name}, is kept {told}")
        self._tell_views()

    def action_themes(self) -> None:
        """Choose the theme."""
        self.choose_theme()

    @work(group="picking", exclusive=True, exit_on_error=False)
    async def choose_theme(self) -> None:
        """Ask for a theme, and keep it."""
        name = await self.app.push_screen_wait(ThemeScreen(self.app.theme))
        if name is None:
            return
        told = "for as long as this program runs"
        if self._keep_theme is not None:
            told = await asyncio.to_thread(self._keep_theme, name)
        self.flash(f"The theme {name} is kept {told}")

    def _shows(self, view: View) -> bool:
        return view.shows(self.query_shown, self.columns)

    # Sources

    @property
    def lacks(self) -> Mapping[str, frozenset[Field]]:
        """Give the fields that each source never tells."""
        return {name: source.lacks for name, source in self.sources.items()}

    @property
    def _colors(self) -> Mapping[str, str | None]:
        return {name: source.connection.color for name, source in self.sources.items()}

    def action_add_source(self) -> None:
        """Describe a source, and open it."""
        if self._adding is None:
            self.flash("No source can be added here")
        else:
            self.add_source(self._adding)

    @work(group="picking", exclusive=True, exit_on_error=False)
    async def add_source(self, adding: "AddsSources") -> None:
        """Ask for a source, and have it opened."""
        from runs_tui.screens.adding import ask_and_add

        await ask_and_add(self, adding)

    @work(group="opening", exit_on_error=False)
    async def open_source(self, adding: "AddsSources", source: SourceSettings) -> None:
        """Keep a source and open it, however long its credential takes."""
        from runs_tui.screens.adding import keep_and_open

        await keep_and_open(self, adding, source)

    async def put_source(self, source: Source) -> None:
        """Open a source, in the place of the one of its name; the first one ends the demo."""
        gone = [old for name, old in self.sources.items() if self.demo or name == source.name]
        for group in (GROUP, FOLLOWS, "looking"):
            self.workers.cancel_group(self, group)
        if self._is_open(gone):
            self.workers.cancel_group(self, "run")
            self.workers.cancel_group(self, "kin")
        self.call_later(self._install, source, gone)  # behind all that the old ones told
        for old in gone:
            await old.close()

    def _install(self, source: Source, gone: Sequence[Source]) -> None:
        board = self.board
        for old in gone:
            board = board.without_source(old.name)
            self.opened.forget_source(old.name)
            self.kindred.forget_source(old.name)
            self.vigil.forget_source(old.name)
            if old.name != source.name:
                del self.sources[old.name]
        self.demo = False
        self.sources[source.name] = source
        self.table.show_sources(self._colors)
        self.pane.source_colors = self._colors
        if self._is_open(gone):
            self._pinned, self._open_key = False, None
            self.remove_class("-open")
        self.set_reactive(RunsScreen.query_shown, replace(self.query_shown))
        self.board = board
        self._read_all()
        self._show_board()

    def _is_open(self, sources: Sequence[Source]) -> bool:
        return self._open_key is not None and self._open_key.source in {s.name for s in sources}

    # Order and columns

    def action_sort(self) -> None:
        """Choose what the runs are ordered by."""
        self.choose_sort()

    @work(group="picking", exclusive=True, exit_on_error=False)
    async def choose_sort(self) -> None:
        """Ask for an order, and show the runs in it."""
        from runs_tui.screens.pickers import NEWEST, SortScreen, offered

        names = offered(self._detail_fields())
        sort = await self.app.push_screen_wait(SortScreen(names, self.query_shown.sort))
        if sort is not None:
            self.show_query(replace(self.query_shown, sort=None if sort == NEWEST else sort))

    def action_columns(self) -> None:
        """Choose the columns."""
        self.choose_columns()

    @work(group="picking", exclusive=True, exit_on_error=False)
    async def choose_columns(self) -> None:
        """Ask for the columns, and show them."""
        from runs_tui.screens.pickers import ColumnsScreen, offered

        names, table = offered(self._detail_fields()), self.table
        left_out = {name for name in table.shown if not table.width_of(name)}
        picker = ColumnsScreen(table.shown, names, table.usual, left_out)
        columns = await self.app.push_screen_wait(picker)
        if columns is not None:
            chosen = () if tuple(columns) == table.usual else tuple(columns)
            self._arrange(self.query_shown, chosen)

    def _detail_fields(self) -> Sequence[str]:
        """Give the fields of their own that the APIs of the runs shown tell."""
        return sorted({name for run in self.table.rows[:LOOKED_THROUGH] for name in run.details})

    # Going about

    def action_next_pane(self) -> None:
        """Move the focus to the next pane."""
        self.focus_next("#runs, RunPane VirtualTable")

    def action_previous_pane(self) -> None:
        """Move the focus to the previous pane."""
        self.focus_previous("#runs, RunPane VirtualTable")

    def action_toggle_pane(self) -> None:
        """Show the run pane, or hide it."""
        if not self.has_class("-open"):
            self.toggle_class("-paneless")
            self.table.focus()

    def action_zoom(self) -> None:
        """Show the run on the whole screen, or beside the board again."""
        if self.has_class("-open"):
            self._zoom_out()
        else:
            self.zoom_in()

    def _zoom_out(self) -> None:
        before = self.place
        self._unzoom()
        self._left(before)

    def _unzoom(self) -> None:
        self.remove_class("-open")
        self.table.focus()
        self._follow_cursor()
        self.tell_position()
        self.refresh_bindings()

    def action_back(self) -> None:
        """Peel one layer, the filter being the last."""
        peel = self._layer() or self._clear_filter
        peel()

    def action_back_or_quit(self) -> None:
        """Peel one layer, or leave."""
        peel = self._layer() or self.app.exit
        peel()

    def _layer(self) -> Callable[[], object] | None:
        """Give what takes away the uppermost layer over the board; None at the board itself."""
        pane = self.pane
        narrows = pane.feed_table.uppermost() if pane.display and pane.feed_table.display else None
        searched = pane.searchable
        if self.has_class("-going"):
            return self.command_line.action_close
        if self.filter_bar.has_class("-editing"):
            return lambda: self._leave_filter(self._before.query)
        if self.pane.has_class("-finding"):
            return self._leave_search
        if narrows is not None:
            return narrows
        if pane.display and searched.words:
            return lambda: searched.search("")
        if self.has_class("-open"):
            return self._zoom_out
        if self.pane.has_focus_within:
            return lambda: self.table.focus()
        if self.table.ranging:
            return self.table.leave_range
        if self.table.marks:
            return lambda: self.table.set_marks(())
        return None

    def _clear_filter(self) -> None:
        self.show_query(replace(self.query_shown, terms=()))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave out of footer, palette and help what means nothing here."""
        if not self._ready:
            return True
        if action in ("filter", "command_line"):
            return not (self.filter_bar.has_class("-editing") or self.has_class("-going"))
        if action == "view":
            return int(str(parameters[0])) < max(len(self.view_tabs.views), 2)
        if action == "tab" and parameters == ("why",):
            return self.pane.tab != "why" and has_failed(self.chosen, self.pane.plan)
        if action == "back":
            return self._layer() is not None or bool(self.query_shown.terms)
        return True

    @property
    def out_of_sight(self) -> frozenset[str]:
        """Give what is done to the board, while the run has the whole screen."""
        return frozenset({"filter", "quick"}) if self.has_class("-open") else frozenset()

    def action_refresh_now(self) -> None:
        """Read the lists and the open run again now."""
        self.lists.go_on()
        self.lists.hurry()
        if self.chosen is not None:
            self._read_open(self.chosen)
            self.kindred.turn_up(anew=True)

    def action_help(self) -> None:
        """Show the keys."""
        from runs_tui.screens.help import HelpScreen, rows_of

        about = "Keys that work here. No lower-case key ever changes anything on a server."
        self.app.push_screen(HelpScreen(list(rows_of(self)), about))

    # One run

    def doing(self, key: RunKey, what: str | None) -> None:
        """Mark a run with what is being done to it; None ends the mark."""
        super().doing(key, what)
        self.table.pending = self.pending
        self.table.refresh_changed()

    def acted(self, run: Run, told_of_it: str, *, anew: bool, origin: RunKey | None = None) -> None:
        """Show a run as the server told it after an action, and have its list read again."""
        self.lists.hurry(run.source)
        if origin is None or origin == self._open_key:
            self.table.select(run.key)
            self._pinned = True
        super().acted(run, told_of_it, anew=anew, origin=origin)

    @property
    def acted_on(self) -> Sequence[Run]:
        """Give the runs that are marked, in the order of the board; else the open one.

        Of a run on the whole screen it is that one: no mark is in sight.
        """
        return (not self.has_class("-open") and self.marked) or super().acted_on

    @property
    def marks(self) -> frozenset[RunKey]:
        """Give the keys of the runs that are marked."""
        return frozenset(key for key in self.table.marks if isinstance(key, RunKey))

    @property
    def marked(self) -> Sequence[Run]:
        """Give the runs that are marked and still known."""
        marks = self.table.marks
        return [run for run in self.board.runs if run.key in marks] if marks else []

    @on(MarkedTable.MarksChanged)
    def tell_marks(self) -> None:
        """Say how many are marked, and which keys work now."""
        self.tell_position()
        self.refresh_bindings()

    def acted_on_many(self, ledger: "Ledger") -> None:
        """Say what became of several runs; those that it was not done to stay marked."""
        super().acted_on_many(ledger)
        self.table.set_marks(run.key for run in ledger.failed)
        for name in {run.source for run in ledger.runs}:
            self.lists.hurry(name)

    # What is waited for

    def action_await_run(self) -> None:
        """Tell when the run under the cursor ends, or no longer."""
        run = self.chosen
        if run is None or not run.active:
            self.flash(
                f"Nothing to wait for: it is {looks.word(run)}" if run else "There is no run"
            )
            return
        waits = self.vigil.turn_run(run)
        told = "You will be told when" if waits else "You will not be told when"
        self.flash(f"{told} {run.workflow} {run.key} ends")
        self._await()

    def action_await_view(self) -> None:
        """Tell when the view that is shown gains a run, or no longer."""
        view = next((view for view in self.view_tabs.views if self._shows(view)), None)
        if view is None:
            view = View(name=str(self.query_shown) or ALL.name, query=self.query_shown)
        waits = self.vigil.turn_view(view)
        told = "You will be told when" if waits else "You will not be told when"
        self.flash(f"{told} {view.name} gains a run")
        self._tell_views()
        self._await()

    def _await(self) -> None:
        self.table.await_runs(set(self.vigil.runs))
        self.keep_vigil()

    @work(group="vigil", exclusive=True, exit_on_error=False)
    async def keep_vigil(self) -> None:
        """Read what is waited for until nothing is."""
        await self.vigil.keep(self._pace.busy * 2)

    def look_at_awaited(self) -> None:
        """Tell of the runs that were waited for and have ended."""
        self.vigil.look()
        if len(self.vigil.runs) != len(self.table.awaited):
            self.table.await_runs(set(self.vigil.runs))

    @work(group="commands", exit_on_error=False)
    async def run_told_command(self, command: Sequence[str], told: Mapping[str, str]) -> None:
        """Run the command of a person that is told what happened."""
        failed = await run_command(command, told)
        if failed is not None:
            self.flash(failed)
