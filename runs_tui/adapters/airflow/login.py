"""The token that requests show: given as it is, or had for a user and a password."""

import asyncio
import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta

from runs_tui.adapters.airflow.wire import TOKEN
from runs_tui.model.clock import Clock
from runs_tui.model.errors import NotFound, Refused, Unauthorized
from runs_tui.model.redaction import SECRETS
from runs_tui.transport.http import Http, decode

PATH = "/auth/token"
"""Where tokens are given, which is not a part of the API."""
_SOON = timedelta(minutes=5)
"""How long before its end a token is replaced that lives long enough for it."""


class Login:
    """Exchanges a user and a password for a token, and keeps it while it is good."""

    def __init__(self, http: Http, secret: str, hint: str, clock: Clock) -> None:
        """Take `user:password` and where it can be mended; nothing is sent yet."""
        self._http = http
        self._user, _, self._password = secret.strip().partition(":")
        self._hint = hint
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token: str | None = None
        self._until: datetime | None = None
        SECRETS.know(self._password)

    async def token(self) -> str:
        """Give a token, logging in where there is none or the last one is about to end."""
        async with self._lock:
            if self._token is None or (self._until and self._until <= self._clock.now()):
                self._token = await self._log_in()
                self._until = renewed_at(self._token, self._clock.now())
            return self._token

    def forget(self, token: str) -> None:
        """Forget a token that was refused."""
        if self._token == token:
            self._token = None

    async def _log_in(self) -> str:
        body = {"username": self._user, "password": self._password}
        try:
            answer = await self._http.send(PATH, body, private=True)
        except Unauthorized as error:
            told = Unauthorized("the server refuses the user or the password", self._hint)
            told.status = error.status
            raise told from None
        except (NotFound, Refused) as error:
            detail = f"the server gives no tokens for passwords: {error.detail}"
            raise Unauthorized(detail, f"give a token: {self._hint}") from None
        return decode(answer, TOKEN).access_token


def renewed_at(token: str, now: datetime) -> datetime | None:
    """Give when another one is to be had for a token; None where that is when it is refused.

    One that has ended as soon as it was given tells that the server's clock is another.
    """
    ends = end_of(token)
    if ends is None or ends <= now:
        return None
    return ends - min(_SOON, (ends - now) / 2)


def end_of(token: str) -> datetime | None:
    """Give when a token ends, where it says so: a JWT does."""
    try:
        claims = token.split(".")[1]
        told = json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
        return datetime.fromtimestamp(told["exp"], UTC)
    except (IndexError, KeyError, TypeError, ValueError, OverflowError, OSError):
        return None
