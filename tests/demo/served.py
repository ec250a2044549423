"""One API of the demo, served at an instant that a test moves on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx

from runs_tui.demo.server import DemoServer, Settings
from runs_tui.demo.world import World
from runs_tui.model.clock import SetClock

EPOCH = datetime(2026, 6, 2, 9, 13, tzinfo=UTC)


class Served:
    """A served world, a clock to set and a client."""

    def __init__(self, world: World, clock: SetClock, client: httpx.AsyncClient) -> None:
        self.world = world
        self.clock = clock
        self.client = client

    def wait(self, **passed: float) -> None:
        self.clock.instant += timedelta(**passed)


P = TypeVar("P", bound=Served)


def bent(**extra: object) -> Settings:
    """Give what bends a dialect."""
    return Settings(extra=extra)


@asynccontextmanager
async def serve(
    place: type[P], api: str, settings: Settings | None = None, **options: Any
) -> AsyncIterator[P]:
    """Serve an API, of four hundred runs unless it is said otherwise."""
    clock = SetClock(EPOCH)
    told = {api: settings or Settings()}
    server = DemoServer([api], clock=clock, settings=told, **{"runs": 400, **options})
    async with server, httpx.AsyncClient(base_url=server.urls[api], timeout=20) as client:
        yield place(server.worlds[api], clock, client)
