"""What may be asked of a daemon's list: what it can do is looked into, and what it ignores."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from runs_tui.adapters.runwisp.client import Client
from runs_tui.adapters.runwisp.filters import (
    TASK,
    Abilities,
    Part,
    parts_of,
    searched_in,
    tasks_in,
    wants_several,
)
from runs_tui.adapters.runwisp.generation import LIST, Generation
from runs_tui.adapters.runwisp.reader import Reader
from runs_tui.adapters.runwisp.tasks import Tasks
from runs_tui.adapters.runwisp.wire import RUN_LIST, WireRun
from runs_tui.model.clock import Clock
from runs_tui.model.errors import SourceError
from runs_tui.model.query import Query
from runs_tui.transport.http import decode

_FAR = 1_000_000  # behind every run, so that an answer tells no more than how many there are
_ALL_PHASES = "ended,pending,running"


class Wishes:
    """Turns queries into filters that a daemon applies in full."""

    def __init__(
        self,
        client: Client,
        reader: Reader,
        tasks: Tasks,
        clock: Clock,
        only: str | None,
    ) -> None:
        """Begin without knowing what the list can do; `only` is the one task that is listed."""
        self._client = client
        self._reader = reader
        self._tasks = tasks
        self._clock = clock
        self._only = only
        self.forget()

    def forget(self) -> None:
        """Look into everything anew: another daemon answers now."""
        self._ignored: frozenset[str] = frozenset()
        self._lists: bool | None = None
        self._searches: bool | None = None

    def wants(self, row: WireRun) -> bool:
        """Tell whether a run is one of the task that is listed."""
        return self._only is None or row.task == self._only

    def keep_to_task(self, parts: Iterable[Part]) -> bool:
        """Tell whether a list asked with these has runs of the one task alone."""
        return self._only is None or any(part.name == TASK for part in parts)

    async def parts(self, query: Query) -> list[Part]:
        """Give the filters that a query may be asked with."""
        generation = await self._client.generation()
        can = Abilities(
            generation,
            lists=wants_several(query, generation) and await self._takes_lists(generation),
            searches=searched_in(query) and await self._looks_everywhere(),
            ignored=self._ignored,
        )
        parts = list(parts_of(query, self._clock.now(), can, await self._names(query)))
        if self._only is None or TASK in self._ignored:
            return parts
        return [Part(TASK, self._only), *(part for part in parts if part.name != TASK)]

    def applied(self, parts: Sequence[Part], rows: Sequence[WireRun]) -> list[Part]:
        """Give the parts that all rows bear out, and ask for the others no more."""
        broken = {part.name for part in parts for row in rows if not part.lets_pass(row)}
        lost = {term for part in parts if part.name in broken for term in part.terms}
        self._ignored |= broken
        kept = [part for part in parts if part.name not in broken]
        return [replace(part, terms=part.terms - lost) for part in kept]

    async def give_up(self, parts: Sequence[Part], said: str) -> None:
        """Ask no more for what a daemon refuses: those that it names, or else all of them."""
        generation = await self._client.generation()
        named = {part.name for part in parts if generation.name(part.name) in said}
        self._ignored |= named or {part.name for part in parts}

    async def _names(self, query: Query) -> frozenset[str]:
        """Give the names of tasks that are known, after asking for those that a query names."""
        wanted = tasks_in(query)
        if not wanted:
            return frozenset()
        if not wanted <= {name.casefold() for name in self._known_names()}:
            await self._tasks.learn()
        return self._known_names()

    def _known_names(self) -> frozenset[str]:
        return frozenset({*self._tasks.names, *(run.task for run in self._reader.known.values())})

    async def _takes_lists(self, generation: Generation) -> bool:
        """Tell whether a status may be several words: where it may not, they match nothing."""
        if generation.camel:
            return True
        if self._lists is None:
            late = generation.filters_by("created_after")
            self._lists = late and await self._count({"status": _ALL_PHASES}) > 0
        return self._lists

    async def _looks_everywhere(self) -> bool:
        """Tell whether a search finds a run by its id in the other case."""
        if self._searches is None:
            run_id = next(reversed(self._reader.known), "")
            if run_id.swapcase() == run_id:
                return False
            self._searches = await self._count({"search": run_id.swapcase()}) == 1
        return self._searches

    async def _count(self, filters: dict[str, str]) -> int:
        params: dict[str, str | int] = {"limit": 1, "offset": _FAR, **filters}
        try:
            return decode(await self._client.get(LIST, params), RUN_LIST).total or 0
        except SourceError:
            return 0
