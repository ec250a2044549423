"""The door: who may come in, how often in an hour, and what they know already."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from runs_tui.demo.github_actions.problems import Problem, not_found

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from runs_tui.demo.server import Settings
    from runs_tui.model.clock import Clock

STORAGE = "/_storage/"
"""Where logs are kept: another host, in truth, which knows nothing of credentials."""
_HOUR = 3600
_USUAL = 5000


class Guard:
    """Lets in who knows the token, so often in an hour; what is unchanged is not counted."""

    def __init__(self, inner: ASGIApp, clock: Clock, settings: Settings) -> None:
        """Stand before an application."""
        self._inner = inner
        self._clock = clock
        self._credential = settings.credential
        self._hidden = bool(settings.extra.get("hidden"))
        self._rate = int(settings.extra.get("rate", _USUAL))
        self._hour = 0
        self._used = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or have it answered."""
        if scope["path"].removeprefix(scope.get("root_path", "")).startswith(STORAGE):
            await self._inner(scope, receive, send)
            return
        headers = dict(scope["headers"])
        problem = self._problem(headers)
        if problem is not None:
            await problem.answer(scope, receive, self._counting(send))
            return
        tag = headers.get(b"if-none-match")
        await self._inner(scope, receive, _Tagging(self._counting(send), tag).send)

    def _problem(self, headers: dict[bytes, bytes]) -> Problem | None:
        if not headers.get(b"user-agent"):
            return Problem(403, "Request forbidden by administrative rules.")
        if self._used_up():
            return Problem(403, "API rate limit exceeded for user ID 501.")
        if self._credential is None:
            return None
        given = headers.get(b"authorization", b"").decode("latin-1")
        scheme, _, secret = given.partition(" ")
        if scheme.lower() in {"bearer", "token"} and secret == self._credential:
            return None
        if given:
            return Problem(401, "Bad credentials")
        return not_found() if self._hidden else Problem(401, "Requires authentication")

    def _used_up(self) -> bool:
        hour = int(self._clock.now().timestamp()) // _HOUR
        if hour != self._hour:
            self._hour, self._used = hour, 0
        return self._used >= self._rate

    def _counting(self, send: Send) -> Send:
        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._used += message["status"] != 304
                message["headers"] = [*message["headers"], *self._told()]
            await send(message)

        return counted

    def _told(self) -> list[tuple[bytes, bytes]]:
        told = {
            b"x-ratelimit-limit": self._rate,
            b"x-ratelimit-remaining": max(self._rate - self._used, 0),
            b"x-ratelimit-used": self._used,
            b"x-ratelimit-reset": (self._hour + 1) * _HOUR,
        }
        return [
            *((name, str(value).encode()) for name, value in told.items()),
            (b"x-ratelimit-resource", b"core"),
        ]


class _Tagging:
    """Tags whole answers, and leaves out those that are known."""

    def __init__(self, send: Send, known: bytes | None) -> None:
        self._send = send
        self._known = known
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        """Pass an answer on once it is whole."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if message.get("more_body") or self._start is None:
            return
        start, body = self._start, self._body
        if start["status"] == 200:
            tag = f'W/"{blake2b(body, digest_size=16).hexdigest()}"'.encode()
            start["headers"] = [*start["headers"], (b"etag", tag)]
            if tag == self._known:
                kept = [each for each in start["headers"] if each[0] != b"content-length"]
                start, body = {**start, "status": 304, "headers": kept}, b""
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})
