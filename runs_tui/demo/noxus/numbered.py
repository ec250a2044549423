"""A number for every request, which its answer tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runs_tui.demo.dice import digest, uuid

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Numbered:
    """Counts requests."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an app."""
        self._app = app
        self._count = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; the answer, also a refusal, names it."""
        self._count += 1
        number = uuid(digest("request", self._count)).encode()

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-request-id", number)]
            await send(message)

        await self._app(scope, receive, named)
