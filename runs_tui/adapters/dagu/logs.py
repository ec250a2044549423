"""Reading the logs of a run: that of its scheduler, and one for each stream of a step."""

from collections.abc import Mapping

from runs_tui.adapters.dagu.client import Client
from runs_tui.adapters.dagu.lines import Entry, entry_of
from runs_tui.adapters.dagu.order import Part
from runs_tui.adapters.dagu.runs import place_in
from runs_tui.adapters.dagu.wire import LOG_PART, LogPart, WholeRun
from runs_tui.model.errors import NotFound, Unreachable
from runs_tui.transport.http import segment

MOST_LINES = 1000
MOST_ENTRIES = 5000
_NO_LOG = 500
_NOTHING = LogPart(content="")


class Logs:
    """Reads logs."""

    def __init__(self, client: Client) -> None:
        """Take the way to the server."""
        self._client = client

    async def entries(self, run: WholeRun, known: list[Entry]) -> list[Entry]:
        """Give what the scheduler wrote, after what is known of it."""
        path = f"{place_in(run).path}/log"
        found = list(known)
        while run.started_at is not None:
            first = found[-1].number + 1 if found else 1
            part = await self._part(path, {"offset": first, "limit": MOST_LINES})
            for number, line in enumerate(part.lines, first):
                found.append(entry_of(number, line, found[-1] if found else None))
            if len(part.lines) < MOST_LINES:
                break
        return found

    async def last_entries(self, run: WholeRun) -> list[Entry]:
        """Give the last that the scheduler wrote; before the start there is no such log."""
        if run.started_at is None:
            return []
        part = await self._part(f"{place_in(run).path}/log", {"tail": MOST_ENTRIES})
        found: list[Entry] = []
        for number, line in enumerate(part.lines, part.total - len(part.lines) + 1):
            found.append(entry_of(number, line, found[-1] if found else None))
        return found

    async def lines(self, run: WholeRun, part: Part, first: int, limit: int) -> LogPart:
        """Give lines of a stream from one on."""
        return await self._of_step(run, part, {"offset": first, "limit": limit})

    async def last_lines(self, run: WholeRun, part: Part, limit: int) -> LogPart:
        """Give the last lines of a stream."""
        return await self._of_step(run, part, {"tail": limit})

    async def _of_step(self, run: WholeRun, part: Part, params: Mapping[str, int]) -> LogPart:
        assert part.node is not None
        path = f"{place_in(run).path}/steps/{segment(part.node.step.name)}/log"
        return await self._part(path, {**params, "stream": part.stream or ""})

    async def _part(self, path: str, params: Mapping[str, int | str]) -> LogPart:
        """Read a part of a log; a file that is gone is told as a failure of the server."""
        try:
            return await self._client.read(path, LOG_PART, params)
        except NotFound:
            return _NOTHING
        except Unreachable as error:
            if error.status != _NO_LOG:
                raise
            return _NOTHING
