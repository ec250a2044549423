"""A Dagster source over the demo, or over a server that gives captured answers."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from runs_tui.adapters.base import Connection, Credential
from runs_tui.adapters.dagster import Dagster
from runs_tui.demo.faults import Faults
from runs_tui.demo.server import DemoServer, Settings
from runs_tui.demo.world import World, WorldRun
from runs_tui.model.query import Query
from runs_tui.model.run import Run
from runs_tui.transport.http import Patience
from tests.adapters.sources import closing
from tests.contract_parts.stage import NOON, Watch
from tests.transport.script import Script, reply, serving

ANSWERS = Path(__file__).parent / "dagster_answers"
DIAMOND = "6c583111-9f87-4d3d-b242-099805e84360"
NOBODY = "00000000-0000-0000-0000-000000000000"


def captured(name: str) -> Any:
    """Give what a real server answered: its status, and its body."""
    return json.loads((ANSWERS / f"{name}.json").read_text())


def data(name: str) -> Any:
    """Give the data of what a real server answered."""
    return captured(name)["body"]["data"]


def dagster(url: str, secret: str | None = None, **options: str) -> Dagster:
    connection = Connection(
        name="d", url=url, credential=Credential(secret, "DAGSTER_TOKEN"), options=options
    )
    source = Dagster(connection)
    source.pace = replace(source.pace, poll=0.02, idle=0.3, settle=0.1)
    source.patience = Patience(fresh=0, first_delay=0.01)
    return source


@asynccontextmanager
async def answering(*names: str) -> AsyncIterator[tuple[Dagster, Script]]:
    """Give a source whose server gives captured answers, one after the other."""
    told = [captured(name) for name in names]
    replies = [reply(each["status"], json.dumps(each["body"])) for each in told]
    async with serving(*replies) as script, closing(dagster(script.url)) as source:
        yield source, script


@dataclass
class Demo:
    """A source, the demo behind it, and the demo's clock, which is also the source's."""

    source: Dagster
    server: DemoServer
    clock: Watch

    @property
    def world(self) -> World:
        return self.server.worlds["dagster"]

    @property
    def faults(self) -> Faults:
        return self.server.faults["dagster"]

    def one(self, choose: Callable[[WorldRun], bool]) -> WorldRun:
        """Give the first run of the world that is right."""
        return next(run for run in self.world.runs(self.clock.now()) if choose(run))

    def sent(self, operation: str) -> list[Any]:
        """Give the variables of all that was asked by a name, in order."""
        asked = [r for r in self.faults.requests if r.query == f"op={operation}"]
        return [json.loads(request.body)["variables"] for request in asked]

    def asked(self) -> list[str]:
        """Give the names of all that was asked since the last time, and forget them."""
        names = [request.query.removeprefix("op=") for request in self.faults.requests]
        self.faults.requests.clear()
        return names

    async def every(self, text: str, limit: int = 50) -> Sequence[Run]:
        """Follow `next` to the end."""
        query, found, cursor = Query.parse(text, limit=limit), list[Run](), None
        while True:
            page = await self.source.runs(query, cursor)
            found += page.items
            cursor = page.next
            if cursor is None:
                return found


@asynccontextmanager
async def demo(**extra: Any) -> AsyncIterator[Demo]:
    clock = Watch(NOON)
    settings = {"dagster": Settings(None, extra)}
    server = DemoServer(["dagster"], runs=300, clock=clock, settings=settings)
    async with server, closing(dagster(server.urls["dagster"])) as source:
        source.clock = clock
        yield Demo(source, server, clock)
