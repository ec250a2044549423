"""Ways in: a token, a login with a password, none at all, and the daemon's own socket."""

import asyncio
import hashlib
import json
import ssl
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import uvicorn

from runs_tui.adapters.base import Connection, Credential
from runs_tui.adapters.runwisp import RunWisp
from runs_tui.demo import runwisp as dialect
from runs_tui.demo.faults import Fault
from runs_tui.demo.server import DemoServer, Settings
from runs_tui.demo.world import World
from runs_tui.model.errors import RateLimited, SourceError, Unauthorized, Unreachable
from runs_tui.model.query import Query
from runs_tui.model.run import RetryMode
from runs_tui.model.state import State
from tests.adapters.runwisp_server import NEW_LIST, QUICK, RUN, page, run, talking, told
from tests.adapters.sources import said
from tests.contract import Watch
from tests.contract_parts import stage as parts
from tests.contract_parts.stage import NOON
from tests.transport.script import Script, reply

PASSWORD = "c0rrect horse:battery"
LIST = "/api/runs"
CHALLENGE, LOGIN, OLD_LOGIN = "/api/auth/challenge", "/api/auth/login", "/api/auth"
NONCE = "ab" * 32


@dataclass
class Door:
    """A daemon behind a login, and what it takes to build a source over it."""

    server: DemoServer
    clock: Watch
    made: list[RunWisp]

    def source(self, secret: str | None, **options: str) -> RunWisp:
        credential = Credential(secret, "BOX_PASSWORD" if secret is not None else None)
        url = self.server.urls["runwisp"]
        connection = Connection(name="box", url=url, credential=credential, options=options)
        source = RunWisp(connection, self.clock)
        source.patience = parts.QUICK
        source.pace = QUICK
        self.made.append(source)
        return source

    @property
    def logins(self) -> list[str]:
        asked = self.server.faults["runwisp"].requests
        return [r.path for r in asked if r.path in (CHALLENGE, LOGIN, OLD_LOGIN)]


@asynccontextmanager
async def closed_door(**extra: Any) -> AsyncIterator[Door]:
    clock = Watch(NOON)
    settings = {"runwisp": Settings("a-t0ken", {"password": PASSWORD, **extra})}
    async with DemoServer(["runwisp"], runs=60, clock=clock, settings=settings) as server:
        door = Door(server, clock, [])
        try:
            yield door
        finally:
            for source in door.made:
                await source.close()


@pytest.mark.parametrize("generation", ["G1", "G2", "G3"])
@pytest.mark.parametrize("openapi", [True, False])
async def test_a_password_is_exchanged_for_a_token_once(generation: str, *, openapi: bool) -> None:
    async with closed_door(generation=generation, openapi=openapi) as door:
        source = door.source(PASSWORD, auth="password")
        first, _, _ = await asyncio.gather(*(source.runs(Query(limit=5)) for _ in range(3)))
        await source.run(first.items[0].id)
        assert len(first.items) == 5
        assert door.logins == [CHALLENGE, LOGIN if generation == "G3" else OLD_LOGIN]
        for request in door.server.faults["runwisp"].requests:
            assert PASSWORD not in request.query + request.body.decode() + str(request.headers)


async def test_the_token_is_renewed_when_it_has_run_out() -> None:
    async with closed_door() as door:
        source = door.source(PASSWORD, auth="password")
        await source.runs(Query())
        door.clock.skip(25 * 3600)
        pages = await asyncio.gather(source.runs(Query()), source.runs(Query(limit=3)))
        assert all(page.items for page in pages)
        assert door.logins == [CHALLENGE, LOGIN] * 2


async def test_a_stream_is_opened_with_a_renewed_token() -> None:
    async with closed_door() as door:
        source = door.source(PASSWORD, auth="password")
        await source.runs(Query())
        door.clock.skip(25 * 3600)
        door.clock.go(30)
        async with asyncio.timeout(10):
            async for _ in source.follow():
                break
        assert door.logins == [CHALLENGE, LOGIN] * 2


async def test_a_write_is_not_sent_again_with_a_renewed_token() -> None:
    async with closed_door() as door:
        source = door.source(PASSWORD, auth="password")
        found = await source.runs(Query.parse("state:running"))
        door.clock.skip(25 * 3600)
        door.server.faults["runwisp"].requests.clear()
        with pytest.raises(Unauthorized, match="refuses the token"):
            await source.cancel(found.items[0].id)
        assert len(door.server.faults["runwisp"].requests) == 1
        await source.runs(Query())
        assert door.logins == [CHALLENGE, LOGIN]


async def test_a_wrong_password_is_told_and_not_tried_again() -> None:
    async with closed_door() as door:
        source = door.source("wr0ng", auth="password")
        for _ in range(8):
            with pytest.raises(Unauthorized) as caught:
                await source.runs(Query())
            assert caught.value.detail == "the daemon refuses the password"
            assert caught.value.hint == "check BOX_PASSWORD"
        assert door.logins == [CHALLENGE, LOGIN]
        door.clock.skip(200)
        with pytest.raises(Unauthorized, match="refuses the password"):
            await source.runs(Query())
        assert door.logins == [CHALLENGE, LOGIN] * 2


