"""Reading and changing the runs of an automation-runs server; imported at the first request."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from functools import partial

from runs_tui.adapters.automation_runs.list import RunPages
from runs_tui.adapters.automation_runs.names import Names
from runs_tui.adapters.automation_runs.one import RunReader, path_of
from runs_tui.adapters.automation_runs.pace import Pace
from runs_tui.adapters.automation_runs.tail import Tail
from runs_tui.adapters.automation_runs.wire import repeating, step_of
from runs_tui.adapters.base import Connection, Page
from runs_tui.adapters.writes import changed, stopped
from runs_tui.model.clock import Clock
from runs_tui.model.errors import Refused, SourceError
from runs_tui.model.query import Query
from runs_tui.model.run import Event, Gap, RetryMode, Run, Step
from runs_tui.model.text import clean
from runs_tui.transport.auth import Auth, bearer, cookie, header
from runs_tui.transport.budget import Budget
from runs_tui.transport.http import Http, Patience

_PREFIX = "/api/v1"
_MODES = {RetryMode.FULL: "full", RetryMode.FAILED: "from_failed", RetryMode.STEP: "from_step"}


class Desk:
    """Answers in our words what an automation-runs server says in its own."""

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        patience: Patience,
        pace: Pace,
        requests_a_minute: int,
    ) -> None:
        """Remember how to connect; nothing is sent before the first request."""
        self._clock = clock
        self._pace = pace
        self._budget = Budget(requests_a_minute)
        self._http = Http(
            connection.url.strip().rstrip("/").removesuffix(_PREFIX),
            auth=_auth(connection),
            credential_origin=connection.credential.origin,
            patience=patience,
            clock=clock,
            budget=self._budget,
            source=connection.name,
        )
        names = Names(self._http, clock, pace.names)
        self._pages = RunPages(connection.name, self._http, names, clock)
        self._reader = RunReader(connection.name, self._http, names)

    @property
    def requests_left(self) -> int | None:
        """Give what the server told last of its limit."""
        return self._budget.left

    async def page(self, query: Query, cursor: str | None) -> Page[Run]:
        """Give one page of the list."""
        return await self._pages.page(query, cursor)

    async def run(self, run_id: str) -> Run:
        """Give one run."""
        return await self._reader.run(run_id)

    async def steps(self, run_id: str) -> Sequence[Step]:
        """Give the steps of a run."""
        return [step_of(step) for step in await self._reader.steps(run_id)]

    async def cancel(self, run_id: str) -> Run:
        """Ask for a run to stop; raise Conflict if it is over."""
        asked = self._http.send(path_of(run_id, "cancel"))
        return await stopped(asked, self._reader.told, partial(self.run, run_id))

    async def retry(self, run_id: str, mode: RetryMode, step: str | None) -> Run:
        """Run it again and give the run to look at next."""
        body = {"mode": _MODES[mode]}
        if mode is RetryMode.STEP:
            if not step:
                raise Refused("a retry from a step needs the key of the step")
            body["stepKey"] = await self._key_of(run_id, step)
        answer = await self._http.send(path_of(run_id, "retry"), body)
        run = await changed(answer, self._reader.told, partial(self.run, run_id))
        return repeating(run, run_id)

    def tail(self, run_id: str, after: str | None) -> AsyncGenerator[Event | Gap, None]:
        """Give the events of a run."""
        return Tail(self._reader, run_id, after, self._pace, self._clock).events()

    async def close(self) -> None:
        """Close every connection."""
        await self._http.close()

    async def _key_of(self, run_id: str, step: str) -> str:
        """Give a step's key as the server has it, before it was cleaned."""
        with suppress(SourceError):
            keys = [each.key for each in await self._reader.steps(run_id)]
            return next((key for key in keys if clean(key) == step), step)
        return step


def _auth(connection: Connection) -> Auth | None:
    secret = connection.credential.secret
    if secret is None:
        return None
    match connection.options.get("auth"):
        case "api_key_header":
            return header("X-API-Key", secret)
        case "cookie":
            return cookie("vai_token", secret)
        case _:
            return bearer(secret)
