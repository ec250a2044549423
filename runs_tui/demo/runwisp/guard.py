"""The door of the daemon: tokens, and the login by challenge and response that gives them."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, PlainTextResponse, Response

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from runs_tui.demo.runwisp.words import Generation
    from runs_tui.demo.server import Settings
    from runs_tui.model.clock import Clock

ROUNDS = 600_000
_MOST_LOGINS = 5
_WINDOW = timedelta(minutes=5)
_NONCE_LIVES = timedelta(minutes=5)
_TOKEN_LIVES = timedelta(hours=24)
_PUBLIC = "/api/auth"


class Guard:
    """Lets in who has a token: the one that is configured, or one that a login gave."""

    def __init__(self, clock: Clock, settings: Settings, generation: Generation) -> None:
        """Guard a daemon; without a credential, or with its login switched off, all may enter."""
        self._clock = clock
        self._token = settings.credential
        self._password = str(settings.extra.get("password", settings.credential))
        self._generation = generation
        self.closed = settings.credential is not None and settings.extra.get("auth") != "off"
        """Whether a token is wanted."""
        self._nonces: dict[str, datetime] = {}
        self._tokens: dict[str, datetime] = {}
        self._asked: list[datetime] = []

    def before(self, inner: ASGIApp) -> ASGIApp:
        """Stand before an application."""

        async def guard(scope: Scope, receive: Receive, send: Send) -> None:
            path = scope["path"].removeprefix(scope.get("root_path", ""))
            answer = inner
            if path.startswith("/api/") and not path.startswith(_PUBLIC) and not self._knows(scope):
                answer = PlainTextResponse("Unauthorized\n", 401)
            await answer(scope, receive, send)

        return guard

    async def status(self, _: Request) -> Response:
        """Tell whether a token is wanted; whoever shows one is not looked at."""
        name = "authRequired" if self._generation == "G3" else "auth_required"
        return JSONResponse({name: self.closed, "authenticated": False})

    async def challenge(self, _: Request) -> Response:
        """Give a nonce, which opens one login."""
        if self._limited():
            return self._too_many()
        nonce = secrets.token_hex(32)
        self._nonces[nonce] = self._clock.now() + _NONCE_LIVES
        return JSONResponse({"nonce": nonce})

    async def login(self, request: Request) -> Response:
        """Give a token for the right response to a nonce."""
        if self._limited():
            return self._too_many()
        try:
            told = json.loads(await request.body())
            nonce, response = str(told["nonce"]), str(told["response"])
        except (ValueError, TypeError, KeyError):
            return PlainTextResponse("Invalid request\n", 400)
        ends = self._nonces.pop(nonce, None)
        if ends is None or ends < self._clock.now():
            return PlainTextResponse("Invalid or expired nonce\n", 401)
        wanted = await asyncio.to_thread(self._response, nonce)
        if not hmac.compare_digest(wanted, response):
            return PlainTextResponse("Invalid password\n", 401)
        token = secrets.token_urlsafe(24)
        self._tokens[token] = self._clock.now() + _TOKEN_LIVES
        return JSONResponse(
            {"token": token}, headers={"set-cookie": f"runwisp_jwt={token}; Path=/api/; HttpOnly"}
        )

    def _response(self, nonce: str) -> str:
        password = self._password.encode()
        if self._generation == "G3":
            return hashlib.pbkdf2_hmac("sha256", password, nonce.encode(), ROUNDS, 32).hex()
        return hashlib.sha256(password + b":" + nonce.encode()).hexdigest()

    def _knows(self, scope: Scope) -> bool:
        if not self.closed:
            return True
        shown = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        token = shown.removeprefix("Bearer ")
        ends = self._tokens.get(token)
        return token == self._token or (ends is not None and ends > self._clock.now())

    def _limited(self) -> bool:
        now = self._clock.now()
        self._asked = [*(at for at in self._asked if at > now - _WINDOW), now]
        return len(self._asked) > _MOST_LOGINS

    @staticmethod
    def _too_many() -> Response:
        return PlainTextResponse("Too many requests\n", 429)
