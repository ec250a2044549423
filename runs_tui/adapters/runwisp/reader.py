"""Reading single runs, and remembering what was read of them."""

from collections.abc import Iterable

from runs_tui.adapters.runwisp.client import Client
from runs_tui.adapters.runwisp.generation import LIST
from runs_tui.adapters.runwisp.pace import Pace
from runs_tui.adapters.runwisp.wire import RUN, RUN_LIST, WireRun
from runs_tui.model.errors import NotFound
from runs_tui.model.latest import Latest
from runs_tui.transport.http import decode
from runs_tui.transport.loop import instant
from runs_tui.transport.together import Turns

MOST_KNOWN = 2000
MOST = 1000
_MOST_READ = 64
_NO_RUN = "there is no such run"


class Reader:
    """Reads runs by their ids."""

    def __init__(self, client: Client, pace: Pace) -> None:
        """Begin with no run known."""
        self._client = client
        self._pace = pace
        self._known: Latest[str, WireRun] = Latest(MOST_KNOWN)
        self._read_at: Latest[str, float] = Latest(_MOST_READ)
        self._turns = Turns()

    def know(self, runs: Iterable[WireRun]) -> None:
        """Remember runs as they are told."""
        for run in runs:
            self._known[run.id] = run

    @property
    def known(self) -> Latest[str, WireRun]:
        """The runs that are remembered, by their ids."""
        return self._known

    async def run(self, run_id: str, task: str | None = None) -> WireRun:
        """Read a run; the name of its task spares older daemons a search."""
        async with self._turns.of(run_id):
            return await self._read(run_id, task)

    async def recent(self, run_id: str) -> WireRun:
        """Give a run as it was read a moment ago, or read it."""
        async with self._turns.of(run_id):
            run = self._known.get(run_id)
            since = self._read_at.get(run_id)
            if run and since is not None and instant() - since < self._pace.linger:
                return run
            return await self._read(run_id)

    async def path(self, run_id: str, suffix: str) -> str:
        """Give the path of what belongs to a run; older daemons want the name of its task there."""
        generation = await self._client.generation()
        task = "" if generation.by_id_alone(suffix) else await self._task(run_id)
        return generation.path_of(task, checked(run_id), suffix)

    async def _read(self, run_id: str, task: str | None = None) -> WireRun:
        checked(run_id)
        generation = await self._client.generation()
        known = self._known.get(run_id)
        task = known.task if known else task
        if task is None and not generation.by_id_alone():
            run = await self._found(run_id)
        else:
            path = generation.path_of(task or "", run_id)
            run = decode(await self._client.get(path), RUN)
        self.know([run])
        self._read_at[run_id] = instant()
        return run

    async def _task(self, run_id: str) -> str:
        known = self._known.get(run_id)
        return known.task if known is not None else (await self.recent(run_id)).task

    async def _found(self, run_id: str) -> WireRun:
        """Look for a run whose task is not known."""
        params: dict[str, str | int] = {"search": run_id, "limit": MOST}
        found = decode(await self._client.get(LIST, params), RUN_LIST).rows
        run = next((run for run in found if run.id == run_id), None)
        if run is None:
            raise NotFound(_NO_RUN)
        return run


def checked(run_id: str) -> str:
    """Give an id as it is; raise NotFound for what cannot be one."""
    if not run_id.strip():
        raise NotFound(_NO_RUN)
    return run_id
