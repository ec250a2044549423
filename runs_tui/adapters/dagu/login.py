"""The login that gives a token for a user's name and password."""

import asyncio

from runs_tui.adapters.dagu.wire import TOKEN
from runs_tui.model.errors import Unauthorized
from runs_tui.transport.auth import Auth, bearer
from runs_tui.transport.http import Http, decode

PATH = "/auth/login"


class Login:
    """Exchanges a name and a password for a token, and keeps it until it is refused."""

    def __init__(self, http: Http, secret: str, hint: str) -> None:
        """Take `name:password`, and where it can be mended; nothing is sent yet."""
        self._http = http
        self._user, _, self._password = secret.strip().partition(":")
        self._hint = hint
        self._lock = asyncio.Lock()
        self._auth: Auth | None = None

    async def auth(self, api: str) -> Auth:
        """Give what shows the token, logging in where there is none."""
        async with self._lock:
            if self._auth is None:
                self._auth = await self._log_in(api)
            return self._auth

    def forget(self, auth: Auth) -> None:
        """Forget a token that was refused."""
        if self._auth is auth:
            self._auth = None

    async def _log_in(self, api: str) -> Auth:
        if not self._user or not self._password:
            raise Unauthorized("a login needs a name and a password, as name:password", self._hint)
        self._http.auth = None
        body = {"username": self._user, "password": self._password}
        try:
            answer = await self._http.send(f"{api}{PATH}", body, private=True)
        except Unauthorized as error:
            raise Unauthorized(error.detail, self._hint) from None
        return bearer(decode(answer, TOKEN).token)
