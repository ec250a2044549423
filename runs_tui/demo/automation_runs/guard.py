"""The door of the `automation_runs` server: credentials and rate limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from runs_tui.demo.server import Settings
    from runs_tui.model.clock import Clock

UNLIMITED = 100_000


class Guard:
    """Lets in who knows the credential, so often in a minute."""

    def __init__(
        self, clock: Clock, settings: Settings, refuse: Callable[[int, object], ASGIApp]
    ) -> None:
        """Turn others away with the answer that `refuse` makes of a status and a reason."""
        self._clock = clock
        self._credential = settings.credential
        self._rate = int(settings.extra.get("rate", UNLIMITED))
        self._refuse = refuse
        self._minute = 0
        self._used = 0

    def before(self, inner: ASGIApp) -> ASGIApp:
        """Stand before an application."""

        async def guard(scope: Scope, receive: Receive, send: Send) -> None:
            headers = self._count()

            async def counted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message["headers"] = [*message["headers"], *headers]
                await send(message)

            answer: ASGIApp = inner
            if not self._known(dict(scope["headers"])):
                answer = self._refuse(401, "Not authenticated")
            elif self._used > self._rate:
                answer = self._refuse(429, "Rate limit exceeded")
            await answer(scope, receive, counted)

        return guard

    def _known(self, headers: dict[bytes, bytes]) -> bool:
        if self._credential is None:
            return True
        given = headers.get(b"authorization", b"").decode("latin-1")
        cookies = headers.get(b"cookie", b"").decode("latin-1").split(";")
        return self._credential in (
            given,
            given.removeprefix("Bearer "),
            headers.get(b"x-api-key", b"").decode("latin-1"),
            *(
                cookie.strip().removeprefix("vai_token=")
                for cookie in cookies
                if cookie.strip().startswith("vai_token=")
            ),
        )

    def _count(self) -> list[tuple[bytes, bytes]]:
        seconds = int(self._clock.now().timestamp())
        if seconds // 60 != self._minute:
            self._minute, self._used = seconds // 60, 0
        self._used += 1
        told = {
            b"x-ratelimit-limit": self._rate,
            b"x-ratelimit-remaining": max(self._rate - self._used, 0),
            b"x-ratelimit-reset": (self._minute + 1) * 60,
        }
        return [(name, str(value).encode()) for name, value in told.items()]
