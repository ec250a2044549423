"""One request on the wire, and what can go wrong with it; imported at the first request."""

import asyncio
import errno
import socket
import ssl
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from http.cookiejar import DefaultCookiePolicy

from runs_tui.model.errors import BadAnswer, SourceError, Unreachable
from runs_tui.transport.address import Address, leads_elsewhere, redirected
from runs_tui.transport.auth import Shown
from runs_tui.transport.elsewhere import REDIRECTS
from runs_tui.transport.lean import httpx
from runs_tui.transport.recorder import Recorder, Sent, Unheard
from runs_tui.transport.unix_socket import why_unreachable

MOST_BYTES = 64 * 1024 * 1024
_MOST_REDIRECTS = 5
_EXCHANGE = "runs_tui.exchange"
_ADDRESS = "is the address right, and is the server running?"
_REASONS = {
    errno.ECONNREFUSED: "nothing answers there",
    errno.EHOSTUNREACH: "there is no way to that host",
    errno.ENETUNREACH: "there is no way to that network",
}


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked."""

    method: str
    """Its HTTP method."""
    path: str
    """Its path, below the address of the API."""
    params: Mapping[str, str | list[str]] = field(default_factory=dict)
    """Its query string."""
    body: bytes | None = None
    """Its body, JSON."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Its headers, the credential among them."""
    shown: Shown | None = None
    """How its credential is shown."""
    attempt: int = 1
    """Which try of it this is."""
    private: bool = False
    """Whether its bodies are made of secrets."""
    stream: bool = False
    """Whether its answer stays open."""
    elsewhere: bool = False
    """Whether a redirect to another origin is given as the answer."""


class Broken(Exception):
    """A request that got no whole answer."""

    def __init__(self, error: SourceError, *, sent: bool = True, passing: bool = False) -> None:
        """Take the error, whether the request was sent, and whether trying again may help."""
        super().__init__(error.sentence)
        self.error = error
        self.sent = sent
        self.passing = passing


class Wire:
    """The connections to one API."""

    def __init__(
        self, address: Address, verify: bool | str, connect: float, recorder: Recorder
    ) -> None:
        """Take where it is; nothing is opened before the first request."""
        self._address = address
        self._recorder = recorder
        self._verify = verify
        self._connect = connect
        self._lock = asyncio.Lock()
        self._client: httpx.AsyncClient | None = None

    async def open(self, call: Call, silence: float) -> httpx.Response:
        """Send a request, also where a redirect within the origin leads; give the open answer."""
        client = await self._ready()
        timeout = httpx.Timeout(silence, connect=self._connect)
        url, params = self._address.join(call.path), call.params or None
        method, body = call.method, call.body
        for _ in range(_MOST_REDIRECTS):
            with translated(self._address.socket):
                request = client.build_request(
                    method,
                    url,
                    params=params,
                    headers=call.headers,
                    content=body,
                    timeout=timeout,
                )
            response = await self._send(client, request, call)
            target = await _target(url, response, elsewhere=call.elsewhere)
            if target is None or (method != "GET" and response.status_code in {301, 302}):
                return response
            await shut(response)
            url, params = target, None
            if response.status_code == 303:
                method, body = "GET", None
        raise Unreachable("it redirects in a circle", _ADDRESS)

    async def _send(
        self, client: httpx.AsyncClient, request: httpx.Request, call: Call
    ) -> httpx.Response:
        """Send one request, and tell of it."""
        exchange = self._recorder.begin(
            Sent(
                method=request.method,
                url=str(request.url),
                headers=request.headers.multi_items(),
                body=request.content,
                attempt=call.attempt,
                shown=call.shown,
                private=call.private,
                stream=call.stream,
            )
        )
        with _ending(exchange), translated(self._address.socket):
            response = await client.send(request, stream=True, auth=None)
        exchange.answered(response.status_code, response.headers)
        response.extensions[_EXCHANGE] = exchange
        return response

    async def close(self) -> None:
        """Close every connection."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _ready(self) -> httpx.AsyncClient:
        async with self._lock:
            if self._client is None:
                self._client = await asyncio.to_thread(self._new_client)
            return self._client

    def _new_client(self) -> httpx.AsyncClient:
        secure = self._address.origin.startswith("https:")
        try:
            verify = _certificates(self._verify) if secure else False
        except (OSError, ValueError):
            detail = "the file of trusted certificates cannot be read"
            raise Broken(Unreachable(detail), sent=False) from None
        headers = {"User-Agent": "runs-tui", "Accept": "application/json"}
        path = self._address.socket
        client = httpx.AsyncClient(
            verify=verify,
            follow_redirects=False,
            headers=headers,
            transport=httpx.AsyncHTTPTransport(uds=path) if path else None,
        )
        client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        return client


def _exchange_of(response: httpx.Response) -> Unheard:
    exchange = response.extensions[_EXCHANGE]
    assert isinstance(exchange, Unheard)
    return exchange


@contextmanager
def _ending(exchange: Unheard, left: str = "given up") -> Iterator[None]:
    """Let an exchange be over where something goes wrong within, or where it is left."""
    try:
        yield
    except Broken as broken:
        exchange.end(broken.error.detail)
        raise
    except SourceError as error:
        exchange.end(error.detail)
        raise
    except asyncio.CancelledError:
        exchange.end(left)
        raise


@contextmanager
def translated(socket_path: str | None = None) -> Iterator[None]:
    """Turn everything that a request, which may go through a Unix socket, can raise into Broken."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        fault = Unreachable(_reason(error), _ADDRESS)
        if socket_path is not None:
            fault = why_unreachable(socket_path)
        raise Broken(fault, sent=False, passing=True) from None
    except httpx.TimeoutException:
        raise Broken(Unreachable("it did not answer in time")) from None
    except (httpx.NetworkError, httpx.RemoteProtocolError):
        raise Broken(Unreachable("the connection broke"), passing=True) from None
    except httpx.ProxyError:
        raise Broken(Unreachable("the proxy does not let it through"), sent=False) from None
    except httpx.DecodingError:
        raise Broken(BadAnswer("its compressed answer cannot be read")) from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError):
        fault = Unreachable("no request can be sent to this address")
        raise Broken(fault, sent=False) from None


