"""The three doors of a Dagu server: a token, Basic, or users of its own who log in."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

TOKEN = "eyJ.login.token"
_OPEN = ("/health", "/auth/login")


class Guard:
    """Lets requests through that show the credential; the health stays open."""

    def __init__(self, app: ASGIApp, way: str, credential: str | None) -> None:
        """Stand before an app; `way` is `bearer`, `basic` or `login`."""
        self._app = app
        self._way = way
        self._credential = credential
        self.token = TOKEN
        """What a login gives; another one makes the old one worthless."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, refuse it, or let somebody log in."""
        request = Request(scope, receive)
        answer: ASGIApp = self._app
        if request.url.path.endswith("/auth/login"):
            answer = await self._log_in(request)
        elif self._credential is not None and not self._may_pass(request):
            challenge = "Basic" if self._way == "basic" else "Bearer"
            headers = {"www-authenticate": f'{challenge} realm="restricted"'}
            answer = Response(status_code=401, headers=headers)
        await answer(scope, receive, send)

    def _may_pass(self, request: Request) -> bool:
        if request.url.path.endswith(_OPEN):
            return True
        credential = (self._credential or "").encode("utf-8", "replace")
        shown = {
            "basic": f"Basic {b64encode(credential).decode()}",
            "login": f"Bearer {self.token}",
        }
        return request.headers.get("authorization") == shown.get(
            self._way, f"Bearer {self._credential}"
        )

    async def _log_in(self, request: Request) -> Response:
        if self._way != "login":
            message = "Authentication is not enabled"
            return JSONResponse({"code": "unauthorized", "message": message}, 401)
        try:
            told = json.loads(await request.body())
            given = f"{told['username']}:{told['password']}"
        except (ValueError, KeyError, TypeError):
            return Response(status_code=500)
        if given != self._credential:
            message = "Invalid username or password"
            return JSONResponse({"code": "unauthorized", "message": message}, 401)
        return JSONResponse({"token": self.token, "expiresAt": "", "user": {"role": "admin"}})
