"""A server that says, over a real socket, byte for byte what a test tells it to."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import quote


@dataclass
class Asked:
    """A request that arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


Reply = bytes | Callable[[Asked, asyncio.StreamWriter], object]


@dataclass
class Script:
    """Gives each reply once, the last one for ever."""

    replies: list[Reply]
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    _talks: set["asyncio.Task[None]"] = field(default_factory=set)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        try:
            self.asked.append(await _request(reader))
            reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
            if isinstance(reply, bytes):
                writer.write(reply)
                await writer.drain()
            else:
                done = reply(self.asked[-1], writer)
                if asyncio.iscoroutine(done):
                    await done
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """End what is still being answered: a server waits for it before it is closed."""
        for talk in self._talks:
            talk.cancel()


def reply(status: int, body: bytes | str = b"", **headers: str) -> bytes:
    """Write an answer; `retry_after="2"` is the header Retry-After."""
    body = body.encode() if isinstance(body, str) else body
    told = {"content-length": str(len(body)), "connection": "close"}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status} Told", *(f"{name}: {value}" for name, value in told.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


@asynccontextmanager
async def serving_at(path: Path, *replies: Reply) -> AsyncIterator[Script]:
    """Serve replies on a Unix socket."""
    script = Script(list(replies), f"unix://{quote(str(path))}")
    async with await asyncio.start_unix_server(script.talk, path), script:
        yield script


@asynccontextmanager
async def serving(*replies: Reply) -> AsyncIterator[Script]:
    """Serve replies on a free port of loopback."""
    script = Script(list(replies))
    server = await asyncio.start_server(script.talk, "127.0.0.1", 0)
    async with server, script:
        script.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield script


async def _request(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ")
    headers = {
        name.lower(): value.strip() for name, _, value in (h.partition(":") for h in head[1:])
    }
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Asked(method, target, headers, body)
