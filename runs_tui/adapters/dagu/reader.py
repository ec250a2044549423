"""Reading single runs, and remembering of which DAG they are."""

from collections.abc import Iterable
from dataclasses import replace

from runs_tui.adapters.dagu.client import Client
from runs_tui.adapters.dagu.pace import Pace
from runs_tui.adapters.dagu.place import Place, place_of
from runs_tui.adapters.dagu.wire import DETAILS, RUN_LIST, WholeRun, WireRun
from runs_tui.model.errors import NotFound
from runs_tui.model.latest import Latest
from runs_tui.transport.loop import instant
from runs_tui.transport.together import Turns

LIST = "/dag-runs"
BEGINNING = 0
_MOST_NAMES = 5000
_MOST_READ = 64
_NO_RUN = "there is no such run"


class Reader:
    """Reads runs by their ids."""

    def __init__(self, client: Client, pace: Pace) -> None:
        """Begin with no run known."""
        self._client = client
        self._pace = pace
        self._names: Latest[str, str] = Latest(_MOST_NAMES)
        self._read: Latest[str, tuple[float, WholeRun]] = Latest(_MOST_READ)
        self._turns = Turns()

    @property
    def names(self) -> frozenset[str]:
        """The names of the DAGs whose runs were seen."""
        return frozenset(self._names.values())

    def know(self, runs: Iterable[WireRun]) -> None:
        """Remember of which DAG runs are."""
        for run in runs:
            self._names[run.id] = run.name

    def name(self, root: str, name: str) -> None:
        """Remember of which DAG a run is."""
        self._names[root] = name

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
        name = self._names.get(place.root) or await self._name_of(place.root)
        return replace(place, name=name)

    async def _read_now(self, run_id: str) -> WholeRun:
        place = await self.place(run_id)
        run = (await self._client.read(place.path, DETAILS)).run
        if run.id != (place.sub or place.root):
            raise NotFound(_NO_RUN)
        self._read[run_id] = instant(), run
        return run

    async def _name_of(self, root: str) -> str:
        params: dict[str, str | int] = {"dagRunId": root, "fromDate": BEGINNING}
        found = (await self._client.read(LIST, RUN_LIST, params)).runs or []
        run = next((run for run in found if run.id == root), None)
        if run is None:
            raise NotFound(_NO_RUN)
        self.know([run])
        return run.name
