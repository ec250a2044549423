"""The log of a flow run, read from an instant on."""

from collections.abc import AsyncGenerator
from datetime import datetime

from runs_tui.adapters.prefect.client import MOST, Client, checked
from runs_tui.adapters.prefect.wire import LOG_LINES, LogLine


async def lines_since(
    client: Client, run_id: str, since: datetime | None
) -> AsyncGenerator[list[LogLine], None]:
    """Give the lines of an instant and of after it, each once, in batches one after the other.

    They are asked for by time, since an offset shifts when a line lands late. The last instant of
    a full batch may be cut in two: it is left to the next one.
    """
    offset = 0
    while True:
        lines = await _read(client, run_id, since, offset)
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


async def _read(client: Client, run_id: str, since: datetime | None, offset: int) -> list[LogLine]:
    wanted: dict[str, object] = {"flow_run_id": {"any_": [checked(run_id)]}}
    if since is not None:
        wanted["timestamp"] = {"after_": since.isoformat()}
    body = {"logs": wanted, "sort": "TIMESTAMP_ASC", "limit": MOST, "offset": offset}
    return await client.rows("/logs/filter", body, LOG_LINES)
