"""What the tests of the Dagu adapter have in common."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from runs_tui.adapters.base import Connection, Credential
from runs_tui.adapters.dagu import Dagu
from runs_tui.adapters.dagu.pace import Pace
from runs_tui.demo.faults import Request
from runs_tui.demo.server import DemoServer, Settings
from tests.contract_parts.stage import NOON, QUICK, VARIABLE, Watch

ANSWERS = Path(__file__).parent / "dagu_answers"
EAGER = Pace(poll=0.05, settle=0.4, first_look=0.01, blinks=(0.01, 0.02))


def captured(name: str) -> Any:
    """Read an answer of the real engine."""
    return json.loads((ANSWERS / f"{name}.json").read_text())


def source_at(
    url: str, secret: str | None = None, clock: Watch | None = None, **options: str
) -> Dagu:
    """Make a source; the caller closes it."""
    credential = Credential(secret, VARIABLE if secret else None)
    source = Dagu(Connection(name="here", url=url, credential=credential, options=options), clock)
    source.patience, source.pace = QUICK, EAGER
    return source


class Place:
    """A served world, its clock, and sources over it."""

    def __init__(self, server: DemoServer, clock: Watch) -> None:
        """Take the server and its clock."""
        self.server = server
        self.clock = clock
        self.world = server.worlds["dagu"]
        self.faults = server.faults["dagu"]
        self.url = server.urls["dagu"]

    def source(self, secret: str | None = None, url: str = "", **options: str) -> Dagu:
        """Make a source; the caller closes it."""
        return source_at(url or self.url, secret, self.clock, **options)

    def asked(self, path: str = "") -> list[Request]:
        """Give the requests whose path holds a text."""
        return [request for request in self.faults.requests if path in request.path]


@asynccontextmanager
async def served(secret: str | None = None, runs: int = 300, **extra: Any) -> AsyncIterator[Place]:
    """Serve a world."""
    clock = Watch(NOON)
    settings = {"dagu": Settings(secret, extra)}
    async with DemoServer(["dagu"], runs=runs, clock=clock, settings=settings) as server:
        yield Place(server, clock)
