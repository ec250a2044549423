"""The demo's run server: worlds over real HTTP on loopback, in every dialect there is."""

from __future__ import annotations

import asyncio
import pkgutil
import signal
import socket
import threading
import zlib
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, Self, cast

from runs_tui.demo.faults import Faults
from runs_tui.demo.world import World
from runs_tui.model.clock import Clock, SystemClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from types import TracebackType

    import uvicorn
    from starlette.types import ASGIApp, Receive, Scope, Send

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Settings:
    """How a dialect behaves."""

    credential: str | None = None
    """When set, requests without it are refused."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Switches of the dialect's own."""


class Dialect(Protocol):
    """A module that tells a world in the words of one API."""

    PREFIX: str
    """The path of the API's base URL."""

    def app(self, world: World, clock: Clock, settings: Settings) -> ASGIApp:
        """Make the API's server over a world; its paths follow the prefix."""
        ...


def dialects() -> tuple[str, ...]:
    """Name every API that the demo speaks."""
    package = import_module("runs_tui.demo")
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return tuple(name for name in names if _speaks(import_module(f"runs_tui.demo.{name}")))


def _speaks(module: object) -> bool:
    return hasattr(module, "PREFIX") and hasattr(module, "app")


def _dialect(api: str) -> Dialect:
    return cast("Dialect", import_module(f"runs_tui.demo.{api}"))


class DemoServer:
    """Serves one world per API, each as if it were a server of its own, until it is left."""

    def __init__(
        self,
        apis: Sequence[str] | None = None,
        *,
        port: int = 0,
        seed: int = 7,
        runs: int = 5000,
        speed: float = 1.0,
        clock: Clock | None = None,
        hostile: bool = False,
        settings: Mapping[str, Settings] | None = None,
    ) -> None:
        """Make the worlds, which begin now; nothing is bound yet."""
        self.clock = clock or SystemClock()
        self._port = port
        self._settings = dict(settings or {})
        apis = dialects() if apis is None else apis
        epoch = self.clock.now()
        self.worlds = {
            api: World(
                seed=seed + zlib.crc32(api.encode()),
                runs=runs,
                epoch=epoch,
                speed=speed,
                hostile=hostile,
            )
            for api in apis
        }
        self.faults = {api: Faults() for api in apis}
        self.urls: dict[str, str] = {}
        """The base URL of each API, while it is served."""
        self._socket: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._stop: Callable[[], object] = lambda: None

    async def __aenter__(self) -> Self:
        """Serve in the running loop; raises OSError where the port is taken."""
        await self._open(self._bind())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close every connection at once, open streams included."""
        await self._close()

    def start(self) -> None:
        """Serve in a thread of its own; gives control back when bound, raises OSError."""
        bound = self._bind()
        ready: Future[None] = Future()

        def run() -> None:
            try:
                asyncio.run(self._until_stopped(bound, lambda _: ready.set_result(None)))
            except Exception as error:
                if ready.done():
                    raise
                ready.set_exception(error)

        self._thread = threading.Thread(target=run, name="runs-tui demo", daemon=True)
        self._thread.start()
        ready.result()

    def stop(self) -> None:
        """End what `start` began."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._stop()
            thread.join()

    def serve_forever(self, on_ready: Callable[[Mapping[str, str]], None]) -> None:
        """Serve in the foreground until SIGINT or SIGTERM; tells the URLs when bound."""
        serving = self._until_stopped(self._bind(), on_ready, (signal.SIGINT, signal.SIGTERM))
        with suppress(KeyboardInterrupt):
            asyncio.run(serving)

    async def _until_stopped(
        self,
        bound: socket.socket,
        on_ready: Callable[[Mapping[str, str]], None],
        signals: Sequence[signal.Signals] = (),
    ) -> None:
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in signals:
            loop.add_signal_handler(number, stopped.set)
        self._stop = lambda: loop.call_soon_threadsafe(stopped.set)
        async with self._served(bound):
            on_ready(self.urls)
            await stopped.wait()

    @asynccontextmanager
    async def _served(self, bound: socket.socket) -> AsyncIterator[None]:
        await self._open(bound)
        try:
            yield
        finally:
            await self._close()

    def _bind(self) -> socket.socket:
        try:
            bound = socket.create_server((HOST, self._port))
        except OSError as error:
            message = f"cannot listen on {HOST}:{self._port}: {error.strerror}"
            raise OSError(error.errno, message) from error
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        port = bound.getsockname()[1]
        self.urls |= {api: f"http://{HOST}:{port}{_dialect(api).PREFIX}" for api in self.worlds}
        return bound

    async def _open(self, bound: socket.socket) -> None:
        import uvicorn

        config = uvicorn.Config(
            self._app(),
            loop="asyncio",
            http="h11",
            ws="websockets-sansio",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
        )
        config.load()
        self._socket = bound
        self._server = uvicorn.Server(config)
        self._server.lifespan = config.lifespan_class(config)
        await self._server.startup(sockets=[bound])

    async def _close(self) -> None:
        if self._server is None or self._socket is None:
            return
        state = self._server.server_state
        for listener in self._server.servers:
            listener.close()
        for connection in list(state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)
        tasks = list(state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._socket.close()
        self._server = self._socket = None
        self.urls.clear()

    def _app(self) -> ASGIApp:
        served = {}
        for api, world in self.worlds.items():
            dialect = _dialect(api)
            app = dialect.app(world, self.clock, self._settings.get(api, Settings()))
            served[dialect.PREFIX] = self.faults[api].around(app)

        async def route(scope: Scope, receive: Receive, send: Send) -> None:
            path = scope["path"]
            for prefix, app in served.items():
                if path == prefix or path.startswith(f"{prefix}/"):
                    await app({**scope, "root_path": prefix}, receive, send)
                    return
            await _nothing_here(scope, receive, send)

        return route


async def _nothing_here(scope: Scope, receive: Receive, send: Send) -> None:
    from starlette.responses import JSONResponse

    await JSONResponse({"detail": "Not Found"}, status_code=404)(scope, receive, send)
