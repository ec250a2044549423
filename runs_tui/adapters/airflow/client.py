"""The calls of Airflow's API, answered in checked shapes."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from pydantic import TypeAdapter

from runs_tui.adapters.airflow import wire
from runs_tui.adapters.airflow.address import API, RunName, StepName, root_of
from runs_tui.adapters.airflow.login import Login
from runs_tui.adapters.base import Connection
from runs_tui.model.clock import Clock
from runs_tui.model.errors import NotFound, Unauthorized
from runs_tui.transport.address import address_of
from runs_tui.transport.auth import bearer
from runs_tui.transport.http import Answer, Http, Patience, decode, segment
from runs_tui.transport.together import together

T = TypeVar("T")
Params = Mapping[str, str | int | Sequence[str]]
Body = Mapping[str, object]

MOST = 100
"""The most rows that a list gives at once; a server cuts what is more without a word."""
_GIVE = "name the variable that holds a token, or user:password, by `token_env` or --token-env"
_TOKEN = "a token lives 24 hours; user:password logs in by itself"
_NO_JWT = "jwt"


class Client:
    """One Airflow server."""

    def __init__(self, connection: Connection, patience: Patience, clock: Clock) -> None:
        """Remember how to reach it; nothing is sent before the first call."""
        secret, by_password = _secret_of(connection)
        origin = connection.credential.origin
        self._hint = f"check {origin}: {_TOKEN}" if origin else _GIVE
        self._shows = secret is not None
        self._http = Http(
            root_of(connection.url),
            auth=None if secret is None or by_password else bearer(secret),
            credential_origin=origin,
            patience=patience,
            clock=clock,
            source=connection.name,
        )
        self._login = Login(self._http, secret or "", self._hint, clock) if by_password else None

    async def close(self) -> None:
        """Close every connection."""
        await self._http.close()

    async def read(self, path: str, shape: TypeAdapter[T], params: Params | None = None) -> T:
        """Read something below the API's address."""
        return decode(await self._admitted(lambda: self._http.get(f"{API}{path}", params)), shape)

    async def ask(self, path: str, body: Body, shape: TypeAdapter[T]) -> T:
        """Read something by a POST that changes nothing."""
        return decode(await self._admitted(lambda: self._http.ask(f"{API}{path}", body)), shape)

    async def run(self, name: RunName) -> wire.DagRun:
        """Read one run."""
        return decode(await self._admitted(lambda: self._http.get(name.path)), wire.DAG_RUN)

    async def task_instances(self, name: RunName) -> list[wire.TaskInstance]:
        """Read all task instances of a run, in one request for each hundred."""
        first = await self._some(name, 0)
        found, size = _keyed(first), len(first.task_instances)
        offsets = range(size, first.total_entries or 0, size) if size else range(0)
        for start in range(0, len(offsets), 4):
            known = len(found)
            calls = [self._some(name, offset) for offset in offsets[start : start + 4]]
            for part in await together(calls):
                found |= _keyed(part)
            if len(found) == known:
                break
        return list(found.values())

    async def _some(self, name: RunName, offset: int) -> wire.TaskInstances:
        params: dict[str, str | int] = {"limit": MOST}
        if offset:
            params["offset"] = offset
        path = f"{name.path.removeprefix(API)}/taskInstances"
        return await self.read(path, wire.TASK_INSTANCES, params)

    async def task_instance(self, name: RunName, step: StepName) -> wire.TaskInstance:
        """Read one task instance."""
        return await self.read(_step_path(name, step), wire.TASK_INSTANCE)

    async def tries(self, name: RunName, step: StepName) -> list[wire.TaskInstance]:
        """Read the tries of a task instance, the first one first."""
        found = await self.read(f"{_step_path(name, step)}/tries", wire.TASK_INSTANCES)
        return sorted(found.task_instances, key=lambda each: each.try_number)

    async def log(self, name: RunName, step: StepName, number: int, token: str | None) -> wire.Log:
        """Read the log of one try, or what follows a token."""
        task = segment(step.task)
        path = f"{name.path.removeprefix(API)}/taskInstances/{task}/logs/{number}"
        params: dict[str, str | int] = {"map_index": step.place}
        if token:
            params["token"] = token
        return await self.read(path, wire.LOG, params)

    async def tasks(self, dag: str) -> list[wire.Task]:
        """Read the tasks of a Dag as it is now; none where it is there no more."""
        try:
            return (await self.read(f"/dags/{segment(dag)}/tasks", wire.TASKS)).tasks
        except NotFound:
            return []

    async def dags(self) -> list[wire.Dag]:
        """Read all Dags, those that have vanished from their files too."""
        found: dict[str, wire.Dag] = {}
        seen = 0
        while True:
            params: dict[str, str | int] = {"limit": MOST, "exclude_stale": "false"}
            params["offset"] = seen
            page = await self.read("/dags", wire.DAGS, params)
            known, seen = len(found), seen + len(page.dags)
            found |= {dag.dag_id: dag for dag in page.dags}
            if len(found) == known or seen >= (page.total_entries or 0):
                return list(found.values())

    async def write(self, path: str, body: Body, method: str = "POST") -> Answer:
        """Change something: sent exactly once, also where the token is refused."""
        token = await self._log_in()
        try:
            return await self._http.send(f"{API}{path}", body, method=method)
        except Unauthorized as error:
            self._forget(token, error)
            raise self._explained(error) from None

    async def _admitted(self, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Ask with a token, once more with a new one where the old one has run out."""
        token = await self._log_in()
        try:
            return await ask()
        except Unauthorized as error:
            if not self._forget(token, error):
                raise self._explained(error) from None
        await self._log_in()
        try:
            return await ask()
        except Unauthorized as error:
            raise self._explained(error) from None

    async def _log_in(self) -> str:
        """Show the token of a login, where one is wanted, and give it."""
        if self._login is None:
            return ""
        token = await self._login.token()
        self._http.auth = bearer(token)
        return token

    def _forget(self, token: str, error: Unauthorized) -> bool:
        """Forget a token that was refused; tell whether another one may be had."""
        if self._login is None or not _is_about_token(error):
            return False
        self._login.forget(token)
        return True

    def _explained(self, error: Unauthorized) -> Unauthorized:
        """Say what to do where the server lets a request not in."""
        if not _is_about_token(error):
            return error
        detail = "the server refuses the token" if self._shows else "this server wants a login"
        told = Unauthorized(detail, self._hint)
        told.status = error.status
        return told


def _secret_of(connection: Connection) -> tuple[str | None, bool]:
    """Give the secret, and whether it is a user and a password."""
    secret = connection.credential.secret
    if secret is None:
        userinfo = address_of(connection.url).userinfo
        return userinfo, userinfo is not None
    way = connection.options.get("auth")
    return secret, ":" in secret if way is None else way == "password"


def _is_about_token(error: Unauthorized) -> bool:
    """Tell a missing or spent token from a role that is too weak."""
    return error.status == 401 or _NO_JWT in error.detail.casefold()


def _keyed(page: wire.TaskInstances) -> dict[tuple[str, int], wire.TaskInstance]:
    return {(each.task_id, each.map_index): each for each in page.task_instances}


def _step_path(name: RunName, step: StepName) -> str:
    index = f"/{step.place}" if step.place >= 0 else ""
    return f"{name.path.removeprefix(API)}/taskInstances/{segment(step.task)}{index}"
