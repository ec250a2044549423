"""The names of automations, which the runs themselves do not tell."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from runs_tui.adapters.automation_runs.wire import AUTOMATION_LIST
from runs_tui.model.clock import Clock
from runs_tui.model.errors import SourceError
from runs_tui.model.text import clean
from runs_tui.transport.http import Http, decode

PATH = "/api/v1/automations"
PAGE = 1000
MOST_PAGES = 20
PAUSE = timedelta(minutes=1)


class Names:
    """Remembers the name of each automation; asks anew at most once a minute."""

    def __init__(self, http: Http, clock: Clock, patience: float) -> None:
        """Take how to ask, and the seconds that a list may wait for the answer."""
        self._http = http
        self._clock = clock
        self._patience = patience
        self._known: dict[str, str] = {}
        self._asked: datetime | None = None
        self._lock = asyncio.Lock()

    async def of(self, ids: Iterable[str | None]) -> Mapping[str, str]:
        """Give the names that are known, after asking for those that are not; never fails."""
        wanted = {each for each in ids if each}
        if not wanted <= self._known.keys():
            async with self._lock:
                await self._learn(wanted)
        return self._known

    async def _learn(self, wanted: set[str]) -> None:
        now = self._clock.now()
        recently = self._asked is not None and abs(now - self._asked) < PAUSE
        if recently or wanted <= self._known.keys():
            return
        self._asked = now
        try:
            async with asyncio.timeout(self._patience):
                await self._ask()
        except (SourceError, TimeoutError):
            return

    async def _ask(self) -> None:
        for number in range(MOST_PAGES):
            answer = await self._http.get(PATH, {"limit": PAGE, "offset": number * PAGE})
            page = decode(answer, AUTOMATION_LIST)
            for each in page.items:
                if each.name:
                    self._known[each.id] = clean(each.name)
            if len(page.items) < PAGE:
                return
