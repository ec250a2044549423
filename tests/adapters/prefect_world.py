"""A Prefect source over the demo, a list that says what a test wants, and captured answers."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from runs_tui.adapters.base import Connection, Credential
from runs_tui.adapters.prefect import Prefect
from runs_tui.adapters.prefect.pace import Pace
from runs_tui.demo.faults import Faults
from runs_tui.demo.server import DemoServer, Settings
from runs_tui.demo.world import World
from runs_tui.model.query import Query
from runs_tui.model.run import Run
from runs_tui.transport.http import Patience
from tests.adapters.sources import closing
from tests.contract_parts.stage import NOON, Watch
from tests.transport.script import Asked, Script, reply, serving

ANSWERS = Path(__file__).parent / "prefect_answers"
NOBODY = "00000000-0000-0000-0000-000000000000"
CREDENTIAL = "user:pass"
QUICK = Pace(
    poll=0.02, window=5.0, settle=0.3, hold=0.05, gather=0.02, first_pause=0.02, longest_pause=0.1
)
PATIENCE = 10.0


def captured(name: str) -> Any:
    return json.loads((ANSWERS / f"{name}.json").read_text())


def prefect(url: str, secret: str | None = CREDENTIAL, **options: str) -> Prefect:
    credential = Credential(secret, "PREFECT_TOKEN")
    source = Prefect(Connection(name="p", url=url, credential=credential, options=options))
    source.pace = QUICK
    source.patience = Patience(fresh=0)
    return source


@dataclass
class Demo:
    """A source, the demo behind it, and the demo's clock, which is also the source's."""

    source: Prefect
    server: DemoServer
    clock: Watch

    @property
    def world(self) -> World:
        return self.server.worlds["prefect"]

    @property
    def faults(self) -> Faults:
        return self.server.faults["prefect"]

    @property
    def url(self) -> str:
        return self.server.urls["prefect"]

    @asynccontextmanager
    async def passing(self) -> AsyncIterator[None]:
        """Let time pass, half a minute in a second."""
        self.clock.go(30.0)
        try:
            yield
        finally:
            self.clock.go(0.0)

    def asked(self, path: str) -> list[dict[str, Any]]:
        requests = [request for request in self.faults.requests if request.path == path]
        return [json.loads(request.body) for request in requests]

    def paths(self) -> list[str]:
        return [request.path for request in self.faults.requests]


@asynccontextmanager
async def demo(
    *, runs: int = 300, hostile: bool = False, extra: dict[str, Any] | None = None, **options: str
) -> AsyncIterator[Demo]:
    clock = Watch(NOON)
    settings = {"prefect": Settings(credential=CREDENTIAL, extra=extra or {})}
    async with DemoServer(
        ["prefect"], runs=runs, hostile=hostile, clock=clock, settings=settings
    ) as server:
        source = prefect(server.urls["prefect"], **options)
        source.clock = clock
        async with closing(source):
            yield Demo(source, server, clock)


async def every(
    source: Prefect, text: str = "", limit: int = 50, between: Callable[[], object] = lambda: None
) -> list[Run]:
    """Read a list to its end; something may happen between two pages."""
    found: list[Run] = []
    cursor = None
    while True:
        page = await source.runs(Query.parse(text, limit=limit), cursor)
        assert len(page.items) <= limit
        found += page.items
        cursor = page.next
        if cursor is None:
            return found
        between()


@asynccontextmanager
async def listing(rows: Callable[[], Sequence[dict[str, Any]]]) -> AsyncIterator[Script]:
    """Serve a list of flow runs, whose rows may be others at each request."""

    def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        body = json.loads(asked.body)
        found: Any = []
        if asked.path.endswith(("/flow_runs/filter", "/flow_runs/count")):
            found = _passing(rows(), body)
        if asked.path.endswith("/count"):
            found = len(found)
        writer.write(reply(200, json.dumps(found)))

    async with serving(answer) as script:
        yield script


def _passing(rows: Sequence[dict[str, Any]], body: dict[str, Any]) -> list[dict[str, Any]]:
    bound = body["flow_runs"]["expected_start_time"]["before_"]
    last = datetime.fromisoformat(bound)
    found = [row for row in rows if datetime.fromisoformat(row["expected_start_time"]) <= last]
    found.sort(key=lambda row: datetime.fromisoformat(row["expected_start_time"]), reverse=True)
    offset = body.get("offset", 0)
    return found[offset : offset + body["limit"]] if "limit" in body else found
