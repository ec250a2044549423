"""Reading single runs, and finding of which DAG they are."""

import asyncio
from dataclasses import replace

from runs_tui.adapters.dagu.client import Client
from runs_tui.adapters.dagu.filters import Wish
from runs_tui.adapters.dagu.instants import born
from runs_tui.adapters.dagu.names import Names
from runs_tui.adapters.dagu.pace import Pace
from runs_tui.adapters.dagu.place import Place, place_of
from runs_tui.adapters.dagu.windows import CUT, Windows
from runs_tui.adapters.dagu.wire import DETAILS, WholeRun
from runs_tui.model.clock import Clock
from runs_tui.model.errors import NotFound
from runs_tui.model.latest import Latest
from runs_tui.transport.loop import instant
from runs_tui.transport.together import Turns

_MOST_READ = 64
_MOST_LOOKS = 20
_EARLIER, _LATER = 2, 10
_NO_RUN = "there is no such run"


class Reader:
    """Reads runs by their ids."""

    def __init__(
        self, client: Client, windows: Windows, names: Names, clock: Clock, pace: Pace
    ) -> None:
        """Begin with no run read."""
        self._client = client
        self._windows = windows
        self._names = names
        self._clock = clock
        self._pace = pace
        self._read: Latest[str, tuple[float, WholeRun]] = Latest(_MOST_READ)
        self._turns = Turns()

    async def run(self, run_id: str) -> WholeRun:
        """Read a run; raise NotFound where there is none."""
        async with self._turns.of(run_id):
            return await self._read_now(run_id)

    async def recent(self, run_id: str) -> WholeRun:
        """Give a run as it was read a moment ago, or read it."""
        async with self._turns.of(run_id):
            at, run = self._read.get(run_id, (None, None))
            if run is not None and at is not None and instant() - at < self._pace.linger:
                return run
            return await self._read_now(run_id)

    def forget(self, run_id: str) -> None:
        """Read a run anew when it is asked for next: something was changed."""
        self._read.pop(run_id, None)

    async def place(self, run_id: str) -> Place:
        """Give where a run is, looking for it where its DAG is not known."""
        place = place_of(run_id)
        if not place.root.strip():
            raise NotFound(_NO_RUN)
        if place.name is not None:
            return place
        name = self._names.of(place.root) or await self._name_of(place.root)
        return replace(place, name=name)

    async def _read_now(self, run_id: str) -> WholeRun:
        place = await self.place(run_id)
        run = await self._details(place)
        if run.id != (place.sub or place.root):
            raise NotFound(_NO_RUN)
        self._read[run_id] = instant(), run
        return run

    async def _details(self, place: Place) -> WholeRun:
        """Read a run that is there; as its end is written down, the server misses it a moment."""
        for pause in self._pace.blinks:
            try:
                return (await self._client.read(place.path, DETAILS)).run
            except NotFound as error:
                if error.hint:  # it is the path that is not there
                    raise
                await asyncio.sleep(pause)
        return (await self._client.read(place.path, DETAILS)).run

    async def _name_of(self, root: str) -> str:
        """Look for a run where its id says that it came to be, then among all."""
        second = born(root)
        if second is not None:
            await self._windows.read(second - _EARLIER, second + _LATER)
        before: int | None = None
        for _ in range(_MOST_LOOKS):
            name = self._names.of(root)
            if name is not None:
                return name
            found = await self._windows.newest(Wish(), CUT, before, self._clock.now())
            before = found.since
            if found.last:
                break
        name = self._names.of(root)
        if name is None:
            raise NotFound(_NO_RUN)
        return name
