"""Reading the logs of a run: that of its scheduler, and one for each stream of a step."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from runs_tui.adapters.dagu.client import Client
from runs_tui.adapters.dagu.lines import Entry, entry_of
from runs_tui.adapters.dagu.order import Part
from runs_tui.adapters.dagu.runs import place_in
from runs_tui.adapters.dagu.wire import LOG_PART, LogPart, WholeRun
from runs_tui.model.errors import NotFound, Unreachable
from runs_tui.transport.http import segment

MOST_LINES = 1000
MOST_ENTRIES = 5000
_FAR = 10_000
"""How many lines are read at once where the end of a long log is looked for."""
_MOST_LOOKS = 40
_NO_LOG = 500
_NOTHING = LogPart(content="")

Ask = Callable[[Mapping[str, int]], Awaitable[LogPart]]


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines of a log that follow one another."""

    first: int
    """The number of the first one; that of a log is 1."""
    lines: Sequence[str]
    """The lines."""
    more: bool = False
    """Whether others may follow."""

    @property
    def last(self) -> int:
        """The number of the last one."""
        return self.first + len(self.lines) - 1


class Logs:
    """Reads logs."""

    def __init__(self, client: Client) -> None:
        """Take the way to the server."""
        self._client = client

    async def entries(self, run: WholeRun, known: Sequence[Entry]) -> list[Entry]:
        """Give what the scheduler wrote, after what is known of it."""
        found = list(known)
        while run.started_at is not None:
            first = found[-1].number + 1 if found else 1
            asked = {"offset": first, "limit": MOST_LINES}
            piece = _piece(await self._ask(_log_of(run), "", asked), first, MOST_LINES)
            found += _entries_of(piece, found[-1] if found else None)
            if not piece.more:
                break
        return found

    async def last_entries(self, run: WholeRun) -> list[Entry]:
        """Give the last that the scheduler wrote; before the start there is no such log."""
        if run.started_at is None:
            return []
        ask = partial(self._ask, _log_of(run), "")
        return _entries_of(await end_of_log(ask, MOST_ENTRIES), None)

    async def lines(self, run: WholeRun, part: Part, first: int, limit: int) -> Piece:
        """Give lines of a stream from one on."""
        answer = await self._of_step(run, part)({"offset": first, "limit": limit})
        return _piece(answer, first, limit)

    async def last_lines(self, run: WholeRun, part: Part, limit: int) -> Piece:
        """Give the last lines of a stream."""
        return await end_of_log(self._of_step(run, part), limit)

    def _of_step(self, run: WholeRun, part: Part) -> Ask:
        assert part.node is not None
        path = f"{place_in(run).path}/steps/{segment(part.node.step.name)}/log"
        return partial(self._ask, path, part.stream or "")

    async def _ask(self, path: str, stream: str, asked: Mapping[str, int]) -> LogPart:
        """Read a part of a log; a file that is gone is told as a failure of the server."""
        params: dict[str, str | int] = {**asked, **({"stream": stream} if stream else {})}
        try:
            return await self._client.read(path, LOG_PART, params)
        except NotFound:
            return _NOTHING
        except Unreachable as error:
            if error.status != _NO_LOG:
                raise
            return _NOTHING


async def end_of_log(ask: Ask, limit: int) -> Piece:
    """Read the last lines; how many a long log has is only estimated, so its end is looked for."""
    told = await ask({"tail": limit})
    if not told.estimated:
        return Piece(max(told.total - len(told.lines), 0) + 1, told.lines)
    found = await _found_end(ask, told.total)
    first = max(found.last - limit + 1, 1)
    if first >= found.first:
        return Piece(first, found.lines[first - found.first :])
    return Piece(first, (await ask({"offset": first, "limit": limit})).lines)


async def _found_end(ask: Ask, guess: int) -> Piece:
    """Look for the end of a long log around where it is guessed to be; give some lines up to it."""
    known, beyond, step = 0, 0, _FAR
    first = max(guess - _FAR // 2, 1)
    piece = Piece(1, ())
    for _ in range(_MOST_LOOKS):
        piece = Piece(first, (await ask({"offset": first, "limit": _FAR})).lines)
        known = piece.last if piece.lines else known
        beyond = beyond if piece.lines else first
        if 0 < len(piece.lines) < _FAR or 0 < beyond <= known + 1:
            return piece
        if not beyond:
            first = known + 1 + step - _FAR
        elif known and beyond - known > _FAR:
            first = (known + beyond) // 2
        else:
            first = max(known + 1, beyond - step)
        step *= 2
    return piece


def _piece(answer: LogPart, first: int, limit: int) -> Piece:
    """Give the lines from one on; a server that tells how many there are is believed."""
    last = first + len(answer.lines) - 1
    told = answer.total if answer.total and not answer.estimated else last + 1
    return Piece(first, answer.lines, len(answer.lines) >= limit and last < told)


def _entries_of(piece: Piece, before: Entry | None) -> list[Entry]:
    found: list[Entry] = []
    for number, line in enumerate(piece.lines, piece.first):
        found.append(entry_of(number, line, found[-1] if found else before))
    return found


def _log_of(run: WholeRun) -> str:
    return f"{place_in(run).path}/log"
