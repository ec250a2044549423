"""The attempts of a run: GitHub tells each by a request of its own."""

from runs_tui.adapters.github_actions.client import Client
from runs_tui.adapters.github_actions.reader import Reader
from runs_tui.adapters.github_actions.runs import run_of
from runs_tui.adapters.github_actions.wire import WireRun
from runs_tui.model.errors import NotFound
from runs_tui.model.kin import Attempt, Kin
from runs_tui.model.latest import Latest

MOST = 4
"""How many earlier attempts are read, the latest ones."""
_KEPT = 256


class Attempts:
    """Reads the earlier attempts of runs, which change no more."""

    def __init__(self, client: Client, reader: Reader, source: str) -> None:
        """Begin with none."""
        self._client = client
        self._reader = reader
        self._source = source
        self._known: Latest[tuple[str, int], WireRun] = Latest(_KEPT)

    async def of(self, run_id: str) -> Kin:
        """Give the attempts of a run, where it has made more than one."""
        run = await self._reader.run(run_id)
        if run.attempt == 1:
            return Kin()
        first = max(run.attempt - MOST, 1)
        earlier = [
            told
            for number in range(first, run.attempt)
            if (told := await self._read(str(run.id), number)) is not None
        ]
        attempts = [self._attempt(told) for told in (*earlier, run)]
        return Kin(attempts=attempts if earlier else (), whole=len(attempts) == run.attempt)

    async def _read(self, run_id: str, number: int) -> WireRun | None:
        known = self._known.get((run_id, number))
        if known is not None:
            return known
        try:
            told = await self._client.run(await self._reader.place(run_id), run_id, number)
        except NotFound:
            return None
        self._known[run_id, number] = told
        return told

    def _attempt(self, told: WireRun) -> Attempt:
        run = run_of(told, self._source)
        return Attempt(
            number=told.attempt,
            state=run.state,
            status=run.status,
            asked_at=told.run_started_at,
            started_at=run.started_at,
            finished_at=run.finished_at,
            reason=run.reason,
            derived=run.derived & {"started_at", "finished_at"},
        )
