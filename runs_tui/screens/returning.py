"""Coming back to where a person was when the program ended."""

from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from runs_tui.model.errors import SourceError
from runs_tui.model.grammar import FilterError
from runs_tui.model.purpose import asking
from runs_tui.model.query import Query
from runs_tui.model.remembered import Pane, Remembered
from runs_tui.model.run import RunKey
from runs_tui.screens.reading import RunsChanged
from runs_tui.widgets.run_pane import TABS

if TYPE_CHECKING:
    from runs_tui.screens.runs import RunsScreen


class Return:
    """Leads a screen back to where it was, the run under the cursor when it has been read."""

    def __init__(self, screen: "RunsScreen", where: Remembered) -> None:
        """Lead a screen that has not read anything yet."""
        self._screen = screen
        self._where = where
        self._cursor = where.cursor
        self._asked = False

    def query(self, limit: int) -> tuple[Query, tuple[str, ...]]:
        """Give the query and the columns: of the view as it is now, else as they were."""
        where, tabs = self._where, self._screen.view_tabs
        view = next((view for view in tabs.views if view.name == where.view), None)
        if view is not None:
            return replace(view.query, limit=limit), view.columns
        try:
            query = Query.parse(where.filter, limit=limit)
        except FilterError:
            query = Query(limit=limit)
        return replace(query, sort=where.sort), where.columns

    def show_pane(self) -> None:
        """Turn up the tab that was, hide the pane if it was, and mark what was marked."""
        pane = self._where.pane
        if pane.tab in TABS:
            self._screen.pane.choose_tab(pane.tab)
        self._screen.set_class(pane.hidden, "-paneless")
        self._screen.table.set_marks(self._where.marks)

    def find_cursor(self) -> None:
        """Put the cursor on the run it was on, once that is there.

        Where no list has brought it when all were read, its source is asked for it, once.
        """
        screen, key = self._screen, self._cursor
        if key is None:
            return
        reaches = screen.board.reaches.values()
        if screen.table.select(key):
            self._cursor = None
            screen.at_top = False
            if self._where.pane.zoomed:
                screen.open_run(screen.table.row)
                screen.zoom_in()
        elif all(reach.read_at or reach.error or reach.exhausted for reach in reaches):
            self._ask(key)

    def _ask(self, key: RunKey) -> None:
        if not self._asked and key.source in self._screen.sources:
            self._asked = True
            self._screen.read_list(partial(self._read, key))

    async def _read(self, key: RunKey) -> None:
        screen = self._screen
        with suppress(SourceError):
            with asking("show", key.id):
                run = await screen.sources[key.source].run(key.id)
            if self._cursor == key and screen.query_shown.predicate(screen.clock.now())(run):
                screen.post_message(RunsChanged([run]))
                return
        self.give_up()

    @property
    def pending(self) -> Remembered | None:
        """Give what was remembered, while the run under the cursor is not there yet."""
        return self._where if self._cursor is not None else None

    def give_up(self) -> None:
        """Leave the cursor and the screen as a person has them now."""
        self._cursor = None


def where_now(screen: "RunsScreen") -> Remembered:
    """Give what should be remembered of a screen."""
    query, columns = screen.query_shown, screen.columns
    views = screen.view_tabs.views
    view = next((view.name for view in views if view.shows(query, columns)), None)
    row = screen.table.row
    pending = screen.returning.pending
    zoomed = pending.pane.zoomed if pending else screen.has_class("-open")
    return Remembered(
        view=view,
        filter=str(query),
        sort=query.sort,
        columns=columns,
        marks=tuple(sorted(screen.marks)),
        cursor=pending.cursor if pending else row.key if row else None,
        pane=Pane(
            tab=screen.pane.chosen_tab,
            hidden=screen.has_class("-paneless"),
            zoomed=zoomed,
        ),
    )
