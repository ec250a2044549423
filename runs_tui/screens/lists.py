"""The readers of all sources' lists, for one query at a time."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from runs_tui.adapters.base import Follows, Source
from runs_tui.model.board import Board
from runs_tui.model.query import Query
from runs_tui.screens.following import Follower
from runs_tui.screens.reading import Attention, ListReader, Pace

if TYPE_CHECKING:
    from runs_tui.screens.runs import RunsScreen

BARREN_PAGES = 10
"""How many pages in a row may bring nothing to see before a person must ask for more."""
GROUP = "lists"


class Lists:
    """Starts the reading of lists on a screen, anew for each query."""

    def __init__(self, screen: "RunsScreen", sources: Mapping[str, Source], pace: Pace) -> None:
        """Read some sources in workers of a screen."""
        self._screen = screen
        self._sources = sources
        self._pace = pace
        self._readers: dict[str, ListReader] = {}
        self._barren = 0
        self._attention = Attention()
        self.loading: set[str] = set()
        """The sources whose next page is under way."""

    def ask(self, query: Query, board: Board) -> Board:
        """Ask every source that can have such runs; give the board as it stands before answers."""
        self._screen.workers.cancel_group(self._screen, GROUP)
        self._readers.clear()
        self.loading.clear()
        self._barren = 0
        board = board.asked_anew()
        for name, source in self._sources.items():
            asked = query.admits_source(name)
            board = board.reached(name, replace(board.reach(name), exhausted=not asked))
            if asked:
                self._begin(source, query)
        return board

    def _begin(self, source: Source, query: Query) -> None:
        reader = ListReader(
            source,
            query,
            self._pace,
            self._screen.post_message,
            attention=self._attention,
            going_on=lambda: self._screen.going_on(source.name),
        )
        self._readers[source.name] = reader
        self._screen.read_list(reader.read)

    def followers(self) -> Iterator[Follower]:
        """Give what follows each source that pushes its changes."""
        post, attention = self._screen.post_message, self._attention
        for source in self._sources.values():
            if isinstance(source, Follows):
                yield Follower(source, self._pace, post, attention, self.hurry)

    def look(self, *, looking: bool) -> None:
        """Read less often while nobody looks, and catch up when somebody does again."""
        if looking and not self._attention.looking:
            self.hurry()
        self._attention.looking = looking

    def load_ahead(self, board: Board, complete: int, needed: int) -> None:
        """Fetch the next page of the source that holds the list back, where it will be needed.

        `complete` rows are shown above the horizon, `needed` of them are seen or soon will be.
        """
        name = board.holding_back
        if name is None or complete >= needed or self._barren >= BARREN_PAGES:
            return
        reach = board.reach(name)
        if name not in self._readers or name in self.loading or reach.error or not reach.next:
            return
        self._barren += 1
        self.loading.add(name)
        self._screen.read_list(partial(self._readers[name].read_more, reach.next))

    def go_on(self) -> None:
        """Let as many barren pages be fetched again: somebody asks for more, or they were not."""
        self._barren = 0

    def hurry(self, *names: str) -> None:
        """Read some lists again now; all of them where none is named."""
        for name, reader in self._readers.items():
            if not names or name in names:
                reader.hurry()
