"""WebSockets: the only place that knows websockets; failures come as the seven kinds."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runs_tui.model.errors import (
    BadAnswer,
    NotFound,
    Refused,
    SourceError,
    Unauthorized,
    Unreachable,
)
from runs_tui.transport.address import address_of
from runs_tui.transport.auth import Shown
from runs_tui.transport.recorder import Recorder, Sent, Unheard

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection, connect
    from websockets.exceptions import ConnectionClosed, InvalidStatus

_POLICY_VIOLATION = 1008
_PROTOCOL_ERROR = 1002
_MOST_BYTES = 16 * 1024 * 1024
_MOST_WAITING = 2048
_ADDRESS = "is the address right, and is the server running?"


@dataclass(frozen=True, slots=True)
class Waits:
    """How long to wait for a WebSocket, in seconds."""

    open: float = 10.0
    """Until it is open."""
    answer: float = 10.0
    """For an answer that is due."""
    ping: float = 20.0
    """Between two signs of life."""
    close: float = 1.0
    """For the other side to say goodbye."""


class Socket:
    """An open WebSocket that speaks JSON."""

    def __init__(
        self, connection: "ClientConnection", waits: Waits, hint: str, exchange: Unheard
    ) -> None:
        """Take an open connection, where its credential is mended, and the record of it."""
        self._exchange = exchange
        self._connection = connection
        self._waits = waits
        self._hint = hint

    async def send(self, message: object) -> None:
        """Send one message."""
        text = json.dumps(message)
        with _translated(self._hint):
            await self._connection.send(text)
        self._exchange.sent(text.encode())

    async def receive(self) -> object:
        """Give the next message, however long it takes."""
        with _translated(self._hint):
            text = await self._connection.recv()
        self._exchange.came(text.encode() if isinstance(text, str) else text)
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise BadAnswer("its WebSocket sends something that is no JSON") from None

    async def answer(self) -> object:
        """Give the message that is due; raise Unreachable where it stays away."""
        try:
            async with asyncio.timeout(self._waits.answer):
                return await self.receive()
        except TimeoutError:
            raise Unreachable("its WebSocket does not answer") from None

    async def gather(self, seconds: float) -> list[object]:
        """Wait for a message and give it with all that come within so many seconds of it."""
        found = [await self.receive()]
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    found.append(await self.receive())
        return found


@asynccontextmanager
async def open_socket(
    url: str,
    *,
    protocols: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
    hint: str = "",
    waits: Waits = Waits(),
    recorder: Recorder | None = None,
    shown: Shown | None = None,
) -> AsyncIterator[Socket]:
    """Open a WebSocket at an http or https address; redirects are not followed."""
    from websockets.typing import Subprotocol

    address = _socket_address(url)
    connecting = _connecting()(
        address,
        ssl=await asyncio.to_thread(_trust) if address.startswith("wss:") else None,
        subprotocols=[Subprotocol(name) for name in protocols] or None,
        additional_headers=dict(headers or {}),
        user_agent_header="runs-tui",
        open_timeout=waits.open,
        ping_interval=waits.ping,
        ping_timeout=waits.ping,
        close_timeout=waits.close,
        max_size=_MOST_BYTES,
        max_queue=_MOST_WAITING,
    )
    told = Sent(method="WS", url=address, headers=(headers or {}).items(), shown=shown, stream=True)
    exchange = recorder.begin(told) if recorder else Unheard()
    with _ending(exchange):
        with _translated(hint):
            connection = await connecting
        if connection.response is not None:
            exchange.answered(connection.response.status_code, dict(connection.response.headers))
        try:
            yield Socket(connection, waits, hint, exchange)
        finally:
            with _translated(hint):
                await connection.close()


def _socket_address(url: str) -> str:
    address = address_of(url)
    if address.socket:
        raise Unreachable("its events cannot be read through a Unix socket")
    return address.origin.replace("http", "ws", 1) + address.prefix


def _trust() -> ssl.SSLContext:
    """Trust the certificates that requests trust."""
    import httpx

    return httpx.create_ssl_context()


def _connecting() -> "type[connect]":
    from websockets.asyncio.client import connect

    class Connect(connect):
        """Connects to where it was told, and nowhere else."""

        def process_redirect(self, exc: Exception) -> Exception | str:
            return exc

    return Connect


@contextmanager
def _ending(exchange: Unheard) -> "Iterator[None]":
    """Let an exchange be over in the end, also where it fails."""
    failure = ""
    try:
        yield
    except SourceError as error:
        failure = error.detail
        raise
    finally:
        exchange.end(failure)


@contextmanager
def _translated(hint: str) -> "Iterator[None]":
    from websockets.exceptions import (
        ConnectionClosed,
        InvalidHandshake,
        InvalidStatus,
        InvalidURI,
        WebSocketException,
    )

    try:
        yield
    except ConnectionClosed as closed:
        raise _closed(closed, hint) from None
    except InvalidStatus as refused:
        raise _refused(refused, hint) from None
    except (InvalidURI, ImportError, ValueError):
        raise Unreachable("no WebSocket can be opened at this address") from None
    except (InvalidHandshake, EOFError):
        raise Unreachable("what answers there does not speak WebSocket", _ADDRESS) from None
    except (ssl.SSLError, OSError) as error:
        raise _broken(error) from None
    except WebSocketException:
        raise Unreachable("the WebSocket broke") from None


def _closed(closed: "ConnectionClosed", hint: str) -> Exception:
    code, reason = (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (None, "")
    if code == _POLICY_VIOLATION:
        return Unauthorized(reason or "the WebSocket was refused", hint)
    if code == _PROTOCOL_ERROR:
        return Refused(reason or "the WebSocket was refused")
    return Unreachable("the WebSocket broke")


def _refused(refused: "InvalidStatus", hint: str) -> Exception:
    status = refused.response.status_code
    detail = f"its WebSocket answers {status}"
    kinds = {401: Unauthorized(detail, hint), 403: Unauthorized(detail, hint)}
    kind = kinds.get(status) or (NotFound(detail) if status == 404 else Unreachable(detail))
    kind.status = status
    return kind


def _broken(error: OSError) -> Exception:
    if isinstance(error, ssl.SSLCertVerificationError):
        return Unreachable(f"its certificate is not trusted: {error.verify_message}")
    if isinstance(error, TimeoutError):
        return Unreachable("its WebSocket did not open in time", _ADDRESS)
    return Unreachable("no WebSocket can be opened", _ADDRESS)
