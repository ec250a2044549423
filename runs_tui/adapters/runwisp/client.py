"""The way to a daemon: how it speaks is found out once, and who has to log in is logged in."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus
from typing import TypeVar

from pydantic import TypeAdapter

from runs_tui.adapters.base import Connection
from runs_tui.adapters.runwisp import generation as routes
from runs_tui.adapters.runwisp import wire
from runs_tui.adapters.runwisp.generation import Generation, described
from runs_tui.adapters.runwisp.login import Login
from runs_tui.model.clock import Clock
from runs_tui.model.errors import (
    BadAnswer,
    Conflict,
    NotFound,
    Refused,
    Unauthorized,
    Unreachable,
)
from runs_tui.transport.auth import bearer
from runs_tui.transport.http import Answer, Http, Patience, Streaming, decode

T = TypeVar("T")
Params = Mapping[str, str | int]

_PASSWORD = (
    "name the variable of its password by `token_env` or --token-env, with --option auth=password"
)
_TOKEN = "a token lives 24 hours; --option auth=password logs in with a password"
_NOT_THAT = (NotFound, Refused, Unauthorized, Conflict, BadAnswer)


class Client:
    """One RunWisp daemon."""

    def __init__(self, connection: Connection, patience: Patience, clock: Clock) -> None:
        """Remember how to reach it; nothing is sent before the first request."""
        credential = connection.credential
        secret = credential.secret
        by_password = connection.options.get("auth") == "password"
        mend = f"check {credential.origin}" if credential.origin else _PASSWORD
        self._hint = f"{mend}: {_TOKEN}" if credential.origin else mend
        self._shows = secret is not None
        self._http = Http(
            connection.url,
            auth=None if secret is None or by_password else bearer(secret),
            credential_origin=credential.origin,
            patience=patience,
            verify=connection.options.get("ca", True),
            clock=clock,
            source=connection.name,
        )
        self._login = Login(self._http, secret or "", mend, clock) if by_password else None
        self._lock = asyncio.Lock()
        self._generation: Generation | None = None
        self.described = False
        """Whether the daemon has told of its API by itself."""

    async def generation(self) -> Generation:
        """Find out how the daemon speaks, and remember it."""
        async with self._lock:
            if self._generation is None:
                self._generation = await self._found_out()
            return self._generation

    def forget_generation(self) -> None:
        """Find out anew before the next request: another daemon answers now."""
        self._generation = None

    async def get(self, path: str, params: Params | None = None) -> Answer:
        """Read."""
        return await self._admitted(lambda: self._http.get(path, params))

    async def send(self, path: str, body: object | None = None) -> Answer:
        """Write: sent exactly once, also where the token is refused."""
        token = await self._log_in()
        try:
            return await self._http.send(path, body)
        except Unauthorized as error:
            self._forget(token, error)
            raise self._explained(error) from None

    @asynccontextmanager
    async def stream(
        self, path: str, params: Params, headers: Mapping[str, str]
    ) -> AsyncIterator[Streaming]:
        """Open a stream; raise what its status stands for."""
        async with AsyncExitStack() as stack:

            async def opened() -> Streaming:
                opening = self._http.stream(path, params, headers)
                streaming = await stack.enter_async_context(opening)
                await streaming.check()
                return streaming

            yield await self._admitted(opened)

    async def close(self) -> None:
        """Close every connection."""
        await self._http.close()

    async def _found_out(self) -> Generation:
        document = await self._public(routes.DOCUMENT, wire.DOCUMENT)
        found = described(document) if document is not None else None
        self.described = found is not None
        if found is not None:
            return found
        status = await self._public(routes.AUTH_STATUS, wire.AUTH_STATUS)
        if status is not None:
            return Generation(status.camel)
        answer = await self._admitted(lambda: self._http.get(routes.LIST, {"limit": 1}))
        return Generation(decode(answer, wire.RUN_LIST).camel)

    async def _public(self, path: str, shape: TypeAdapter[T]) -> T | None:
        """Read what is there for everyone; None where a daemon has it not."""
        try:
            return decode(await self._http.get(path), shape)
        except _NOT_THAT:
            return None
        except Unreachable as error:
            if error.status != HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            return None

    async def _admitted(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask with a token, once more with a new one where the old one has run out."""
        token = await self._log_in()
        try:
            return await ask()
        except Unauthorized as error:
            if not self._forget(token, error):
                raise self._explained(error) from None
        token = await self._log_in()
        try:
            return await ask()
        except Unauthorized as error:
            self._forget(token, error)
            raise self._explained(error) from None

    async def _log_in(self) -> str:
        """Show the token of a login, where one is wanted, and give it."""
        if self._login is None:
            return ""
        newer = self._generation is None or self._generation.camel
        token = await self._login.token(newer=newer)
        self._http.auth = bearer(token) if token else None
        return token

    def _forget(self, token: str, error: Unauthorized) -> bool:
        """Forget a token that was refused; tell whether another one may be had."""
        if self._login is None or error.status != 401:
            return False
        self._login.forget(token)
        return True

    def _explained(self, error: Unauthorized) -> Unauthorized:
        """Say what to do where the daemon lets a request not in."""
        if error.status != 401:
            return error
        detail = "the daemon refuses the token" if self._shows else "this daemon wants a login"
        told = Unauthorized(detail, self._hint)
        told.status = error.status
        return told
