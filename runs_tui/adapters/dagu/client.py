"""The way to a Dagu server: where its API is is found out once, and who has to log in is."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from pydantic import TypeAdapter

from runs_tui.adapters.base import Connection
from runs_tui.adapters.dagu.login import Login
from runs_tui.adapters.dagu.place import api_of, base_of
from runs_tui.adapters.dagu.wire import HEALTH
from runs_tui.model.clock import Clock
from runs_tui.model.errors import BadAnswer, NotFound, SourceError, Unauthorized
from runs_tui.model.redaction import SECRETS
from runs_tui.transport.auth import Auth, basic, bearer
from runs_tui.transport.http import Answer, Http, Patience, decode

T = TypeVar("T")
Params = Mapping[str, str | int]

USUAL = "/api/v2"
OTHER = "/api/v1"
_WAYS = "a name and a password go by --option auth=basic, or auth=login for users of Dagu's own"


class Client:
    """One Dagu server."""

    def __init__(self, connection: Connection, patience: Patience, clock: Clock) -> None:
        """Remember how to reach it; nothing is sent before the first request."""
        credential = connection.credential
        secret = credential.secret
        way = connection.options.get("auth") or ("basic" if ":" in (secret or "") else "bearer")
        show = {"basic": basic, "bearer": bearer}.get(way)
        self._http = Http(
            base_of(connection.url),
            auth=show(secret) if show and secret is not None else None,
            credential_origin=credential.origin,
            patience=patience,
            clock=clock,
            source=connection.name,
        )
        mend = f"check {credential.origin}" if credential.origin else "give one by `token_env`"
        self._hint = f"{mend}; {_WAYS}"
        self._login = Login(self._http, secret or "", mend) if way == "login" else None
        if secret and ":" in secret:
            SECRETS.know(secret.partition(":")[2].strip())
        self._api = api_of(connection.url)

    async def read(self, path: str, shape: TypeAdapter[T], params: Params | None = None) -> T:
        """Read; where the API is not where newer servers have it, look where others do."""
        if self._api is not None:
            return decode(await self._get(self._api, path, params), shape)
        try:
            found = decode(await self._get(USUAL, path, params), shape)
        except (NotFound, BadAnswer) as error:
            if isinstance(error, NotFound) and not error.hint:
                self._api = USUAL
                raise
            if not await self._is_at(OTHER):
                raise error from None
            self._api = OTHER
            return decode(await self._get(self._api, path, params), shape)
        self._api = USUAL
        return found

    async def send(self, path: str, body: object | None = None, *, method: str = "POST") -> Answer:
        """Write: sent exactly once, also where a token is refused."""
        api = self._api or USUAL
        auth = await self._admit(api)
        try:
            return await self._http.send(f"{api}{path}", body, method=method)
        except Unauthorized as error:
            self._forget(auth)
            raise self._explained(error) from None

    async def close(self) -> None:
        """Close every connection."""
        await self._http.close()

    async def _get(self, api: str, path: str, params: Params | None) -> Answer:
        async def ask() -> Answer:
            return await self._http.get(f"{api}{path}", params)

        return await self._admitted(api, ask)

    async def _admitted(self, api: str, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Ask with a token, once more with a new one where the old one has run out."""
        auth = await self._admit(api)
        try:
            return await ask()
        except Unauthorized as error:
            if auth is None or error.status != 401:
                raise self._explained(error) from None
            self._forget(auth)
        await self._admit(api)
        return await ask()

    async def _admit(self, api: str) -> Auth | None:
        """Show the token of a login, where one is wanted, and give it."""
        if self._login is None:
            return None
        self._http.auth = auth = await self._login.auth(api)
        return auth

    def _forget(self, auth: Auth | None) -> None:
        if self._login is not None and auth is not None:
            self._login.forget(auth)

    def _explained(self, error: Unauthorized) -> Unauthorized:
        """Say what else a server may want that lets a request not in; it says only that it does."""
        if error.status != 401 or self._login is not None:
            return error
        told = Unauthorized(error.detail, self._hint)
        told.status = error.status
        return told

    async def _is_at(self, api: str) -> bool:
        try:
            decode(await self._http.get(f"{api}/health"), HEALTH)
        except SourceError:
            return False
        return True
