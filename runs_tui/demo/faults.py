"""Mischief on demand: answers that come late, wrong, broken or not at all."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import responses
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

CLOSED_EARLY = 1011
_BODILESS = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong with the requests it applies to."""

    path: str = ""
    """Applies where this is contained in the path behind the API's prefix."""
    method: str | None = None
    times: int | None = 1
    """How many requests it spoils; None: every one until it is removed."""
    delay: float = 0.0
    """Seconds before anything is answered."""
    status: int | None = None
    """Answers with this instead, and does no work."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Are added to the answer, in place of those of the same name."""
    body: bytes | None = None
    """Replaces the body."""
    drop_after: int | None = None
    """Closes the connection after so many bytes of the body; 0: at once, and no work is done."""
    swallow: bool = False
    """Does the work, then closes the connection before any byte of the answer."""
    rewrite: Callable[[bytes], bytes] | None = None
    """Alters the real body."""


@dataclass(slots=True)
class Request:
    """A request as it came in, and the status it was answered with."""

    method: str
    path: str
    """Without the API's prefix."""
    query: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes
    status: int | None = None


class Faults:
    """What goes wrong between one API and its clients, and a log of their requests."""

    def __init__(self) -> None:
        """Begin with nothing wrong."""
        self.requests: list[Request] = []
        self._faults: list[Fault] = []
        self._left: list[int | None] = []

    def add(self, fault: Fault) -> None:
        """Arm a fault; of several that apply, the one added first strikes."""
        self._faults.append(fault)
        self._left.append(fault.times)

    def clear(self) -> None:
        """Disarm every fault."""
        self._faults.clear()
        self._left.clear()

    def around(self, app: ASGIApp) -> ASGIApp:
        """Put the faults in front of an application."""

        async def faulty(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                await self._http(app, scope, receive, send)
            elif scope["type"] == "websocket":
                await self._websocket(app, scope, receive, send)

        return faulty

    def _strike(self, request: Request) -> Fault | None:
        for index, fault in enumerate(self._faults):
            if fault.path not in request.path or fault.method not in (None, request.method):
                continue
            left = self._left[index]
            if left is not None and left <= 1:
                del self._faults[index], self._left[index]
            elif left is not None:
                self._left[index] = left - 1
            return fault
        return None

    async def _http(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _read(receive)
        request = _request(scope, scope["method"], body)
        self.requests.append(request)
        answer = _Answer(request, self._strike(request) or Fault(), receive, send)
        await asyncio.sleep(answer.fault.delay)
        if answer.fault.drop_after == 0:
            await answer.hang_up()
        elif answer.fault.status is not None:
            await answer.instead(answer.fault.status)
        else:
            await app(scope, _again(body, receive), answer.send)

    async def _websocket(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        request = _request(scope, "WEBSOCKET", b"")
        self.requests.append(request)
        fault = self._strike(request) or Fault()
        await asyncio.sleep(fault.delay)
        if fault.status is not None:
            await receive()
            await send({"type": "websocket.close", "code": CLOSED_EARLY})
            return
        left = -1 if fault.swallow else fault.drop_after

        async def counted(message: Message) -> None:
            nonlocal left
            if left is not None and message["type"] == "websocket.send":
                left -= len(message.get("bytes") or (message.get("text") or "").encode())
            if left is not None and left < 0:
                _abort(send)
            else:
                await send(message)

        await app(scope, receive, counted)


class _Answer:
    """An answer on its way out, spoiled as a fault says."""

    def __init__(self, request: Request, fault: Fault, receive: Receive, send: Send) -> None:
        self.fault = fault
        self._request = request
        self._receive = receive
        self._send = send
        self._left = fault.drop_after
        self._lost = False
        self._whole = fault.body is not None or fault.rewrite is not None
        self._start: Message = {}
        self._body = b""

    async def send(self, message: Message) -> None:
        if self._lost:
            return
        if self.fault.swallow:
            await self.hang_up()
        elif message["type"] == "http.response.start":
            await self._begin(message)
        else:
            await self._go_on(message.get("body", b""), more=message.get("more_body", False))

    async def instead(self, status: int) -> None:
        body = self.fault.body
        if body is None:
            body = b'{"detail":"%s"}' % responses.get(status, "Refused").encode()
        headers = [(b"content-type", b"application/json")]
        await self._begin_whole({"type": "http.response.start", "status": status}, headers, body)

    async def hang_up(self) -> None:
        """Close the connection with what was sent so far, and wait until it is closed."""
        self._lost = True
        _abort(self._send)
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _begin(self, message: Message) -> None:
        if self._whole:
            self._start = message
            return
        self._request.status = message["status"]
        await self._send({**message, "headers": self._headers(message["headers"])})

    async def _go_on(self, body: bytes, *, more: bool) -> None:
        if not self._whole:
            await self._pass(body, more=more)
            return
        self._body += body
        if more:
            return
        body = self._body if self.fault.body is None else self.fault.body
        if self.fault.rewrite is not None and self._start["status"] not in _BODILESS:
            body = self.fault.rewrite(body)
        await self._begin_whole(self._start, self._start["headers"], body)

    async def _begin_whole(
        self, start: Message, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> None:
        self._request.status = start["status"]
        others = [(name, value) for name, value in headers if name.lower() != b"content-length"]
        sized = [*others, (b"content-length", str(len(body)).encode())]
        if start["status"] in _BODILESS:
            sized, body = others, b""
        await self._send({**start, "headers": self._headers(sized)})
        await self._pass(body, more=False)

    async def _pass(self, body: bytes, *, more: bool) -> None:
        if self._left is not None and len(body) > self._left:
            await self._send(
                {"type": "http.response.body", "body": body[: self._left], "more_body": True}
            )
            await self.hang_up()
            return
        if self._left is not None:
            self._left -= len(body)
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    def _headers(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        added = {
            name.lower().encode(): value.encode() for name, value in self.fault.headers.items()
        }
        kept = [(name, value) for name, value in headers if name.lower() not in added]
        return [*kept, *added.items()]


def _request(scope: Scope, method: str, body: bytes) -> Request:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    return Request(method, path, scope["query_string"].decode("latin-1"), headers, body)


async def _read(receive: Receive) -> bytes:
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _again(body: bytes, receive: Receive) -> Callable[[], Awaitable[Message]]:
    """Give a body that was read already once more, then whatever else comes."""
    told = False

    async def again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _abort(send: Send) -> None:
    """Break the connection below HTTP; the server's `send` belongs to the one who holds it."""
    owner = getattr(send, "__self__", None)
    transport = cast("asyncio.WriteTransport", owner and owner.transport)
    transport.close()
