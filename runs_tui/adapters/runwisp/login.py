"""The login by challenge and response, which a daemon allows five requests in five minutes for."""

import asyncio
import hashlib
from datetime import datetime, timedelta

from runs_tui.adapters.runwisp.generation import AUTH_STATUS, CHALLENGE, LOGIN
from runs_tui.adapters.runwisp.wire import AUTH_STATUS as STATUS
from runs_tui.adapters.runwisp.wire import NONCE, TOKEN
from runs_tui.model.clock import Clock
from runs_tui.model.errors import (
    BadAnswer,
    NotFound,
    RateLimited,
    Refused,
    SourceError,
    Unauthorized,
    Unsupported,
)
from runs_tui.transport.http import Http, decode

_ROUNDS = 600_000
_SHORT = 150.0  # seconds between two logins: each costs two of the five requests
_LONG = 300.0
_NO_SUCH_ROUTE = (NotFound, Unsupported, BadAnswer)


class Login:
    """Exchanges a password for a token, and keeps it until it is refused."""

    def __init__(self, http: Http, password: str, hint: str, clock: Clock) -> None:
        """Take the password, and where it can be mended; nothing is sent yet."""
        self._http = http
        self._password = password
        self._hint = hint
        self._clock = clock
        self._under_way: asyncio.Future[str] | None = None
        self._token: str | None = None
        self._again: datetime | None = None
        self._refusal = self._refused_token()

    async def token(self, *, newer: bool) -> str:
        """Give a token, logging in where there is none; empty where the daemon wants none.

        A reader that is cancelled leaves the login under way, for the daemon counts each of them.
        """
        if self._token is not None:
            return self._token
        if self._under_way is None:
            self._under_way = asyncio.ensure_future(self._log_in(newer=newer))
            self._under_way.add_done_callback(self._logged_in)
        return await asyncio.shield(self._under_way)

    def _logged_in(self, login: "asyncio.Future[str]") -> None:
        self._under_way = None
        if not login.cancelled() and login.exception() is None:
            self._token = login.result()

    def forget(self, token: str) -> None:
        """Forget a token that was refused."""
        if self._token == token:
            self._token = None

    async def _log_in(self, *, newer: bool) -> str:
        self._check_rest()
        if not self._password:
            raise Unauthorized("the password is empty", self._hint)
        try:
            token = await self._exchange(newer=newer)
        except SourceError as error:
            if error.status is not None:
                self._rest(error)
            if isinstance(error, NotFound | Refused | Unauthorized) and await self._not_wanted():
                return ""
            self._refusal = self._explained(error)
            raise self._refusal from None
        self._rest()
        self._refusal = self._refused_token()
        return token

    def _rest(self, error: SourceError | None = None) -> None:
        """Leave the daemon alone for some time, whatever came of a login."""
        wait = error.retry_after or _LONG if isinstance(error, RateLimited) else _SHORT
        self._again = self._clock.now() + timedelta(seconds=wait)

    def _check_rest(self) -> None:
        """Raise what came of the last login while it is too early for another one."""
        left = (self._again - self._clock.now()).total_seconds() if self._again else 0.0
        if left <= 0:
            return
        if isinstance(self._refusal, RateLimited):
            raise _too_many(left)
        raise type(self._refusal)(self._refusal.detail, self._refusal.hint)

    async def _exchange(self, *, newer: bool) -> str:
        # Sent once each, and never again by itself: the daemon counts every one of them.
        answer = await self._http.send(CHALLENGE, method="GET", private=True)
        nonce = decode(answer, NONCE).nonce
        first, second = ("newer", "older") if newer else ("older", "newer")
        try:
            return await self._respond(first, nonce)
        except _NO_SUCH_ROUTE:
            return await self._respond(second, nonce)

    async def _respond(self, route: str, nonce: str) -> str:
        respond = _newer if route == "newer" else _older
        response = await asyncio.to_thread(respond, self._password, nonce)
        body = {"nonce": nonce, "response": response}
        answer = await self._http.send(LOGIN[route], body, private=True)
        return decode(answer, TOKEN).token

    async def _not_wanted(self) -> bool:
        try:
            return not decode(await self._http.get(AUTH_STATUS), STATUS).required
        except SourceError:
            return False

    def _refused_token(self) -> SourceError:
        detail = "the daemon refuses the token that its own login gave"
        return Unauthorized(detail, self._hint)

    def _explained(self, error: SourceError) -> SourceError:
        match error:
            case Unauthorized():
                told: SourceError = Unauthorized("the daemon refuses the password", self._hint)
            case RateLimited():
                told = _too_many(error.retry_after or _LONG)
            case NotFound() | Refused():
                detail = "the daemon lets nobody log in with a password"
                told = Unauthorized(detail, "leave out the option auth=password")
            case _:
                return error
        told.status = error.status
        return told


def _too_many(seconds: float) -> RateLimited:
    detail = "too many logins: the daemon takes five requests in five minutes"
    return RateLimited(detail, f"again in {seconds:.0f} s", seconds)


def _newer(password: str, nonce: str) -> str:
    salt = nonce.encode("utf-8", "replace")
    return hashlib.pbkdf2_hmac("sha256", _bytes(password), salt, _ROUNDS, 32).hex()


def _older(password: str, nonce: str) -> str:
    return hashlib.sha256(_bytes(f"{password}:{nonce}")).hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
