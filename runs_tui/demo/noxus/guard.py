"""The door of the Noxus server: one key, and a number for every request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

from runs_tui.demo.dice import digest, uuid

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Guard:
    """Lets in who knows the key."""

    def __init__(self, app: ASGIApp, credential: str | None) -> None:
        """Stand before an app; without a credential everyone may pass."""
        self._app = app
        self._credential = credential
        self._count = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on or refuse it; each answer names its request."""
        self._count += 1
        number = uuid(digest("request", self._count)).encode()

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-request-id", number)]
            await send(message)

        answer: ASGIApp = self._app
        if not self._knows(dict(scope["headers"])):
            answer = JSONResponse({"detail": "Invalid or missing API key"}, 401)
        await answer(scope, receive, named)

    def _knows(self, headers: dict[bytes, bytes]) -> bool:
        given = headers.get(b"x-api-key", b"").decode("latin-1")
        return self._credential is None or given == self._credential
