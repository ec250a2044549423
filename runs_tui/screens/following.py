"""Taking in the changes that a source pushes, beside the reading of its list."""

import asyncio
import random
from collections.abc import Callable
from contextlib import aclosing

from runs_tui.adapters.base import Follows, Source
from runs_tui.model.errors import NotFound, Refused, SourceError, Unauthorized
from runs_tui.model.purpose import asking
from runs_tui.model.run import Gap, Run
from runs_tui.screens.reading import Attention, Pace, Post, RunsChanged


class Follower:
    """Follows one source until it is cancelled; its list is read less often meanwhile."""

    def __init__(
        self,
        source: Source,
        pace: Pace,
        post: Post,
        attention: Attention,
        hurry: Callable[[str], None],
    ) -> None:
        """Post the runs of a source that change; `hurry` has its list read again."""
        self._source = source
        self._pace = pace
        self._post = post
        self._attention = attention
        self._hurry = hurry
        self._gathered: list[Run] = []
        self._heard = 0
        self._telling: asyncio.TimerHandle | None = None

    async def follow(self) -> None:
        """Follow it, again after each failure; where it never could be, the list must do."""
        try:
            await self._follow()
        except asyncio.CancelledError:
            if self._telling is not None:
                self._telling.cancel()
            raise

    async def _follow(self) -> None:
        failures = 0
        while True:
            heard = self._heard
            try:
                await self._take_in()
            except (NotFound, Refused, Unauthorized):
                if not self._heard:
                    return
            except SourceError:
                pass
            finally:
                self._attention.pushing.discard(self._source.name)
            failures = 0 if self._heard > heard else failures + 1
            grown: float = self._pace.busy * 2 ** min(failures, 6)
            spread: float = random.uniform(0.9, 1.1)
            await asyncio.sleep(min(grown, self._pace.longest) * spread)

    async def _take_in(self) -> None:
        assert isinstance(self._source, Follows)
        with asking("follow"):
            async with aclosing(self._source.follow()) as changes:  # type: ignore[type-var]
                async for change in changes:
                    self._take(change)

    def _take(self, change: Run | Gap) -> None:
        self._heard += 1
        if not isinstance(change, Run):
            self._hurry(self._source.name)
            return
        self._attention.pushing.add(self._source.name)
        if not self._gathered:
            loop = asyncio.get_running_loop()
            self._telling = loop.call_later(self._pace.gather, self._tell)
        self._gathered.append(change)

    def _tell(self) -> None:
        runs, self._gathered = self._gathered, []
        self._post(RunsChanged(runs))
