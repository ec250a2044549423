"""The changes of all flow runs, as the server announces them."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from random import uniform

from pydantic import ValidationError

from runs_tui.adapters.prefect.address import is_id
from runs_tui.adapters.prefect.desk import Desk
from runs_tui.adapters.prefect.pace import Pace
from runs_tui.adapters.prefect.wire import ANNOUNCED
from runs_tui.model.clock import Clock
from runs_tui.model.errors import BadAnswer, Unreachable
from runs_tui.model.run import Gap, Run
from runs_tui.transport.backoff import backoff
from runs_tui.transport.websocket import Socket, open_socket

_FLOW_RUN = "prefect.flow-run."
_HEARTBEAT = "prefect.flow-run.heartbeat"
_LONG = timedelta(days=365)
_UNNOTICED = timedelta(seconds=60)
_OVERLAP = timedelta(seconds=10)


async def follow(desk: Desk, clock: Clock, pace: Pace) -> AsyncGenerator[Run | Gap, None]:
    """Give each run that changes; a lost connection is opened again, and the gap is told."""
    known: datetime | None = None
    failures = 0
    while True:
        try:
            async with _announcements(desk, known, clock) as socket:
                if known is not None:
                    yield Gap(since=known, until=clock.now())
                known, failures = clock.now(), 0
                while True:
                    try:
                        messages = await socket.gather(pace.gather)
                    except Unreachable:
                        known = max(known, clock.now() - _UNNOTICED)
                        raise
                    for run in await desk.announced(_ids_in(messages)):
                        yield run
                    known = clock.now()
        except Unreachable:
            if known is None:
                raise
        await asyncio.sleep(_pause(pace, failures))
        failures += 1


@asynccontextmanager
async def _announcements(desk: Desk, since: datetime | None, clock: Clock) -> AsyncIterator[Socket]:
    """Open the stream of events; `since` asks also for those that were missed."""
    hint = desk.credential_hint
    http = await desk.client.reached()
    url = f"{desk.client.url.rstrip('/')}/events/out"
    headers = dict([desk.auth.header(hint)]) if desk.auth else {}
    opening = open_socket(
        url,
        protocols=("prefect",),
        headers=headers,
        hint=hint,
        recorder=http.recorder,
        shown=http.shown,
    )
    async with opening as socket:
        await socket.send({"type": "auth", "token": desk.token})
        welcome = await socket.answer()
        if not isinstance(welcome, dict) or welcome.get("type") != "auth_success":
            raise BadAnswer("its stream of events does not speak as Prefect's does")
        # Without an end of its own the server takes now for it, and sends nothing that is new.
        occurred = {"until": (clock.now() + _LONG).isoformat()}
        if since is not None:
            occurred["since"] = (since - _OVERLAP).isoformat()
        wanted = {"event": {"prefix": [_FLOW_RUN]}, "occurred": occurred}
        await socket.send({"type": "filter", "filter": wanted, "backfill": since is not None})
        yield socket


def _ids_in(messages: Iterable[object]) -> list[str]:
    ids = (_id_in(message) for message in messages)
    return list(dict.fromkeys(run_id for run_id in ids if run_id is not None))


def _id_in(message: object) -> str | None:
    """Give the flow run that a message is about; None where it tells of no change."""
    try:
        event = ANNOUNCED.validate_python(message).event
    except ValidationError:
        return None
    run_id = str(event.resource.get("prefect.resource.id", "")).removeprefix(_FLOW_RUN)
    changed = event.event.startswith(_FLOW_RUN) and event.event != _HEARTBEAT
    return run_id if changed and is_id(run_id) else None


def _pause(pace: Pace, failures: int) -> float:
    return backoff(pace.first_pause, pace.longest_pause, failures) * uniform(0.8, 1.2)
