"""The calls of Prefect's API, answered in checked shapes."""

import asyncio
from collections.abc import Mapping
from typing import TypeVar

from pydantic import TypeAdapter

from runs_tui.adapters.base import Connection
from runs_tui.adapters.prefect import wire
from runs_tui.adapters.prefect.address import is_id, names_api
from runs_tui.model.clock import Clock
from runs_tui.model.errors import BadAnswer, NotFound, Refused, Unauthorized
from runs_tui.transport.auth import Auth
from runs_tui.transport.http import Http, Patience, decode, segment

T = TypeVar("T")

Body = Mapping[str, object]

MOST = 200
"""The most rows that a list gives at once."""
_ADDRESS = "the address of a Prefect API ends in /api, as http://HOST:4200/api"


class Client:
    """One Prefect server."""

    def __init__(
        self, connection: Connection, auth: Auth | None, patience: Patience, clock: Clock
    ) -> None:
        """Remember how to reach it; nothing is sent before the first call."""
        self.url = connection.url
        """Where the API is, as far as it is known."""
        self._auth = auth
        self._patience = patience
        self._origin = connection.credential.origin
        self._source = connection.name
        self._clock = clock
        self._lock = asyncio.Lock()
        self._settled: Http | None = None
        self._opened: list[Http] = []

    async def close(self) -> None:
        """Close every connection."""
        for http in self._opened:
            await http.close()

    async def rows(self, path: str, body: Body, shape: TypeAdapter[T]) -> T:
        """Read a list, or how long it is."""
        http = await self.reached()
        try:
            return decode(await http.ask(path, body), shape)
        except NotFound as error:
            raise NotFound(error.detail, _ADDRESS) from None

    async def flow_run(self, run_id: str) -> wire.FlowRun:
        """Read one flow run."""
        http = await self.reached()
        return decode(await http.get(f"/flow_runs/{checked(run_id)}"), wire.FLOW_RUN)

    async def graph(self, run_id: str) -> wire.Graph:
        """Read the graph of a flow run; Refused where it is too large."""
        http = await self.reached()
        return decode(await http.get(f"/flow_runs/{checked(run_id)}/graph-v2"), wire.GRAPH)

    async def states(self, run_id: str) -> list[wire.WireState]:
        """Read what states a flow run has been in, the oldest first."""
        http = await self.reached()
        answer = await http.get("/flow_run_states/", {"flow_run_id": checked(run_id)})
        return decode(answer, wire.STATES)

    async def task_runs(self, run_id: str, offset: int = 0) -> list[wire.TaskRun]:
        """Read the task runs of a flow run, in the order in which they were to begin."""
        found: list[wire.TaskRun] = []
        while True:
            body = {
                "flow_runs": {"id": {"any_": [checked(run_id)]}},
                "sort": "EXPECTED_START_TIME_ASC",
                "limit": MOST,
                "offset": offset + len(found),
            }
            rows = await self.rows("/task_runs/filter", body, wire.TASK_RUNS)
            found += rows
            if len(rows) < MOST:
                return found

    async def propose(self, run_id: str, state: Mapping[str, str]) -> wire.Verdict:
        """Propose a state for a flow run, once."""
        http = await self.reached()
        path = f"/flow_runs/{checked(run_id)}/set_state"
        return decode(await http.send(path, {"state": state, "force": False}), wire.VERDICT)

    async def deployment(self, deployment_id: str) -> wire.Deployment:
        """Read one deployment."""
        http = await self.reached()
        return decode(await http.get(f"/deployments/{segment(deployment_id)}"), wire.DEPLOYMENT)

    async def launch(self, deployment_id: str, body: Body) -> wire.FlowRun:
        """Start a new flow run of a deployment, once."""
        http = await self.reached()
        path = f"/deployments/{segment(deployment_id)}/create_flow_run"
        return decode(await http.send(path, body), wire.FLOW_RUN)

    async def reached(self) -> Http:
        """Find out once where the API is, and give the way to it."""
        async with self._lock:
            if self._settled is None:
                self._settled = await self._settle()
            return self._settled

    async def _settle(self) -> Http:
        if not names_api(self.url):
            below = f"{self.url.strip().rstrip('/')}/api"
            http = self._open(below)
            if await _is_there(http):
                self.url = below
                return http
        return self._open(self.url)

    def _open(self, url: str) -> Http:
        http = Http(
            url,
            auth=self._auth,
            credential_origin=self._origin,
            patience=self._patience,
            clock=self._clock,
            source=self._source,
        )
        self._opened.append(http)
        return http


async def _is_there(http: Http) -> bool:
    try:
        decode(await http.get("/admin/version"), wire.VERSION)
    except Unauthorized:
        return True
    except (NotFound, Refused, BadAnswer):
        return False
    return True


def checked(run_id: str) -> str:
    """Give the id of a flow run as it is; raise NotFound for what cannot be one."""
    if not is_id(run_id):
        raise NotFound("Flow run not found", "its id is a UUID")
    return run_id
