"""The saved views as tabs, each with how many runs it has."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter

from runs_tui import looks
from runs_tui.model.board import Board
from runs_tui.model.query import Query
from runs_tui.model.run import Run
from runs_tui.model.view import View
from runs_tui.widgets.parts_line import Parts
from runs_tui.widgets.run_table import BELL

SHARE = 20
"""Counting takes at most one second in so many."""
LEAST = 5.0
"""The least seconds between two counts where the passing of time alone changes them."""
ALL = View(name="all")
"""The view of all runs, which is always there."""


@dataclass
class ViewTabs:
    """The views and the latest count of each; `all` stands before them."""

    views: list[View]
    _counts: list[int] = field(default_factory=list)
    _counted: Sequence[Run] | None = None
    _whole: set[str] = field(default_factory=set)
    """The views that had nothing left to load when something was asked that held all of them."""
    _again: float = 0.0

    def __post_init__(self) -> None:
        """Put `all` before the others."""
        self.views = [ALL, *self.views]

    def at(self, number: int) -> View | None:
        """Give the view of a digit; 0 is `all`."""
        return self.views[number] if number < len(self.views) else None

    def named(self, name: str) -> View:
        """Give the view of a name."""
        return next(view for view in self.views if view.name == name)

    def keep(self, view: View) -> int:
        """Add a view, or put it in the place of the one of this name, and give its number."""
        names = [kept.name for kept in self.views]
        self._whole.discard(view.name)
        self._counts, self._counted, self._again = [], None, 0.0
        if view.name not in names:
            self.views.append(view)
            return len(self.views) - 1
        number = names.index(view.name)
        self.views[number] = view
        return number

    def count(self, query: Query, board: Board, now: datetime) -> None:
        """Count the runs of each view, unless none has changed or it was too short a time ago."""
        begun = perf_counter()
        whole = self._loaded_whole(query, board)
        moves = any(view.query.moves for view in self.views)
        soon = begun < self._again or (board.runs is self._counted and not moves)
        if soon and whole == self._whole:
            return
        self._whole = whole
        self._counts = [len(board.matching(view.query.predicate(now))) for view in self.views]
        self._counted = board.runs
        self._again = begun + max(SHARE * (perf_counter() - begun), LEAST if moves else 0.0)

    def parts(self, query: Query, columns: tuple[str, ...], awaited: Collection[str]) -> Parts:
        """Give the tabs as a line; the one that is shown is marked, and those that are awaited."""
        parts: list[tuple[str, str]] = []
        for number, view in enumerate(self.views):
            shown = view.shows(query, columns)
            more = "" if view.name in self._whole else "+"
            count = f" {looks.count(self._counts[number])}{more}" if self._counts else ""
            key = f"{number} " if number < 10 else ""
            parts.append((f" {'▸' if shown else ' '}{key}", "table--dim"))
            parts.append((view.name, "table--accent" if shown else ""))
            parts.append((f" {BELL}" if view.name in awaited else "", "table--accent"))
            parts.append((count, "table--dim"))
        return parts

    def _loaded_whole(self, query: Query, board: Board) -> set[str]:
        """Give the views that are loaded whole; of those beyond the query nothing is new."""
        whole = set(self._whole)
        for view in self.views:
            asked = view.query
            if not asked.narrows(query):
                continue
            reaches = [each for name, each in board.reaches.items() if asked.admits_source(name)]
            if any(reach.next for reach in reaches):
                whole.discard(view.name)
            elif all(reach.exhausted for reach in reaches):
                whole.add(view.name)
        return whole
