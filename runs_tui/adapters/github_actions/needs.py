"""The workflow files of runs, read once for each commit."""

import asyncio
from collections.abc import Sequence

from runs_tui.adapters.github_actions.client import Client
from runs_tui.adapters.github_actions.runs import file_of
from runs_tui.adapters.github_actions.wire import WireRun
from runs_tui.adapters.github_actions.workflow_file import Declared, declared_in
from runs_tui.model.errors import BadAnswer, NotFound, Refused, Unauthorized
from runs_tui.model.latest import Latest
from runs_tui.transport.together import Turns

_MOST = 256
_FOR_GOOD = (NotFound, Refused, Unauthorized, BadAnswer)


class Needs:
    """Knows what the workflow file of a run declares, where it may be read."""

    def __init__(self, client: Client) -> None:
        """Begin with no file read."""
        self._client = client
        self._known: Latest[str, Sequence[Declared]] = Latest(_MOST)
        self._turns = Turns()

    async def of(self, repository: str, run: WireRun) -> Sequence[Declared]:
        """Give the jobs that a run's file declares; none where there is no reading it."""
        path = file_of(run)
        if path is None or not run.head_sha:
            return ()
        key = f"{repository}/{path}@{run.head_sha}"
        async with self._turns.of(key):
            known = self._known.get(key)
            if known is None:
                known = self._known[key] = await self._read(repository, path, run.head_sha)
            return known

    async def _read(self, repository: str, path: str, commit: str) -> Sequence[Declared]:
        try:
            text = await self._client.file(repository, path, commit)
        except _FOR_GOOD:
            return ()
        return await asyncio.to_thread(declared_in, text)