async def test_too_many_logins_are_told_and_waited_for() -> None:
    async with closed_door() as door:
        for _ in range(2):
            await door.source(PASSWORD, auth="password").runs(Query())
        source = door.source(PASSWORD, auth="password")
        for _ in range(3):
            with pytest.raises(RateLimited) as caught:
                await source.runs(Query())
            assert "five requests in five minutes" in caught.value.detail
            assert caught.value.retry_after == 300
        assert len(door.logins) == 6
        door.clock.skip(301)
        assert (await source.runs(Query())).items


async def test_a_token_that_is_refused_at_once_does_not_lead_to_a_loop() -> None:
    answers = {
        LIST: reply(401),
        CHALLENGE: {"nonce": NONCE},
        LOGIN: {"token": "new"},
    }
    async with talking(answers, secret=PASSWORD, auth="password") as (source, server):
        for _ in range(5):
            with pytest.raises(Unauthorized, match="the token that its own login gave"):
                await source.runs(Query())
        assert server.times(CHALLENGE) == server.times(LOGIN) == 1


@pytest.mark.parametrize(
    ("path", "response"),
    [
        (
            LOGIN,
            hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), NONCE.encode(), 600_000, 32).hex(),
        ),
        (OLD_LOGIN, hashlib.sha256(f"{PASSWORD}:{NONCE}".encode()).hexdigest()),
    ],
)
async def test_the_response_of_each_generation(path: str, response: str) -> None:
    newer = path == LOGIN
    answers = {
        LIST: NEW_LIST if newer else {"runs": []},
        CHALLENGE: {"nonce": NONCE},
        path: {"token": "new"},
    }
    async with talking(answers, newer=newer, secret=PASSWORD, auth="password") as (source, server):
        await source.runs(Query())
        sent = next(asked for asked in server.asked if asked.path == path)
        assert json.loads(sent.body) == {"nonce": NONCE, "response": response}
        assert server.asked[-1].headers["authorization"] == "Bearer new"


async def test_a_login_that_is_elsewhere_is_found() -> None:
    answers = {LIST: NEW_LIST, CHALLENGE: {"nonce": NONCE}, OLD_LOGIN: {"token": "new"}}
    async with talking(answers, secret=PASSWORD, auth="password") as (source, server):
        await source.runs(Query())
        paths = [asked.path for asked in server.asked if asked.path in (LOGIN, OLD_LOGIN)]
        assert paths == [LOGIN, OLD_LOGIN]


@pytest.mark.parametrize(
    ("answers", "kind", "words"),
    [
        ({CHALLENGE: reply(404)}, Unauthorized, "leave out the option auth=password"),
        ({CHALLENGE: reply(429, retry_after="120")}, RateLimited, "again in 120 s"),
        ({CHALLENGE: {"nonce": NONCE}, LOGIN: reply(401)}, Unauthorized, "check BOX"),
        ({CHALLENGE: {"nonce": NONCE}, LOGIN: reply(400)}, Unauthorized, "with a password"),
        ({CHALLENGE: {"nonce": NONCE}, LOGIN: reply(500)}, Unreachable, "500"),
        ({CHALLENGE: reply(502)}, Unreachable, "502"),
        ({CHALLENGE: b""}, Unreachable, "connection broke"),
    ],
)
async def test_a_login_that_fails_sends_each_request_once(
    answers: dict[str, Any], kind: type[SourceError], words: str
) -> None:
    async with talking(answers, secret=PASSWORD, auth="password") as (source, server):
        with pytest.raises(kind) as caught:
            await source.runs(Query())
        assert words in caught.value.sentence
        assert PASSWORD not in caught.value.sentence
        assert server.times(CHALLENGE) == 1
        assert server.times(LOGIN) <= 1


@pytest.mark.parametrize("secret", [None, ""])
async def test_a_password_that_is_not_given_is_asked_for(secret: str | None) -> None:
    async with closed_door() as door:
        source = door.source(secret, auth="password")
        with pytest.raises(Unauthorized) as caught:
            await source.runs(Query())
        assert caught.value.detail == "the password is empty"
        assert "--token-env" in caught.value.hint or "BOX_PASSWORD" in caught.value.hint
        assert door.logins == []


async def test_a_password_that_is_taken_for_a_token_is_noticed() -> None:
    async with closed_door() as door:
        with pytest.raises(Unauthorized, match="auth=password") as caught:
            await door.source(PASSWORD).runs(Query())
        assert PASSWORD not in caught.value.sentence


async def test_no_echo_of_the_password_is_told() -> None:
    for status in (400, 401, 403, 404, 409, 422, 429, 500):
        async with closed_door() as door:
            echo = json.dumps({"detail": f"{PASSWORD} is no good"}).encode()
            door.server.faults["runwisp"].add(Fault(status=status, body=echo, times=None))
            source = door.source(PASSWORD, auth="password")
            with pytest.raises(SourceError) as caught:
                await source.runs(Query())
            assert PASSWORD not in caught.value.sentence + repr(caught.value)


# No login


