"""A demo Lightning server with its world, and sources that ask it as much as a test wants."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from runs_tui.adapters.base import Connection, Credential
from runs_tui.adapters.lightning import Lightning
from runs_tui.adapters.lightning.pace import Pace
from runs_tui.demo.server import DemoServer, Settings
from runs_tui.demo.world import WorldRun
from tests.adapters.sources import closing
from tests.contract_parts.stage import NOON, QUICK, Stage, Watch

API = "lightning"
TOKEN = "0penfn-t0ken"
MANY = 10**6
LIMITED = Pace(poll=0.05, look=0.0, settle=0.3)
UNLIMITED = replace(
    LIMITED, joins=MANY, joins_at_first=MANY, joins_a_minute=MANY, opening=MANY, looking=MANY,
    fresh=0.0,
)  # fmt: skip


def lightning(url: str, clock: Watch | None = None, pace: Pace = LIMITED, **more: str) -> Lightning:
    """Build a source."""
    connection = Connection(name="l", url=url, credential=Credential(TOKEN, "T"), options=more)
    source = Lightning(connection, clock)
    source.patience, source.pace = QUICK, pace
    return source


@asynccontextmanager
async def served(
    pace: Pace = LIMITED, runs: int = 300, hostile: bool = False, **extra: Any
) -> AsyncIterator[Stage]:
    """Serve a world whose clock stands still, and build a source over it."""
    clock = Watch(NOON)
    settings = {API: Settings(TOKEN, extra)}
    async with DemoServer(
        [API], runs=runs, clock=clock, hostile=hostile, settings=settings
    ) as server:
        source = lightning(server.urls[API], clock, pace)
        async with closing(source):
            yield Stage(source, server, clock, API)


def paths(stage: Stage) -> list[str]:
    """Give what was asked for, without the query strings."""
    return [request.path for request in stage.faults.requests]


def queries(stage: Stage, path: str) -> list[str]:
    """Give the query strings of the requests for a path."""
    return [request.query for request in stage.faults.requests if request.path == path]


def over(run: WorldRun) -> bool:
    """Tell whether a run of the world is over and was at work before."""
    return run.state.terminal and run.started is not None and run.word is None
