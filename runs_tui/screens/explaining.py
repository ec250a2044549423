"""Showing why the open run failed, from what is known now, and going on from there."""

from dataclasses import replace
from operator import is_not
from typing import TYPE_CHECKING

from runs_tui.model.why import Why, why
from runs_tui.widgets.why_row import Target, ToEvents, ToLine, ToRun, ToRuns, ToStep

if TYPE_CHECKING:
    from runs_tui.model.feed import Feed
    from runs_tui.screens.one_run import OneRun
    from runs_tui.screens.runs import RunsScreen


class Explaining:
    """Keeps the tab of the failure in step with the run, its plan, its feed and the board."""

    def __init__(self, screen: "OneRun") -> None:
        """Explain the run that a screen shows."""
        self._screen = screen
        self._told: Why | None = None
        self._from: tuple[object, ...] = ()
        self._read = (0, 0)

    def explain(self) -> None:
        """Show why the run failed, where that is looked at; what is known already is kept."""
        screen, pane = self._screen, self._screen.pane
        run, feed, now = pane.shown, pane.feed_table.feed, screen.clock.now()
        if run is None or pane.tab != "why":
            return
        told, known, read = self._told, (run, pane.plan, screen.board.runs), _amount(feed)
        if told is None or any(map(is_not, known, self._from)):
            told = why(run, pane.plan, feed, screen.board.runs, now)
        elif read != self._read:
            told = told.with_events(feed)
        self._told, self._from, self._read = told, known, read
        pane.why_table.show_why(told, now, complete=feed.complete, trouble=pane.feed_table.trouble)

    def take_in(self) -> None:
        """Show the first lines as they come; later ones with the next second."""
        if self._told is not None and not self._told.excerpt.lines:
            self.explain()


def _amount(feed: "Feed") -> tuple[int, int]:
    return len(feed), feed.dropped


def go(screen: "RunsScreen", target: Target) -> None:
    """Go to what a row of an answer is about."""
    pane = screen.pane
    match target:
        case ToStep(key):
            screen.action_tab("steps")
            pane.plan_table.go_to(key)
        case ToLine(number):
            screen.action_tab("events")
            pane.feed_table.show_line(number)
        case ToEvents(step):
            screen.action_tab("events")
            pane.feed_table.only_step(step)
        case ToRuns(query):
            screen.show_query(replace(screen.query_shown, terms=query.terms))
            screen.table.focus()
        case ToRun(key):
            run = screen.board.get(key)
            screen.look_for(str(key)) if run is None else screen.go_to_run(run)