@pytest.mark.parametrize("generation", ["G1", "G2", "G3"])
@pytest.mark.parametrize("options", [{}, {"auth": "password"}])
async def test_a_daemon_that_wants_no_login(generation: str, options: dict[str, str]) -> None:
    async with closed_door(auth="off", generation=generation) as door:
        for secret in (None, "any"):
            if options and secret is None:
                continue
            assert (await door.source(secret, **options).runs(Query())).items


async def test_a_daemon_without_a_login_at_all_needs_no_password() -> None:
    answers = {LIST: NEW_LIST, "/api/auth/status": {"authRequired": False}}
    async with talking(answers, secret=PASSWORD, auth="password") as (source, server):
        for _ in range(2):
            assert (await source.runs(Query())).items
        assert server.times(CHALLENGE) == 1
        assert "authorization" not in server.asked[-1].headers


async def test_a_login_that_is_wanted_is_told() -> None:
    async with closed_door() as door:
        with pytest.raises(Unauthorized) as caught:
            await door.source(None).runs(Query())
        assert caught.value.detail == "this daemon wants a login"
        assert "--token-env, with --option auth=password" in caught.value.hint


# Certificates


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """Make a certificate that has signed itself, and its key."""
    openssl = which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl to make a certificate with")
    shown, key = tmp_path / "shown.pem", tmp_path / "key.pem"
    made = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(shown)]
    subprocess.run([*made, *names, *files], check=True, capture_output=True)
    return shown, key


async def test_a_daemon_that_signed_its_own_certificate_is_trusted_by_file(
    certificate: tuple[Path, Path],
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    script = Script(
        [reply(404), reply(200, '{"authRequired": false}'), reply(200, '{"items": []}')]
    )
    server = await asyncio.start_server(script.talk, "127.0.0.1", 0, ssl=context)
    async with server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        stranger = RunWisp(Connection(name="box", url=url))
        with pytest.raises(Unreachable, match="certificate is not trusted"):
            await stranger.runs(Query())
        await stranger.close()
        options = {"ca": str(certificate[0])}
        source = RunWisp(Connection(name="box", url=url, options=options))
        assert list((await source.runs(Query())).items) == []
        await source.close()


async def test_a_file_of_certificates_that_cannot_be_read_is_told() -> None:
    options = {"ca": "/nowhere/ca.pem"}
    source = RunWisp(Connection(name="box", url="https://127.0.0.1:9", options=options))
    with pytest.raises(Unreachable, match="file of trusted certificates"):
        await source.runs(Query())
    await source.close()


# The socket


@pytest.fixture
def place() -> Iterator[Path]:
    """Give a directory whose path is short enough for sockets."""
    with TemporaryDirectory() as path:
        yield Path(path)


@asynccontextmanager
async def served_at(path: Path, world: World, clock: Watch) -> AsyncIterator[None]:
    """Serve the demo's daemon on a Unix socket; nobody has to log in there."""
    app = dialect.app(world, clock, Settings(extra={"services": ()}))
    config = uvicorn.Config(app, uds=str(path), lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    serving = asyncio.ensure_future(server._serve())
    await parts.until(lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        await serving


async def test_a_daemon_is_reached_through_its_socket(place: Path) -> None:
    clock = Watch(NOON)
    world = World(runs=60, epoch=NOON)
    path = place / "run wisp.sock"
    async with served_at(path, world, clock):
        url = f"unix://{place}/run%20wisp.sock"
        source = RunWisp(Connection(name="box", url=url), clock)
        source.pace = QUICK
        found = (await source.runs(Query(limit=60))).items
        assert len(found) == 60
        failed = next(run for run in found if run.state is State.SUCCEEDED)
        again = await source.retry(failed.id, RetryMode.FULL)
        assert again.retry_of == failed.id
        events = [event async for event in source.tail(failed.id)]
        assert events
        clock.go(30)
        async for change in source.follow():
            assert change
            break
        await source.close()


async def test_a_token_is_sent_through_a_socket_too(place: Path) -> None:
    answers = {f"{LIST}/{RUN}": run("ended", "failed"), f"{LIST}/{RUN}/log": page(0)}
    async with talking(answers, socket=place / "a.sock") as (source, server):
        assert said(await told(source)) == ["line 0", "failed: exit 0"]
        assert server.asked[-1].headers["authorization"].startswith("Bearer ")


async def test_a_socket_that_is_not_there_is_told_with_its_path(place: Path) -> None:
    source = RunWisp(Connection(name="box", url=f"unix://{place}/none.sock"))
    with pytest.raises(Unreachable) as caught:
        await source.runs(Query())
    assert f"{place}/none.sock" in caught.value.detail
    assert "is the server running" in caught.value.hint
    await source.close()


async def test_readers_that_are_cancelled_do_not_begin_a_login_each() -> None:
    async with closed_door() as door:
        source = door.source(PASSWORD, auth="password")
        for _ in range(3):
            reading = asyncio.ensure_future(source.runs(Query()))
            await parts.until(lambda: bool(door.logins))
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
        assert (await source.runs(Query())).items
        assert door.logins == [CHALLENGE, LOGIN]
