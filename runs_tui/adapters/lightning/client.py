"""The calls of Lightning's API, answered in checked shapes."""

import asyncio
from collections.abc import Mapping, Sequence

from runs_tui.adapters.base import Connection
from runs_tui.adapters.lightning import wire
from runs_tui.adapters.lightning.address import base_of, is_id
from runs_tui.model.clock import Clock
from runs_tui.model.errors import NotFound, SourceError, Unauthorized, Unreachable
from runs_tui.transport.auth import bearer
from runs_tui.transport.http import Answer, Http, Patience, decode

Params = Mapping[str, str | int | Sequence[str]]

MOST = 100
"""The most rows that are asked for at once."""


class Client:
    """One Lightning server, or one project of it."""

    def __init__(
        self, connection: Connection, patience: Patience, clock: Clock, at_once: int
    ) -> None:
        """Remember how to reach it; nothing is sent before the first call."""
        secret = connection.credential.secret
        self._project = connection.options.get("project")
        self._scope = f"/api/projects/{self._project}" if self._project else "/api"
        self._gate = asyncio.Semaphore(at_once)
        self._http = Http(
            base_of(connection.url),
            auth=None if secret is None else bearer(secret),
            credential_origin=connection.credential.origin,
            patience=patience,
            clock=clock,
            source=connection.name,
        )

    async def runs(self, params: Params) -> wire.RunPage:
        """Read a page of runs, the latest created first."""
        return decode(await self._listed("runs", params), wire.RUNS)

    async def run(self, run_id: str, *, known: bool = False) -> wire.WireRun:
        """Read one run.

        For one that is not there a server answers 404, but also 403, or 500 where it never was
        `known`; whether that stands for this run alone, another request shows.
        """
        try:
            answer = await self._get(f"{self._scope}/runs/{checked(run_id)}")
        except (NotFound, Unauthorized, Unreachable) as error:
            if error.status not in ({403, 404} if known else {403, 404, 500}):
                raise
            await self._listed("runs", {"page_size": 1})
            detail = f"no run of this id, or none that the token may see (status {error.status})"
            raise NotFound(detail) from None
        return decode(answer, wire.RUN).data

    async def work_orders(self, params: Params) -> wire.OrderPage:
        """Read a page of work orders, the latest active first."""
        return decode(await self._listed("work_orders", params), wire.WORK_ORDERS)

    async def log_lines(self, params: Params) -> wire.LinePage:
        """Read a page of log lines, the newest first."""
        return decode(await self._get("/api/log_lines", params), wire.LOG_LINES)

    async def workflows(self) -> list[wire.Workflow]:
        """Read all workflows, which come with all their code: a large answer."""
        return decode(await self._listed("workflows"), wire.WORKFLOWS).workflows

    async def close(self) -> None:
        """Close every connection."""
        await self._http.close()

    async def _listed(self, what: str, params: Params | None = None) -> Answer:
        try:
            return await self._get(f"{self._scope}/{what}", params)
        except (Unauthorized, NotFound) as error:
            if self._project is None or error.status == 401:
                raise
            raise self._closed(error) from None

    def _closed(self, error: Unauthorized | NotFound) -> SourceError:
        detail = f"the project {self._project} is not there or not open to the token"
        closed = type(error)(detail, "check the option project, and whose token it is")
        closed.status = error.status
        return closed

    async def _get(self, path: str, params: Params | None = None) -> Answer:
        async with self._gate:
            return await self._http.get(path, params)


def checked(run_id: str) -> str:
    """Give the id of a run as servers write it; raise NotFound for what cannot be one."""
    if not is_id(run_id):
        raise NotFound("there is no such run", "its id is a UUID")
    return run_id.lower()
