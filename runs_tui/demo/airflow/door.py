"""The door of an Airflow server: tokens, which it gives for a user and a password."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from runs_tui.demo.checks import read_object
from runs_tui.demo.server import Settings
from runs_tui.model.clock import Clock

_LOGIN = "/auth/token"
_OPEN = frozenset({_LOGIN, "/api/v2/version", "/api/v2/monitor/health"})
_DAY = 86_400


class Door:
    """Lets in who shows the token, or one that it gave for `user:password`."""

    def __init__(self, clock: Clock, settings: Settings) -> None:
        """Take the credential, which is a token unless it has a colon."""
        self._clock = clock
        self._secret = settings.credential
        self._lives = settings.extra.get("token_seconds", _DAY)
        self._viewer = settings.extra.get("viewer") is True

    def routes(self) -> Sequence[Route]:
        """Give where it answers itself."""
        return [Route(_LOGIN, self._log_in, methods=["POST"])]

    def before(self, app: ASGIApp) -> ASGIApp:
        """Stand before an app."""

        async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
            refusal = self._refusal(scope) if scope["type"] == "http" else None
            await (refusal or app)(scope, receive, send)

        return guarded

    async def _log_in(self, request: Request) -> Response:
        body = await read_object(request)
        if f"{body.get('username')}:{body.get('password')}" != self._secret:
            raise HTTPException(401, "Invalid credentials")
        return JSONResponse({"access_token": self._token()}, 201)

    def _token(self) -> str:
        claims = {"sub": "someone", "exp": int(self._clock.now().timestamp() + self._lives)}
        return f"e30.{urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.demo"

    def _refusal(self, scope: Scope) -> Response | None:
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if not self._secret or path in _OPEN:
            return None
        shown = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        if not shown.startswith("Bearer "):
            return JSONResponse({"detail": "Not authenticated"}, 401)
        if not self._knows(shown.removeprefix("Bearer ")):
            return JSONResponse({"detail": "Invalid JWT token"}, 403)
        reads = scope["method"] == "GET" or path.endswith("/list")
        return None if reads or not self._viewer else JSONResponse({"detail": "Forbidden"}, 403)

    def _knows(self, token: str) -> bool:
        if ":" not in (self._secret or ""):
            return token == self._secret
        try:
            claims = token.split(".")[1]
            ends = json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"]
        except (IndexError, KeyError, ValueError, TypeError):
            return False
        return bool(ends > self._clock.now().timestamp())