async def _target(url: str, response: httpx.Response, *, elsewhere: bool) -> str | None:
    """Give where an answer redirects to; None for one that does not, or is not to be followed."""
    location = response.headers.get("location")
    if response.status_code not in REDIRECTS or not location:
        return None
    if elsewhere and leads_elsewhere(url, location):
        return None
    try:
        with _ending(_exchange_of(response)):
            return redirected(url, location)
    except SourceError:
        await shut(response)
        raise


async def whole(response: httpx.Response) -> bytes:
    """Read a body to its end, within bounds."""
    parts: list[bytes] = []
    size = 0
    exchange = _exchange_of(response)
    with _ending(exchange), translated():
        async for part in response.aiter_bytes():
            parts.append(part)
            size += len(part)
            exchange.came(part, response.num_bytes_downloaded)
            if size > MOST_BYTES:
                raise Broken(BadAnswer("its answer is larger than 64 MiB"))
    return b"".join(parts)


async def pieces(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    """Give a body as it comes."""
    exchange = _exchange_of(response)
    with _ending(exchange, left=""), translated():
        async for piece in response.aiter_bytes():
            exchange.came(piece, response.num_bytes_downloaded)
            yield piece


async def shut(response: httpx.Response) -> None:
    """Let go of an answer, whatever state its connection is in."""
    _exchange_of(response).end()
    with suppress(httpx.HTTPError, OSError):
        await response.aclose()


@cache
def _certificates(verify: bool | str) -> ssl.SSLContext:
    if isinstance(verify, str):
        return ssl.create_default_context(cafile=verify)
    return httpx.create_ssl_context(verify=verify)


def _reason(error: BaseException) -> str:
    if isinstance(error, httpx.ConnectTimeout):
        return "no connection in time"
    for cause in _causes(error):
        match cause:
            case ssl.SSLCertVerificationError():
                return f"its certificate is not trusted: {cause.verify_message}"
            case ssl.SSLError():
                return "no secure connection could be made: does it speak https?"
            case socket.gaierror():
                return "its host name is not known"
            case OSError() if cause.errno in _REASONS:
                return _REASONS[cause.errno]
    return "no connection could be made"


def _causes(error: BaseException | None, depth: int = 8) -> Iterator[BaseException]:
    if error is None or not depth:
        return
    yield error
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from _causes(part, depth - 1)
    yield from _causes(error.__cause__ or error.__context__, depth - 1)
