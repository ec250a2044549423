"""The log of a flow run, read from an instant on, or back from its end."""

from collections.abc import AsyncGenerator, Mapping
from datetime import datetime

from runs_tui.adapters.prefect.client import MOST, Client, checked
from runs_tui.adapters.prefect.events import place_of_line
from runs_tui.adapters.prefect.wire import LOG_LINES, LogLine
from runs_tui.adapters.rewinding import Place, read_back


async def lines_since(
    client: Client, run_id: str, since: datetime | None
) -> AsyncGenerator[list[LogLine], None]:
    """Give the lines of an instant and of after it, each once, in batches one after the other.

    They are asked for by time, since an offset shifts when a line lands late. The last instant of
    a full batch may be cut in two: it is left to the next one.
    """
    offset = 0
    while True:
        bound = {} if since is None else {"after_": since}
        lines = await _read(client, run_id, bound, "TIMESTAMP_ASC", MOST, offset)
        last = lines[-1].timestamp if lines else None
        if last is None or len(lines) < MOST:
            yield lines
            return
        if last == lines[0].timestamp:
            yield lines
            since, offset = last, offset + len(lines) if last == since else len(lines)
        else:
            yield [line for line in lines if line.timestamp < last]
            since, offset = last, 0


async def lines_before(
    client: Client, run_id: str, before: Place | None, most: int
) -> tuple[list[LogLine], bool]:
    """Give the newest lines, or those right before a place, and whether there are older ones."""
    bound = {} if before is None else {"before_": before[0]}

    async def read(number: int) -> tuple[list[LogLine], bool]:
        lines = await _read(client, run_id, bound, "TIMESTAMP_DESC", most, number * most)
        return lines, len(lines) >= most

    return await read_back(read, place_of_line, before)


async def _read(
    client: Client,
    run_id: str,
    bound: Mapping[str, datetime],
    sort: str,
    limit: int,
    offset: int,
) -> list[LogLine]:
    wanted: dict[str, object] = {"flow_run_id": {"any_": [checked(run_id)]}}
    if bound:
        wanted["timestamp"] = {name: at.isoformat() for name, at in bound.items()}
    body = {"logs": wanted, "sort": sort, "limit": limit, "offset": offset}
    return await client.rows("/logs/filter", body, LOG_LINES)
