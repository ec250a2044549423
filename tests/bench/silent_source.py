"""A source that never answers."""

import asyncio
from collections.abc import Sequence

from runs_tui.adapters.base import Connection, Page, Source
from runs_tui.model.query import Query
from runs_tui.model.run import Run, Step


class SilentSource(Source):
    api = "silent"

    async def runs(self, query: Query, cursor: str | None = None) -> Page[Run]:
        await asyncio.Event().wait()
        return Page(())

    async def run(self, run_id: str) -> Run:
        raise NotImplementedError

    async def steps(self, run_id: str) -> Sequence[Step]:
        raise NotImplementedError

    async def close(self) -> None:
        pass


def connection(name: str) -> Connection:
    return Connection(name=name, url="http://silent.test")
